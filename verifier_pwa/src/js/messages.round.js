/**
 * The words of a round. Importing this module brings them.
 * @module
 */

import { learn } from './messages.js';
import './messages.after.js';
import './messages.seals.js';

await learn({
  fr: () => import('./messages.round.fr.js').then(({ fr }) => fr),
  en: () => import('./messages.round.en.js').then(({ en }) => en),
});

/**
 * The words of the pile and of the watch. Importing this module brings them.
 * @module
 */

import { learn } from './messages.js';

await learn({
  fr: () => import('./messages.pile.fr.js').then(({ fr }) => fr),
  en: () => import('./messages.pile.en.js').then(({ en }) => en),
});

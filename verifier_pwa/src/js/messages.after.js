/**
 * The words of what comes after a verdict. Importing this module brings them.
 * @module
 */

import { learn } from './messages.js';
import './messages.more.js';

await learn({
  fr: () => import('./messages.after.fr.js').then(({ fr }) => fr),
  en: () => import('./messages.after.en.js').then(({ en }) => en),
});

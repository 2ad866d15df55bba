/**
 * The words of 2D-DOC. Importing this module brings them.
 * @module
 */

import { learn } from './messages.js';

await learn({
  fr: () => import('./messages.seals.fr.js').then(({ fr }) => fr),
  en: () => import('./messages.seals.en.js').then(({ en }) => en),
});

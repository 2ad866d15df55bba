/**
 * The words of what is loaded later: files, settings, “À propos”, the proof. Importing this module brings them.
 * @module
 */

import { learn } from './messages.js';

await learn({
  fr: () => import('./messages.more.fr.js').then(({ fr }) => fr),
  en: () => import('./messages.more.en.js').then(({ en }) => en),
});

/**
 * The words on the screen, in the language that the person chose.
 * @module
 */

import { fr } from './messages.fr.js';
import { en } from './messages.en.js';

/** @typedef {'fr' | 'en'} Language */

const TABLES = { fr, en };

/** The keys of the sentences of verdicts. */
const SENTENCE = /^verdict\.[a-z_]+$/;

/** @type {Language} */
let current = 'fr';

/**
 * Chooses the language of everything said from now on, and of the document.
 * @param {Language} language
 */
export function speak(language) {
  current = language;
  document.documentElement.lang = language;
}

/** The language in use. @returns {Language} */
export function language() {
  return current;
}

/**
 * The message of that key, its `{parameters}` filled in. French signs keep to their words by spaces that do not break, the
 * sentences of verdicts apart, which people search for and quote. Throws RangeError for a key that does not exist.
 * @param {string} key
 * @param {Record<string, string | number>} [parameters]
 * @returns {string}
 */
export function say(key, parameters = {}) {
  const message = TABLES[current][key];
  if (message === undefined) throw new RangeError(`There is no message ${key}.`);
  const whole = message.replace(/\{(\w+)\}/g, (mark, name) => (name in parameters ? String(parameters[name]) : mark));
  return current === 'fr' && !SENTENCE.test(key) ? whole.replace(/ (?=[:;?!»])|(?<=«) /g, '\u00a0') : whole;
}

/**
 * Whether a message of that key exists.
 * @param {string} key
 * @returns {boolean}
 */
export function known(key) {
  return Object.hasOwn(TABLES[current], key);
}

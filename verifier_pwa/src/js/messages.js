/**
 * The words on the screen, in the language that the person chose. French is there from the start, English when it is asked for.
 * @module
 */

import { fr } from './messages.fr.js';

/** @typedef {'fr' | 'en'} Language */

/** The keys of the sentences of verdicts. */
const SENTENCE = /^verdict\.[a-z_]+$/;

/** @type {Language} */
let current = 'fr';

/**
 * Where the messages of one part of the page come from, in each language.
 * @typedef {Readonly<Record<Language, () => Promise<Readonly<Record<string, string>>>>>} Room
 */

/** @type {Room[]} */
const rooms = [{ fr: async () => fr, en: () => import('./messages.en.js').then(({ en }) => en) }];

/** Words on their way. @type {Set<Promise<unknown>>} */
const coming = new Set();

/** The messages of the language in use. @type {Readonly<Record<string, string>>} */
let table = fr;

/**
 * Chooses the language of everything said from now on, and of the document. A language that cannot be fetched leaves the one in use.
 * @param {Language} language
 * @returns {Promise<boolean>} whether it could be had
 */
export async function speak(language) {
  try {
    const tables = await Promise.all(rooms.map((room) => room[language]()));
    table = Object.assign({}, ...tables);
  } catch {
    return false; // whatever kept it from coming
  }
  current = language;
  document.documentElement.lang = language;
  return true;
}

/**
 * Adds the words of a room that is loaded later, in the language in use and whenever another is chosen.
 * @param {Room} room
 * @returns {Promise<void>} rejects when they cannot be had
 */
export async function learn(room) {
  if (rooms.includes(room)) return;
  const words = room[current]();
  coming.add(words);
  try {
    const come = await words;
    table = { ...table, ...come }; // after it: another room may have come meanwhile
    rooms.push(room);
  } finally {
    coming.delete(words);
  }
}

/**
 * Loads a part of the page, and waits for the words of every part that is loading: WebKit runs a module before one that it waits for has ended, when
 * that one had begun for another.
 * @template Part
 * @param {() => Promise<Part>} load
 * @returns {Promise<Part>} rejects when the part or its words cannot be had
 */
export async function withWords(load) {
  const part = await load();
  while (coming.size > 0) {
    await Promise.all(coming);
    await new Promise((resolve) => { setTimeout(resolve); }); // who waited for them may bring words of its own
  }
  return part;
}

/**
 * What is made with the words of a language, whichever the page is in.
 * @template Result
 * @param {Language} language
 * @param {() => Result} make
 * @returns {Promise<Result>} rejects when the words cannot be had
 */
export async function inWordsOf(language, make) {
  const tables = await Promise.all(rooms.map((room) => room[language]()));
  const before = { current, table };
  [current, table] = [language, Object.assign({}, ...tables)];
  try {
    return make();
  } finally {
    ({ current, table } = before);
  }
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
  const message = table[key];
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
  return Object.hasOwn(table, key);
}

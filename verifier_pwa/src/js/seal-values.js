/**
 * A 2D-DOC in words: its verdict; its fields in groups, those of the types 13 and 15 and their like by words of ours, all others by the name that the
 * public table gives them, in French.
 * @module
 */

import { known, language, say } from './messages.js';
import './messages.seals.js';
import { FIELD_RULES } from './seal-fields.js';
import { dayOf } from './seal-text.js';
import { birthDate, day } from './words.js';

/** @typedef {import('./seal-text.js').Field} Field */
/** @typedef {import('./seal-text.js').Seal} Seal */

/** The fields of each group, in the order in which a person compares them; what stands in none comes last. */
const GROUPS = Object.freeze({
  person: ['62', '63', '64', '61', '60', '6G', '6H', '69', '6A', '6C', '68', '67', '65', '66', '6Z', '6Q', '6R', '6D', '6E', '6F'],
  permit: ['6J', '6M', '6P', '6N', '6O', '6K', '6I', '6B'],
  decision: ['5N', '6L', '5T', '55', '5U', '56', '57'],
  employer: ['5M', '50', '5O', '5P', '5L', '5Q', '5R', '5S'],
  address: ['6S', '6T', '6U', '6V', '6W', '6X', '6Y'],
});
/** Values that stand for words. */
const CODED = ['5T', '68', '6J'];
const COUNTRIES = ['67', '6C', '6I', '6Y', '26', '2D', '5J'];

/**
 * One field to show: its label, in French where the table gave it; its value in words.
 * @typedef {{ identifier: string, label: string, french: boolean, text: string, raw: string, also: string | null }} Line
 */

/**
 * The fields in groups, empty groups left out; the key of a group is the rest of `seal.group.…`.
 * @param {readonly Field[]} fields
 * @returns {{ group: string, lines: Line[] }[]}
 */
export function grouped(fields) {
  const placed = Object.values(GROUPS).flat();
  const all = { ...GROUPS, other: fields.map(({ identifier }) => identifier).filter((one) => !placed.includes(one)) };
  return Object.entries(all).map(([group, identifiers]) => ({
    group, lines: identifiers.flatMap((one) => fields.filter(({ identifier }) => identifier === one)).map(line),
  })).filter(({ lines }) => lines.length > 0);
}

/**
 * One field in words.
 * @param {Field} field
 * @returns {Line}
 */
export function line({ identifier, value, cut }) {
  const key = `seal.field.${identifier}`, rule = FIELD_RULES.get(identifier);
  const { text, also = null } = written(identifier, value, rule?.kind ?? 'X');
  return {
    identifier, raw: value, also,
    label: known(key) ? say(key) : rule?.name ?? say('seal.numbered', { number: identifier }),
    french: !known(key) && rule !== undefined && language() !== 'fr',
    text: cut ? say('seal.cut', { value: text }) : text,
  };
}

/**
 * @param {string} identifier
 * @param {string} value
 * @param {string} kind of the table
 * @returns {{ text: string, also?: string }}
 */
function written(identifier, value, kind) {
  if (value === '') return { text: say('seal.empty') };
  if (kind === 'D') return { text: birthDate(isoOf(value)), also: [value.slice(0, 2), value.slice(2, 4), value.slice(4)].join('/') };
  if (kind === 'H') {
    const seconds = dayOf(value);
    return { text: seconds === null ? say('seal.empty') : day(new Date(seconds * 1000).toISOString().slice(0, 10)) };
  }
  if (CODED.includes(identifier)) {
    const key = `seal.code.${identifier}.${value}`;
    return { text: known(key) ? say(key) : say('seal.code', { value }) };
  }
  if (COUNTRIES.includes(identifier)) return { text: country(value) };
  if (identifier === '50') return { text: [value.slice(0, 3), value.slice(3, 6), value.slice(6, 9), value.slice(9)].join(' ') };
  return { text: identifier === '60' ? value.split('/').join(', ') : value };
}

/** `00` of a day or a month that is not known left out. @param {string} value DDMMYYYY @returns {string} YYYY, YYYY-MM or YYYY-MM-DD */
export function isoOf(value) {
  const [number, month, year] = [value.slice(0, 2), value.slice(2, 4), value.slice(4)];
  return [year, month, number].slice(0, month === '00' ? 1 : number === '00' ? 2 : 3).join('-');
}

/** A country by its two letters; a code that is no country's stays what it is. @param {string} code */
function country(code) {
  const name = /^[A-Z]{2}$/.test(code) && typeof Intl.DisplayNames === 'function'
    ? new Intl.DisplayNames([language()], { type: 'region', fallback: 'none' }).of(code) : undefined;
  return name ? `${name} (${code})` : say('seal.code', { value: code });
}

/** The type of a document in words. @param {string} type two characters */
export function typeName(type) {
  return known(`seal.type.${type}`) ? say(`seal.type.${type}`) : say('seal.type', { type });
}

/**
 * What a worker's paper says of the right to work, and until when.
 * @param {Seal} seal of type 13
 * @param {number} now UTC seconds
 * @returns {{ words: string, over: boolean } | null} over: whether the last day is past; null when it says nothing of it
 */
export function workRight({ type, fields }, now) {
  const value = (/** @type {string} */ wanted) => fields.find(({ identifier }) => identifier === wanted)?.value ?? '';
  const right = value('6P'), last = value('6O');
  if (type !== '13' || right === '') return null;
  const iso = last && isoOf(last);
  const over = iso.length === 10 && iso < new Date(now * 1000).toLocaleDateString('sv-SE', { timeZone: 'Europe/Paris' });
  const until = last ? say(over ? 'seal.right.over' : 'seal.right.until', { day: birthDate(iso) }) : say('seal.right.endless');
  return { words: `${say('seal.right', { right })} ${until}`, over };
}

/**
 * The word on a text, its sentence and what it means; of a code of several symbols, which were read.
 * @param {import('./seal-judge.js').SealVerdict & { symbols?: import('./seal-parts.js').Gathered }} found
 * @returns {{ word: string, sentence: string, more: string }}
 */
export function sealWords({ verdict, seal, symbols }) {
  const key = `seal.verdict.${verdict}`, name = seal ? `${seal.authority}/${seal.certificate}` : '';
  const { read = [], count = 1, clash = false } = symbols ?? {};
  if (verdict === 'incomplete' && clash) return { word: say(`${key}.word`), sentence: say('seal.parts.clash', { count }), more: say('seal.parts.clash.more') };
  const more = verdict === 'bad_signature' && count > 1 ? `${say('seal.parts.wrong', { count })} ` : '';
  return { word: say(`${key}.word`), sentence: say(key, { name, count, read: read.join(', ') }), more: more + say(`${key}.more`) };
}

/**
 * 2D-DOC of several symbols: what belongs together, joined; the twin of issuer/seals/parts.py, which tells of the envelope. What claims the same
 * place as something else is never joined, for a choice would be a guess.
 * @module
 */

import { claimsPart } from './text.js';

/**
 * One symbol of several: `name` 16 bits, `place` 0 to 15, `count` of 2 to 16, its content as characters.
 * @typedef {{ name: number, place: number, count: number, content: string }} Part
 *
 * One code: its text, or the first read symbol's where others are missing. `read` are the places that were read, from 1, none of a code of one symbol;
 * `clash` tells that two symbols claimed one place.
 * @typedef {{ text: string, read: number[], count: number, clash: boolean }} Gathered
 */

/**
 * A symbol's part, or null where its text has no envelope that can be.
 * @param {string} text
 * @returns {Part | null}
 */
export function partOf(text) {
  if (!claimsPart(text)) return null;
  if (text.startsWith('E')) return { name: packed(text.slice(1, 4)), place: parseInt(text[4], 16), count: parseInt(text[5], 16) + 1, content: text.slice(6) };
  const [high, low, places] = [1, 2, 3].map((at) => text.charCodeAt(at));
  return { name: high * 256 + low, place: places >> 4, count: 17 - (places & 15), content: text.slice(4) };
}

/** Three letters or digits as C40 (ISO/IEC 16022 §5.2.5). @param {string} name */
function packed(name) {
  const [first, second, third] = [...name].map((one) => parseInt(one, 36) + 4);
  return 1600 * first + 40 * second + third + 1;
}

/**
 * The codes of texts that were read beside each other, parts joined, at the place of the first symbol of each. The same text twice counts once where it is
 * a part.
 * @param {readonly string[]} texts
 * @returns {Gathered[]}
 */
export function gather(texts) {
  /** @type {Map<string, { count: number, places: Map<number, Map<string, string>> }>} */
  const sets = new Map();
  /** @type {(Gathered | string)[]} */
  const found = [];
  for (const text of texts) {
    const part = partOf(text);
    if (!part) {
      found.push({ text, read: [], count: 1, clash: false });
      continue;
    }
    const key = `${part.name} ${part.count}`, set = sets.get(key) ?? { count: part.count, places: new Map() };
    if (!sets.has(key)) found.push(key);
    sets.set(key, set);
    const claims = set.places.get(part.place) ?? new Map();
    set.places.set(part.place, claims.set(part.content, text));
  }
  return found.map((one) => (typeof one === 'string' ? together(/** @type {{ count: number, places: Map<number, Map<string, string>> }} */ (sets.get(one))) : one));
}

/** @param {{ count: number, places: Map<number, Map<string, string>> }} set @returns {Gathered} */
function together({ count, places }) {
  const held = [...places].sort(([one], [other]) => one - other), clash = held.some(([, claims]) => claims.size > 1);
  const read = held.map(([place]) => place + 1);
  if (clash || held.length < count) return { text: [...held[0][1].values()][0], read, count, clash };
  return { text: held.map(([, claims]) => [...claims.keys()][0]).join(''), read, count, clash };
}

/** Symbols that were read are kept so long for the others, seconds: a person turns the page, or finds the next one. */
const HELD_S = 180;

/** Symbols read one after the other: those whose others are missing are kept for a while. */
export class Held {
  /** @type {string[]} */
  #parts = [];
  #at = -Infinity;

  /**
   * The codes of texts, with the symbols read before that they lack. What claims the place of one that is kept belongs to another document, and puts that
   * one aside; so does a whole code.
   * @param {readonly string[]} texts
   * @param {number} now UTC seconds
   * @returns {Gathered[]}
   */
  take(texts, now) {
    const parts = texts.filter(partOf);
    if (parts.length === 0) {
      this.#parts = [];
      return gather(texts);
    }
    const kept = now - this.#at <= HELD_S && now >= this.#at ? this.#parts : [];
    const names = new Set(parts.map(nameOf)), like = kept.filter((part) => names.has(nameOf(part)));
    const clash = gather([...like, ...parts]).some((one) => one.clash);
    const found = gather(clash ? texts : [...like.filter((part) => !texts.includes(part)), ...texts]);
    const lacking = new Set(found.filter(({ read, count, clash: two }) => read.length < count && !two).map(({ text }) => nameOf(text)));
    this.#parts = [...new Set([...(clash ? [] : like), ...parts])].filter((part) => lacking.has(nameOf(part)));
    this.#at = now;
    return found;
  }
}

/** @param {string} text of a part */
function nameOf(text) {
  const part = partOf(text);
  return part ? `${part.name} ${part.count}` : '';
}

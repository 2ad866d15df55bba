/**
 * Deterministic CBOR (RFC 8949 §4.2.1), the only CBOR of this format; the twin of keys/cbor.py.
 *
 * The round-trip rule of docs/format.md §1.3 says: decode, encode again, and the bytes must be the same. This decoder
 * refuses at once whatever would not survive that.
 * @module
 */

import { asBytes, concat } from './bytes.js';
import { FormError } from './errors.js';

/** Containers nested deeper than this are refused; the outermost container is depth 1. */
export const MAX_DEPTH = 8;

/**
 * Integers are numbers up to ±(2^53 − 1) and BigInts beyond, so that nothing is lost.
 * @typedef {number|bigint|string} Key
 * @typedef {Key|Uint8Array|Array<any>|Map<Key, any>} Item an array or a map of items
 * @typedef {Map<Key, Item>} ItemMap
 * @typedef {{ data: Uint8Array, view: DataView, at: number }} Reader
 */

/** The smallest argument that deserves 1, 2, 4 and 8 bytes. */
const LIMITS = [24, 0x100, 0x10000, 0x100000000];
const SURROGATE = /\p{Surrogate}/u;
const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Whether a decoded item is a uint of this format: an integer from 0 to 2^53 − 1.
 * @param {unknown} item
 * @returns {item is number}
 */
export function isUint(item) {
  return Number.isSafeInteger(item) && /** @type {number} */ (item) >= 0;
}

/**
 * Encode integers (safe numbers, or BigInts from −2^64 to 2^64 − 1), Uint8Array, text, arrays, and Maps with integer or
 * text keys. Lengths are the shortest, map keys in bytewise order of their encodings.
 * Throws TypeError for any other type (booleans and fractions included), RangeError for an integer beyond 64 bits or a
 * text with half a surrogate pair.
 * @param {unknown} value
 * @returns {Uint8Array}
 */
export function encode(value) {
  if (typeof value === 'number' || typeof value === 'bigint') {
    if (typeof value === 'number' && !Number.isSafeInteger(value)) throw new TypeError('a number is a safe integer');
    return value >= 0 ? head(0, value) : head(1, -1n - BigInt(value));
  }
  if (value instanceof Uint8Array) return concat(head(2, value.length), value);
  if (typeof value === 'string') {
    if (SURROGATE.test(value)) throw new RangeError('a text is well formed');
    const bytes = utf8.encode(value);
    return concat(head(3, bytes.length), bytes);
  }
  if (Array.isArray(value)) return concat(head(4, value.length), ...value.map(encode));
  if (!(value instanceof Map)) throw new TypeError('this value has no encoding here');
  const pairs = Array.from(value, ([key, item]) => {
    if (typeof key === 'object') throw new TypeError('a map key is an integer or a text');
    return [encode(key), encode(item)];
  });
  return concat(head(5, pairs.length), ...pairs.sort(([a], [b]) => order(a, b)).flat());
}

/**
 * @param {number} major
 * @param {number|bigint} argument
 */
function head(major, argument) {
  if (argument < 24) return Uint8Array.of((major << 5) | Number(argument));
  const size = argument < 0x100 ? 0 : argument < 0x10000 ? 1 : argument < 0x100000000 ? 2 : 3;
  if (argument >= 1n << 64n) throw new RangeError('an integer does not fit 64 bits');
  const bytes = Uint8Array.from({ length: 1 << size }, (_, at) => Number((BigInt(argument) >> BigInt(8 * ((1 << size) - 1 - at))) & 255n));
  return concat([(major << 5) | (24 + size)], bytes);
}

/** Bytewise order, a prefix first.
 * @param {Uint8Array} a @param {Uint8Array} b */
function order(a, b) {
  for (let at = 0; at < a.length && at < b.length; at++) if (a[at] !== b[at]) return a[at] - b[at];
  return a.length - b.length;
}

/**
 * Decode exactly one deterministic item.
 *
 * Throws FormError for floats, simple values (true, false, null too), tags, indefinite lengths, arguments longer than
 * needed, keys unsorted or twice, keys that are neither integer nor text, malformed UTF-8 (a leading U+FEFF is kept),
 * nesting beyond MAX_DEPTH, an item cut short, and bytes after the item; TypeError unless it is given a Uint8Array.
 * @param {Uint8Array} data
 * @returns {Item}
 */
export function decode(data) {
  data = asBytes(data, 'CBOR');
  const reader = { data, view: new DataView(data.buffer, data.byteOffset, data.length), at: 0 };
  const item = read(reader, 0);
  if (reader.at !== data.length) throw new FormError('There are bytes after the CBOR item.');
  return item;
}

/**
 * The next `length` bytes' place; the reader stands behind them.
 * @param {Reader} reader
 * @param {number|bigint} length
 */
function take(reader, length) {
  const start = reader.at;
  if (length > reader.data.length - start) throw new FormError('The CBOR item is cut short.');
  reader.at += Number(length);
  return start;
}

/**
 * @param {Reader} reader
 * @param {number} info 24..27
 */
function longArgument(reader, info) {
  if (info > 27) throw new FormError('Indefinite lengths and reserved CBOR heads are refused.');
  const at = take(reader, 1 << (info - 24));
  const { view } = reader;
  const wide = info === 27 ? view.getBigUint64(at) : info === 26 ? view.getUint32(at) : info === 25 ? view.getUint16(at) : view.getUint8(at);
  if (wide < LIMITS[info - 24]) throw new FormError('A CBOR integer or length is longer than needed.');
  return wide <= Number.MAX_SAFE_INTEGER ? Number(wide) : wide;
}

/**
 * @param {Reader} reader
 * @param {number} depth of the container around
 * @returns {Item}
 */
function read(reader, depth) {
  const first = reader.data[take(reader, 1)];
  const major = first >> 5;
  if (major > 5) throw new FormError('CBOR tags, floats and simple values are refused.');
  const argument = (first & 31) > 23 ? longArgument(reader, first & 31) : first & 31;
  if (major === 0) return argument;
  if (major === 1) return argument < Number.MAX_SAFE_INTEGER ? -1 - Number(argument) : -1n - BigInt(argument);
  if (major < 4) {
    const start = take(reader, argument);
    const bytes = reader.data.slice(start, reader.at);
    return major === 2 ? bytes : text(bytes);
  }
  if (depth >= MAX_DEPTH) throw new FormError(`CBOR containers are nested more than ${MAX_DEPTH} deep.`);
  if (major === 4) {
    const items = [];
    for (let count = 0; count < argument; count++) items.push(read(reader, depth + 1));
    return items;
  }
  return readMap(reader, depth, argument);
}

/** @param {Uint8Array} bytes */
function text(bytes) {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    throw new FormError('A CBOR text is not well-formed UTF-8.');
  }
}

/**
 * @param {Reader} reader
 * @param {number} depth
 * @param {number|bigint} count
 */
function readMap(reader, depth, count) {
  /** @type {ItemMap} */
  const map = new Map();
  /** @type {Uint8Array} */
  let previous = new Uint8Array();
  for (let pair = 0; pair < count; pair++) {
    const start = reader.at;
    const key = read(reader, depth + 1);
    if (typeof key === 'object') throw new FormError('A CBOR map key is neither an integer nor a text.');
    const encoded = reader.data.subarray(start, reader.at);
    if (order(encoded, previous) <= 0) throw new FormError('CBOR map keys are unsorted or stand twice.');
    previous = encoded;
    map.set(key, read(reader, depth + 1));
  }
  return map;
}

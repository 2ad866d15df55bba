/**
 * Inflating one zlib stream (RFC 1950, RFC 1951) with a limit, exactly as strict as zlib itself: browsers' own
 * DecompressionStream differ on bytes after the stream, and cannot be told to stop.
 * @module
 */

import { asBytes } from './bytes.js';
import { FormError } from './errors.js';

/** RFC 1951 §3.2.5: the shortest length and distance of each code, and their extra bits. */
const LENGTHS = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCES = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];
/** RFC 1951 §3.2.7: the order in which the lengths of the code length codes come. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const MAX_BITS = 15, END = 256;

/**
 * A Huffman code: how many codes of each length, and the symbols in the order of their codes.
 * @typedef {{ counts: number[], symbols: number[] }} Code
 * @typedef {{ data: Uint8Array, at: number, hold: number, held: number }} Bits the next byte; the bits read and not used
 * @typedef {{ bytes: Uint8Array, length: number }} Output
 */

/** @returns {never} */
function broken() {
  throw new FormError('The compressed list is broken, cut short or too long.');
}

/**
 * The inflated bytes of exactly one zlib stream. Throws FormError when it is broken, cut short, needs a dictionary, has a
 * wrong checksum, holds more than `limit` bytes, or has bytes after it; TypeError unless it is given a Uint8Array.
 * @param {Uint8Array} data
 * @param {number} limit bytes; no more are ever written
 * @returns {Uint8Array}
 */
export function inflate(data, limit) {
  asBytes(data, 'a zlib stream');
  // RFC 1950 §2.2: method 8, window up to 32,768 bytes, no preset dictionary, check bits.
  if (data.length < 6 || (data[0] & 15) !== 8 || data[0] >> 4 > 7 || data[1] & 32 || (data[0] * 256 + data[1]) % 31) broken();
  const input = { data, at: 2, hold: 0, held: 0 };
  const output = { bytes: new Uint8Array(limit), length: 0 };
  let last;
  do {
    last = bits(input, 1);
    const type = bits(input, 2);
    if (type === 0) stored(input, output);
    else if (type === 1) compressed(input, output, fixedCodes()[0], fixedCodes()[1]);
    else if (type === 2) compressed(input, output, ...dynamicCodes(input));
    else broken();
  } while (!last);
  const bytes = output.bytes.slice(0, output.length);
  const { at } = input;
  if (data.length !== at + 4 || new DataView(data.buffer, data.byteOffset).getUint32(at) !== adler32(bytes)) broken();
  return bytes;
}

/**
 * The next bits as a number, the first one least significant.
 * @param {Bits} input
 * @param {number} count 0..13
 */
function bits(input, count) {
  while (input.held < count) {
    if (input.at >= input.data.length) broken();
    input.hold |= input.data[input.at++] << input.held;
    input.held += 8;
  }
  const value = input.hold & ((1 << count) - 1);
  input.hold >>>= count;
  input.held -= count;
  return value;
}

/**
 * The canonical code of these code lengths (RFC 1951 §3.2.2). More codes than the lengths allow are refused; fewer too,
 * unless `single` and no code is longer than one bit.
 * @param {number[]} lengths
 * @param {boolean} single
 * @returns {Code}
 */
function codeOf(lengths, single) {
  const counts = new Array(MAX_BITS + 1).fill(0);
  for (const length of lengths) counts[length]++;
  let left = 1;
  for (let length = 1; length <= MAX_BITS; length++) {
    left = left * 2 - counts[length];
    if (left < 0) broken();
  }
  if (left > 0 && !(single && counts[0] + counts[1] === lengths.length)) broken();
  counts[0] = 0;
  const symbols = lengths.map((_, symbol) => symbol).filter((symbol) => lengths[symbol]);
  return { counts, symbols: symbols.sort((a, b) => lengths[a] - lengths[b] || a - b) };
}

/**
 * The next symbol.
 * @param {Bits} input
 * @param {Code} code
 */
function symbol(input, { counts, symbols }) {
  let code = 0, first = 0, index = 0;
  for (let length = 1; length <= MAX_BITS; length++) {
    code |= bits(input, 1);
    if (code - counts[length] < first) return symbols[index + code - first];
    index += counts[length];
    first = (first + counts[length]) << 1;
    code <<= 1;
  }
  return broken();
}

/** RFC 1951 §3.2.6. @type {[Code, Code] | undefined} */
let fixed;
function fixedCodes() {
  fixed ??= [codeOf(Array.from({ length: 288 }, (_, at) => (at < 144 ? 8 : at < 256 ? 9 : at < 280 ? 7 : 8)), false), codeOf(new Array(32).fill(5), false)];
  return fixed;
}

/**
 * RFC 1951 §3.2.7.
 * @param {Bits} input
 * @returns {[Code, Code]}
 */
function dynamicCodes(input) {
  const literals = bits(input, 5) + 257, distances = bits(input, 5) + 1, count = bits(input, 4) + 4;
  if (literals > 286 || distances > 30) broken();
  const own = new Array(19).fill(0);
  for (let at = 0; at < count; at++) own[ORDER[at]] = bits(input, 3);
  const code = codeOf(own, false);
  /** @type {number[]} */
  const lengths = [];
  while (lengths.length < literals + distances) {
    const length = symbol(input, code);
    if (length < 16) {
      lengths.push(length);
      continue;
    }
    if (length === 16 && !lengths.length) broken();
    const repeated = length === 16 ? lengths[lengths.length - 1] : 0;
    const times = length === 16 ? 3 + bits(input, 2) : length === 17 ? 3 + bits(input, 3) : 11 + bits(input, 7);
    for (let time = 0; time < times; time++) lengths.push(repeated);
  }
  if (lengths.length > literals + distances || !lengths[END]) broken();
  return [codeOf(lengths.slice(0, literals), true), codeOf(lengths.slice(literals), true)];
}

/**
 * A block without compression (RFC 1951 §3.2.4).
 * @param {Bits} input
 * @param {Output} output
 */
function stored(input, output) {
  input.hold = input.held = 0;
  const { data, at } = input;
  if (data.length < at + 4) broken();
  const length = data[at] | (data[at + 1] << 8);
  const start = at + 4;
  if ((length ^ 0xffff) !== (data[at + 2] | (data[at + 3] << 8)) || start + length > data.length || output.length + length > output.bytes.length) broken();
  output.bytes.set(data.subarray(start, start + length), output.length);
  output.length += length;
  input.at = start + length;
}

/**
 * A compressed block (RFC 1951 §3.2.3).
 * @param {Bits} input
 * @param {Output} output
 * @param {Code} literals
 * @param {Code} distances
 */
function compressed(input, output, literals, distances) {
  const { bytes } = output;
  for (let next = symbol(input, literals); next !== END; next = symbol(input, literals)) {
    if (next < END) {
      if (output.length >= bytes.length) broken();
      bytes[output.length++] = next;
      continue;
    }
    if (next > END + LENGTHS.length) broken();
    const length = LENGTHS[next - END - 1] + bits(input, LENGTH_BITS[next - END - 1]);
    const far = symbol(input, distances);
    if (far >= DISTANCES.length) broken();
    const distance = DISTANCES[far] + bits(input, far < 2 ? 0 : (far >> 1) - 1);
    if (distance > output.length || output.length + length > bytes.length) broken();
    // What is copied may reach into what the copy writes: then it repeats, in pieces of whole periods.
    for (let done = 0; done < length;) {
      const piece = Math.min(distance + done, length - done);
      bytes.copyWithin(output.length + done, output.length - distance, output.length - distance + piece);
      done += piece;
    }
    output.length += length;
  }
}

/**
 * RFC 1950 §8.2, as an unsigned integer. Four zeros at a time, which a status list mostly is.
 * @param {Uint8Array} bytes at the start of their buffer
 */
function adler32(bytes) {
  const words = new Uint32Array(bytes.buffer, 0, bytes.length >> 2);
  let a = 1, b = 0;
  for (let at = 0; at < bytes.length; at += 4) {
    if (words[at >> 2] === 0) {
      b = (b + 4 * a) % 65521;
      continue;
    }
    for (const byte of bytes.subarray(at, at + 4)) {
      a = (a + byte) % 65521;
      b = (b + a) % 65521;
    }
  }
  return b * 65536 + a;
}

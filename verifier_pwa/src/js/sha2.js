/**
 * SHA-512 and SHA-256 (FIPS 180-4), synchronous, so that one verdict needs no waiting and no browser's WebCrypto.
 * The constants are computed from their definition: the fractions of square and cube roots of the first primes.
 * SHA-256 uses the first 32 bits of what SHA-512 uses 64 bits of.
 * @module
 */

import { asBytes } from './bytes.js';

const ROUNDS = 80;
const WORD = 1n << 64n;

/**
 * @typedef {{ high: Int32Array, low: Int32Array }} Words 64-bit words in two halves
 * @type {{ initial: Words, round: Words } | undefined}
 */
let constants;

/**
 * The integer part of 2^64 times a prime's root, by Newton's method from above: two or three steps from what a double knows.
 * @param {number} prime
 * @param {bigint} degree 2 or 3
 */
function root(prime, degree) {
  const value = BigInt(prime) << (64n * degree);
  let guess = BigInt(Math.ceil(prime ** (1 / Number(degree)) * 2 ** 32) + 1) << 32n;
  for (;;) {
    const next = ((degree - 1n) * guess + value / guess ** (degree - 1n)) / degree;
    if (next >= guess) return guess;
    guess = next;
  }
}

/**
 * The first 64 bits of the fractions of the primes' roots.
 * @param {number[]} primes
 * @param {bigint} degree
 * @returns {Words}
 */
function fractions(primes, degree) {
  const words = primes.map((prime) => root(prime, degree) % WORD);
  return { high: Int32Array.from(words, (word) => Number(word >> 32n)), low: Int32Array.from(words, (word) => Number(word & 0xffffffffn)) };
}

function prepared() {
  if (!constants) {
    /** @type {number[]} */
    const primes = [];
    for (let n = 2; primes.length < ROUNDS; n++) if (primes.every((prime) => n % prime)) primes.push(n);
    constants = { initial: fractions(primes.slice(0, 8), 2n), round: fractions(primes, 3n) };
  }
  return constants;
}

/**
 * The message, 80, zeros, and its length in bits, up to a whole number of blocks.
 * @param {Uint8Array} message
 * @param {number} block bytes
 */
function padded(message, block) {
  const size = Math.ceil((message.length + 1 + block / 8) / block) * block;
  const data = new Uint8Array(size);
  data.set(message);
  data[message.length] = 0x80;
  const view = new DataView(data.buffer);
  view.setUint32(size - 8, message.length / 0x20000000);
  view.setUint32(size - 4, message.length << 3);
  return view;
}

/** The low word of a right rotation by n < 32 of the pair high·low; the high word with the arguments exchanged.
 * @param {number} low @param {number} high @param {number} n */
const turn = (low, high, n) => (low >>> n) | (high << (32 - n));

/**
 * The 64-byte SHA-512 digest of a message of any length below 2^53 bits. Throws TypeError unless it is a Uint8Array.
 * @param {Uint8Array} message
 * @returns {Uint8Array}
 */
export function sha512(message) {
  const data = padded(asBytes(message, 'a message'), 128);
  const { initial, round } = prepared();
  const state = new Int32Array(16);
  for (let i = 0; i < 8; i++) {
    state[2 * i] = initial.high[i];
    state[2 * i + 1] = initial.low[i];
  }
  const w = new Int32Array(2 * ROUNDS);
  const v = new Int32Array(16);
  for (let block = 0; block < data.byteLength; block += 128) {
    for (let i = 0; i < 32; i++) w[i] = data.getInt32(block + 4 * i);
    for (let i = 32; i < 2 * ROUNDS; i += 2) {
      let h = w[i - 30], l = w[i - 29];
      const high0 = turn(h, l, 1) ^ turn(h, l, 8) ^ (h >>> 7), low0 = turn(l, h, 1) ^ turn(l, h, 8) ^ turn(l, h, 7);
      h = w[i - 4];
      l = w[i - 3];
      const high1 = turn(h, l, 19) ^ turn(l, h, 29) ^ (h >>> 6), low1 = turn(l, h, 19) ^ turn(h, l, 29) ^ turn(l, h, 6);
      const low = (low0 >>> 0) + (low1 >>> 0) + (w[i - 13] >>> 0) + (w[i - 31] >>> 0);
      w[i + 1] = low;
      w[i] = high0 + high1 + w[i - 14] + w[i - 32] + Math.floor(low / 0x100000000);
    }
    v.set(state);
    for (let i = 0; i < ROUNDS; i++) {
      const ah = v[0], al = v[1], bh = v[2], bl = v[3], ch = v[4], cl = v[5];
      const eh = v[8], el = v[9], fh = v[10], fl = v[11], gh = v[12], gl = v[13], hh = v[14], hl = v[15];
      let low = (hl >>> 0) + ((turn(el, eh, 14) ^ turn(el, eh, 18) ^ turn(eh, el, 9)) >>> 0)
        + (((el & fl) ^ (~el & gl)) >>> 0) + (round.low[i] >>> 0) + (w[2 * i + 1] >>> 0);
      const high1 = hh + (turn(eh, el, 14) ^ turn(eh, el, 18) ^ turn(el, eh, 9)) + ((eh & fh) ^ (~eh & gh))
        + round.high[i] + w[2 * i] + Math.floor(low / 0x100000000);
      const low1 = low >>> 0;
      low = ((turn(al, ah, 28) ^ turn(ah, al, 2) ^ turn(ah, al, 7)) >>> 0) + (((al & bl) ^ (al & cl) ^ (bl & cl)) >>> 0);
      const high2 = (turn(ah, al, 28) ^ turn(al, ah, 2) ^ turn(al, ah, 7)) + ((ah & bh) ^ (ah & ch) ^ (bh & ch));
      v.copyWithin(2, 0, 14);
      const e = (v[9] >>> 0) + low1;
      v[9] = e;
      v[8] = v[8] + high1 + Math.floor(e / 0x100000000);
      low += low1;
      v[1] = low;
      v[0] = high1 + high2 + Math.floor(low / 0x100000000);
    }
    for (let i = 0; i < 16; i += 2) {
      const low = (state[i + 1] >>> 0) + (v[i + 1] >>> 0);
      state[i + 1] = low;
      state[i] = state[i] + v[i] + Math.floor(low / 0x100000000);
    }
  }
  return digest(state);
}

/**
 * The 32-byte SHA-256 digest of a message of any length below 2^53 bits. Throws TypeError unless it is a Uint8Array.
 * @param {Uint8Array} message
 * @returns {Uint8Array}
 */
export function sha256(message) {
  const data = padded(asBytes(message, 'a message'), 64);
  const { initial, round } = prepared();
  const state = Int32Array.from(initial.high);
  const w = new Int32Array(64);
  for (let block = 0; block < data.byteLength; block += 64) {
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i++) {
      const x = w[i - 15], y = w[i - 2];
      w[i] = i < 16 ? data.getInt32(block + 4 * i)
        : w[i - 16] + w[i - 7] + (turn(x, x, 7) ^ turn(x, x, 18) ^ (x >>> 3)) + (turn(y, y, 17) ^ turn(y, y, 19) ^ (y >>> 10));
      const t1 = (h + (turn(e, e, 6) ^ turn(e, e, 11) ^ turn(e, e, 25)) + ((e & f) ^ (~e & g)) + round.high[i] + w[i]) | 0;
      const t2 = ((turn(a, a, 2) ^ turn(a, a, 13) ^ turn(a, a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    [a, b, c, d, e, f, g, h].forEach((word, at) => (state[at] += word));
  }
  return digest(state);
}

/** @param {Int32Array} state */
function digest(state) {
  const view = new DataView(new ArrayBuffer(state.length * 4));
  state.forEach((word, at) => view.setInt32(at * 4, word));
  return new Uint8Array(view.buffer);
}

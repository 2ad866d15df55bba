/**
 * Ed25519 with one strict verdict everywhere (docs/format.md §1.1); the twin of keys/ed25519.py.
 *
 * Two correct libraries disagree on small-order points, non-canonical encodings and the cofactor; so a signature counts
 * only if S < L and both A and R are canonical encodings of points of the prime-order subgroup other than the identity,
 * and then RFC 8032 §5.1.7 holds.
 *
 * The equation is computed as R = [S]B − [k]A. For an A of the prime-order subgroup, the right side is in it too, so the
 * received R satisfies every condition exactly when it is, byte for byte, the one canonical encoding of that point and
 * that point is not the identity. This spares a second scalar multiplication, which would check R's order, and the
 * library's table of 4,224 points for B, which a phone would build before its first verdict. The tests hold it against
 * the library's own strict verification and order checks over all public vectors.
 * @module
 */

import { Point } from '@noble/ed25519';
import { asBytes, concat, equal, fromHex, toHex } from './bytes.js';
import { sha256, sha512 } from './sha2.js';

/** The order of the prime-order subgroup (RFC 8032 §5.1). */
const L = Point.CURVE().n;
/** Keys whose point table is kept, and keys remembered to be prime-order points; beyond, the oldest goes. */
const TABLES = 64, CHECKED = 1024;
/** @type {Map<string, Point[]>} */
const tables = new Map();
/** @type {Map<string, true>} */
const checked = new Map();

/**
 * The 8-byte key identifier: the first 8 bytes of SHA-256 of the 32 raw public key bytes.
 * @param {Uint8Array} publicKey 32 bytes; throws TypeError otherwise
 * @returns {Uint8Array}
 */
export function kid(publicKey) {
  if (asBytes(publicKey, 'a public key').length !== 32) throw new TypeError('a public key is 32 bytes long');
  return sha256(publicKey).subarray(0, 8);
}

/**
 * Whether 32 bytes are the canonical encoding of a point of the prime-order subgroup, not the identity. False for any
 * other length. Throws TypeError unless it is given a Uint8Array.
 * @param {Uint8Array} publicKey
 * @returns {boolean}
 */
export function isPrimeOrderPoint(publicKey) {
  if (asBytes(publicKey, 'a public key').length !== 32) return false;
  const name = toHex(publicKey);
  if (checked.has(name)) return true;
  if (!hasPrimeOrder(publicKey) || !judgesPoints()) return false;
  keep(checked, CHECKED, name, true);
  return true;
}

/** @param {Uint8Array} encoded */
function hasPrimeOrder(encoded) {
  const point = pointOf(encoded);
  return point !== null && point.isTorsionFree() && !point.isSmallOrder();
}

/**
 * Whether the 64-byte signature of `message` by the 32-byte public key holds, strictly (§1.1). Wrong lengths are false.
 * Throws TypeError when an argument is not a Uint8Array.
 * @param {Uint8Array} publicKey
 * @param {Uint8Array} message
 * @param {Uint8Array} signature
 * @returns {boolean}
 */
export function verifyStrict(publicKey, message, signature) {
  asBytes(message, 'a message');
  asBytes(signature, 'a signature');
  return isPrimeOrderPoint(publicKey) && verifyChecked(publicKey, message, signature);
}

/**
 * Like verifyStrict, for a key already known to be a prime-order point (a trust list's). For any other key the answer
 * means nothing.
 * @param {Uint8Array} publicKey
 * @param {Uint8Array} message
 * @param {Uint8Array} signature
 * @returns {boolean}
 */
export function verifyChecked(publicKey, message, signature) {
  asBytes(publicKey, 'a public key');
  asBytes(message, 'a message');
  if (asBytes(signature, 'a signature').length !== 64) return false;
  const r = signature.subarray(0, 32);
  const s = littleEndian(signature.subarray(32));
  if (s >= L) return false;
  const table = tableOf(publicKey);
  if (table === null) return false;
  const k = littleEndian(sha512(concat(r, publicKey, message))) % L;
  const point = combination(s, k, table);
  return !point.is0() && equal(point.toBytes(), r);
}

/** The self-test's vectors, those of keys/ed25519.py. Points that are no keys: of order 2, 4, 8; with a component of each. */
const CROOKED = [
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f', '0000000000000000000000000000000000000000000000000000000000000080',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a', '9599999999999999999999999999999999999999999999999999999999999999',
  '9bad33f580df7ecc49df5342bac8145d5bedc40f573d1b067f3c4ce449689a15', '98519eadf35b995233b51b5cd23e9cc5a28b639b5a4af0ec903cb960d81b7819',
  '003789297ce02defa2f4bc7635d1d7ce99b96d76eb91d31f905101674ddab720',
];
/** The public key of 32 zero bytes, its signature of the empty message, and three whose R has a component of order 1, 2 and 4. */
const KEY = '3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29';
const HOLDS = '8f895b3cafe2c9506039d0e2a66382568004674fe8d237785092e40d6aaf483e4fc60168705f31f101596138ce21aa357c0d32a064f423dc3ee4aa3abf53f803';
const CROOKED_R = [
  '01000000000000000000000000000000000000000000000000000000000000009c080412510afdc1d0ef73f842c224b67f75906d250ccf0049cef596b321e40b',
  '359dbf604a3b3bedc20d5408b9d4770fbe52c922979b3178d02ab8d41c9c3a4ef4c980c75343b8ce90e4526a914933148f7014f21aa9e3514a52c884cd09670d',
  'd7fcf1f00e29dd947529006e74d779973e3c1a1bad96b7807ab8644b5604ee501683057f0f0635ab40f8ff7f343c466dec6fa06a064940b17b9743d79064e305',
];
/** @type {boolean | undefined} */
let points;
/** @type {boolean | undefined} */
let signatures;

/** Whether the library tells points of the prime-order subgroup from all others; found out once, before the first answer that takes a key. */
function judgesPoints() {
  points ??= hasPrimeOrder(fromHex(KEY)) && !CROOKED.some((point) => hasPrimeOrder(fromHex(point)));
  return points;
}

/**
 * Whether signatures are judged as §1.1 says; found out once. Where they are not, nothing may be verified here.
 * @returns {boolean}
 */
export function judgesSignatures() {
  const message = new Uint8Array();
  signatures ??= verifyChecked(fromHex(KEY), message, fromHex(HOLDS)) && !verifyChecked(fromHex(KEY), Uint8Array.of(0), fromHex(HOLDS))
    && !CROOKED_R.some((signature) => verifyChecked(fromHex(KEY), message, fromHex(signature)));
  return signatures;
}

/** @param {Uint8Array} bytes */
function littleEndian(bytes) {
  return BigInt(`0x${toHex(Uint8Array.from(bytes).reverse())}`);
}

/**
 * The point of 32 bytes, canonical only (RFC 8032 §5.1.3), or null.
 * @param {Uint8Array} bytes
 */
function pointOf(bytes) {
  try {
    return Point.fromBytes(bytes, false);
  } catch {
    return null;
  }
}

/**
 * The points [i]B − [j]A at 4i + j for i, j = 0…3, kept by the key's bytes; null when they are no point.
 * @param {Uint8Array} publicKey
 */
function tableOf(publicKey) {
  const name = toHex(publicKey);
  const kept = tables.get(name);
  if (kept) return kept;
  const point = pointOf(publicKey);
  if (point === null) return null;
  const ofA = multiples(point.negate());
  const table = multiples(Point.BASE).flatMap((b) => ofA.map((a) => b.add(a)));
  keep(tables, TABLES, name, table);
  return table;
}

/**
 * @template T
 * @param {Map<string, T>} kept
 * @param {number} most
 * @param {string} name
 * @param {T} value
 */
function keep(kept, most, name, value) {
  for (const oldest of kept.keys()) if (kept.size >= most) kept.delete(oldest);
  kept.set(name, value);
}

/** @param {Point} point */
function multiples(point) {
  const twice = point.double();
  return [Point.ZERO, point, twice, twice.add(point)];
}

/**
 * [s]B − [k]A, both scalars below 2^254, two bits of each at a time (Straus). Time varies: nothing here is secret.
 * @param {bigint} s
 * @param {bigint} k
 * @param {Point[]} table
 */
function combination(s, k, table) {
  let sum = Point.ZERO;
  for (let shift = 252n; shift >= 0n; shift -= 2n) {
    sum = sum.double().double();
    const at = Number((((s >> shift) & 3n) << 2n) | ((k >> shift) & 3n));
    if (at) sum = sum.add(table[at]);
  }
  return sum;
}

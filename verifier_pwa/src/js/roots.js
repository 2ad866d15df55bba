/**
 * A root set: who may sign trust lists, and how many of them it takes (docs/format.md §3, key 5).
 * @module
 */

import { asBytes, toHex } from './bytes.js';
import { isPrimeOrderPoint } from './ed25519.js';
import { FormError } from './errors.js';

/** @typedef {{ threshold: number, keys: Uint8Array[] }} RootSet threshold 1 … number of keys, distinct keys of 32 bytes */

/**
 * A checked root set. Throws FormError for a threshold out of range, a key that stands twice or is no prime-order point
 * of 32 bytes; TypeError unless the keys are an array of Uint8Array.
 * @param {number} threshold
 * @param {Uint8Array[]} keys
 * @returns {RootSet}
 */
export function rootSet(threshold, keys) {
  const set = rootsInForm(threshold, keys);
  if (!keys.every(isPrimeOrderPoint)) throw new FormError('A root key is not a prime-order Ed25519 point of 32 bytes.');
  return set;
}

/**
 * A root set whose keys are not looked into: of a list that was accepted before, or that will be checked. Throws like rootSet, but
 * for keys that are no points.
 * @param {number} threshold
 * @param {Uint8Array[]} keys
 * @returns {RootSet}
 */
export function rootsInForm(threshold, keys) {
  const names = new Set(keys.map((key) => toHex(asBytes(key, 'a root key'))));
  if (!Number.isSafeInteger(threshold) || threshold < 1 || threshold > keys.length) throw new FormError('The threshold of a root set is between 1 and the number of its keys.');
  if (names.size !== keys.length) throw new FormError('A root key stands twice in the root set.');
  return { threshold, keys: [...keys] };
}

/**
 * Whether both name the same keys, in any order, with the same threshold.
 * @param {RootSet} a
 * @param {RootSet} b
 * @returns {boolean}
 */
export function sameRoots(a, b) {
  const names = new Set(a.keys.map(toHex));
  return a.threshold === b.threshold && a.keys.length === b.keys.length && b.keys.every((key) => names.has(toHex(key)));
}

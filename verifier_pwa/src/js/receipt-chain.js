/**
 * A receipt and those that it follows (docs/format.md §9.2, field 15), among the texts that came together. Pure.
 * @module
 */

import { toHex } from './bytes.js';

/** @typedef {import('./receipt-read.js').Reading} Reading @typedef {{ text: string, reading: Reading }} Read */

/** Texts of one file that are looked at: a suite is a request, an answer, a certificate. */
export const MOST_TEXTS = 32;

/**
 * The newest of a suite, begun at the first text, and the former ones that came with it, each named by the one before.
 * @param {readonly Read[]} read at least one
 * @returns {{ newest: Read, earlier: Read[], missing: string | null }} `missing`: the hash of a former receipt that did not come along, 64 hexadecimal digits
 */
export function chained(read) {
  const digestOf = (/** @type {Read} */ { reading }) => reading.receipt && toHex(reading.receipt.digest);
  const formerOf = (/** @type {Read} */ { reading }) => reading.receipt?.statement.former ?? null;
  let newest = read[0];
  for (let next = /** @type {Read | undefined} */ (newest); next; next = read.find((one) => digestOf(newest) !== null && formerOf(one) === digestOf(newest))) newest = next; // a hash names no receipt that names it
  /** @type {Read[]} */
  const earlier = [];
  let missing = formerOf(newest);
  for (let next = read.find((one) => digestOf(one) === missing); missing !== null && next; next = read.find((one) => digestOf(one) === missing)) {
    earlier.push(next);
    missing = formerOf(next);
  }
  return { newest, earlier, missing };
}

/**
 * The list of the genuine of a revoked key (docs/format.md §4.5): whether a token is one of them; the twin of issuer/attestation/genuine.py,
 * but for the reading of its files, which is in genuine-read.js.
 * @module
 */

import { concat } from './bytes.js';
import { sha256 } from './sha2.js';

/** Bytes of an entry: the first 96 bits of SHA-256 of salt ‖ whole token. */
export const ENTRY_LENGTH = 12;

/**
 * A list whose files were held against their hashes: plain data. `salt` is 16 bytes, `entries` all entries, sorted, 12 bytes each.
 * @typedef {{ salt: Uint8Array, entries: Uint8Array }} GenuineList
 */

/**
 * Whether the list holds a token: a search by halves among its sorted entries.
 * @param {GenuineList} list
 * @param {Uint8Array} token the whole token
 * @returns {boolean}
 */
export function holdsToken({ salt, entries }, token) {
  const wanted = sha256(concat(salt, token));
  let low = 0, high = entries.length / ENTRY_LENGTH;
  while (low < high) {
    const middle = Math.floor((low + high) / 2), at = middle * ENTRY_LENGTH;
    let differs = 0;
    for (let byte = 0; byte < ENTRY_LENGTH && differs === 0; byte++) differs = entries[at + byte] - wanted[byte];
    if (differs === 0) return true;
    if (differs < 0) low = middle + 1;
    else high = middle;
  }
  return false;
}

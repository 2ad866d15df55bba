/**
 * Reading the files of a list of the genuine (docs/format.md §4.5), held against the hashes that name them.
 * @module
 */

import { concat, equal, fromHex, toHex } from './bytes.js';
import { decode, isUint } from './cbor.js';
import { FormError } from './errors.js';
import { ENTRY_LENGTH } from './genuine.js';
import { sha256 } from './sha2.js';
import { PATH } from './trust-content.js';

const SALT_LENGTH = 16, HASH_LENGTH = 32;
/** Bytes of an index or a part. */
export const MAX_FILE = 524_288;
const MAX_PARTS = 64;

/**
 * The index of a list, whose SHA-256 the trust list names. Throws FormError.
 * @param {Uint8Array} data
 * @param {string} hash 64 hexadecimal digits
 * @returns {{ salt: Uint8Array, count: number, parts: { path: string, hash: string }[] }}
 */
export function readIndex(data, hash) {
  if (data.length > MAX_FILE || !equal(sha256(data), fromHex(hash))) throw new FormError('This is not the index that the trust list names.');
  const index = decode(data);
  if (index instanceof Map && index.size === 3) {
    const salt = index.get(1), count = index.get(2), rows = index.get(3);
    if (salt instanceof Uint8Array && salt.length === SALT_LENGTH && isUint(count) && Array.isArray(rows) && rows.length <= MAX_PARTS) {
      const parts = rows.map((row) => {
        if (!Array.isArray(row) || row.length !== 2) throw new FormError('A part is not [path, hash].');
        const [path, digest] = row;
        if (typeof path !== 'string' || !PATH.test(path) || !(digest instanceof Uint8Array) || digest.length !== HASH_LENGTH) throw new FormError('A part is not [path, hash].');
        return { path, hash: toHex(digest) };
      });
      if (new Set(parts.map(({ path }) => path)).size !== parts.length) throw new FormError('A part stands twice.');
      return { salt, count, parts };
    }
  }
  throw new FormError('The index is not {1: salt, 2: count, 3: parts}.');
}

/**
 * The list of an index and its parts, in their order. Throws FormError when a hash differs, entries are not sorted and distinct, or not as many as the
 * index says.
 * @param {{ salt: Uint8Array, count: number, parts: { path: string, hash: string }[] }} index
 * @param {Uint8Array[]} parts
 * @returns {import('./genuine.js').GenuineList}
 */
export function readGenuine({ salt, count, parts: named }, parts) {
  if (parts.length !== named.length || parts.some((part, at) => part.length > MAX_FILE || !equal(sha256(part), fromHex(named[at].hash)))) {
    throw new FormError('A part is not the one that the index names.');
  }
  const entries = concat(...parts);
  if (entries.length !== count * ENTRY_LENGTH) throw new FormError('There are not as many entries as the index says.');
  for (let at = ENTRY_LENGTH; at < entries.length; at += ENTRY_LENGTH) {
    let differs = 0;
    for (let byte = 0; byte < ENTRY_LENGTH && differs === 0; byte++) differs = entries[at + byte] - entries[at - ENTRY_LENGTH + byte];
    if (differs <= 0) throw new FormError('The entries are not sorted.');
  }
  return { salt, entries };
}

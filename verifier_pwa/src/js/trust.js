/**
 * Accepting a trust list (docs/format.md §3); the twin of keys/trust.py, but for its reading, which is in trust-content.js. The time is an
 * argument.
 *
 * Acceptance, in this order; the first that fails names the refusal:
 *
 * 1. `form`       a tagged COSE_Sign, deterministic, with every field of the tables
 * 2. `key`        every kid is its key's hash, every key a prime-order point, none twice, roots included
 * 3. `threshold`  at least `threshold` distinct pinned roots signed it
 * 4. `successor`  it names other roots or another threshold, and lacks the new set's own threshold of signatures
 * 5. `future`     issued more than 300 s after now
 * 6. `expired`    now is at or past its expiry
 * 7. `rollback`   its version is lower than the held one's
 * 8. `conflict`   its version is the held one's, its payload is not
 * @module
 */

import { asBytes, equal, toHex } from './bytes.js';
import { AT_MOST_AHEAD, readTrust, rootsInForm } from './trust-content.js';
import { parseSign, protectedHeader, signStructure } from './cose.js';
import { isPrimeOrderPoint, kid, verifyChecked } from './ed25519.js';
import { FormError, TrustRefused } from './errors.js';

/**
 * @typedef {import('./trust-content.js').TrustList} TrustList
 * @typedef {import('./trust-content.js').RootSet} RootSet
 */

const NO_ROOT = 'A root key is not a prime-order Ed25519 point of 32 bytes.';

/**
 * Accept a fetched trust list, or throw TrustRefused with the first failing rule's code; TypeError for wrong types,
 * FormError for a pinned root set that is none. With the held version and payload again there is nothing to do:
 * `changed` is false and the held list comes back.
 * @param {Uint8Array} cose the fetched bytes
 * @param {RootSet} pinned the root set trusted so far
 * @param {TrustList|null} held the list in use; null: none yet
 * @param {number} now UTC seconds
 * @param {number} [buildTime] the site's, UTC seconds
 * @returns {{ trust: TrustList, pinned: RootSet, changed: boolean }}
 */
export function acceptTrust(cose, pinned, held, now, buildTime = 0) {
  const roots = rootSet(pinned?.threshold, pinned?.keys);
  if (held !== null) asBytes(held?.payload, 'the payload of the held list');
  if (!Number.isSafeInteger(now)) throw new TypeError('now is an integer of UTC seconds');
  const trust = readTrust(cose, buildTime); // 1
  const sign = parseSign(cose);
  checkKeys(trust); // 1 and 2
  if (signers(sign, roots) < roots.threshold) throw new TrustRefused('threshold'); // 3
  const rotated = !sameRoots(trust.roots, roots);
  if (rotated && signers(sign, trust.roots) < trust.roots.threshold) throw new TrustRefused('successor'); // 4
  if (trust.issued > now + AT_MOST_AHEAD) throw new TrustRefused('future'); // 5
  if (now >= trust.expires) throw new TrustRefused('expired'); // 6
  if (held !== null) {
    if (trust.version < held.version) throw new TrustRefused('rollback'); // 7
    if (trust.version === held.version) {
      if (!equal(trust.payload, held.payload)) throw new TrustRefused('conflict'); // 8
      return { trust: held, pinned: roots, changed: false };
    }
  }
  return { trust, pinned: rotated ? trust.roots : roots, changed: true };
}

/**
 * A checked root set (docs/format.md §3, key 5). Throws FormError for a threshold out of range, a key that stands twice or is no
 * prime-order point of 32 bytes; TypeError unless the keys are an array of Uint8Array.
 * @param {number} threshold
 * @param {Uint8Array[]} keys
 * @returns {RootSet}
 */
export function rootSet(threshold, keys) {
  const set = rootsInForm(threshold, keys);
  if (!keys.every(isPrimeOrderPoint)) throw new FormError(NO_ROOT);
  return set;
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

/** @param {import('./trust-content.js').TrustContent} content */
function checkKeys(content) {
  if (!content.roots.keys.every(isPrimeOrderPoint)) throw new TrustRefused('form', NO_ROOT);
  const seen = new Set(content.roots.keys.map((key) => toHex(kid(key))));
  for (const key of content.keys) {
    // A key that stands twice has its kid twice.
    if (key.kid !== toHex(kid(key.publicKey)) || seen.has(key.kid) || !isPrimeOrderPoint(key.publicKey)) throw new TrustRefused('key');
    seen.add(key.kid);
  }
}

/**
 * How many distinct roots' strict signatures this list bears. Signatures of unknown kids, with any other protected
 * header, or that do not hold, are not counted.
 * @param {import('./cose.js').Sign} sign
 * @param {RootSet} roots
 */
function signers(sign, roots) {
  return roots.keys.filter((key) => {
    const header = protectedHeader(kid(key), null);
    const message = signStructure(sign.protected, header, sign.payload);
    return sign.signatures.some((one) => equal(one.protected, header) && verifyChecked(key, message, one.signature));
  }).length;
}

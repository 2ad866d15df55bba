/**
 * The status list: a profile of Token Status List in CWT form (docs/format.md §4). The time is an argument.
 *
 * Acceptance, in this order; the first that fails names the refusal: `form`, `unlisted` (the trust list names no such
 * list), `signer` (another kid, or its key is not of use 2 or is revoked), `window` (iat outside the key's), `uri` (claim
 * 2 is no listed origin + path), `signature`, `future`, `rollback`.
 * @module
 */

import { asBytes, equal, toHex } from './bytes.js';
import { decode, isUint } from './cbor.js';
import { AT_MOST_AHEAD, STATE_REVOKED, USE_STATUS } from './trust-content.js';
import { parseSign1, protectedHeader, sign1Structure } from './cose.js';
import { verifyChecked } from './ed25519.js';
import { FormError, StatusRefused } from './errors.js';
import { inflate } from './inflate.js';

const TYP = 'application/statuslist+cwt';
const SUBJECT = 2, EXPIRES = 4, ISSUED_AT = 6, STATUS_LIST = 65533, TTL = 65534;
/** Inflated length of a list in bytes: four states a byte, so 131,072 to 1,048,576 attestations. */
const MIN_BYTES = 32_768, MAX_BYTES = 262_144;

/**
 * Seconds that a list may count as fresh, and live, whatever it says: so long a stolen status key can be used. The roots may allow a list
 * more (extension 32 of what the trust list says of it).
 */
const MAX_TTL = 7 * 86_400, MAX_LIFETIME = 31 * 86_400;

/** The states of attestations; 0 is valid. */
export const REVOKED = 1, SUSPENDED = 2, REPLACED = 3;

/**
 * An accepted status list: plain data, fit for structured clone. Times are UTC seconds, `ttl` seconds; `kid` is 16
 * hexadecimal digits; `values` holds four states a byte, least significant first; `payload` and `cose` are its exact bytes.
 * @typedef {{ number: number, uri: string, kid: string, issuedAt: number, expires: number, ttl: number,
 *   values: Uint8Array, payload: Uint8Array, cose: Uint8Array }} StatusList
 * @typedef {import('./trust-content.js').TrustContent} TrustContent
 */

/**
 * Accept a fetched status list, or throw StatusRefused with the first failing rule's code; TypeError for wrong types.
 * Bytes identical to the held list's give the held list back: nothing to do.
 * @param {Uint8Array} cose the fetched bytes
 * @param {number} number of the list, 1..999
 * @param {TrustContent} trust the accepted trust list
 * @param {StatusList|null} held the list in use; null: none yet
 * @param {number} now UTC seconds
 * @returns {StatusList}
 */
export function acceptStatus(cose, number, trust, held, now) {
  if (!Number.isSafeInteger(now)) throw new TypeError('now is an integer of UTC seconds');
  if (held !== null) asBytes(held?.cose, 'the bytes of the held list');
  const { sign1, listed } = read(cose, number);
  const key = signerOf(listed, trust);
  if (!verifyChecked(key.publicKey, sign1Structure(sign1.protected, sign1.payload), sign1.signature)) throw new StatusRefused('signature');
  if (listed.issuedAt > now + AT_MOST_AHEAD) throw new StatusRefused('future');
  if (held !== null) {
    if (equal(cose, held.cose)) return held;
    if (listed.issuedAt <= held.issuedAt) throw new StatusRefused('rollback');
  }
  return listed;
}

/**
 * Read a status list without trusting it: its form only. For a list of one's own store, accepted before. Throws
 * StatusRefused `form`, TypeError for wrong types.
 * @param {Uint8Array} cose
 * @param {number} number of the list, 1..999
 * @returns {StatusList}
 */
export function readStatus(cose, number) {
  return read(cose, number).listed;
}

/**
 * The 2-bit state at an index, 0 valid, 1 revoked, 2 suspended, 3 replaced; null when the list does not hold the index.
 * @param {StatusList} listed
 * @param {number} index from 0; throws TypeError unless it is an unsigned integer
 * @returns {number|null}
 */
export function statusAt(listed, index) {
  if (!isUint(index)) throw new TypeError('an index is an unsigned integer');
  if (index >= listed.values.length * 4) return null;
  return (listed.values[Math.floor(index / 4)] >> ((index % 4) * 2)) & 3;
}

/**
 * The effective ttl in seconds and the effective expiry in UTC seconds of an accepted list.
 * @param {StatusList} listed
 * @param {Pick<TrustContent, 'statusLists'>} trust
 * @returns {{ ttl: number, expires: number }}
 */
export function lifeOf({ number, issuedAt, ttl, expires }, trust) {
  const [longestTtl, longestLife] = trust.statusLists.find((named) => named.number === number)?.longest ?? [0, 0];
  return { ttl: Math.min(ttl, Math.max(longestTtl, MAX_TTL)), expires: Math.min(expires, issuedAt + Math.max(longestLife, MAX_LIFETIME)) };
}

/**
 * Whether a held list may stay under a trust list: signer, window and claim 2 still hold. Asked for every held list
 * whenever the trust list changes; one that fails is dropped.
 * @param {StatusList} listed
 * @param {TrustContent} trust
 * @returns {boolean}
 */
export function stillAccepted(listed, trust) {
  try {
    return signerOf(listed, trust) !== null;
  } catch (error) {
    if (error instanceof StatusRefused) return false;
    throw error;
  }
}

/**
 * @param {Uint8Array} cose
 * @param {number} number
 * @returns {{ sign1: import('./cose.js').Sign1, listed: StatusList }}
 */
function read(cose, number) {
  if (!isUint(number)) throw new TypeError('the number of a status list is an unsigned integer');
  try {
    const sign1 = parseSign1(cose);
    const kid = sign1.protected.subarray(5, 13);
    if (kid.length !== 8 || !equal(sign1.protected, protectedHeader(kid, TYP))) throw new FormError('Its protected header is not that of a status list.');
    return { sign1, listed: { number, kid: toHex(kid), ...claimsOf(decode(sign1.payload)), payload: sign1.payload, cose: new Uint8Array(cose) } };
  } catch (error) {
    throw error instanceof FormError ? new StatusRefused('form', error.message) : error;
  }
}

/** @param {import('./cbor.js').Item} claims */
function claimsOf(claims) {
  if (claims instanceof Map && claims.size === 5) {
    const uri = claims.get(SUBJECT), expires = claims.get(EXPIRES), issuedAt = claims.get(ISSUED_AT), list = claims.get(STATUS_LIST), ttl = claims.get(TTL);
    const lst = list instanceof Map && list.size === 2 && list.get('bits') === 2 ? list.get('lst') : undefined;
    if (typeof uri === 'string' && isUint(expires) && isUint(issuedAt) && isUint(ttl) && lst instanceof Uint8Array) {
      const values = inflate(lst, MAX_BYTES);
      if (values.length < MIN_BYTES) throw new FormError(`The list is shorter than ${MIN_BYTES} bytes.`);
      return { uri, issuedAt, expires, ttl, values };
    }
  }
  throw new FormError('Its claims are not exactly 2, 4, 6, 65533 and 65534 of a 2-bit list.');
}

/**
 * The key that the trust list names for this list. Throws StatusRefused `unlisted`, `signer`, `window` or `uri`.
 * @param {StatusList} listed
 * @param {TrustContent} trust
 */
function signerOf(listed, trust) {
  const named = trust.statusLists.find(({ number }) => number === listed.number);
  if (!named) throw new StatusRefused('unlisted');
  const key = trust.keys.find(({ kid }) => kid === named.kid);
  if (listed.kid !== named.kid || !key || key.use !== USE_STATUS || key.state === STATE_REVOKED) throw new StatusRefused('signer');
  if (listed.issuedAt < key.notBefore || listed.issuedAt > key.notAfter) throw new StatusRefused('window');
  if (!trust.origins.some((origin) => listed.uri === `${origin}/${named.path}`)) throw new StatusRefused('uri');
  return key;
}

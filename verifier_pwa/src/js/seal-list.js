/**
 * The list of seal certificates, /seals.cose (docs/format.md §8); the twin of issuer/seals/listing.py. The time is an argument.
 *
 * Acceptance, in this order; the first that fails names the refusal: `form`, `unlisted` (the trust list names no such list), `signer`,
 * `window`, `signature`, `future`, `rollback`.
 * @module
 */

import { equal, toHex } from './bytes.js';
import { decode, isUint } from './cbor.js';
import { parseSign1, protectedHeader, sign1Structure } from './cose.js';
import { verifyChecked } from './ed25519.js';
import { FormError, WifError } from './errors.js';
import { follows } from './text.js';
import { AT_MOST_AHEAD, PATH, STATE_REVOKED, USE_STATUS } from './trust-content.js';

const TYP = 'application/wif-seals+cbor';
/** The extension of the trust list that names this one. */
const SEALS = 32;
const IN_USE = 1;
/** The state of a certificate that is revoked. */
export const REVOKED = 3;
/** Bytes of an uncompressed point, and its curve. @type {Readonly<Record<number, string>>} */
export const CURVES = { 65: 'P-256', 97: 'P-384', 133: 'P-521' };
const MOST_CERTIFICATES = 5_000;
const AUTHORITY = /^[A-Z]{2}[0-9A-Z]{2}$/, IDENTIFIER = /^(?:[0-9A-Z]{4}|[0-9A-F]{5})$/, TYPE = /^[0-9A-Z]{2}$/;

/** A list of seal certificates that is not accepted. */
export class SealsRefused extends WifError {
  /**
   * @param {'form'|'unlisted'|'signer'|'window'|'signature'|'future'|'rollback'} code the first rule that fails
   * @param {string} [why]
   */
  constructor(code, why = '') {
    super(`This list of seal certificates is refused: ${code}. ${why}`.trim());
    this.code = code;
  }
}

/**
 * One certificate: `publicKey` an uncompressed point of 65, 97 or 133 bytes; the window is UTC seconds, both ends included; empty `types`
 * means that the certificate does not say.
 * @typedef {{ authority: string, identifier: string, publicKey: Uint8Array, notBefore: number, notAfter: number, state: number,
 *   issuer: string, types: string[] }} SealCertificate
 *
 * A list: plain data, fit for structured clone. Times are UTC seconds; `edition` is the sequence number of the State's trust list; `cose` the
 * exact bytes.
 * @typedef {{ issued: number, nextUpdate: number, edition: number, editionIssued: number, certificates: SealCertificate[], kid: string,
 *   cose: Uint8Array }} SealList
 * @typedef {import('./trust-content.js').TrustList} TrustList
 * @typedef {import('./cbor.js').Item} Item
 */

/**
 * Where the trust list says that the list of seal certificates lies, and whose it is; null where it names none.
 * @param {Pick<TrustList, 'payload'>} trust
 * @returns {{ path: string, kid: string } | null}
 */
export function sealsNamed(trust) {
  const content = decode(trust.payload);
  const named = content instanceof Map ? content.get(SEALS) : undefined;
  if (!(named instanceof Map) || named.size !== 2) return null;
  const path = named.get(1), kid = named.get(2);
  return typeof path === 'string' && PATH.test(path) && kid instanceof Uint8Array && kid.length === 8 ? { path, kid: toHex(kid) } : null;
}

/**
 * Accept a fetched list, or throw SealsRefused with the first failing rule's code. Bytes identical to the held list's give it back.
 * @param {Uint8Array} cose the fetched bytes
 * @param {TrustList} trust the accepted trust list
 * @param {SealList|null} held the list in use; null: none yet
 * @param {number} now UTC seconds
 * @returns {SealList}
 */
export function acceptSeals(cose, trust, held, now) {
  const listed = readSeals(cose);
  const named = sealsNamed(trust);
  if (!named) throw new SealsRefused('unlisted');
  const key = trust.keys.find((one) => one.kid === named.kid);
  if (listed.kid !== named.kid || !key || key.use !== USE_STATUS || key.state === STATE_REVOKED) throw new SealsRefused('signer');
  if (listed.issued < key.notBefore || listed.issued > key.notAfter) throw new SealsRefused('window');
  const sign1 = parseSign1(cose);
  if (!verifyChecked(key.publicKey, sign1Structure(sign1.protected, sign1.payload), sign1.signature)) throw new SealsRefused('signature');
  if (listed.issued > now + AT_MOST_AHEAD) throw new SealsRefused('future');
  if (held !== null && !equal(cose, held.cose) && (listed.issued <= held.issued || listed.edition < held.edition)) throw new SealsRefused('rollback');
  return listed;
}

/**
 * Read a list without trusting it. Throws SealsRefused `form`.
 * @param {Uint8Array} cose
 * @returns {SealList}
 */
export function readSeals(cose) {
  try {
    const sign1 = parseSign1(cose);
    const kid = sign1.protected.subarray(5, 13);
    if (kid.length !== 8 || !equal(sign1.protected, protectedHeader(kid, TYP))) throw new FormError('Its protected header is another.');
    return { ...claimsOf(decode(sign1.payload)), kid: toHex(kid), cose: new Uint8Array(cose) };
  } catch (error) {
    throw error instanceof FormError ? new SealsRefused('form', error.message) : error;
  }
}

/** @param {Item} claims */
function claimsOf(claims) {
  if (claims instanceof Map && claims.size === 4) {
    const issued = claims.get(1), nextUpdate = claims.get(2), edition = claims.get(3), rows = claims.get(4);
    if (isUint(issued) && isUint(nextUpdate) && Array.isArray(edition) && edition.length === 2 && edition.every(isUint)
      && Array.isArray(rows) && rows.length <= MOST_CERTIFICATES) {
      const certificates = rows.map(certificateOf);
      if (new Set(certificates.map((one) => one.authority + one.identifier)).size !== rows.length) throw new FormError('A certificate stands twice.');
      return { issued, nextUpdate, edition: edition[0], editionIssued: edition[1], certificates };
    }
  }
  throw new FormError('Its claims are not exactly 1 to 4.');
}

/**
 * @param {Item} row
 * @returns {SealCertificate}
 */
function certificateOf(row) {
  if (Array.isArray(row) && row.length === 8) {
    const [authority, identifier, publicKey, notBefore, notAfter, state, issuer, types] = row;
    /** @param {RegExp} rule @param {unknown} value */
    const matches = (rule, value) => typeof value === 'string' && rule.test(value);
    if (matches(AUTHORITY, authority) && matches(IDENTIFIER, identifier) && publicKey instanceof Uint8Array && publicKey.length in CURVES
      && publicKey[0] === 4 && isUint(notBefore) && isUint(notAfter) && notBefore <= notAfter && (state === IN_USE || state === REVOKED)
      && follows(issuer, 1, 120) && Array.isArray(types) && types.every((type) => matches(TYPE, type)) && new Set(types).size === types.length) {
      return { authority, identifier, publicKey, notBefore, notAfter, state, issuer, types };
    }
  }
  throw new FormError('A certificate is not [authority, identifier, point, not before, not after, state, issuer, types].');
}

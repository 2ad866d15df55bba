/**
 * COSE_Sign1 and COSE_Sign (RFC 9052 §4), built and taken apart, in deterministic CBOR.
 *
 * Unprotected headers are always the empty map. Protected headers are compared as bytes by the callers: each structure
 * of the format has exactly one allowed protected header.
 * @module
 */

import { asBytes } from './bytes.js';
import { decode, encode } from './cbor.js';
import { FormError } from './errors.js';

/** Tag 18 and tag 98 (RFC 9052 §4.2, §4.1). */
const TAG_SIGN1 = [0xd2], TAG_SIGN = [0xd8, 0x62];
/** Header parameters (RFC 9052 §3.1; `typ`: RFC 9596) and the algorithm EdDSA (RFC 9053 §2.2). */
const ALG = 1, KID = 4, TYP = 16, EDDSA = -8;
const EMPTY = new Uint8Array();

/**
 * @typedef {{ protected: Uint8Array, payload: Uint8Array, signature: Uint8Array }} Sign1 encoded protected header,
 *   payload, signature (its length is not checked here)
 * @typedef {{ protected: Uint8Array, signature: Uint8Array }} SignatureOf
 * @typedef {{ protected: Uint8Array, payload: Uint8Array, signatures: SignatureOf[] }} Sign
 */

/**
 * The encoded protected header `{1: -8, 4: kid, 16: typ}`; without a kid (8 bytes) there is no alg either.
 * @param {Uint8Array|null} kid
 * @param {string|null} typ
 * @returns {Uint8Array}
 */
export function protectedHeader(kid, typ) {
  const header = new Map();
  if (kid !== null) header.set(ALG, EDDSA).set(KID, asBytes(kid, 'a kid'));
  if (typ !== null) header.set(TYP, typ);
  return encode(header);
}

/**
 * The bytes a COSE_Sign1 signs: `["Signature1", protected, h'', payload]` (RFC 9052 §4.4).
 * @param {Uint8Array} header encoded protected header
 * @param {Uint8Array} payload
 * @returns {Uint8Array}
 */
export function sign1Structure(header, payload) {
  return encode(['Signature1', asBytes(header, 'a header'), EMPTY, asBytes(payload, 'a payload')]);
}

/**
 * The bytes one signer of a COSE_Sign signs: `["Signature", body, sign, h'', payload]`.
 * @param {Uint8Array} body encoded protected header of the body
 * @param {Uint8Array} header encoded protected header of the signer
 * @param {Uint8Array} payload
 * @returns {Uint8Array}
 */
export function signStructure(body, header, payload) {
  return encode(['Signature', asBytes(body, 'a header'), asBytes(header, 'a header'), EMPTY, asBytes(payload, 'a payload')]);
}

/**
 * Take a tagged COSE_Sign1 apart. Throws FormError for anything but the one deterministic form.
 * @param {Uint8Array} data
 * @returns {Sign1}
 */
export function parseSign1(data) {
  const [header, payload, signature] = fields(untagged(data, TAG_SIGN1), 4);
  if (!(payload instanceof Uint8Array && signature instanceof Uint8Array)) throw new FormError('This COSE_Sign1 is not [protected, {}, payload, signature].');
  return { protected: header, payload, signature };
}

/**
 * Take a tagged COSE_Sign apart. Throws FormError for anything but the one deterministic form.
 * @param {Uint8Array} data
 * @returns {Sign}
 */
export function parseSign(data) {
  const [header, payload, rows] = fields(untagged(data, TAG_SIGN), 4);
  if (!(payload instanceof Uint8Array && Array.isArray(rows))) throw new FormError('This COSE_Sign is not [protected, {}, payload, [signatures]].');
  const signatures = rows.map((row) => {
    const [own, signature] = fields(row, 3);
    if (!(signature instanceof Uint8Array)) throw new FormError('A COSE_Signature is not [protected, {}, signature].');
    return { protected: own, signature };
  });
  return { protected: header, payload, signatures };
}

/**
 * @param {Uint8Array} data
 * @param {number[]} tag
 */
function untagged(data, tag) {
  asBytes(data, 'COSE');
  if (tag.some((byte, at) => data[at] !== byte)) throw new FormError('The COSE tag is not the expected one.');
  return decode(data.subarray(tag.length));
}

/**
 * The fields of a COSE array without its empty unprotected header.
 * @param {import('./cbor.js').Item} item
 * @param {number} length of the array
 * @returns {[Uint8Array, ...import('./cbor.js').Item[]]}
 */
function fields(item, length) {
  if (!Array.isArray(item) || item.length !== length) throw new FormError('A COSE array has another length.');
  const [header, unprotected, ...rest] = item;
  if (!(header instanceof Uint8Array && unprotected instanceof Map && unprotected.size === 0)) throw new FormError('A COSE header is not the expected one.');
  return [header, ...rest];
}

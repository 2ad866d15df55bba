/**
 * The attestation token, a COSE_Sign1 of which only kid, signature and payload vary, and the QR text that carries these
 * three (docs/format.md §1, §2).
 * @module
 */

import { asBytes, concat, fromHex } from './bytes.js';
import { encode } from './cbor.js';
import { MAX_PAYLOAD, MIN_PAYLOAD } from './claims.js';
import { protectedHeader, sign1Structure } from './cose.js';

const TYP = 'application/wif+cwt';
const SEPARATOR = '/#';
const ASCII = /^[\0-\x7f]*$/;
/** The length is checked before any conversion. */
const DIGITS = /^[1-9][0-9]{231,2100}$/;
/** Offsets behind the first byte 01, the kid and the signature. */
const KID = 1, SIGNATURE = 9, PAYLOAD = 73;

/**
 * What a QR carries of a token: kid (8 bytes), signature (64 bytes), payload (24..800 bytes).
 * @typedef {{ kid: Uint8Array, signature: Uint8Array, payload: Uint8Array }} Parts
 */

/**
 * The origin in lower case and what follows the first `/#` of an ASCII text, or null (step 1).
 * @param {string} text of any length; throws TypeError unless it is a text
 * @returns {{ origin: string, rest: string } | null}
 */
export function splitText(text) {
  if (typeof text !== 'string') throw new TypeError('a QR text is a text');
  const at = text.indexOf(SEPARATOR);
  if (at < 0 || !ASCII.test(text)) return null;
  return { origin: text.slice(0, at).toLowerCase(), rest: text.slice(at + SEPARATOR.length) };
}

/**
 * The parts behind the version digit, or null when they are malformed (step 3).
 * @param {string} digits of any length; throws TypeError unless it is a text
 * @returns {Parts | null}
 */
export function unpack(digits) {
  if (typeof digits !== 'string') throw new TypeError('digits are a text');
  if (!DIGITS.test(digits)) return null;
  const hex = BigInt(digits).toString(16);
  // The first byte is 01 exactly when its digit 1 stands alone, before an even number of digits.
  if (hex.length % 2 === 0 || hex[0] !== '1') return null;
  const data = fromHex(`0${hex}`);
  const length = data.length - PAYLOAD;
  if (length < MIN_PAYLOAD || length > MAX_PAYLOAD) return null;
  return { kid: data.slice(KID, SIGNATURE), signature: data.slice(SIGNATURE, PAYLOAD), payload: data.slice(PAYLOAD) };
}

/**
 * The whole token of its parts: a tagged COSE_Sign1.
 * @param {Parts} parts
 * @returns {Uint8Array}
 */
export function wholeToken({ kid, signature, payload }) {
  return concat([0xd2], encode([protectedHeader(kid, TYP), new Map(), payload, signature]));
}

/**
 * The bytes that a token's signature signs (RFC 9052 §4.4).
 * @param {Uint8Array} kid 8 bytes
 * @param {Uint8Array} payload
 * @returns {Uint8Array}
 */
export function signedBytes(kid, payload) {
  return sign1Structure(protectedHeader(asBytes(kid, 'a kid'), TYP), payload);
}

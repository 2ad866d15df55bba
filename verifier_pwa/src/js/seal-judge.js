/**
 * Judging a 2D-DOC: one text, one word of a closed list (docs/format.md §8); the twin of issuer/seals/judge.py. Reads no clock, file or network;
 * asynchronous, because the browser's ECDSA is.
 *
 * 1. the text is a whole 2D-DOC of a kind that is read here      `malformed` red, `unsupported` `incomplete` grey
 *                                                                (so is header version 01, but for the tests' authority)
 * 2. the list names the certificate, and no other is tried       `certificate_unknown` amber; `test` grey where the header says that it is of tests
 * 3. the certificate is not revoked, whenever it signed          `certificate_revoked` red
 * 4. the signature over the received text                        `bad_signature` red
 * 5. the certificate is for this type of document                `certificate_type` red; `unsupported` for a binary message under a certificate
 *                                                                that says its types
 * 6. the day of the signature is in the certificate's window     `certificate_expired` red
 * 7. neither authority nor certificate is one of tests           `test` grey
 * 8. —                                                           `authentic` amber, never green
 * @module
 */

import { CURVES, REVOKED } from './seal-list.js';
import { partOf } from './seal-parts.js';
import { SealUnread, isTest, readSeal } from './seal-text.js';

/** Every word and its level: the closed list. */
export const SEAL_VERDICTS = Object.freeze(/** @type {const} */ ({
  authentic: 'amber',
  certificate_unknown: 'amber',
  bad_signature: 'red',
  certificate_revoked: 'red',
  certificate_expired: 'red',
  certificate_type: 'red',
  malformed: 'red',
  unsupported: 'grey',
  incomplete: 'grey',
  test: 'grey',
}));

const TEST_AUTHORITY = 'FR00';
/** A header version of which there are reference codes of the test authority, and no seal in use. */
const EXPERIMENT = '01';
const DAY = 86_400;
/** @type {Readonly<Record<string, string>>} */
const HASHES = { 'P-256': 'SHA-256', 'P-384': 'SHA-384', 'P-521': 'SHA-512' };

/**
 * @typedef {keyof typeof SEAL_VERDICTS} SealWord
 *
 * What the judgement says: `seal` is null where nothing could be read. Its fields may be shown as signed with the words `authentic`,
 * `certificate_expired`, and `test` where a certificate was found; never otherwise.
 * @typedef {{ verdict: SealWord, level: 'amber'|'red'|'grey', seal: import('./seal-text.js').Seal|null,
 *   certificate: import('./seal-list.js').SealCertificate|null }} SealVerdict
 */

/**
 * The word on one text. No text throws anything.
 * @param {string} text
 * @param {import('./seal-list.js').SealList|null} listed the accepted list; null: none on this device
 * @param {number} now UTC seconds, for seals that bear no day of signature
 * @returns {Promise<SealVerdict>}
 */
export async function judgeSeal(text, listed, now) {
  /** @param {SealWord} verdict @param {import('./seal-text.js').Seal|null} [seal] @param {import('./seal-list.js').SealCertificate|null} [certificate] */
  const said = (verdict, seal = null, certificate = null) => ({ verdict, level: SEAL_VERDICTS[verdict], seal, certificate });
  if (partOf(text)) return said('incomplete');
  let seal;
  try {
    seal = readSeal(text);
  } catch (error) {
    if (error instanceof SealUnread) return said(error.code);
    throw error;
  }
  const { authority, certificate: identifier, type } = seal;
  if (seal.version === EXPERIMENT && authority !== TEST_AUTHORITY) return said('unsupported', seal);
  const certificate = listed?.certificates.find((one) => one.authority === authority && one.identifier === identifier);
  if (!certificate) return said(isTest(seal) ? 'test' : 'certificate_unknown', seal);
  if (certificate.state === REVOKED) return said('certificate_revoked', seal, certificate);
  if (!(await signatureHolds(seal, certificate))) return said('bad_signature', seal, certificate);
  if (certificate.types.length && !certificate.types.includes(type)) return said(seal.binary ? 'unsupported' : 'certificate_type', seal, certificate);
  if (!inWindow(seal, certificate, now)) return said('certificate_expired', seal, certificate);
  return said(isTest(seal) ? 'test' : 'authentic', seal, certificate);
}

/**
 * Whether the signature holds: ECDSA with the curve of the certificate and its hash, by the browser.
 * @param {import('./seal-text.js').Seal} seal
 * @param {import('./seal-list.js').SealCertificate} certificate
 */
async function signatureHolds({ message, signature }, { publicKey }) {
  const namedCurve = CURVES[publicKey.length];
  if (signature.length !== publicKey.length - 1) return false;
  let key;
  try {
    key = await crypto.subtle.importKey('raw', /** @type {BufferSource} */ (publicKey), { name: 'ECDSA', namedCurve }, false, ['verify']);
  } catch {
    return false; // no point of the curve
  }
  return crypto.subtle.verify({ name: 'ECDSA', hash: HASHES[namedCurve] }, key, /** @type {BufferSource} */ (signature), /** @type {BufferSource} */ (message));
}

/**
 * @param {import('./seal-text.js').Seal} seal
 * @param {import('./seal-list.js').SealCertificate} certificate
 * @param {number} now
 */
function inWindow({ signed }, { notBefore, notAfter }, now) {
  if (signed === null) return notBefore <= now && now <= notAfter;
  return signed + DAY - 1 >= notBefore && signed <= notAfter;
}

/**
 * Verification: one text, one of fifteen verdicts (docs/format.md §5); the twin of issuer/attestation/verify.py. Reads no
 * clock, file or network. The first failing step names the verdict:
 *
 * 1.  the text is ASCII, holds `/#`, its origin is listed, a digit follows    `foreign` grey
 * 2.  the version digit is 1                                                  `unsupported` grey
 * 3.  digits, first byte, payload length                                      `malformed` red
 * 4.  the kid is a key of use 1 in the trust list                             `unknown_key` red; amber past next update
 * 5.  the strict signature over the received bytes                            `bad_signature` red
 * 6.  a. decoding and round trip `invalid_claims` red; b. claims of a later version `unsupported` grey;
 *     c. every other rule of the claims `invalid_claims` red
 * 7.  iat in the key's window, may sign for this département                  `untrusted_key` red, no claims
 *     key not revoked, or the token in its list of the genuine                `untrusted_key` red; amber without the list
 * 8.  status 1, 3, 2                                                          `revoked` `replaced` red, `suspended` amber
 * 9.  the clock is not behind what was seen                                   `clock_wrong` amber
 * 10. nbf ≤ now < exp                                                         `not_yet_valid` `expired` red
 * 11. trust and status lists not expired, the index held                      `status_unknown` amber
 * 12. —                                                                       `valid` green within the ttl, else amber
 *
 * The caller still owes: lists accepted by acceptTrust and acceptStatus, and a `now` that is this device's clock.
 * @module
 */

import { toHex } from './bytes.js';
import { decode, toJson } from './claims.js';
import { AT_MOST_AHEAD, STATE_REVOKED, USE_ATTESTATION } from './trust-content.js';
import { judgesSignatures, verifyChecked } from './ed25519.js';
import { FormError, Unsupported } from './errors.js';
import { holdsToken } from './genuine.js';
import { REPLACED, REVOKED, SUSPENDED, lifeOf, statusAt } from './status.js';
import { signedBytes, splitText, unpack, wholeToken } from './token.js';

/**
 * What verification says. `claims` are by their JSON names, from step 8 on, else null; `key` is the kid as 16 hexadecimal
 * digits, from step 4 on; `statusAgeS` the seconds since the status list in question was issued, null without such a
 * list or claims; `more` whether the token holds additive claims that this version does not know; `authority` what the
 * trust list names for the key, with the claims.
 * @typedef {{ verdict: import('./verdicts.js').VerdictName, level: import('./verdicts.js').Level,
 *   claims: import('./claims.js').RecordClaims|null, key: string|null, statusAgeS: number|null, more: boolean,
 *   authority: string|null }} Verdict
 * @typedef {import('./trust-content.js').TrustList} TrustList
 * @typedef {import('./status.js').StatusList} StatusList
 * @typedef {import('./claims.js').Claims} Claims
 */

/**
 * The verdict on one QR text. Throws TypeError for wrong types; no text throws anything.
 * @param {string} text
 * @param {TrustList|null} trust the accepted trust list; null: none acceptable
 * @param {Map<number, StatusList>} status the accepted status lists by number
 * @param {number} now UTC seconds, an integer
 * @param {number} [floor] the latest issue time of any list that this device ever accepted, UTC seconds
 * @param {ReadonlyMap<string, import('./genuine.js').GenuineList>} [genuine] the held lists of the genuine, by the hash that names them
 * @returns {Verdict}
 */
export function verify(text, trust, status, now, floor = 0, genuine = new Map()) {
  if (typeof text !== 'string' || !Number.isSafeInteger(now) || !Number.isSafeInteger(floor)) throw new TypeError('verify takes a text, and integers of UTC seconds');
  if (!(status instanceof Map)) throw new TypeError('the status lists are a Map by number');
  if (trust === null) return said('status_unknown', 'amber');
  if (!judgesSignatures()) return said('status_unknown', 'amber'); // as without any list that could be accepted
  if (!Array.isArray(trust?.origins) || !Array.isArray(trust.keys)) throw new TypeError('the trust list is an accepted one, or null');

  // 1. one of our addresses
  const found = splitText(text);
  if (found === null || !trust.origins.includes(found.origin) || !/^[0-9]/.test(found.rest)) return said('foreign', 'grey');

  // 2. the format version
  if (found.rest[0] !== '1') return said('unsupported', 'grey');

  // 3. digits, first byte, payload length
  const parts = unpack(found.rest.slice(1));
  if (parts === null) return said('malformed', 'red');
  const kid = toHex(parts.kid);

  // 4. the key; an unknown kid never makes us try other keys
  const key = trust.keys.find((one) => one.kid === kid);
  if (!key || key.use !== USE_ATTESTATION) return said('unknown_key', now > trust.nextUpdate ? 'amber' : 'red', kid);

  // 5. the received bytes, before anything is decoded (A was checked when the trust list was accepted)
  if (!verifyChecked(key.publicKey, signedBytes(parts.kid, parts.payload), parts.signature)) return said('bad_signature', 'red', kid);

  // 6. decoding, later versions, every other rule of the claims
  let claims;
  try {
    claims = decode(parts.payload);
  } catch (error) {
    if (error instanceof Unsupported) return said('unsupported', 'grey', kid);
    if (error instanceof FormError) return said('invalid_claims', 'red', kid);
    throw error;
  }

  // 7. the key's state, window and départements
  if (!maySign(key, claims)) return said('untrusted_key', 'red', kid);
  if (key.state === STATE_REVOKED) {
    const held = key.genuine && genuine.get(key.genuine.hash);
    if (!held || !holdsToken(held, wholeToken(parts))) return said('untrusted_key', key.genuine && !held ? 'amber' : 'red', kid);
  }

  const listed = status.get(claims.status[0]);
  const [verdict, level] = state(claims, listed, trust, status, now, floor);
  return {
    verdict, level, claims: toJson(claims), key: kid, statusAgeS: listed ? now - listed.issuedAt : null,
    more: claims.additional.size > 0, authority: key.authority,
  };
}

/**
 * A verdict without claims.
 * @param {Verdict['verdict']} verdict
 * @param {Verdict['level']} level
 * @param {string|null} [key]
 * @returns {Verdict}
 */
function said(verdict, level, key = null) {
  return { verdict, level, claims: null, key, statusAgeS: null, more: false, authority: null };
}

/**
 * @param {import('./trust-content.js').TrustedKey} key
 * @param {Claims} claims
 */
function maySign(key, claims) {
  return key.notBefore <= claims.issuedAt && claims.issuedAt <= key.notAfter
    && (key.departments.length === 0 || key.departments.includes(claims.department));
}

/**
 * Steps 8 to 12 over authentic claims.
 * @param {Claims} claims
 * @param {StatusList|undefined} listed
 * @param {TrustList} trust
 * @param {Map<number, StatusList>} status
 * @param {number} now
 * @param {number} floor
 * @returns {[Verdict['verdict'], Verdict['level']]}
 */
function state(claims, listed, trust, status, now, floor) {
  const value = listed ? statusAt(listed, claims.status[1]) : null;
  const life = listed && lifeOf(listed, trust);
  const current = life !== undefined && now < life.expires;

  // 8. the status; an expired list's revocations and replacements still count
  if (value === REVOKED) return ['revoked', 'red'];
  if (value === REPLACED) return ['replaced', 'red'];
  if (value === SUSPENDED && current) return ['suspended', 'amber'];

  // 9. the clock
  let seen = Math.max(floor, trust.buildTime, trust.issued, claims.issuedAt);
  for (const { issuedAt } of status.values()) seen = Math.max(seen, issuedAt);
  if (now + AT_MOST_AHEAD < seen) return ['clock_wrong', 'amber'];

  // 10. the validity
  if (now < claims.notBefore) return ['not_yet_valid', 'red'];
  if (now >= claims.expires) return ['expired', 'red'];

  // 11. lists that have not expired, and the index held
  if (!current || value === null || now >= trust.expires) return ['status_unknown', 'amber'];

  // 12. valid
  return ['valid', listed && now - listed.issuedAt <= life.ttl ? 'green' : 'amber'];
}

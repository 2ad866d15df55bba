/**
 * Receipts of checks: what one symbol says, and when it was shown to the service (docs/format.md §9); the twin of
 * issuer/attestation/receipt.py. Reads no clock, file or network; asynchronous, because the browser's ECDSA is.
 *
 * One word of a closed list, the first that holds:
 *
 * 1. the text is not `ORIGIN/#9…` with an origin of the trust list           `foreign`
 * 2. digits, first byte, deterministic CBOR and every limit                  `malformed`
 * 3. a critical field of a later version                                     `unsupported`
 * 4. the device's signature, and a countersignature of a key known here      `altered`
 * 5. the paper that was given is another one                                 `other_paper`
 * 6. the countersignature is older than the status list judged by            `contradiction`
 * 7. no paper was given                                                      `paper_missing`
 * 8. no countersignature that counts                                         `undated`
 * 9. the countersignature names the status list, at most a day older         `dated`
 * 10. —                                                                      `late`
 *
 * Never a verdict, and never green: the paper is judged anew, today.
 * @module
 */

import { concat, equal, fromHex, toHex } from './bytes.js';
import { decode, encode, isUint } from './cbor.js';
import { protectedHeader, sign1Structure } from './cose.js';
import { isPrimeOrderPoint, kid as kidOf, verifyChecked } from './ed25519.js';
import { FormError, Unsupported } from './errors.js';
import { sha256 } from './sha2.js';
import { follows } from './text.js';
import { splitText } from './token.js';
import { AT_MOST_AHEAD, STATE_REVOKED, keyInForm } from './trust-content.js';

/** The ten words, in the order of the rules that give them. */
export const RECEIPT_WORDS = Object.freeze(/** @type {const} */ ([
  'foreign', 'malformed', 'unsupported', 'altered', 'other_paper', 'contradiction', 'paper_missing', 'undated', 'late', 'dated',
]));
/** The digit behind `/#` of a receipt's text. */
export const RECEIPT_VERSION = '9';
export const SAID = ['unsaid', 'no', 'yes'];
/** Words for the numbers of field 11's outcomes, of field 13's channel and answer; place 0 of the first two is no number. */
export const OUTCOMES = ['', 'same', 'different', 'near', 'not_comparable'];
export const CHANNELS = ['', 'email', 'registered_letter', 'online', 'other'];
export const ANSWERS = ['none_yet', 'confirmed', 'refused', 'silence'];
/** What a comparison speaks of: keys of the attestation, and 0 for the days of the hire inside the validity. @type {Readonly<Record<number, string>>} */
export const COMPARED = Object.freeze({
  0: 'dates', 3: 'family_name', 4: 'given_names', 5: 'birth_date', 7: 'employer.name', 8: 'employer.siret', 9: 'job', 10: 'contract',
  11: 'hours', 12: 'workplaces', 13: 'residence_permit',
});
/** Seconds for which a status list dates a check: the lists' own ttl by default. */
const TOLERANCE = 86_400;

const DIGITS = /^[1-9][0-9]{2,2100}$/;
const MOST_STATEMENT = 700, MOST_LISTS = 8, USE_COUNTERSIGN = 4;
/** 9999-01-01T00:00:00Z: every time is below, in UTC seconds. */
const TIME_LIMIT = 253_370_764_800;
const CRITICAL = [17, 18, 19], ADDITIVE = [20, 21, 22, 23], REQUIRED = [1, 2, 3, 4, 6, 7, 8, 9, 10];
/** Verdicts of a paper that has a token, the only ones that a receipt can speak of; and the levels. */
export const CHECKED = [
  'unknown_key', 'bad_signature', 'invalid_claims', 'untrusted_key', 'revoked', 'replaced', 'suspended', 'clock_wrong', 'not_yet_valid', 'expired',
  'status_unknown', 'valid',
], LEVELS = ['green', 'amber', 'red', 'grey'];
const COUNTER_TYP = 'application/wif-countersignature+cbor';
/** `{1: -7, 16: typ}`: ES256, RFC 9053 §2.1. */
const RECEIPT_HEADER = encode(new Map(/** @type {[number, unknown][]} */ ([[1, -7], [16, 'application/wif-receipt+cbor']])));
/** P-256 (SP 800-186 §3.2.1.3): the prime, the order and b; a is −3. */
const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
export const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

/**
 * @typedef {import('./cbor.js').Item} Item
 * @typedef {import('./trust-content.js').TrustList} TrustList
 * @typedef {import('./trust-content.js').TrustedKey} TrustedKey
 * @typedef {typeof RECEIPT_WORDS[number]} ReceiptWord
 *
 * A status list by number (1..999), time of issue (UTC seconds) and the first 16 bytes of its file's SHA-256.
 * @typedef {{ number: number, issued: number, digest: Uint8Array }} Listed
 *
 * What the device signed, by its names in JSON; what is absent has no key. All of it is declared by who checked.
 * @typedef {{ declared_at: string, verdict: string, level: string, token_sha256: string, trust: { version: number, hash: string },
 *   status?: { list: number, issued_at: string, hash: string }, build: string, device: string,
 *   company: { siret?: string, name: string, person?: string }, seen: { original: string, person: string, permit: string },
 *   compared?: Record<string, string>, hired_on?: string,
 *   request?: { sent_on: string, channel: string, reference?: string, answer: string, answered_on?: string },
 *   dpae?: { at: string, certificate: string }, former?: string }} Statement
 *
 * One receipt taken apart: its statement, the device's key (33 bytes), the list it was judged by, the signed bytes, the signature of 64
 * bytes, and the SHA-256 of the whole COSE_Sign1, which is what is countersigned.
 * @typedef {{ statement: Statement, device: Uint8Array, tokenDigest: Uint8Array, status: Listed|null, signed: Uint8Array,
 *   signature: Uint8Array, digest: Uint8Array, counter: Counter|null }} Receipt
 * @typedef {{ kid: Uint8Array, time: number, lists: Listed[], signature: Uint8Array }} Counter
 *
 * What is said of a text: `receipt` where its signature holds; the check lay between `since` and `until`, UTC seconds; `dating` where a
 * missing paper is the only fault.
 * @typedef {{ word: ReceiptWord, receipt: Receipt|null, since: number|null, until: number|null, dating: 'undated'|'late'|'dated'|null }} Reading
 */

/**
 * The word on one text beside one paper. No text throws anything.
 * @param {string} text
 * @param {Uint8Array|null} paper the whole token; null: none was scanned
 * @param {Pick<TrustList, 'payload'|'origins'>} trust the accepted trust list
 * @returns {Promise<Reading>}
 */
export async function judgeReceipt(text, paper, trust) {
  /** @param {ReceiptWord} word @param {Partial<Reading>} [more] @returns {Reading} */
  const said = (word, more = {}) => ({ word, receipt: null, since: null, until: null, dating: null, ...more });
  const found = splitText(text);
  if (!found || !trust.origins.includes(found.origin) || found.rest[0] !== RECEIPT_VERSION) return said('foreign');
  let receipt;
  try {
    receipt = unpackReceipt(found.rest.slice(1));
  } catch (error) {
    if (error instanceof Unsupported) return said('unsupported');
    if (error instanceof FormError) return said('malformed');
    throw error;
  }
  if (!(await deviceSigned(receipt))) return said('altered');
  const { counter } = receipt;
  const key = counter && countersigners(trust).find((one) => one.kid === toHex(counter.kid));
  if (counter && key && !verifyChecked(key.publicKey, toCountersign(receipt.digest, counter.time, counter.lists, counter.kid), counter.signature)) return said('altered');
  if (paper && !equal(sha256(paper), receipt.tokenDigest)) return said('other_paper', { receipt });
  if (!counter || !key || key.state === STATE_REVOKED || counter.time < key.notBefore || counter.time > key.notAfter) {
    return said(paper ? 'undated' : 'paper_missing', { receipt, dating: 'undated' });
  }
  return datedReading(receipt, counter, paper === null);
}

/**
 * Steps 6 to 10 of docs/format.md §9.4: what a countersignature that holds and counts says of a receipt.
 * @param {Receipt} receipt
 * @param {Counter} counter
 * @param {boolean} paperMissing
 * @returns {Reading}
 */
export function datedReading(receipt, counter, paperMissing) {
  const { status } = receipt, until = counter.time;
  if (status && status.issued > until + AT_MOST_AHEAD) return { word: 'contradiction', receipt, since: null, until, dating: null };
  const since = status && names(counter, status) ? status.issued : null;
  const dating = since !== null && until - since <= TOLERANCE ? 'dated' : 'late';
  return { word: paperMissing ? 'paper_missing' : dating, receipt, since, until, dating };
}

/**
 * Whether a countersignature names this very status list.
 * @param {Counter} counter
 * @param {Listed} status
 */
export function names({ lists }, status) {
  return lists.some((one) => one.number === status.number && one.issued === status.issued && equal(one.digest, status.digest));
}

/**
 * A countersignature of any hash, taken apart, where it holds under a key of the trust list that counts for its time; else null.
 * @param {Item} row as the service gave it (docs/format.md §9.1)
 * @param {Uint8Array} digest 32 bytes
 * @param {Pick<TrustList, 'payload'>} trust
 * @returns {Counter | null}
 */
export function judgeCounter(row, digest, trust) {
  let counter;
  try {
    counter = counterOf(row);
  } catch (error) {
    if (error instanceof FormError) return null;
    throw error;
  }
  const { kid, time, lists, signature } = counter, key = countersigners(trust).find((one) => one.kid === toHex(kid));
  if (!key || key.state === STATE_REVOKED || time < key.notBefore || time > key.notAfter) return null;
  return verifyChecked(key.publicKey, toCountersign(digest, time, lists, kid), signature) ? counter : null;
}

/**
 * The keys of use 4 that are in form; what is not names no key.
 * @param {Pick<TrustList, 'payload'>} trust
 * @returns {TrustedKey[]}
 */
function countersigners(trust) {
  const content = decode(trust.payload);
  const keys = content instanceof Map ? content.get(6) : undefined;
  return (Array.isArray(keys) ? keys : []).flatMap((item) => {
    if (!(item instanceof Map) || item.get(3) !== USE_COUNTERSIGN) return [];
    try {
      const key = keyInForm(item);
      return toHex(kidOf(key.publicKey)) === key.kid && isPrimeOrderPoint(key.publicKey) ? [key] : [];
    } catch (error) {
      if (error instanceof FormError) return [];
      throw error;
    }
  });
}

/**
 * The bytes that a countersignature signs.
 * @param {Uint8Array} digest 32 bytes
 * @param {number} time UTC seconds
 * @param {Listed[]} lists in order of their numbers
 * @param {Uint8Array} kid 8 bytes
 */
function toCountersign(digest, time, lists, kid) {
  const payload = new Map(/** @type {[number, unknown][]} */ ([[1, digest], [2, time], [3, lists.map((one) => [one.number, one.issued, one.digest])]]));
  return sign1Structure(protectedHeader(kid, COUNTER_TYP), encode(payload));
}

/**
 * What a device signs of an encoded statement.
 * @param {Uint8Array} signed
 */
export function toSign(signed) {
  return sign1Structure(RECEIPT_HEADER, signed);
}

/**
 * The parts behind the version digit. Throws Unsupported, FormError.
 * @param {string} digits
 * @returns {Receipt}
 */
function unpackReceipt(digits) {
  require(DIGITS.test(digits), 'its digits');
  const hex = BigInt(digits).toString(16);
  require(hex.length % 2 === 1 && hex[0] === '1', 'its first byte'); // 01 is a digit that stands alone
  const parts = decode(fromHex(`0${hex}`).subarray(1));
  require(Array.isArray(parts) && (parts.length === 2 || parts.length === 3), 'its parts');
  const [signed, signature, row] = parts;
  require(signed instanceof Uint8Array && isBytes(signature, 64), 'its parts');
  const counter = parts.length === 3 ? counterOf(row) : null;
  return { ...statementOf(signed), signed, signature, digest: receiptDigest(signed, signature), counter };
}

/**
 * What is countersigned, and what a suite names: the SHA-256 of the whole COSE_Sign1.
 * @param {Uint8Array} signed the encoded statement
 * @param {Uint8Array} signature 64 bytes
 */
export function receiptDigest(signed, signature) {
  return sha256(concat([0xd2], encode([RECEIPT_HEADER, new Map(), signed, signature])));
}

/** @param {Item|undefined} row @returns {Counter} */
function counterOf(row) {
  require(Array.isArray(row) && row.length === 4, 'the countersignature');
  const [kid, time, lists, signature] = row;
  require(isBytes(kid, 8) && isMoment(time) && isBytes(signature, 64), 'the countersignature');
  require(Array.isArray(lists) && lists.length >= 1 && lists.length <= MOST_LISTS, 'its lists');
  const listed = lists.map(listedOf);
  require(listed.every((one, at) => at === 0 || listed[at - 1].number < one.number), 'the order of its lists');
  return { kid, time, lists: listed, signature };
}

/** @param {Item|undefined} row @returns {Listed} */
function listedOf(row) {
  require(Array.isArray(row) && row.length === 3, 'a status list');
  const [number, issued, digest] = row;
  require(isUint(number) && number >= 1 && number <= 999 && isMoment(issued) && isBytes(digest, 16), 'a status list');
  return { number, issued, digest };
}

/** @param {Uint8Array} signed @returns {Pick<Receipt, 'statement'|'device'|'tokenDigest'|'status'>} */
function statementOf(signed) {
  require(signed.length <= MOST_STATEMENT, 'the length of the statement');
  const fields = decode(signed);
  require(fields instanceof Map, 'the statement');
  if (CRITICAL.some((label) => fields.has(label))) throw new Unsupported('The statement has a field that this version does not know.');
  for (const label of fields.keys()) require(typeof label === 'number' && ((label >= 1 && label <= 15) || ADDITIVE.includes(label)), 'a field that is not defined');
  require(REQUIRED.every((label) => fields.has(label)), 'a field is missing');
  const [at, judged, tokenDigest, trust] = [1, 2, 3, 4].map((label) => fields.get(label));
  const [build, device, random, company, seen, compared, hired, request, dpae, former] = [6, 7, 8, 9, 10, 11, 12, 13, 14, 15].map((label) => fields.get(label));
  require(isMoment(at), 'the time');
  require(Array.isArray(judged) && judged.length === 2, 'the verdict');
  const [verdict, level] = judged;
  require(isOneOf(verdict, CHECKED) && isOneOf(level, LEVELS), 'the verdict');
  require(isBytes(tokenDigest, 32), 'the hash of the token');
  require(Array.isArray(trust) && trust.length === 2, 'the trust list');
  const [version, hash] = trust;
  require(isUint(version) && isBytes(hash, 16), 'the trust list');
  const status = fields.has(5) ? listedOf(fields.get(5)) : null;
  require(isBytes(build, 8) && isBytes(random, 16), 'the build');
  require(isBytes(device, 33) && (device[0] === 2 || device[0] === 3), "the device's key");
  require(Array.isArray(seen) && seen.length === 3 && seen.every((one) => isNumberOf(one, SAID)), 'what was seen');
  require(compared === undefined || (compared instanceof Map && compared.size > 0
    && [...compared].every(([label, outcome]) => typeof label === 'number' && label in COMPARED && isNumberOf(outcome, OUTCOMES) && outcome !== 0)), 'the comparison');
  require(hired === undefined || isDay(hired), 'the first day of the hire');
  require(dpae === undefined || (Array.isArray(dpae) && dpae.length === 2 && isMoment(dpae[0]) && follows(dpae[1], 1, 40)), 'the DPAE');
  require(former === undefined || isBytes(former, 32), 'the former receipt');
  for (const label of ADDITIVE) {
    const more = fields.get(label);
    require(more === undefined || isUint(more) || follows(more, 0, 200), 'an additional field');
  }
  const statement = present({
    declared_at: moment(at),
    verdict,
    level,
    token_sha256: toHex(tokenDigest),
    trust: { version, hash: toHex(hash) },
    status: status ? { list: status.number, issued_at: moment(status.issued), hash: toHex(status.digest) } : undefined,
    build: toHex(build),
    device: toHex(device),
    company: companyOf(company),
    seen: { original: SAID[Number(seen[0])], person: SAID[Number(seen[1])], permit: SAID[Number(seen[2])] },
    compared: compared && Object.fromEntries([...compared].map(([label, outcome]) => [COMPARED[Number(label)], OUTCOMES[Number(outcome)]])),
    hired_on: hired,
    request: request === undefined ? undefined : requestOf(request),
    dpae: dpae && { at: moment(Number(dpae[0])), certificate: dpae[1] },
    former: former && toHex(former),
  });
  return { statement: /** @type {Statement} */ (statement), device, tokenDigest, status };
}

/** @param {Item|undefined} value */
function companyOf(value) {
  require(value instanceof Map && [...value.keys()].every((label) => label === 1 || label === 2 || label === 3), 'the company');
  const siret = value.get(1), name = value.get(2), person = value.get(3);
  require((siret === undefined || (isUint(siret) && siret < 1e14)) && follows(name, 1, 80) && (person === undefined || follows(person, 1, 80)), 'the company');
  return present({ siret: siret?.toString().padStart(14, '0'), name, person });
}

/** @param {Item} value */
function requestOf(value) {
  require(Array.isArray(value) && value.length === 5, 'the request to the préfet');
  const [sent, channel, reference, answer, day] = value;
  require(isDay(sent) && isNumberOf(channel, CHANNELS) && channel !== 0 && follows(reference, 0, 60) && isNumberOf(answer, ANSWERS)
    && (answer === 0 ? day === '' : isDay(day)), 'the request to the préfet');
  return present({ sent_on: sent, channel: CHANNELS[channel], reference: reference || undefined, answer: ANSWERS[answer], answered_on: day || undefined });
}

/**
 * ES256 in its one form: r and s in range, s at most half the order; by the browser.
 * @param {Receipt} receipt
 */
async function deviceSigned({ device, signed, signature }) {
  const [r, s] = [0, 32].map((at) => BigInt(`0x${toHex(signature.subarray(at, at + 32))}`));
  if (r === 0n || r >= ORDER || s === 0n || s > ORDER / 2n) return false;
  const point = uncompressed(device);
  if (!point) return false;
  const key = await crypto.subtle.importKey('raw', /** @type {BufferSource} */ (point), { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify']);
  return crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, /** @type {BufferSource} */ (signature), /** @type {BufferSource} */ (toSign(signed)));
}

/**
 * The 65 bytes of a compressed point of P-256 (SEC 1 §2.3.4), which browsers do not all take; null where there is none.
 * @param {Uint8Array} device 33 bytes that begin with 2 or 3
 */
function uncompressed(device) {
  const x = BigInt(`0x${toHex(device.subarray(1))}`);
  if (x >= P) return null;
  const square = (x * x * x - 3n * x + B) % P;
  let y = 1n;
  for (let base = (square + P) % P, left = (P + 1n) / 4n; left; left >>= 1n, base = (base * base) % P) if (left & 1n) y = (y * base) % P;
  if ((y * y - square) % P !== 0n) return null;
  if ((y & 1n) !== BigInt(device[0] & 1)) y = P - y;
  return concat([4], device.subarray(1), fromHex(y.toString(16).padStart(64, '0')));
}

/**
 * @param {boolean} holds
 * @param {string} what
 * @returns {asserts holds}
 */
function require(holds, what) {
  if (!holds) throw new FormError(`It breaks the format: ${what}.`);
}

/** @param {unknown} value @returns {value is number} */
function isMoment(value) {
  return isUint(value) && value < TIME_LIMIT;
}

/** @param {unknown} value @param {number} length @returns {value is Uint8Array} */
function isBytes(value, length) {
  return value instanceof Uint8Array && value.length === length;
}

/** @param {unknown} value @param {readonly string[]} words @returns {value is string} */
function isOneOf(value, words) {
  return typeof value === 'string' && words.includes(value);
}

/** @param {unknown} value @param {readonly string[]} words @returns {value is number} */
function isNumberOf(value, words) {
  return isUint(value) && value < words.length;
}

/** @param {unknown} value @returns {value is string} */
function isDay(value) {
  if (typeof value !== 'string' || !/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(value) || value.startsWith('0000')) return false;
  const at = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(value);
}

/** @param {number} seconds */
function moment(seconds) {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** @param {Record<string, unknown>} values */
function present(values) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

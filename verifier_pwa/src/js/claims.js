/**
 * The claims of an attestation: the wire form, its checks, and its names in JSON (docs/format.md §1.2, §1.3).
 * @module
 */

import { asBytes, equal } from './bytes.js';
import { decode as decodeCbor, encode as encodeCbor, isUint } from './cbor.js';
import { FormError, Unsupported } from './errors.js';
import { dayIn } from './places.js';
import { follows } from './text.js';

/** RFC 8392 §3.1: exp, nbf, iat; and the attestation. */
const EXPIRES = 4, NOT_BEFORE = 5, ISSUED_AT = 6, ATTESTATION = -65537;

/** The words for the numbers of keys 1, 10 and of the unit of key 11, in the order of their numbers from 1. */
export const KINDS = ['APT', 'AT', 'AT-SAISONNIER'];
export const CONTRACTS = ['CDI', 'CDD', 'APPRENTISSAGE', 'PROFESSIONNALISATION', 'DOCTORAL', 'SAISONNIER', 'PROMESSE'];
export const PERIODS = ['week', 'month', 'year'];

/** Bytes of a payload. */
export const MIN_PAYLOAD = 24, MAX_PAYLOAD = 800;
/** 9999-01-01T00:00:00Z: every time is below, in UTC seconds. */
const TIME_LIMIT = 253_370_764_800;
/** Half a day in seconds: the day shown is that of the middle of the day, so that no change of summer time moves it. */
const MIDDAY = 43_200;
/** Reserved keys: a verifier that does not know a critical one answers `unsupported`, an additive one that there is more. */
const CRITICAL = [17, 18, 19], ADDITIVE = [20, 21, 22, 23];

/** The pattern of a département code; whether it exists is the issuer's to check. */
export const DEPARTMENT = /^(?:[0-9]{2}|2[AB]|9[78][0-9])$/;
const BIRTH_DATE = /^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$/;
const NATIONALITY = /^[A-Z]{3}$/;

/**
 * The checked claims, as on the wire. Times are UTC seconds; hours are [hundredths of an hour, unit]; status is
 * [list, index]; absent ones are undefined.
 * @typedef {object} Claims
 * @property {number} expires
 * @property {number} notBefore
 * @property {number} issuedAt
 * @property {number} kind
 * @property {number} number
 * @property {string} familyName
 * @property {string} [givenNames]
 * @property {string} birthDate
 * @property {string} nationality
 * @property {string} employerName
 * @property {number} [employerSiret]
 * @property {string} job
 * @property {number} contract
 * @property {[number, number]} [hours]
 * @property {string[]} [workplaces]
 * @property {string} [residencePermit]
 * @property {string} department
 * @property {[number, number]} status
 * @property {number} [replaces]
 * @property {Map<number, number|string>} additional the additive keys 20 to 23
 *
 * @typedef {import('./cbor.js').Item} Item
 * @typedef {(value: Item) => boolean} Check
 *
 * The claims by the JSON names of docs/format.md §1.2; absent ones have no key. `number`, `replaces` and
 * `employer.siret` are texts of digits, the two days YYYY-MM-DD in the deciding département's zone (both included),
 * `issued_at` YYYY-MM-DDThh:mm:ssZ.
 * @typedef {{ kind: string, number: string, family_name: string, given_names?: string, birth_date: string,
 *   nationality: string, employer: { name: string, siret?: string }, job: string, contract: string,
 *   hours?: { count: number, per: string }, workplaces?: string[], residence_permit?: string, department: string,
 *   status: { list: number, index: number }, replaces?: string, valid_from: string, valid_until: string,
 *   issued_at: string }} RecordClaims
 */

/** @param {number} least @param {number} most @returns {Check} */
const integer = (least, most) => (value) => isUint(value) && value >= least && value <= most;
/** @param {number} most @returns {Check} */
const text = (most) => (value) => follows(value, 1, most);
/** @param {RegExp} rule @returns {Check} */
const pattern = (rule) => (value) => typeof value === 'string' && rule.test(value);
/** @param {Check} first @param {Check} second @returns {Check} */
const pair = (first, second) => (value) => Array.isArray(value) && value.length === 2 && first(value[0]) && second(value[1]);
const number = integer(1_000_000_000, 9_999_999_999);
const department = pattern(DEPARTMENT);
/** @type {Check} */
const workplaces = (value) => Array.isArray(value) && value.length >= 1 && value.length <= 8 && value.every(department) && new Set(value).size === value.length;

/**
 * The table of §1.2: key, name, check, whether it is required.
 * @type {[number, keyof Claims, Check, boolean][]}
 */
const TABLE = [
  [1, 'kind', integer(1, KINDS.length), true],
  [2, 'number', number, true],
  [3, 'familyName', text(80), true],
  [4, 'givenNames', text(80), false],
  [5, 'birthDate', pattern(BIRTH_DATE), true],
  [6, 'nationality', pattern(NATIONALITY), true],
  [7, 'employerName', text(80), true],
  [8, 'employerSiret', integer(0, 99_999_999_999_999), false],
  [9, 'job', text(80), true],
  [10, 'contract', integer(1, CONTRACTS.length), true],
  [11, 'hours', pair(integer(1, 999_999), integer(1, PERIODS.length)), false],
  [12, 'workplaces', workplaces, false],
  [13, 'residencePermit', text(20), false],
  [14, 'department', department, true],
  [15, 'status', pair(integer(1, 999), integer(0, 1_048_575)), true],
  [16, 'replaces', number, false],
];
const KNOWN = new Set([...TABLE.map(([key]) => key), ...ADDITIVE]);
/** @type {Check} */
const additive = (value) => isUint(value) || follows(value, 0, 200);
/** @type {Check} */
const time = integer(0, TIME_LIMIT - 1);

/**
 * Steps 6a to 6c over a payload whose signature was verified. Throws Unsupported for claims of a later version (6b),
 * FormError for everything else that is wrong, TypeError unless it is given a Uint8Array.
 * @param {Uint8Array} payload
 * @returns {Claims}
 */
export function decode(payload) {
  const value = decodeCbor(asBytes(payload, 'a payload')); // 6a
  const attestation = value instanceof Map ? value.get(ATTESTATION) : undefined;
  if (attestation instanceof Map) refuseLaterVersions(attestation); // 6b
  const claims = checked(value, attestation); // 6c
  if (!equal(encode(claims), payload)) throw new FormError('The payload is not what its claims give when encoded again.');
  return claims;
}

/** @param {import('./cbor.js').ItemMap} attestation */
function refuseLaterVersions(attestation) {
  /** @param {Item|undefined} value @param {string[]} words */
  const later = (value, words) => isUint(value) && (value < 1 || value > words.length);
  const hours = attestation.get(11);
  if (
    CRITICAL.some((key) => attestation.has(key)) || later(attestation.get(1), KINDS) || later(attestation.get(10), CONTRACTS)
    || (Array.isArray(hours) && hours.length === 2 && later(hours[1], PERIODS))
  ) throw new Unsupported('The attestation holds a claim that this version does not know.');
}

/**
 * @param {Item} value
 * @param {Item|undefined} attestation
 * @returns {Claims}
 */
function checked(value, attestation) {
  if (!(value instanceof Map && attestation instanceof Map && value.size === 4)) throw new FormError('The payload does not have exactly the labels 4, 5, 6 and -65537.');
  const [expires, notBefore, issuedAt] = [EXPIRES, NOT_BEFORE, ISSUED_AT].map((label) => {
    const at = value.get(label);
    return typeof at === 'number' && time(at) ? at : NaN;
  });
  if (!(notBefore < expires) || !(issuedAt >= 0)) throw new FormError('A time of the payload breaks the format.');
  for (const key of attestation.keys()) if (!(typeof key === 'number' && KNOWN.has(key))) throw new FormError('The attestation has a key that is not defined.');
  const fields = TABLE.map(([key, name, check, required]) => {
    const claim = attestation.get(key);
    if (claim === undefined ? required : !check(claim)) throw new FormError(`The attestation breaks the format: ${name}.`);
    return [name, claim];
  });
  const additional = ADDITIVE.filter((key) => attestation.has(key)).map((key) => [key, attestation.get(key)]);
  for (const [, more] of additional) if (!additive(/** @type {Item} */ (more))) throw new FormError('An additive claim breaks the format.');
  return /** @type {Claims} */ ({ expires, notBefore, issuedAt, ...Object.fromEntries(fields), additional: new Map(/** @type {[number, number|string][]} */ (additional)) });
}

/**
 * The payload of checked claims: deterministic CBOR.
 * @param {Claims} claims
 * @returns {Uint8Array}
 */
export function encode(claims) {
  const attestation = new Map(claims.additional);
  for (const [key, name] of TABLE) if (claims[name] !== undefined) attestation.set(key, /** @type {any} */ (claims[name]));
  return encodeCbor(new Map(/** @type {[number, unknown][]} */ ([
    [EXPIRES, claims.expires], [NOT_BEFORE, claims.notBefore], [ISSUED_AT, claims.issuedAt], [ATTESTATION, attestation],
  ])));
}

/**
 * Checked claims by their JSON names.
 * @param {Claims} claims
 * @returns {RecordClaims}
 */
export function toJson(claims) {
  /** @param {number|undefined} value @param {number} width */
  const digits = (value, width) => value?.toString().padStart(width, '0');
  const { hours, department: place } = claims;
  const all = {
    kind: KINDS[claims.kind - 1],
    number: digits(claims.number, 10),
    family_name: claims.familyName,
    given_names: claims.givenNames,
    birth_date: claims.birthDate,
    nationality: claims.nationality,
    employer: present({ name: claims.employerName, siret: digits(claims.employerSiret, 14) }),
    job: claims.job,
    contract: CONTRACTS[claims.contract - 1],
    hours: hours && { count: hours[0] / 100, per: PERIODS[hours[1] - 1] },
    workplaces: claims.workplaces,
    residence_permit: claims.residencePermit,
    department: place,
    status: { list: claims.status[0], index: claims.status[1] },
    replaces: digits(claims.replaces, 10),
    valid_from: dayIn(claims.notBefore + MIDDAY, place),
    valid_until: dayIn(claims.expires - MIDDAY, place),
    issued_at: new Date(claims.issuedAt * 1000).toISOString().replace('.000Z', 'Z'),
  };
  return /** @type {RecordClaims} */ (present(all));
}

/** The object without its undefined properties.
 * @param {Record<string, unknown>} all */
function present(all) {
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

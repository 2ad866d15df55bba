/**
 * “Comparer à l’embauche”: the signed claims against what the employer says of the hire, one line a field. Pure: no clock, page or network,
 * and no words: a line names its reason, whose words are the messages `compare.reason.REASON`. `compare-view.js` shows
 * the lines, and the maker of receipts takes the outcomes.
 *
 * A machine says `same` or `different` only where both sides were read for certain. What it cannot read, or what only a person can weigh, is
 * `not_comparable`; `near` is what differs in a way that may be in order, and is looked at. A job is never `different`: its words are shown.
 * @module
 */

import { PERIODS } from './claims.js';
import { readPermit } from './permit.js';
import { department } from './places.js';
import { COMPARED, OUTCOMES } from './receipt-read.js';

/**
 * @typedef {import('./claims.js').RecordClaims} RecordClaims
 *
 * What is said of a hire, as it was typed or stands in a file: nothing is read before it is compared. Days `YYYY-MM-DD` or day first;
 * `hours` may name its period, else `per` does (`week`, `month`, `year`, or a word for them).
 * @typedef {{ siret?: string, employer_name?: string, family_name?: string, given_names?: string, birth_date?: string, contract?: string,
 *   job?: string, hours?: string, per?: string, first_day?: string, last_day?: string, workplace?: string, residence_permit?: string }} Hire
 *
 * @typedef {'same'|'different'|'near'|'not_comparable'} Outcome
 *
 * A value to be put into words. `text` is shown as it stands: whatever could not be read stays what was typed.
 * @typedef {{ form: 'text', text: string } | { form: 'birth', date: string } | { form: 'days', first: string|null, last: string|null }
 *   | { form: 'contract', contract: string } | { form: 'hours', count: number, per: string } | { form: 'places', codes: string[] }} Said
 *
 * How hours were brought to the other period: `from × factor = to`, the counts in hours of the periods named, `to` in hundredths at most.
 * @typedef {{ from: { count: number, per: string }, factor: string, to: { count: number, per: string } }} Formula
 *
 * One line. `reason` is the word of REASONS that says why, and what follows; `article` the one of the code du travail behind it, or null.
 * @typedef {{ field: string, outcome: Outcome, reason: string, article: string|null, signed: Said|null, hire: Said|null, formula: Formula|null }} Line
 */

/**
 * Every reason: its outcome and its article of the code du travail. The words are the messages `compare.reason.REASON`.
 * @type {Readonly<Record<string, readonly [Outcome, string|null]>>}
 */
export const REASONS = Object.freeze({
  equal: ['same', null],
  inside: ['same', null],
  name_order: ['same', null],
  name_particles: ['same', null],
  permit_alike: ['same', null],
  hours_converted: ['same', null],
  not_given: ['not_comparable', null],
  not_signed: ['not_comparable', null],
  unread: ['not_comparable', null],
  siret_key: ['not_comparable', null],
  period_unknown: ['not_comparable', null],
  days_reversed: ['not_comparable', null],
  last_missing: ['not_comparable', null],
  employer_words: ['not_comparable', null],
  permit_check: ['not_comparable', null],
  permit_lines: ['not_comparable', null],
  permit_cut: ['not_comparable', null],
  permit_passport: ['not_comparable', null],
  permit_seal: ['not_comparable', null],
  permit_long: ['not_comparable', null],
  seal_silent: ['not_comparable', null],
  seal_first_day: ['near', null],
  job_words: ['not_comparable', 'L8251-1'],
  contract_temporary: ['not_comparable', null],
  contract_promise: ['not_comparable', null],
  siret_siren: ['near', 'R5221-1'],
  name_part: ['near', 'L5221-8'],
  name_spelling: ['near', 'L5221-8'],
  names_swapped: ['near', 'L5221-8'],
  birth_part: ['near', 'L5221-8'],
  contract_kind: ['near', 'R5221-1'],
  hours_less: ['near', null],
  hours_rounded: ['near', null],
  hours_of_law: ['near', 'L3121-41'],
  open_end: ['near', 'L8251-1'],
  siret: ['different', 'R5221-1'],
  name: ['different', 'L5221-8'],
  birth: ['different', 'L5221-8'],
  birth_swapped: ['different', 'L5221-8'],
  contract: ['different', 'R5221-1'],
  hours_more: ['different', null],
  place: ['different', 'L8251-1'],
  before: ['different', 'L8251-1'],
  after: ['different', 'L8251-1'],
  ends_after: ['different', 'L8251-1'],
  permit: ['different', 'L5221-8'],
});

/** More than a value may have: it is cut, and then read by nothing. */
const LONG = /^([^]{200})[^]+$/;

/**
 * The lines of the fields that either side speaks of, in the order of COMPARED.
 * @param {RecordClaims} claims
 * @param {Hire} hire
 * @returns {Line[]}
 */
export function compareHire(claims, hire) {
  const given = (/** @type {keyof Hire} */ key) => plain(hire[key] ?? '').replace(LONG, '$1…') || null;
  const names = () => compareNames(claims, given('family_name'), given('given_names'));
  /** @type {Record<string, () => Line|null>} */
  const lines = {
    dates: () => compareDays(claims, given('first_day'), given('last_day'), given('contract')),
    family_name: () => names()[0],
    given_names: () => names()[1],
    birth_date: () => compareBirth(claims.birth_date, given('birth_date')),
    'employer.name': () => compareWords('employer.name', claims.employer.name, given('employer_name'), 'employer_words'),
    'employer.siret': () => compareSiret(claims.employer.siret, given('siret')),
    job: () => compareWords('job', claims.job, given('job'), 'job_words'),
    contract: () => compareContract(claims.contract, given('contract')),
    hours: () => compareHours(claims.hours, given('hours'), given('per')),
    workplaces: () => comparePlaces(claims.workplaces, given('workplace')),
    residence_permit: () => comparePermit(claims.residence_permit, given('residence_permit')),
  };
  return Object.values(COMPARED).flatMap((field) => lines[field]() ?? []);
}

/** The kind of contract by its code in a 2D-DOC of type 15, field 5T. @type {Readonly<Record<string, string>>} */
const SEAL_CONTRACTS = Object.freeze({ 0: 'CDD', 1: 'CDI', 2: 'CTT', 3: 'CAP' });

/**
 * The lines of a 2D-DOC of type 15, the State's favourable decision, in the order of COMPARED. It signs who works for whom, under which kind of contract and
 * from which day on; job, hours, places and the last day it never tells.
 * @param {Readonly<Record<string, string>>} fields the signed values by identifier (issuer/seals/fields.py)
 * @param {Hire} hire
 * @returns {Line[]}
 */
export function compareSeal(fields, hire) {
  const given = (/** @type {keyof Hire} */ key) => plain(hire[key] ?? '').replace(LONG, '$1…') || null;
  const names = { family_name: fields[62] ?? '', given_names: (fields[60] || fields[61] || '').split('/').join(' ') };
  const compared = () => compareNames(names, given('family_name'), given('given_names'));
  const employer = fields['5M'] || [fields['5P'], fields['5O']].filter(Boolean).join(' '), [day, month, year] = [[0, 2], [2, 4], [4, 8]].map((part) => (fields[69] ?? '').slice(...part));
  const unsaid = (/** @type {string} */ field, /** @type {string | null} */ said) => said && line(field, 'seal_silent', null, text(said));
  /** @type {Record<string, () => Line | null | ''>} */
  const lines = {
    dates: () => compareFirstDay(fields[55] ?? '', given('first_day'), given('last_day')),
    family_name: () => compared()[0],
    given_names: () => compared()[1],
    birth_date: () => (year ? compareBirth([year, month, day].slice(0, month === '00' ? 1 : day === '00' ? 2 : 3).join('-'), given('birth_date')) : null),
    'employer.name': () => compareWords('employer.name', employer, given('employer_name'), 'employer_words'),
    'employer.siret': () => compareSiret(fields[50], given('siret')),
    job: () => unsaid('job', given('job')),
    contract: () => compareSealContract(SEAL_CONTRACTS[fields['5T'] ?? ''], given('contract')),
    hours: () => unsaid('hours', given('hours')),
    workplaces: () => unsaid('workplaces', given('workplace')),
  };
  return Object.values(COMPARED).flatMap((field) => lines[field]?.() || []);
}

/**
 * Field 11 of a receipt (docs/format.md §9.2): outcomes by number, never what was compared. What the hire did not say is left out.
 * @param {Line[]} lines
 * @returns {Map<number, number>} empty where nothing was compared
 */
export function outcomeNumbers(lines) {
  return new Map(Object.entries(COMPARED).flatMap(([key, field]) => {
    const line = lines.find((one) => one.field === field);
    return line && line.hire ? [[Number(key), OUTCOMES.indexOf(line.outcome)]] : [];
  }));
}

/**
 * The places, in a list of hires, of those who may be the holder: names the same or near, and no other birth date.
 * @template Signed
 * @param {Signed} claims those of an attestation, or the fields of a seal
 * @param {Hire[]} hires
 * @param {(claims: Signed, hire: Hire) => Line[]} compare
 * @returns {number[]}
 */
export function holdersAmong(claims, hires, compare) {
  const may = (/** @type {string} */ outcome) => outcome === 'same' || outcome === 'near';
  return hires.flatMap((hire, at) => {
    const outcomes = new Map(compare(claims, hire).map((line) => [line.field, line.outcome]));
    const holds = may(outcomes.get('family_name') ?? '') && outcomes.get('given_names') !== 'different' && outcomes.get('birth_date') !== 'different';
    return holds ? [at] : [];
  });
}

/**
 * The first day of the holder's hire by a list of hires: the family name is the same, and so is the birth date or the number of the residence permit; given names are the
 * same, or of several one with the same SIRET (a DPAE has the first one); nobody else's SIRET.
 * @param {RecordClaims} claims
 * @param {Hire[]} hires
 * @returns {string|null} YYYY-MM-DD; null where no hire is the holder's for certain, or several tell of different days
 */
export function firstDayAmong(claims, hires) {
  const days = hires.flatMap((hire) => {
    const lines = compareHire(claims, hire), of = (/** @type {string} */ field) => lines.find((line) => line.field === field), same = (/** @type {string} */ field) => of(field)?.outcome === 'same';
    const given = of('given_names') === undefined || same('given_names') || (of('given_names')?.reason === 'name_part' && same('employer.siret'));
    const holds = same('family_name') && given && (same('birth_date') || same('residence_permit')) && of('employer.siret')?.outcome !== 'different';
    return holds ? [readDay(plain(hire.first_day ?? ''))] : [];
  });
  return days.length > 0 && days.every((one) => one === days[0]) ? days[0] : null;
}

/**
 * @param {string} field
 * @param {keyof typeof REASONS} reason
 * @param {Said|null} signed
 * @param {Said|null} hire
 * @param {Formula|null} [formula]
 * @returns {Line}
 */
function line(field, reason, signed, hire, formula = null) {
  const [outcome, article] = REASONS[reason];
  return { field, outcome, reason, article, signed, hire, formula };
}

/** The line where a side is silent; null where neither is, undefined where both are. @param {string} field @param {Said|null} signed @param {Said|null} hire */
function silent(field, signed, hire) {
  if (!signed && !hire) return null;
  if (!signed) return line(field, 'not_signed', null, hire);
  return hire ? undefined : line(field, 'not_given', signed, null);
}

/** @param {string|null|undefined} value @returns {Said|null} */
function text(value) {
  return value ? { form: 'text', text: value } : null;
}

/** Blanks of every kind made one space, none at the ends. @param {string} text */
function plain(text) {
  return text.replace(/[\s\u00a0\u2000-\u200a\u202f\u205f\u3000]+/g, ' ').trim();
}

// Words.

/** Letters that no accent is taken from by Unicode decomposition, as documents write them in A to Z. @type {Readonly<Record<string, string>>} */
const LETTERS = {
  Æ: 'AE', Ø: 'O', Đ: 'D', Ð: 'D', Ħ: 'H', Ł: 'L', Ŋ: 'N', Œ: 'OE', Þ: 'TH', Ŧ: 'T', ẞ: 'SS', Ə: 'E', Ɓ: 'B', Ɗ: 'D', Ƙ: 'K', Ƴ: 'Y', Ɔ: 'O', Ɛ: 'E', Ɲ: 'N',
  Ɖ: 'D', Ƒ: 'F', Ɣ: 'G', Ʋ: 'V', Ŀ: 'L', ı: 'I', ĸ: 'K',
};
/** How passports write letters of German and Nordic languages beside the plain one (ICAO Doc 9303-3 §6). @type {Readonly<Record<string, string>>} */
const SPELLED = { Ä: 'AE', Ö: 'OE', Ü: 'UE', Å: 'AA', Ø: 'OE' };
const BETWEEN = /[ '’‘ʻʼ`.,\-‐‑–—/&()"«»]+/;

/**
 * The words of a text in capitals A to Z and digits, or null where a sign of it has none: another script, markup, what nobody sees.
 * @param {string} written
 * @param {Readonly<Record<string, string>>} [spelled]
 * @returns {string[]|null}
 */
function wordsOf(written, spelled = {}) {
  const capitals = [...written.normalize('NFC').toUpperCase()].map((sign) => spelled[sign] ?? LETTERS[sign] ?? sign).join('');
  const found = capitals.normalize('NFD').replace(/[\u0300-\u036f]/g, '').replace(/./gu, (sign) => LETTERS[sign] ?? sign).split(BETWEEN).filter(Boolean);
  return found.length > 0 && found.every((word) => /^[A-Z0-9]+$/.test(word)) ? found : null;
}

/**
 * Names of companies and of jobs: the same words, or something for a person to read.
 * @param {string} field
 * @param {string} signed
 * @param {string|null} given
 * @param {string} otherwise the reason where the words are others
 */
function compareWords(field, signed, given, otherwise) {
  const quiet = silent(field, text(signed), text(given));
  if (quiet !== undefined || !given) return quiet ?? null;
  const [ours, theirs] = [wordsOf(signed), wordsOf(given)];
  return line(field, ours && theirs && ours.join(' ') === theirs.join(' ') ? 'equal' : otherwise, text(signed), text(given));
}

// Names.

/** Words of a family name that are left out and put in: one side may lack them. In given names they may be names (`Van`, `Do`), and are looked at. */
const PARTICLES = new Set('D DE DU DES DA DAS DO DOS DI DEL DELLA DELLE L LA LE LES VAN VON DER DEN TEN TER ZU Y E'.split(' '));

/** @param {string[]} words */
function parted(words) {
  const core = words.filter((word) => !PARTICLES.has(word));
  return core.length > 0 ? { core, particles: words.filter((word) => PARTICLES.has(word)) } : { core: words, particles: [] };
}

/** Whether each of `some`, as often as it stands there, is in `all`. @param {string[]} some @param {string[]} all */
function within(some, all) {
  const left = [...all];
  return some.every((word) => {
    const at = left.indexOf(word);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}

/** @param {string[]} words */
const joined = (words) => words.join('');
/** @param {string[]} words */
const sorted = (words) => [...words].sort().join(' ');

/**
 * @param {string} signed
 * @param {string} given
 * @param {boolean} anyOrder
 * @returns {keyof typeof REASONS}
 */
function nameReason(signed, given, anyOrder) {
  const [ours, theirs] = [wordsOf(signed), wordsOf(given)];
  if (!ours || !theirs) return 'unread';
  if (joined(ours) === joined(theirs)) return 'equal';
  const [one, other] = [parted(ours), parted(theirs)];
  const lacking = within(one.particles, other.particles) || within(other.particles, one.particles);
  const inOrder = joined(one.core) === joined(other.core), reordered = sorted(one.core) === sorted(other.core);
  if (anyOrder && sorted(ours) === sorted(theirs)) return 'name_order';
  if (!anyOrder && inOrder && lacking) return 'name_particles';
  if (inOrder || reordered || within(one.core, other.core) || within(other.core, one.core)) return 'name_part';
  const spellings = (/** @type {string} */ name) => [wordsOf(name), wordsOf(name, SPELLED)].map((words) => words && sorted(parted(words).core));
  return spellings(signed).some((spelling) => spelling && spellings(given).includes(spelling)) ? 'name_spelling' : 'name';
}

/**
 * @param {Pick<RecordClaims, 'family_name' | 'given_names'>} claims
 * @param {string|null} family
 * @param {string|null} given
 * @returns {[Line|null, Line|null]}
 */
function compareNames(claims, family, given) {
  const ours = { family: claims.family_name, given: claims.given_names ?? null };
  const one = (/** @type {string} */ field, /** @type {string|null} */ signed, /** @type {string|null} */ said, /** @type {boolean} */ anyOrder) => {
    const quiet = silent(field, text(signed), text(said));
    if (quiet !== undefined || !signed || !said) return quiet ?? null;
    return line(field, nameReason(signed, said, anyOrder), text(signed), text(said));
  };
  const found = /** @type {[Line|null, Line|null]} */ ([one('family_name', ours.family, family, false), one('given_names', ours.given, given, true)]);
  const crossed = family && given && ours.given && found.every((each) => each?.outcome === 'different')
    && [nameReason(ours.family, given, false), nameReason(ours.given, family, true)].every((reason) => REASONS[reason][0] === 'same');
  return crossed ? [line('family_name', 'names_swapped', text(ours.family), text(family)), line('given_names', 'names_swapped', text(ours.given), text(given))] : found;
}

// Days.

/** @param {string} year @param {string} month @param {string} day texts of digits @returns {string|null} YYYY-MM-DD of a day that exists */
function dayFrom(year, month, day) {
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const at = new Date(`${iso}T00:00:00Z`);
  return year >= '1900' && year < '2200' && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(iso) ? iso : null;
}

/**
 * A day as forms, files and people write it: year first, or day first as in France; eight digits where they are one day only. Years have
 * four digits.
 * @param {string} written
 * @returns {string|null} YYYY-MM-DD; null where it is not read for certain
 */
export function readDay(written) {
  const parts = /^([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?$/.exec(written);
  if (parts) return dayFrom(parts[1], parts[3], parts[4]);
  const french = /^([0-9]{1,2})([-/. ])([0-9]{1,2})\2([0-9]{4})$/.exec(written);
  if (french) return dayFrom(french[4], french[3], french[1]);
  if (!/^[0-9]{8}$/.test(written)) return null;
  const [yearFirst, dayFirst] = [dayFrom(written.slice(0, 4), written.slice(4, 6), written.slice(6)), dayFrom(written.slice(4), written.slice(2, 4), written.slice(0, 2))];
  return yearFirst && dayFirst ? null : yearFirst ?? dayFirst;
}

/**
 * A birth date, of which the day and the month may be unknown (`00`).
 * @param {string} written
 * @returns {string|null} YYYY, YYYY-MM or YYYY-MM-DD
 */
function readBirth(written) {
  const parts = /^(?:([0-9]{4})-([0-9]{2})-(00)|(00)([-/. ])([0-9]{2})\5([0-9]{4})|([0-9]{4})(?:-([0-9]{2}))?)$/.exec(written);
  if (!parts) return readDay(written);
  const year = parts[1] ?? parts[7] ?? parts[8], month = parts[2] ?? parts[6] ?? parts[9] ?? '00';
  if (year < '1900' || year >= '2200' || month > '12') return null;
  return month === '00' ? year : `${year}-${month}`;
}

/** @param {string} signed @param {string|null} given @returns {Line|null} */
function compareBirth(signed, given) {
  /** @type {Said} */
  const ours = { form: 'birth', date: signed };
  if (!given) return line('birth_date', 'not_given', ours, null);
  const theirs = readBirth(given);
  if (!theirs) return line('birth_date', 'unread', ours, text(given));
  const reason = () => {
    if (signed === theirs) return 'equal';
    if (signed.startsWith(theirs) || theirs.startsWith(signed)) return 'birth_part';
    const [year, month, day] = theirs.split('-');
    return signed === `${year}-${day}-${month}` ? 'birth_swapped' : 'birth';
  };
  return line('birth_date', reason(), ours, { form: 'birth', date: theirs });
}

/**
 * @param {RecordClaims} claims
 * @param {string|null} first
 * @param {string|null} last
 * @param {string|null} contract
 * @returns {Line}
 */
function compareDays({ valid_from: from, valid_until: until }, first, last, contract) {
  /** @type {Said} */
  const ours = { form: 'days', first: from, last: until };
  if (!first && !last) return line('dates', 'not_given', ours, null);
  const [begins, ends] = [first && readDay(first), last && readDay(last)];
  if ((first && !begins) || (last && !ends)) return line('dates', 'unread', ours, text([first, last].filter(Boolean).join(' – ')));
  /** @type {Said} */
  const theirs = { form: 'days', first: begins, last: ends };
  const reason = () => {
    if (begins && ends && ends < begins) return 'days_reversed';
    if (begins && begins < from) return 'before';
    if (begins && begins > until) return 'after';
    if (ends && ends < from) return 'before';
    if (ends && ends > until) return 'ends_after';
    if (!begins) return 'not_given';
    if (ends) return 'inside';
    return contract && readContract(contract) === 'CDI' ? 'open_end' : 'last_missing';
  };
  return line('dates', reason(), ours, theirs);
}

/**
 * The first day of a contract by a seal (DDMMYYYY): it tells no last one.
 * @param {string} signed
 * @param {string|null} first
 * @param {string|null} last
 * @returns {Line}
 */
function compareFirstDay(signed, first, last) {
  const from = readDay(`${signed.slice(4)}-${signed.slice(2, 4)}-${signed.slice(0, 2)}`), begins = first && readDay(first);
  const ours = from ? /** @type {Said} */ ({ form: 'days', first: from, last: null }) : null;
  const theirs = text([first, last].filter(Boolean).join(' – '));
  if (!theirs || !ours) return line('dates', theirs ? 'seal_silent' : 'not_given', ours, theirs);
  if (!begins) return line('dates', first ? 'unread' : 'seal_silent', ours, theirs);
  return line('dates', begins === from ? 'equal' : 'seal_first_day', ours, { form: 'days', first: begins, last: null });
}

// The employer.

/** Luhn's check over digits; La Poste's establishments are numbered by the sum of their digits instead. @param {string} digits 14 */
export function isSiret(digits) {
  const values = [...digits].map(Number);
  if (digits.startsWith('356000000')) return values.reduce((sum, value) => sum + value, 0) % 5 === 0;
  return values.reduce((sum, value, at) => sum + (at % 2 ? value : value > 4 ? 2 * value - 9 : 2 * value), 0) % 10 === 0;
}

/** @param {string|undefined} signed @param {string|null} given @returns {Line|null} */
function compareSiret(signed, given) {
  const quiet = silent('employer.siret', text(signed), text(given));
  if (quiet !== undefined || !signed || !given) return quiet ?? null;
  const digits = given.replace(/[ .-]/g, '');
  const reason = () => {
    if (digits === signed) return 'equal';
    if (/^[0-9]{9}$/.test(digits)) return digits === signed.slice(0, 9) ? 'siret_siren' : 'siret';
    if (!/^[0-9]{14}$/.test(digits)) return 'unread';
    if (!isSiret(digits)) return 'siret_key';
    return digits.slice(0, 9) === signed.slice(0, 9) ? 'siret_siren' : 'siret';
  };
  return line('employer.siret', reason(), text(signed), text(given));
}

// The contract.

/** @type {readonly [string, RegExp][]} */
const CONTRACT_WORDS = [
  ['APPRENTISSAGE', /^(?:CONTRAT (?:D )?)?APPRENTI(?:SSAGE|E)?$|^APPRENTICESHIP(?: CONTRACT)?$/],
  ['PROFESSIONNALISATION', /^(?:CONTRAT (?:DE )?)?PROFESSIONNALISATION$|^PROFESSIONALISATION(?: CONTRACT)?$/],
  ['DOCTORAL', /^(?:CONTRAT )?DOCTORAL(?: CONTRACT)?$/],
  ['SAISONNIER', /^(?:CONTRAT |CDD )?(?:DE TRAVAIL )?SAISONNIER$|^SEASONAL(?: CONTRACT)?$/],
  ['PROMESSE', /^PROMESSE(?: (?:D )?EMBAUCHE)?$/],
  ['CDI', /^(?:CDI|C D I|(?:CONTRAT )?(?:A )?(?:DUREE )?INDETERMINEE|PERMANENT(?: CONTRACT)?)$/],
  ['CDD', /^(?:CDD|C D D|(?:CONTRAT )?(?:A )?(?:DUREE )?DETERMINEE|FIXED TERM(?: CONTRACT)?)$/],
  ['CTT', /^(?:CTT|INTERIM|TRAVAIL TEMPORAIRE|(?:CONTRAT DE )?(?:MISSION|TRAVAIL TEMPORAIRE)|TEMPORARY AGENCY WORK)$/],
];
/** What the law counts a kind of contract among: the DPAE knows CDI, CDD and CTT alone. @type {Readonly<Record<string, readonly string[]>>} */
const AMONG = { APPRENTISSAGE: ['CDD', 'CDI'], PROFESSIONNALISATION: ['CDD', 'CDI'], DOCTORAL: ['CDD'], SAISONNIER: ['CDD'] };

/** @param {string} written @returns {string|null} a word of CONTRACTS, or CTT; null where it is not one and nothing else */
function readContract(written) {
  const words = wordsOf(written)?.join(' ') ?? '';
  return CONTRACT_WORDS.find(([, pattern]) => pattern.test(words))?.[0] ?? null;
}

/** @param {string} signed @param {string|null} given @returns {Line} */
function compareContract(signed, given) {
  /** @type {Said} */
  const ours = { form: 'contract', contract: signed };
  if (!given) return line('contract', 'not_given', ours, null);
  const theirs = readContract(given);
  if (!theirs) return line('contract', 'unread', ours, text(given));
  const reason = () => {
    if (theirs === 'CTT') return 'contract_temporary';
    if (theirs === signed) return 'equal';
    if (signed === 'PROMESSE' || theirs === 'PROMESSE') return 'contract_promise';
    return AMONG[signed]?.includes(theirs) || (signed === 'CDD' && theirs === 'SAISONNIER') ? 'contract_kind' : 'contract';
  };
  return line('contract', reason(), ours, theirs === 'CTT' ? text(given) : { form: 'contract', contract: theirs });
}

/** @param {string|undefined} signed @param {string|null} given @returns {Line|null} */
function compareSealContract(signed, given) {
  if (signed === 'CDD' || signed === 'CDI') return compareContract(signed, given);
  const quiet = silent('contract', text(signed), text(given));
  if (quiet !== undefined || !given) return quiet ?? null;
  const theirs = readContract(given);
  if (signed !== 'CTT' || !theirs) return line('contract', 'unread', text(signed), text(given));
  return line('contract', theirs === 'CTT' ? 'equal' : 'contract', text(signed), text(given));
}

// Hours.

/** What one year is in each period: 52 weeks, 12 months (L3121-27 and the pay slip's 35 × 52 ÷ 12 = 151,67). @type {Readonly<Record<string, number>>} */
const IN_A_YEAR = { week: 52, month: 12, year: 1 };
/** 1,607 hours a year are 35 a week once leave and holidays are taken off (L3121-41). */
const NET_OF_LEAVE = 1607 / (35 * 52);
/** @type {readonly [string, RegExp][]} */
const PERIOD_WORDS = [
  ['week', /^(?:WEEK|WEEKLY|SEMAINE|SEM|HEBDO|HEBDOMADAIRES?|S|W)$/], ['month', /^(?:MONTH|MONTHLY|MOIS|MENSUEL(?:LE|S|LES)?|M)$/],
  ['year', /^(?:YEAR|YEARLY|AN|ANNEE|ANNUEL(?:LE|S|LES)?|ANNUAL)$/],
];

/** @param {string} written @returns {string|null} */
function readPeriod(written) {
  const words = wordsOf(written)?.filter((word) => !['PAR', 'PER', 'A', 'LA', 'LE', 'L', 'H', 'HEURES', 'HOURS', 'HEURE', 'HOUR'].includes(word)) ?? [];
  return words.length === 1 ? PERIOD_WORDS.find(([, pattern]) => pattern.test(words[0]))?.[0] ?? null : null;
}

/**
 * @param {string} written `35`, `17,5`, `17h30`, `151,67 heures par mois`
 * @param {string|null} per
 * @returns {{ hundredths: number, period: string|null }|null} null where it is no number of hours
 */
function readHours(written, per) {
  const parts = /^([0-9]{1,3}(?: [0-9]{3})+|[0-9]{1,4})(?:[.,]([0-9]{1,2}))?(?: ?(?:heures?|hours?|h)(?![a-z]) ?([0-5][0-9])?(?: ?min(?:utes)?)?)?(?: ?(?:(?:par|per|a|\/|à la) ?)?([a-zé]{1,14}))?$/i.exec(written);
  if (!parts || (parts[2] && parts[3])) return null;
  const hundredths = Number(parts[1].replace(/ /g, '')) * 100 + (parts[3] ? Math.round(Number(parts[3]) / 0.6) : Number((parts[2] ?? '').padEnd(2, '0')));
  if (hundredths < 1 || hundredths > 999_999) return null;
  const [own, beside] = [parts[4] ? readPeriod(parts[4]) : null, per ? readPeriod(per) : null];
  if (parts[4] && !own) return null;
  return { hundredths, period: own && beside && own !== beside ? null : own ?? beside };
}

/** Hundredths of an hour of one period, as those of another, not rounded. @param {number} hundredths @param {string} from @param {string} to */
function converted(hundredths, from, to) {
  return (hundredths * IN_A_YEAR[from]) / IN_A_YEAR[to];
}

/** @param {{ count: number, per: string }|undefined} signed @param {string|null} given @param {string|null} per @returns {Line|null} */
function compareHours(signed, given, per) {
  /** @type {Said|null} */
  const ours = signed ? { form: 'hours', ...signed } : null;
  const quiet = silent('hours', ours, text(given));
  if (quiet !== undefined || !signed || !given) return quiet ?? null;
  const read = readHours(given, per);
  if (!read) return line('hours', 'unread', ours, text(given));
  if (!read.period || !PERIODS.includes(signed.per)) return line('hours', 'period_unknown', ours, text(given));
  const { hundredths: theirs, period } = read;
  const allowed = Math.round(signed.count * 100), inTheirs = converted(allowed, signed.per, period);
  /** @type {Said} */
  const said = { form: 'hours', count: theirs / 100, per: period };
  if (period === signed.per) return line('hours', theirs === allowed ? 'equal' : theirs > allowed ? 'hours_more' : 'hours_less', ours, said);
  const back = converted(theirs, period, signed.per);
  /** @type {Formula} */
  const formula = {
    from: { count: signed.count, per: signed.per }, factor: factor(IN_A_YEAR[signed.per], IN_A_YEAR[period]), to: { count: Math.round(inTheirs) / 100, per: period },
  };
  const reason = () => {
    if (Math.round(inTheirs) === theirs || Math.round(back) === allowed) return 'hours_converted';
    const byLaw = signed.per === 'year' ? inTheirs / NET_OF_LEAVE : period === 'year' ? inTheirs * NET_OF_LEAVE : inTheirs;
    const most = Math.max(inTheirs, Math.round(byLaw)), least = Math.min(inTheirs, Math.round(byLaw));
    if (theirs < least) return 'hours_less';
    if (theirs <= most) return 'hours_of_law';
    return Math.round(inTheirs / 100) * 100 === theirs ? 'hours_rounded' : 'hours_more';
  };
  return line('hours', reason(), ours, said, formula);
}

/** The factor between two periods as it is written: `52/12`, `12`, `1/52`. @param {number} from @param {number} to */
function factor(from, to) {
  return to === 1 ? String(from) : `${from}/${to}`;
}

// Places.

/** Every code that may name a département: two digits, those of Corsica, those overseas. */
const CODES = [...Array.from({ length: 95 }, (_, at) => String(at + 1).padStart(2, '0')), '2A', '2B', ...Array.from({ length: 18 }, (_, at) => String(971 + at))];
/** Codes by the words of their name. @type {Map<string, string>} */
const BY_NAME = new Map(CODES.filter(exists).map((code) => [wordsOf(department(code).replace(/ \([0-9AB]+\)$/, ''))?.join(' ') ?? '', code]));
/** Communes that kept the postal codes of Guadeloupe. @type {Readonly<Record<string, string>>} */
const OWN_POSTAL = { 97133: '977', 97150: '978' };

/** @param {string} code */
function exists(code) {
  return department(code) !== code;
}

/** @param {string} digits five @returns {string|null} a code of a département that exists */
function ofPostal(digits) {
  const corsica = digits < '20200' ? '2A' : '2B';
  const code = OWN_POSTAL[digits] ?? (digits.startsWith('20') ? corsica : /^9[78]/.test(digits) ? digits.slice(0, 3) : digits.slice(0, 2));
  return exists(code) ? code : null;
}

/**
 * The départements of a place of work: codes, names, `Paris (75)`, or an address with its postal code.
 * @param {string} written
 * @returns {string[]|null} null where a part of it is not read for certain
 */
function readPlaces(written) {
  const postal = written.match(/(?<![0-9])[0-9]{5}(?![0-9])/g);
  const found = postal ? postal.map(ofPostal) : written.split(/ ?[,;/] ?| et | and /i).map((part) => {
    const inBrackets = /^(.*[^ ]) ?\(([0-9]{2,3}|2[AB])\)$/i.exec(part);
    const [name, code] = inBrackets ? [inBrackets[1], inBrackets[2].toUpperCase()] : [part, part.toUpperCase()];
    const named = BY_NAME.get(wordsOf(name)?.join(' ') ?? '') ?? null;
    if (inBrackets) return named === code ? code : null;
    return exists(code) ? code : named;
  });
  return found.every((code) => code !== null) ? [...new Set(/** @type {string[]} */ (found))] : null;
}

/** @param {string[]|undefined} signed @param {string|null} given @returns {Line|null} */
function comparePlaces(signed, given) {
  /** @type {Said|null} */
  const ours = signed ? { form: 'places', codes: signed } : null;
  const quiet = silent('workplaces', ours, text(given));
  if (quiet !== undefined || !signed || !given) return quiet ?? null;
  const theirs = readPlaces(given);
  if (!theirs) return line('workplaces', 'unread', ours, text(given));
  return line('workplaces', theirs.every((code) => signed.includes(code)) ? 'equal' : 'place', ours, { form: 'places', codes: theirs });
}

// The residence permit.

/**
 * A number that was typed, or those that a machine read off the card: one of them that is the signed one is enough.
 * @param {string|undefined} signed
 * @param {string|null} given
 * @returns {Line|null}
 */
function comparePermit(signed, given) {
  const quiet = silent('residence_permit', text(signed), text(given));
  if (quiet !== undefined || !signed || !given) return quiet ?? null;
  const read = readPermit(given);
  if (read.form === 'fault') return line('residence_permit', `permit_${read.fault}`, text(signed), text(given));
  const bare = (/** @type {string} */ number) => number.toUpperCase().replace(/[ .<\-/]/g, '');
  const alike = (/** @type {string} */ number) => number.replace(/O/g, '0').replace(/I/g, '1');
  const ours = bare(signed), theirs = read.numbers.map(bare);
  if (![ours, ...theirs].every((number) => /^[A-Z0-9]+$/.test(number))) return line('residence_permit', 'unread', text(signed), text(given));
  const same = theirs.indexOf(ours), near = theirs.findIndex((number) => alike(number) === alike(ours));
  if (same >= 0) return line('residence_permit', 'equal', text(signed), text(read.numbers[same]));
  if (near >= 0) return line('residence_permit', 'permit_alike', text(signed), text(read.numbers[near]));
  return line('residence_permit', read.form === 'zone' && read.lacking ? `permit_${read.lacking}` : 'permit', text(signed), text(read.numbers.join(' / ')));
}

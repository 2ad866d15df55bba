/**
 * A round ("contrôle sur place") as data: what is known of each paper, what differs from the company that is visited, counts, how long it
 * is kept, and its report as a table and as JSON. Pure: no clock, page, storage or network, and no words.
 * @module
 */

import { compareHire } from './compare.js';

/**
 * A round under way. Times are UTC seconds; `siret` is 14 digits or empty; `next` is the rank of the next paper; `saved` the fingerprint
 * of the report that was saved last, 64 hexadecimal digits; `dated` what the service said of a fingerprint.
 * @typedef {{ id: string, place: string, company: string, siret: string, inspector: string, began: number, last: number, next: number,
 *   saved: string | null, dated: Dated | null }} Round
 * @typedef {{ fingerprint: string, row: string, time: number, key: string }} Dated `row` is the countersignature (docs/format.md §9.1), hexadecimal
 *
 * What the inspector says where there is no code: `none` a person without an attestation, `left` one who left, `other` another paper.
 * @typedef {'ours' | 'seal' | 'foreign' | 'none' | 'left' | 'other'} Kind
 *
 * One paper, as it was found at `at`. `word` is the rest of the key of its messages (see wordKey); `rank` counts from 1, and stays when
 * another is taken out. `was` are earlier results, before newer lists came.
 * @typedef {{ key: string, rank: number, at: number, kind: Kind, text: string, verdict: string, word: string, level: Level, number: string,
 *   family_name: string, given_names: string, birth_date: string, employer: string, siret: string, job: string, valid_until: string,
 *   list: [number, number] | null, differs: Difference[], note: string, was: { verdict: string, word: string, level: Level, at: number }[] }} Paper
 * @typedef {import('./verdicts.js').Level} Level
 * @typedef {'siret' | 'siret_siren' | 'siret_key' | 'not_signed' | 'employer_words'} Difference
 */

/** A round is erased at the first opening so long after its last paper, and its end announced so long before, seconds. */
export const KEPT_S = 72 * 3_600, WARNED_S = 24 * 3_600;
/** What an inspector counts without a code. @type {readonly Kind[]} */
export const BY_HAND = Object.freeze(/** @type {const} */ (['none', 'left', 'other']));
/** The worst first. */
const GRAVITY = ['red', 'amber', 'grey', 'green'];
/** A paper without anything known of it. @type {Omit<Paper, 'key' | 'at' | 'kind'>} */
export const BLANK = Object.freeze({
  rank: 0, text: '', verdict: '', word: '', level: 'grey', number: '', family_name: '', given_names: '', birth_date: '', employer: '', siret: '', job: '', valid_until: '',
  list: null, differs: [], note: '', was: [],
});

/**
 * How the employer of a paper differs from the company that is visited; nothing where neither SIRET nor name was typed.
 * @param {import('./claims.js').RecordClaims} claims
 * @param {Pick<Round, 'siret' | 'company'>} round
 * @returns {Difference[]}
 */
export function differencesOf(claims, { siret, company }) {
  const lines = compareHire(claims, { siret, employer_name: company }).filter(({ field, hire }) => hire && field.startsWith('employer.'));
  if (lines.some(({ field, outcome }) => field === 'employer.siret' && outcome === 'same')) return [];
  const found = lines.filter(({ outcome }) => outcome !== 'same').map(({ reason }) => /** @type {Difference} */ (reason));
  return found.some((reason) => reason === 'siret' || reason === 'siret_siren') ? found.filter((reason) => reason !== 'employer_words') : found;
}

/**
 * The level at which a paper is shown: one of another employer is not green, whatever its verdict.
 * @param {Pick<Paper, 'level' | 'differs'>} paper
 * @returns {Level}
 */
export function shownLevel({ level, differs }) {
  return level === 'green' && differs.length > 0 ? 'amber' : level;
}

/** The key of the word of a result. @param {Pick<Paper, 'kind' | 'word'>} paper */
export function wordKey({ kind, word }) {
  if (kind === 'seal') return `seal.verdict.${word}.word`;
  return BY_HAND.includes(kind) ? `round.kind.${kind}` : `verdict.${word}.word`;
}

/**
 * How many papers have each result, the worst first, then the most frequent.
 * @param {Iterable<Paper>} papers
 * @returns {{ key: string, level: Level, seal: boolean, count: number }[]}
 */
export function counts(papers) {
  /** @type {Map<string, { key: string, level: Level, seal: boolean, count: number }>} */
  const found = new Map();
  for (const paper of papers) {
    const key = wordKey(paper), tally = found.get(`${key} ${paper.level}`) ?? { key, level: paper.level, seal: paper.kind === 'seal', count: 0 };
    tally.count += 1;
    found.set(`${key} ${paper.level}`, tally);
  }
  return [...found.values()].sort((one, other) => gravity(one) - gravity(other) || other.count - one.count);
}

/** @param {{ level: Level }} of */
const gravity = ({ level }) => GRAVITY.indexOf(level);

/**
 * Papers in the order in which they are looked at.
 * @param {Iterable<Paper>} papers
 * @param {'latest' | 'worst'} order
 */
export function ordered(papers, order) {
  const of = (/** @type {Paper} */ paper) => (order === 'worst' ? gravity({ level: shownLevel(paper) }) : 0);
  return [...papers].sort((one, other) => of(one) - of(other) || other.rank - one.rank);
}

/**
 * The rank of an earlier paper of the same person: name, given names and birth date as signed; 0 for none.
 * @param {Paper} paper
 * @param {Iterable<Paper>} papers
 */
export function earlierOf(paper, papers) {
  const who = (/** @type {Paper} */ { family_name: family, given_names: given, birth_date: birth }) => (birth ? JSON.stringify([family, given, birth]) : ''), mine = who(paper);
  return mine === '' ? 0 : [...papers].filter((one) => one.rank < paper.rank && who(one) === mine).reduce((least, { rank }) => Math.min(least || rank, rank), 0);
}

/** When a round is erased at the next opening, UTC seconds. @param {Pick<Round, 'last'>} round */
export function endOf({ last }) {
  return last + KEPT_S;
}

/** @param {number} seconds UTC */
function moment(seconds) {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** What has a value. @param {Record<string, unknown>} values */
function present(values) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '' && value !== null && !(Array.isArray(value) && value.length === 0)));
}

/**
 * The report as JSON, whose SHA-256 is the fingerprint of the round: the same round gives the same bytes.
 * @param {Round} round
 * @param {Iterable<Paper>} papers
 * @param {{ software: string, demonstration: boolean }} made
 * @returns {string}
 */
export function reportJson({ place, company, siret, inspector, began, last }, papers, { software, demonstration }) {
  const listed = [...papers].sort((one, other) => one.rank - other.rank);
  const written = listed.map(({ rank, at, kind, verdict, level, number, family_name, given_names, birth_date, employer, siret: signed, job, valid_until, list, differs, note, was, text }) => present({
    rank, at: moment(at), kind, verdict, level: BY_HAND.includes(kind) ? '' : level, number, family_name, given_names, birth_date, employer, siret: signed, job, valid_until,
    list: list && { number: list[0], issued_at: moment(list[1]) }, differs, note, was: was.map((one) => ({ verdict: one.verdict, level: one.level, at: moment(one.at) })), text,
  }));
  return `${JSON.stringify({
    form: 'work-in-france/round/1', software, ...(demonstration && { demonstration }), declared: present({ place, company, siret, inspector }),
    began_at: moment(began), last_at: moment(last), papers: written,
  }, null, 1)}\n`;
}

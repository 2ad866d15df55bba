/**
 * Papers that a person asked this device to watch: what is kept of one, and what a newer status list, or the calendar, says of it. Nobody is
 * named: list, index, number, last day, and a label that asks for no name. Pure.
 * @module
 */

import { statusAt } from './status.js';

/**
 * `state` is the value of the status list, and `told` how much of its end, that the person knows of already; `last` is YYYY-MM-DD, `number` ten digits.
 * @typedef {{ list: number, index: number, number: string, last: string, label: string, state: number, told: number }} Watched
 *
 * What there is to say of one: `state` now, null where this device holds no list that says it; `changed` names the change since the person last
 * looked; `left` days to the last one, that day counted as 0; `ending`: 1 within thirty days, 2 over; `news`: something the person does not know yet.
 * @typedef {{ paper: Watched, state: number | null, changed: 'restored' | 'revoked' | 'suspended' | 'replaced' | null, left: number, ending: 0 | 1 | 2, news: boolean }} Finding
 * @typedef {import('./claims.js').RecordClaims} RecordClaims
 * @typedef {ReadonlyMap<number, import('./status.js').StatusList>} Lists
 */

const DAY_MS = 86_400_000;
/** Days before its end from which a paper is told, and after it when it is dropped. */
export const SOON = 30, KEPT = 30;
/** Characters of a label, and papers of a watch: a desk has two thousand. */
export const LONGEST_LABEL = 60, MOST = 10_000;
const CHANGES = /** @type {const} */ (['restored', 'revoked', 'suspended', 'replaced']);
/** Verdicts of papers that may still change: the others say already what there is to say. */
const WATCHABLE = ['valid', 'suspended', 'not_yet_valid', 'status_unknown', 'clock_wrong'];

/** Whether it is worth watching. @param {import('./verify.js').Verdict} verdict */
export function watchable({ verdict, claims }) {
  return claims !== null && WATCHABLE.includes(verdict);
}

/**
 * What is kept of a paper. A state that no list here says counts as in force.
 * @param {RecordClaims} claims
 * @param {string} label
 * @param {Lists} status
 * @returns {Watched}
 */
export function watched({ status: { list, index }, number, valid_until: last }, label, status) {
  return { list, index, number, last, label, state: stateOf({ list, index }, status) ?? 0, told: 0 };
}

/** @param {{ list: number, index: number }} paper @param {Lists} status @returns {number | null} */
function stateOf({ list, index }, status) {
  const listed = status.get(list);
  return listed ? statusAt(listed, index) : null;
}

/** Whether two are of one paper. @param {Watched} one @param {Watched} other */
export function samePaper(one, other) {
  return one.list === other.list && one.index === other.index;
}

/**
 * A day some days later or earlier.
 * @param {string} day YYYY-MM-DD
 * @param {number} days
 */
export function shifted(day, days) {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Days from one to another. @param {string} from YYYY-MM-DD @param {string} to YYYY-MM-DD */
function daysBetween(from, to) {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);
}

/**
 * Those that are not over for more than thirty days.
 * @param {readonly Watched[]} papers
 * @param {string} today YYYY-MM-DD, in Paris
 */
export function standing(papers, today) {
  return papers.filter(({ last }) => daysBetween(last, today) <= KEPT);
}

/**
 * What there is to say of each: what the person does not know first, then by the last day.
 * @param {readonly Watched[]} papers
 * @param {Lists} status
 * @param {string} today YYYY-MM-DD, in Paris
 * @returns {Finding[]}
 */
export function findings(papers, status, today) {
  return papers.map((paper) => {
    const state = stateOf(paper, status), left = daysBetween(today, paper.last), ending = /** @type {0 | 1 | 2} */ (left < 0 ? 2 : left <= SOON ? 1 : 0);
    const changed = state === null || state === paper.state ? null : CHANGES[state];
    return { paper, state, changed, left, ending, news: changed !== null || ending > paper.told };
  }).sort((one, other) => Number(other.news) - Number(one.news) || Number(other.changed !== null) - Number(one.changed !== null) || one.paper.last.localeCompare(other.paper.last));
}

/**
 * The papers once the person knows what was found.
 * @param {readonly Finding[]} found
 * @returns {Watched[]}
 */
export function known(found) {
  return found.map(({ paper, state, ending }) => ({ ...paper, state: state ?? paper.state, told: ending }));
}

/** Letters without case and accents, in words. @param {string} text */
function wordsOf(text) {
  return text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase().split(/[^a-zđøłæœß]+/).filter((word) => word.length > 2);
}

/**
 * Whether a label names one of those whose papers it stands for.
 * @param {string} label
 * @param {readonly RecordClaims[]} claims
 */
export function names(label, claims) {
  const said = new Set(wordsOf(label));
  return claims.some(({ family_name: family, given_names: given }) => wordsOf(`${family} ${given ?? ''}`).some((word) => said.has(word)));
}

/**
 * What is kept, taken from a store that anything may have written to: whatever is no paper's is left out.
 * @param {unknown} stored
 * @returns {Watched[]}
 */
export function readWatched(stored) {
  if (!Array.isArray(stored)) return [];
  const count = (/** @type {unknown} */ value) => Number.isSafeInteger(value) && Number(value) >= 0;
  return stored.slice(0, MOST).filter((one) => one !== null && typeof one === 'object' && count(one.list) && count(one.index) && count(one.state) && one.state < 4 && count(one.told)
    && /^[0-9]{10}$/.test(one.number) && /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(one.last) && !Number.isNaN(Date.parse(one.last)) && typeof one.label === 'string');
}

/**
 * A verdict in words; dates, ages and numbers as they are written on the printed attestation. Nothing here reads a clock, and nothing asks
 * `Intl`, whose first use in a page takes longer than all else on a verdict (docs/decisions).
 * @module
 */

import { language, say } from './messages.js';

const MINUTE = 60, HOUR = 3600, DAY = 86_400;

/**
 * A day of the calendar in words.
 * @param {number} year
 * @param {number} month from 0
 * @param {number} number of the day
 * @param {string} [months] the key of the months' names
 * @returns {string}
 */
function write(year, month, number, months = 'months') {
  return `${number === 1 && language() === 'fr' ? '1er' : number} ${monthName(month, months)} ${year}`;
}

/**
 * @param {number} month from 0
 * @param {string} [months] the key of the months' names
 */
function monthName(month, months = 'months') {
  return say(months).split(' ')[month];
}

/** The parts of a moment in this device's time zone. @param {number} seconds UTC seconds @returns {[number, number, number]} */
function dayHere(seconds) {
  const date = new Date(seconds * 1000);
  return [date.getFullYear(), date.getMonth(), date.getDate()];
}

/** @param {number} value @returns {string} two digits */
function two(value) {
  return String(value).padStart(2, '0');
}

/**
 * `2026-01-05` as `5 janvier 2026`; a date that is none is given back as it is.
 * @param {string} iso YYYY-MM-DD
 * @returns {string}
 */
export function day(iso) {
  const [year, month, number] = iso.split('-').map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, number);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== number) return iso;
  return write(year, month - 1, number);
}

/**
 * A birth date, whose day and month may be unknown: `1984-07` as `juillet 1984 (jour non connu)`.
 * @param {string} iso YYYY, YYYY-MM or YYYY-MM-DD
 * @returns {string}
 */
export function birthDate(iso) {
  const [year, month, number] = iso.split('-');
  if (number) return day(iso);
  if (!month) return say('birth.month_unknown', { date: year });
  if (Number(month) < 1 || Number(month) > 12) return iso;
  return say('birth.day_unknown', { date: `${monthName(Number(month) - 1)} ${Number(year)}` });
}

/**
 * `05/01/2026`, the way identity documents write it; null when a part is missing.
 * @param {string} iso
 * @returns {string | null}
 */
export function shortDay(iso) {
  const parts = iso.split('-');
  return parts.length === 3 ? parts.reverse().join('/') : null;
}

/**
 * A moment in this device's time zone: `23 novembre 2026 à 14:05`.
 * @param {number} seconds UTC seconds
 * @returns {string}
 */
export function moment(seconds) {
  return say('moment', { day: write(...dayHere(seconds)), time: clock(seconds).slice(0, 5) });
}

/**
 * The day of a moment in this device's time zone: `23 nov. 2026`.
 * @param {number} seconds UTC seconds
 * @returns {string}
 */
export function dayOf(seconds) {
  return write(...dayHere(seconds), 'months.short');
}

/**
 * A moment with its seconds and its distance from UTC, for a proof: `23 novembre 2026 à 14:05:09 UTC+1`.
 * @param {number} seconds UTC seconds
 * @returns {string}
 */
export function exactMoment(seconds) {
  const minutes = -new Date(seconds * 1000).getTimezoneOffset();
  const [hours, rest] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const zone = minutes === 0 ? '' : `${minutes < 0 ? '−' : '+'}${hours}${rest ? `:${two(rest)}` : ''}`;
  return `${say('moment', { day: write(...dayHere(seconds)), time: clock(seconds) })} UTC${zone}`;
}

/**
 * The time of day with its seconds, for the clock that ticks.
 * @param {number} seconds UTC seconds
 * @returns {string}
 */
export function clock(seconds) {
  const date = new Date(seconds * 1000);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
}

/**
 * How long ago, in words. More than five minutes ahead is said to be in the future.
 * @param {number} age seconds
 * @returns {string}
 */
export function ago(age) {
  if (age < -300) return say('ago.future');
  if (age < 5) return say('ago.now');
  if (age < MINUTE) return say('ago.seconds', { count: Math.floor(age) });
  if (age < HOUR) return say('ago.minutes', { count: Math.floor(age / MINUTE) });
  if (age < 2 * DAY) return say('ago.hours', { count: Math.floor(age / HOUR) });
  return say('ago.days', { count: Math.floor(age / DAY) });
}

/**
 * `4829130571` as `482 913 0571`.
 * @param {string} digits ten of them
 * @returns {string}
 */
export function number(digits) {
  return `${digits.slice(0, 3)} ${digits.slice(3, 6)} ${digits.slice(6)}`;
}

/**
 * A count with at most two decimals.
 * @param {number} value
 * @returns {string}
 */
export function count(value) {
  const written = String(Math.round(value * 100) / 100);
  return language() === 'fr' ? written.replace('.', ',') : written;
}

/**
 * The key of a verdict's messages: some verdicts say another sentence at another level.
 * @param {import('./verify.js').Verdict} verdict
 * @returns {string} `valid_amber`, `unknown_key_amber`, `status_unknown_bare`, or the verdict's own name
 */
export function messageKey({ verdict, level, claims }) {
  if (verdict === 'valid' && level === 'amber') return 'valid_amber';
  if (level === 'amber' && (verdict === 'unknown_key' || verdict === 'untrusted_key')) return `${verdict}_amber`;
  if (verdict === 'status_unknown' && !claims) return 'status_unknown_bare';
  return verdict;
}

/**
 * Why a file says less than a paper: nothing that is drawn on it was read (`unread`), only a part was (`partly`), or its bytes hold another text than its
 * pages (`differs`).
 * @typedef {'unread' | 'partly' | 'differs' | null} Doubt
 */

/**
 * The sentence of a verdict and what it means, in words; its level, which is never green in doubt.
 * @param {import('./lists.js').Judgement} judgement
 * @param {Doubt} [doubt]
 * @returns {{ word: string, sentence: string, more: string, level: import('./verdicts.js').Level }}
 */
export function verdictWords({ verdict, at, listed }, doubt = null) {
  if (doubt && verdict.level === 'green') {
    return { word: say(`doubt.${doubt}.word`), sentence: say(`doubt.${doubt}`), more: say(`doubt.${doubt}.more`), level: 'amber' };
  }
  const key = `verdict.${messageKey(verdict)}`;
  const { claims } = verdict;
  const parameters = {
    list: listed ? moment(listed.issuedAt) : '',
    age: listed ? ago(at - listed.issuedAt) : '',
    from: claims ? day(claims.valid_from) : '',
    until: claims ? day(claims.valid_until) : '',
  };
  return { word: say(`${key}.word`), sentence: say(key, parameters), more: say(`${key}.more`, parameters), level: verdict.level };
}

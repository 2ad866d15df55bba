/**
 * Ways of writing dates, ages and numbers, the same as on the printed attestation. Nothing here reads a clock.
 * @module
 */

import { language, say } from './messages.js';

const MINUTE = 60, HOUR = 3600, DAY = 86_400;

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/**
 * @param {Date} date
 * @param {Intl.DateTimeFormatOptions} options
 * @returns {string}
 */
function write(date, options) {
  const name = language() + JSON.stringify(options);
  const format = formats.get(name) ?? new Intl.DateTimeFormat(language() === 'fr' ? 'fr-FR' : 'en-GB', options);
  formats.set(name, format);
  const text = format.format(date);
  return language() === 'fr' ? text.replace(/^1 /, '1er ') : text;
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
  return write(date, { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
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
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, 1);
  return say('birth.day_unknown', { date: write(date, { month: 'long', year: 'numeric', timeZone: 'UTC' }) });
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
  return write(new Date(seconds * 1000), { day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit' });
}

/**
 * The day of a moment in this device's time zone: `23 nov. 2026`.
 * @param {number} seconds UTC seconds
 * @returns {string}
 */
export function dayOf(seconds) {
  return write(new Date(seconds * 1000), { day: 'numeric', month: 'short', year: 'numeric' });
}

/**
 * A moment with its seconds and its zone, for a proof.
 * @param {number} seconds UTC seconds
 * @returns {string}
 */
export function exactMoment(seconds) {
  return write(new Date(seconds * 1000), {
    day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', timeZoneName: 'short',
  });
}

/**
 * The time of day with its seconds, for the clock that ticks.
 * @param {number} seconds UTC seconds
 * @returns {string}
 */
export function clock(seconds) {
  return write(new Date(seconds * 1000), { hour: '2-digit', minute: '2-digit', second: '2-digit' });
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
  return new Intl.NumberFormat(language() === 'fr' ? 'fr-FR' : 'en-GB', { maximumFractionDigits: 2, useGrouping: false }).format(value);
}

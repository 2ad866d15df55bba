/**
 * *Jours ouvrables*: Monday to Saturday without the public holidays of a département, from the table of the build. Days are texts,
 * YYYY-MM-DD, of the calendar of that place; no clock is read.
 *
 * A day that is a holiday by custom only, in some communes only, or by one of two texts that differ is counted as a holiday and named
 * in the answer: a last day to send is then rather too early, and a silence rather too late. What the table does not cover is said and
 * never reckoned.
 * @module
 */

import { holidays } from './holidays.js';
import { department as named } from './places.js';

const DAY = 86_400_000;
const ISO = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
/** Their labour law is their own: the articles on which these days rest do not apply there. */
const ELSEWHERE = ['986', '987', '988'];

/**
 * A day found, with the days that were counted as holidays though that is not certain (in their order); or why there is none: the year is
 * not in the table, or the place has another law or is none.
 * @typedef {{ day: string, unsure: string[] } | { outside: 'years' | 'place' }} Found
 */

/**
 * Whether a text is a day of the calendar, YYYY-MM-DD.
 * @param {unknown} text
 * @returns {text is string}
 */
export function isDay(text) {
  return typeof text === 'string' && ISO.test(text) && shift(text, 0) === text;
}

/**
 * @param {string} day YYYY-MM-DD
 * @param {number} days of the calendar, may be negative
 * @returns {string} an empty text where there is no such day
 */
function shift(day, days) {
  const [year, month, number] = day.split('-').map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, number);
  const there = new Date(date.getTime() + days * DAY).toISOString();
  return there.length === 24 ? there.slice(0, 10) : '';
}

/** The day of the calendar that follows. @param {string} day YYYY-MM-DD @returns {string} */
export function nextDay(day) {
  return shift(day, 1);
}

/** @param {string} department */
function unsureOf(department) {
  return Object.hasOwn(holidays.unsure, department) ? holidays.unsure[department] : [];
}

/**
 * Whether a day is counted; throws RangeError for a day or a place that is outside the table.
 * @param {string} day YYYY-MM-DD
 * @param {string} department
 * @returns {boolean}
 */
export function isWorkingDay(day, department) {
  if (outside(day, department)) throw new RangeError(`The table of holidays does not cover ${day} in ${department}.`);
  return !isSunday(day) && !isHoliday(day, department) && !unsureOf(department).includes(day);
}

/** @param {string} day */
function isSunday(day) {
  return new Date(`${day}T00:00:00Z`).getUTCDay() === 0;
}

/** Whether it is a holiday for certain. @param {string} day @param {string} department */
function isHoliday(day, department) {
  return holidays.common.includes(day) || (Object.hasOwn(holidays.certain, department) && holidays.certain[department].includes(day));
}

/** @param {string} day @param {string} department @returns {'years' | 'place' | null} */
function outside(day, department) {
  if (named(department) === department || ELSEWHERE.includes(department)) return 'place';
  const year = isDay(day) ? Number(day.slice(0, 4)) : NaN;
  return year >= holidays.from && year <= holidays.to ? null : 'years';
}

/**
 * The day that lies `count` jours ouvrables after a day (before it, when negative), that day itself not counted; with 0 the day itself
 * or the next jour ouvrable.
 * @param {string} day YYYY-MM-DD
 * @param {number} count
 * @param {string} department two or three characters
 * @returns {Found}
 */
export function workingDaysFrom(day, count, department) {
  const unsure = [], step = count < 0 ? -1 : 1;
  let [current, left] = count === 0 ? [shift(day, -1), 1] : [day, Math.abs(count)];
  const start = outside(day, department);
  if (start) return { outside: start };
  while (left > 0) {
    current = shift(current, step);
    const why = outside(current, department);
    if (why) return { outside: why };
    if (isSunday(current) || isHoliday(current, department)) continue;
    if (unsureOf(department).includes(current)) unsure.push(current);
    else left -= 1;
  }
  return { day: current, unsure: unsure.sort() };
}

/** The first and the last year of the table. @returns {[number, number]} */
export function years() {
  return [holidays.from, holidays.to];
}

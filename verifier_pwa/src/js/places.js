/**
 * The time zones of the deciding départements (docs/format.md §1.2).
 * @module
 */

/**
 * The zone of each code that has its own, and its hours east of UTC; null where the clocks change as in North America.
 * @type {Record<string, [string, number | null]>}
 */
const ZONES = {
  971: ['America/Guadeloupe', -4], 972: ['America/Guadeloupe', -4], 977: ['America/Guadeloupe', -4], 978: ['America/Guadeloupe', -4],
  973: ['America/Cayenne', -3], 974: ['Indian/Reunion', 4], 975: ['America/Miquelon', null], 976: ['Indian/Mayotte', 3],
  986: ['Pacific/Wallis', 12], 987: ['Pacific/Tahiti', -10], 988: ['Pacific/Noumea', 11],
};
const PARIS = 'Europe/Paris', WINTER_HOURS = 1;
/** The years, UTC, for which the table and the rule of Directive 2000/84/EC are held against the browser's own zones. */
const FROM_YEAR = 2000, TO_YEAR = 2099;

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/**
 * The time zone of a deciding département; Europe/Paris for every code without one of its own.
 * @param {string} department two or three characters; throws TypeError unless it is a text
 * @returns {string} an IANA name
 */
export function timeZone(department) {
  if (typeof department !== 'string') throw new TypeError('a département code is a text');
  return Object.hasOwn(ZONES, department) ? ZONES[department][0] : PARIS;
}

/**
 * Whether summer time holds in the Union: from the last Sunday of March to the last of October, at 01:00 UTC (Directive 2000/84/EC,
 * articles 2 and 3).
 * @param {number} seconds UTC seconds
 * @param {number} year of that moment, UTC
 */
function isSummer(seconds, year) {
  const [start, end] = [2, 9].map((month) => {
    const last = new Date(Date.UTC(year, month, 31, 1));
    return last.getTime() / 1000 - last.getUTCDay() * 86_400;
  });
  return seconds >= start && seconds < end;
}

/**
 * The day, YYYY-MM-DD, of a moment in the time zone of a département. Reckoned without `Intl` where that can be: the first use of
 * `Intl` in a page takes longer than the rest of a verdict (docs/decisions).
 * @param {number} seconds UTC seconds, from the years 1969 to 9999
 * @param {string} department
 * @returns {string}
 */
export function dayIn(seconds, department) {
  const zone = timeZone(department);
  const year = new Date(seconds * 1000).getUTCFullYear();
  const hours = zone === PARIS ? WINTER_HOURS + Number(isSummer(seconds, year)) : ZONES[department][1];
  if (hours !== null && year >= FROM_YEAR && year <= TO_YEAR) return new Date((seconds + hours * 3600) * 1000).toISOString().slice(0, 10);
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
    formats.set(zone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(seconds * 1000).map(({ type, value }) => [type, value]));
  return `${parts.year}-${parts.month}-${parts.day}`;
}

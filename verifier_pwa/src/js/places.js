/**
 * The time zones of the deciding départements (docs/format.md §1.2).
 * @module
 */

/** @type {Record<string, string>} */
const ZONES = {
  971: 'America/Guadeloupe', 972: 'America/Guadeloupe', 977: 'America/Guadeloupe', 978: 'America/Guadeloupe',
  973: 'America/Cayenne', 974: 'Indian/Reunion', 975: 'America/Miquelon', 976: 'Indian/Mayotte',
  986: 'Pacific/Wallis', 987: 'Pacific/Tahiti', 988: 'Pacific/Noumea',
};
/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/**
 * The time zone of a deciding département; Europe/Paris for every code without one of its own.
 * @param {string} department two or three characters; throws TypeError unless it is a text
 * @returns {string} an IANA name
 */
export function timeZone(department) {
  if (typeof department !== 'string') throw new TypeError('a département code is a text');
  return Object.hasOwn(ZONES, department) ? ZONES[department] : 'Europe/Paris';
}

/**
 * The day, YYYY-MM-DD, of a moment in the time zone of a département.
 * @param {number} seconds UTC seconds, from the years 1969 to 9999
 * @param {string} department
 * @returns {string}
 */
export function dayIn(seconds, department) {
  const zone = timeZone(department);
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
    formats.set(zone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(seconds * 1000).map(({ type, value }) => [type, value]));
  return `${parts.year}-${parts.month}-${parts.day}`;
}

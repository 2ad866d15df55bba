/**
 * The départements: their names, to be shown beside the codes, and the time zones of those that decide (docs/format.md §1.2). Only the
 * codes are signed.
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

/** @type {Readonly<Record<string, string>>} */
const DEPARTMENTS = Object.freeze({
  '01': 'Ain', '02': 'Aisne', '03': 'Allier', '04': 'Alpes-de-Haute-Provence', '05': 'Hautes-Alpes', '06': 'Alpes-Maritimes',
  '07': 'Ardèche', '08': 'Ardennes', '09': 'Ariège', 10: 'Aube', 11: 'Aude', 12: 'Aveyron', 13: 'Bouches-du-Rhône',
  14: 'Calvados', 15: 'Cantal', 16: 'Charente', 17: 'Charente-Maritime', 18: 'Cher', 19: 'Corrèze', '2A': 'Corse-du-Sud',
  '2B': 'Haute-Corse', 21: "Côte-d'Or", 22: "Côtes-d'Armor", 23: 'Creuse', 24: 'Dordogne', 25: 'Doubs', 26: 'Drôme',
  27: 'Eure', 28: 'Eure-et-Loir', 29: 'Finistère', 30: 'Gard', 31: 'Haute-Garonne', 32: 'Gers', 33: 'Gironde', 34: 'Hérault',
  35: 'Ille-et-Vilaine', 36: 'Indre', 37: 'Indre-et-Loire', 38: 'Isère', 39: 'Jura', 40: 'Landes', 41: 'Loir-et-Cher',
  42: 'Loire', 43: 'Haute-Loire', 44: 'Loire-Atlantique', 45: 'Loiret', 46: 'Lot', 47: 'Lot-et-Garonne', 48: 'Lozère',
  49: 'Maine-et-Loire', 50: 'Manche', 51: 'Marne', 52: 'Haute-Marne', 53: 'Mayenne', 54: 'Meurthe-et-Moselle', 55: 'Meuse',
  56: 'Morbihan', 57: 'Moselle', 58: 'Nièvre', 59: 'Nord', 60: 'Oise', 61: 'Orne', 62: 'Pas-de-Calais', 63: 'Puy-de-Dôme',
  64: 'Pyrénées-Atlantiques', 65: 'Hautes-Pyrénées', 66: 'Pyrénées-Orientales', 67: 'Bas-Rhin', 68: 'Haut-Rhin', 69: 'Rhône',
  70: 'Haute-Saône', 71: 'Saône-et-Loire', 72: 'Sarthe', 73: 'Savoie', 74: 'Haute-Savoie', 75: 'Paris', 76: 'Seine-Maritime',
  77: 'Seine-et-Marne', 78: 'Yvelines', 79: 'Deux-Sèvres', 80: 'Somme', 81: 'Tarn', 82: 'Tarn-et-Garonne', 83: 'Var',
  84: 'Vaucluse', 85: 'Vendée', 86: 'Vienne', 87: 'Haute-Vienne', 88: 'Vosges', 89: 'Yonne', 90: 'Territoire de Belfort',
  91: 'Essonne', 92: 'Hauts-de-Seine', 93: 'Seine-Saint-Denis', 94: 'Val-de-Marne', 95: "Val-d'Oise", 971: 'Guadeloupe',
  972: 'Martinique', 973: 'Guyane', 974: 'La Réunion', 975: 'Saint-Pierre-et-Miquelon', 976: 'Mayotte',
  977: 'Saint-Barthélemy', 978: 'Saint-Martin', 986: 'Wallis-et-Futuna', 987: 'Polynésie française',
  988: 'Nouvelle-Calédonie',
});

/**
 * `75` as `Paris (75)`; a code without a name here is given back alone.
 * @param {string} code
 * @returns {string}
 */
export function department(code) {
  return Object.hasOwn(DEPARTMENTS, code) ? `${DEPARTMENTS[code]} (${code})` : code;
}

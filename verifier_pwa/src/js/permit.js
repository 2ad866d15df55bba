/**
 * The number of a residence permit as it was typed, or as a machine read it off the card: the lines of its machine readable zone (ICAO Doc 9303-3 §4.9,
 * check digits; -5 §4.2 for cards, -6 §4.2 for two lines of 36, -7 §4 for visas), one after the other or run together. A card bears two numbers that a
 * permit may be known by: that of the document, and that of the person, among its optional data.
 *
 * What the check digits contradict is not read. One O is tried for a 0 and one I for a 1, and the other way round, for readers of letters confuse them:
 * what holds only then may be found the same as the signed number, never another one.
 * Pure: no page, clock or network.
 * @module
 */

/**
 * `numbers`: the document's first. `lacking`: why none of them may be called another number than the signed one: `lines` of a zone that is not whole, and so
 * gives its first number alone; `check` where a sign had to be exchanged; null where nothing lacks. `typed` is what nobody calls a zone, as it stands.
 * @typedef {{ form: 'typed', numbers: string[] } | { form: 'zone', numbers: string[], lacking: 'lines'|'check'|null }
 *   | { form: 'fault', fault: 'check'|'cut'|'passport'|'seal'|'long' }} Permit
 */

/** Characters of a number that is signed (docs/format.md §2.2), separators apart; no residence permit has a longer one. */
const LONGEST = 20;
/** Fewest characters that are looked at as a zone: the first line of a card. */
const SHORTEST_ZONE = 30;
/** What readers of letters make of one or two fillers. @type {Readonly<Record<string, string>>} */
const FILLERS = { '«': '<<', '‹': '<', '≪': '<<', '＜': '<', '〈': '<' };
/** Fewest characters of optional data that may be a number. */
const SHORTEST_NUMBER = 6;

/**
 * What was typed or read: a number as typed, or those in the lines of a card (ICAO Doc 9303), their check digits held against them.
 * @param {string} written
 * @returns {Permit}
 */
export function readPermit(written) {
  const zone = compact(written);
  if (/^(?:DC|EX)[0-9]{2}[A-Z0-9]{8}/.test(zone)) return { form: 'fault', fault: 'seal' };
  if (/[^A-Z0-9<]/.test(zone) || zone.length < SHORTEST_ZONE || !zone.includes('<')) {
    return zone.replace(/[.<\-/]/g, '').length > LONGEST ? { form: 'fault', fault: 'long' } : { form: 'typed', numbers: [written] };
  }
  if (!/^[ACIPV][A-Z<][A-Z<]{3}[A-Z0-9<]+$/.test(zone)) return { form: 'fault', fault: 'cut' };
  if (zone[0] === 'P') return { form: 'fault', fault: 'passport' };
  switch (zone.length) {
    case 30: case 60: case 90: return ofCard(zone);
    case 72: case 88: return ofTwoLines(zone, zone.length / 2);
    default: return { form: 'fault', fault: 'cut' };
  }
}

/**
 * Whether a text may be one line of a zone or several: then nothing else is made of it.
 * @param {string} text
 */
export function looksLikeZone(text) {
  const zone = compact(text);
  return zone.length >= SHORTEST_ZONE && zone.length <= 90 && zone.includes('<') && /^[A-Z0-9<]+$/.test(zone);
}

/** @param {string} written */
function compact(written) {
  return written.toUpperCase().replace(/[«‹≪＜〈]/g, (sign) => FILLERS[sign]).replace(/\s/g, '');
}

/** A card: three lines of 30, of which the first may stand alone. @param {string} zone @returns {Permit} */
function ofCard(zone) {
  let number = zone.slice(5, 14), digit = zone[14], more = zone.slice(15, 30);
  if (digit === '<' && /^[A-Z0-9]+</.test(more)) { // a longer number goes on in the optional data, its check digit behind it
    const rest = more.slice(0, more.indexOf('<'));
    [number, digit, more] = [number + rest.slice(0, -1), rest.slice(-1), more.slice(rest.length)];
  }
  const found = checked(number, digit);
  if (found === null) return { form: 'fault', fault: 'check' };
  const lacking = found === number ? null : 'check', bare = found.replace(/</g, '');
  if (zone.length === 30) return { form: 'zone', numbers: [bare], lacking: lacking ?? 'lines' };
  const second = zone.slice(30, 60), days = digits(second.slice(0, 7) + second.slice(8, 15));
  const upper = zone.slice(5, 30).replace(number, found);
  if (!holds(days.slice(0, 6), days[6]) || !holds(days.slice(7, 13), days[13]) || !holds(upper + days + second.slice(18, 29), second[29])) return { form: 'fault', fault: 'check' };
  return { form: 'zone', numbers: [bare, ...numbersIn(more), ...numbersIn(second.slice(18, 29))], lacking };
}

/** Two lines: the number begins the second. @param {string} zone @param {number} length of a line @returns {Permit} */
function ofTwoLines(zone, length) {
  const number = zone.slice(length, length + 9), found = checked(number, zone[length + 9]);
  if (found === null) return { form: 'fault', fault: 'check' };
  return { form: 'zone', numbers: [found.replace(/</g, '')], lacking: found === number ? null : 'check' };
}

/** @param {string} optional data @returns {string[]} */
function numbersIn(optional) {
  return optional.split('<').filter((word) => word.length >= SHORTEST_NUMBER);
}

/**
 * A value whose check digit holds: as it stands, or with one O and 0, or I and 1, exchanged; null where neither does.
 * @param {string} value
 * @param {string} digit
 * @returns {string | null}
 */
function checked(value, digit) {
  const other = /** @type {Readonly<Record<string, string>>} */ ({ O: '0', 0: 'O', I: '1', 1: 'I' });
  const exchanged = [...value].flatMap((sign, at) => (other[sign] ? [value.slice(0, at) + other[sign] + value.slice(at + 1)] : []));
  return [value, ...exchanged].find((one) => holds(one, digit)) ?? null;
}

/** Letters of what can only be digits. @param {string} text */
function digits(text) {
  return text.replace(/O/g, '0').replace(/I/g, '1');
}

/** ICAO Doc 9303-3 §4.9: weights 7, 3, 1; A is 10, the filler 0. @param {string} value @param {string} digit */
function holds(value, digit) {
  const sum = [...value].reduce((all, sign, at) => all + (sign === '<' ? 0 : Number.parseInt(sign, 36)) * [7, 3, 1][at % 3], 0);
  return digits(digit) === String(sum % 10);
}

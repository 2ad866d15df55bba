/**
 * The text rule: which characters a signed text may hold (docs/format.md §1.2); the twin of keys/latin.py.
 *
 * French administrative documents are written in Latin script. Nothing invisible, bidirectional or of another script
 * gets in, so that what is compared on screen and paper is what was signed.
 * @module
 */

const LETTER = 'A-Za-z\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u01bf\\u01c4-\\u02af\\u1e00-\\u1eff';
const MARK = '\\u0300-\\u034e\\u0350-\\u036f';
/** What is neither letter nor mark. */
const OTHER = ' -@\\[-`{-~\\u00a1-\\u00ac\\u00ae-\\u00bf\\u02bb\\u02bc\\u2010\\u2011\\u2013\\u2014\\u2018\\u2019\\u201c\\u201d\\u2026\\u20ac\\u2116';
const RULE = new RegExp(`^(?! )(?!.*(?: $|  ))(?:[${LETTER}][${MARK}]{0,2}|[${OTHER}])*$`);

/**
 * Whether a value is a text that obeys the text rule and has `least` to `most` code points. Every allowed character is
 * one UTF-16 unit, so that counting those counts the code points.
 * @param {unknown} value
 * @param {number} least
 * @param {number} most
 * @returns {value is string}
 */
export function follows(value, least, most) {
  return typeof value === 'string' && value.length >= least && value.length <= most && RULE.test(value) && value.normalize('NFC') === value;
}

/**
 * Whether a text claims to be a 2D-DOC, the State's seal, or a part of one; what is kept later reads it.
 * @param {string} text
 */
export function claimsSeal(text) {
  return /^(?:\s*DC[0-9]{2}|\xdc[\0-\x1f])/.test(text) || claimsPart(text) || claimsPart(text.trim().split(/[\r\n]/, 1)[0]);
}

/**
 * The texts of a 2D-DOC that a person wrote or a file holds: a line each where every line is one.
 * @param {string} text that claims to be one
 */
export function sealLines(text) {
  const lines = text.split(/[\r\n]+/).filter((line) => line.trim()).map((line) => (claimsPart(line) ? line : line.trim())); // a part may end in a space
  return lines.every(claimsSeal) ? lines : [text.trim()];
}

/**
 * Whether a text is one symbol of several of a 2D-DOC, with an envelope that can be: seal-parts.js reads it. A written word may begin as a binary one,
 * but holds no control character.
 * @param {string} text
 */
export function claimsPart(text) {
  if (/^E[0-9A-Z]{3}[0-9A-F][1-9A-F][\x20-\x60\x7b-\x7e\x1d-\x1f]{7,}$/.test(text)) return text[4] <= text[5];
  const places = text.charCodeAt(3);
  return /^\xee[\0-\xff]{4,}$/.test(text) && /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/.test(text) && places % 16 > 0 && (places >> 4) + places % 16 < 17;
}

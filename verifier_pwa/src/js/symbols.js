/**
 * Our own drawings: one outline for each level, one sign for each verdict, so that none is told by colour alone.
 * @module
 */

const SVG = 'http://www.w3.org/2000/svg';

/** Outlines on a 64 × 64 grid, and where the 24 × 24 sign goes inside them. @type {Record<string, {d: string, place: string}>} */
const OUTLINES = {
  green: { d: 'M32 3a29 29 0 1 0 0 58a29 29 0 1 0 0-58z', place: 'translate(14 14) scale(1.5)' },
  amber: { d: 'M32 4a5 5 0 0 1 4.400 2.600l26 46.500a5 5 0 0 1-4.400 7.400h-52a5 5 0 0 1-4.400-7.400l26-46.500a5 5 0 0 1 4.400-2.600z', place: 'translate(18.800 26) scale(1.100)' },
  red: { d: 'M20.500 4h23a3 3 0 0 1 2.100.900l13.500 13.500a3 3 0 0 1 .900 2.100v23a3 3 0 0 1-.900 2.100l-13.500 13.500a3 3 0 0 1-2.100.900h-23a3 3 0 0 1-2.100-.900l-13.500-13.500a3 3 0 0 1-.900-2.100v-23a3 3 0 0 1 .900-2.100l13.500-13.500a3 3 0 0 1 2.100-.900z', place: 'translate(15.200 15.200) scale(1.400)' },
  grey: { d: 'M12 4h40a8 8 0 0 1 8 8v40a8 8 0 0 1-8 8h-40a8 8 0 0 1-8-8v-40a8 8 0 0 1 8-8z', place: 'translate(15.200 15.200) scale(1.400)' },
};

/** The signs of the verdicts on a 24 × 24 grid. @type {Readonly<Record<string, string>>} */
export const VERDICT_SIGNS = Object.freeze({
  valid: 'M3.500 12.500l6 6l11-13',
  revoked: 'M3 12h18',
  replaced: 'M3 8h17l-4.500-4.500M21 16h-17l4.500 4.500',
  suspended: 'M8 4v16M16 4v16',
  clock_wrong: 'M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18zM12 7v5.500l3.500 2.500',
  not_yet_valid: 'M3 5.500h18v15h-18zM3 10h18M8 2.500v4M16 2.500v4M7.500 15.500h8l-2.500-2.500M15.500 15.500l-2.500 2.500',
  expired: 'M3 5.500h18v15h-18zM3 10h18M8 2.500v4M16 2.500v4M9 13l6 5M15 13l-6 5',
  status_unknown: 'M7.500 8a4.500 4.500 0 1 1 7 3.700c-1.800 1.200-2.500 2-2.500 4M12 20v.500',
  untrusted_key: 'M7.500 4a4 4 0 1 0 0 8a4 4 0 1 0 0-8zM10.500 11l9 9M16 16.500l2.500-2.500M21 3l-18 18',
  bad_signature: 'M5 5l14 14M19 5l-14 14',
  unknown_key: 'M8 3.500a4.500 4.500 0 1 0 0 9a4.500 4.500 0 1 0 0-9zM11.500 11.500l9 9M17 17l3-3',
  invalid_claims: 'M4 5h16M4 12h6M15 12h5M4 19h2M11 19h9',
  malformed: 'M3 3h7v7h-7zM14 14h7v7h-7zM14 3h3M21 3v6M3 14v3M3 21h6',
  unsupported: 'M12 21v-17M5 11l7-7l7 7',
  foreign: 'M3 9h18M3 15h18M17 3l-10 18',
});

/** The signs of buttons and notices on a 24 × 24 grid. */
const SIGNS = Object.freeze({
  scan: 'M4 9v-5h5M15 4h5v5M20 15v5h-5M9 20h-5v-5M8 12h8',
  file: 'M6 3h8l4 4v14h-12zM14 3v4h4M9 12h6M9 16h6',
  text: 'M5 6h14M5 12h14M5 18h8',
  settings: 'M4 7h9M17 7h3M15 4.500v5M4 17h3M11 17h9M9 14.500v5',
  about: 'M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18zM12 11v6M12 7v.500',
  torch: 'M8 3h8v4l-2 3v11h-4v-11l-2-3zM12 13v2M8 6h8',
  lens: 'M4 7h4l2-3h4l2 3h4v13h-16zM12 10a3.500 3.500 0 1 0 0 7a3.500 3.500 0 1 0 0-7z',
  save: 'M12 3v12M7 10l5 5l5-5M4 20h16',
  refresh: 'M20 11a8 8 0 0 0-14.500-4l-2.500 2.500M3 4v5.500h5.500M4 13a8 8 0 0 0 14.500 4l2.500-2.500M21 20v-5.500h-5.500',
  next: 'M5 12h14M13 6l6 6l-6 6',
  warning: 'M12 3l10 18h-20zM12 10v5M12 18v.500',
  fresh: 'M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18zM8 12.500l3 3l5-6.500',
  check: 'M4 12.500l5 5l11-12',
});

/**
 * @param {string} name
 * @param {Record<string, string>} attributes
 * @returns {SVGElement}
 */
function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/**
 * The sign of a button or a notice; hidden from screen readers, which get the word beside it.
 * @param {keyof typeof SIGNS} name
 * @returns {SVGElement}
 */
export function sign(name) {
  const drawing = shape('svg', { viewBox: '0 0 24 24', class: 'sign', 'aria-hidden': 'true', focusable: 'false' });
  drawing.append(shape('path', { d: SIGNS[name] }));
  return drawing;
}

/**
 * The emblem of a verdict: the outline of its level around the sign of its word.
 * @param {string} verdict one of VERDICT_SIGNS
 * @param {string} level green, amber, red or grey
 * @returns {SVGElement}
 */
export function emblem(verdict, level) {
  const { d, place } = OUTLINES[level];
  const drawing = shape('svg', { viewBox: '0 0 64 64', class: 'emblem', 'aria-hidden': 'true', focusable: 'false' });
  drawing.append(shape('path', { d, class: 'emblem-outline' }), shape('path', { d: VERDICT_SIGNS[verdict], class: 'emblem-sign', transform: place }));
  return drawing;
}

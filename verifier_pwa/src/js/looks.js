/**
 * Second looks: other pictures of a frame that did not read as it is, for the same engine. Pure: grey pixels in, ink and paper out.
 * @module
 */

/** @typedef {{ pixels: Uint8Array, width: number, height: number }} Grey one byte a pixel */
/**
 * A pixel is ink where `sharp` times the mean of the `near` pixels around it, less (`sharp` − 1) times that of the `beside` ones, is
 * under the mean of the `around` ones. Numbers of pixels are to each side; 0 is the pixel itself.
 * @typedef {{ near: number, beside: number, sharp: number, around: number }} Look
 */

/**
 * In turn: against blur and weak edges; against noise and fine patterns; black and white changed over (null); against more blur, and
 * both at once; against ink that ran.
 * @type {readonly (Look | null)[]}
 */
export const LOOKS = [
  { near: 0, beside: 2, sharp: 3, around: 10 },
  { near: 1, beside: 0, sharp: 1, around: 16 },
  null,
  { near: 1, beside: 3, sharp: 4, around: 12 },
  { near: 1, beside: 2, sharp: 4, around: 8 },
  { near: 0, beside: 1, sharp: 3, around: 6 },
];

/** Pixels to each side whose mean tells ink from paper along a row, and rows of the picture that are looked at. */
const ALONG = 20, ROWS = 150;
/** Modules that a symbol may reach beyond finder patterns less than SHORT apart; and what is kept around those of both its ends. */
const REACH = 75, SHORT = 40, MARGIN = 12;

/**
 * Where in a picture a symbol may be: around runs of 1:1:3:1:1, dark or light, that stand under each other as those of a finder pattern do
 * (ISO/IEC 18004 §6.3.3). A few rows are enough, and cost little where there is none.
 * @param {Grey} grey
 * @returns {{ left: number, top: number, width: number, height: number } | null}
 */
export function findPlace({ pixels, width, height }) {
  const step = Math.max(2, Math.round(height / ROWS));
  /** @type {{ x: number, y: number, module: number, hits: number }[]} */
  const found = [];
  /** @type {typeof found} */
  let recent = [];
  for (let y = 0; y < height; y += step) {
    const start = y * width, end = start + width - 1;
    let sum = pixels[start] * ALONG;
    for (let at = start; at < start + ALONG; at += 1) sum += pixels[at];
    recent = recent.filter((one) => y - one.y < 3 * step + one.module);
    let one = 0, two = 0, three = 0, four = 0, five = 0, last = 0;
    for (let at = start; at <= end; at += 1) {
      const ahead = at + ALONG, behind = at - ALONG - 1;
      sum += pixels[ahead < end ? ahead : end] - pixels[behind > start ? behind : start];
      const ink = (pixels[at > start ? at - 1 : at] + 2 * pixels[at] + pixels[at < end ? at + 1 : at]) * (2 * ALONG + 1) < 4 * sum ? 1 : 0;
      if (ink === last) {
        five += 1;
        continue;
      }
      last = ink;
      if (three > 4 && three > one && three > five && isFinder(one, two, three, four, five)) {
        const module = (one + two + three + four + five) / 7, x = at - start - 3.5 * module;
        const same = recent.find((seen) => Math.abs(seen.x - x) < 1.5 * module && Math.abs(seen.module - module) < 0.4 * module);
        if (same) {
          same.hits += 1;
          same.y = y;
        } else {
          recent.push({ x, y, module, hits: 1 });
          found.push(recent[recent.length - 1]);
        }
      }
      one = two;
      two = three;
      three = four;
      four = five;
      five = 1;
    }
  }
  const most = found.reduce((many, { hits }) => Math.max(many, hits), 0);
  if (most < 2) return null;
  const sure = found.filter(({ hits }) => hits >= Math.max(2, most / 2));
  const module = sure.reduce((all, one) => all + one.module, 0) / sure.length;
  const [left, right] = reach(sure.map(({ x }) => x), module, width), [top, bottom] = reach(sure.map(({ y }) => y), module, height);
  return { left, top, width: right - left, height: bottom - top };
}

/** Whether five runs are those of a finder pattern. @param {number} a @param {number} b @param {number} c @param {number} d @param {number} e */
function isFinder(a, b, c, d, e) {
  const module = (a + b + c + d + e) / 7, off = 0.75 * module;
  return module > 2 && Math.abs(c - 3 * module) < 1.2 * module && Math.abs(a - module) < off && Math.abs(b - module) < off && Math.abs(d - module) < off
    && Math.abs(e - module) < off;
}

/**
 * From where to where a symbol goes along one side: a little beyond its finder patterns, far beyond where only one end was found.
 * @param {number[]} places
 * @param {number} module pixels
 * @param {number} length of the side
 * @returns {[number, number]}
 */
function reach(places, module, length) {
  const least = Math.min(...places), most = Math.max(...places), far = module * (most - least < SHORT * module ? REACH : MARGIN);
  return [Math.max(0, Math.floor(least - far)), Math.min(length, Math.ceil(most + far))];
}

/**
 * A window that moves down a picture row by row: for each pixel of a row, the sum of those around it. The nearest pixel stands for those
 * beyond an edge.
 */
class Window {
  /**
   * @param {Uint8Array} pixels
   * @param {number} width
   * @param {number} height
   * @param {number} far pixels to each side
   */
  constructor(pixels, width, height, far) {
    this.pixels = pixels;
    this.width = width;
    this.last = (height - 1) * width;
    this.far = far;
    /** The sum down each column, with `far` more columns at each end. */
    this.columns = new Int32Array(width + 2 * far);
    this.sums = new Int32Array(width);
    for (let y = -far - 1; y < far; y += 1) this.#change(y, 0, 0);
  }

  /** @param {number} y row that comes in @param {number} gone row that goes @param {0 | 1} going whether one goes */
  #change(y, gone, going) {
    const { columns, far, last, pixels, width } = this;
    const into = Math.min(last, Math.max(0, y * width)), out = Math.min(last, Math.max(0, gone * width));
    for (let x = 0; x < width; x += 1) columns[far + x] += pixels[into + x] - going * pixels[out + x];
  }

  /** Goes to row `y`, the one after the last. @param {number} y @returns {Int32Array | Uint8Array} the sums of its pixels */
  row(y) {
    const { columns, far, sums, width } = this;
    if (far === 0) return this.pixels.subarray(y * width, (y + 1) * width);
    this.#change(y + far, y - far - 1, 1);
    columns.fill(columns[far], 0, far);
    columns.fill(columns[far + width - 1], far + width);
    let sum = 0;
    for (let x = 0; x < 2 * far; x += 1) sum += columns[x];
    for (let x = 0; x < width; x += 1) {
      sum += columns[x + 2 * far];
      sums[x] = sum;
      sum -= columns[x];
    }
    return sums;
  }
}

/**
 * A part of a picture.
 * @param {Grey} grey
 * @param {{ left: number, top: number, width: number, height: number }} place
 * @returns {Grey}
 */
export function cut(grey, { left, top, width, height }) {
  const pixels = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const from = (top + y) * grey.width + left;
    pixels.set(grey.pixels.subarray(from, from + width), y * width);
  }
  return { pixels, width, height };
}

/**
 * A picture once more in another way, for codes that were not read as it is.
 * @param {Look | null} look
 * @param {Grey} grey
 * @returns {Uint8Array} ink 0 and paper 255; with null, grey
 */
export function lookAgain(look, { pixels, width, height }) {
  if (!look) return pixels.map((grey) => 255 - grey);
  const picture = new Uint8Array(width * height);
  const [near, beside, around] = [look.near, look.beside, look.around].map((far) => new Window(pixels, width, height, far));
  const size = (/** @type {Window} */ { far }) => (2 * far + 1) ** 2;
  const a = look.sharp / size(near), b = (look.sharp - 1) / size(beside), c = 1 / size(around);
  for (let y = 0, at = 0; y < height; y += 1) {
    const n = near.row(y), m = beside.row(y), o = around.row(y);
    for (let x = 0; x < width; x += 1, at += 1) picture[at] = a * n[x] - b * m[x] < c * o[x] ? 0 : 255;
  }
  return picture;
}

/**
 * Looks for the three finder patterns of a QR code in a grey picture, where the engine found none that it could use: their
 * runs of 1:1:3:1:1 (ISO/IEC 18004 §6.3.3) survive a curl that moves everything between them. Pure.
 * @module
 */

/** @typedef {import('./looks.js').Grey} Grey */
/** @typedef {{ x: number, y: number, module: number, hits: number }} Finder */

const ROW_STEP = 2;
/** Pixels around each pixel whose mean is its threshold, and what ink must be darker by. */
const AROUND = 20, DARKER = 6;
const LEAST_HITS = 3;

/**
 * Ink (1) and paper (0), by the mean around each pixel.
 * @param {Grey} grey
 * @returns {Uint8Array}
 */
function inkOf({ pixels, width, height }) {
  const sums = new Float64Array((width + 1) * (height + 1));
  for (let y = 0; y < height; y += 1) {
    let row = 0;
    for (let x = 0; x < width; x += 1) {
      row += pixels[y * width + x];
      sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1] + row;
    }
  }
  const ink = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const top = Math.max(0, y - AROUND), bottom = Math.min(height, y + AROUND);
    for (let x = 0; x < width; x += 1) {
      const left = Math.max(0, x - AROUND), right = Math.min(width, x + AROUND);
      const sum = sums[bottom * (width + 1) + right] - sums[top * (width + 1) + right] - sums[bottom * (width + 1) + left] + sums[top * (width + 1) + left];
      if (pixels[y * width + x] < sum / ((bottom - top) * (right - left)) - DARKER) ink[y * width + x] = 1;
    }
  }
  return ink;
}

/**
 * Whether five runs are a finder's.
 * @param {number[]} runs pixels
 */
function isFinder(runs) {
  const module = runs.reduce((sum, run) => sum + run, 0) / 7;
  return module >= 1.5 && runs.every((run, at) => Math.abs(run - (at === 2 ? 3 : 1) * module) < (at === 2 ? 1.1 : 0.65) * module);
}

/**
 * The five runs through a dark point along a direction, and the middle of the third; null when they are not a finder's.
 * @param {Uint8Array} ink
 * @param {number} width
 * @param {number} at index of the point
 * @param {number} step index from one pixel of the direction to the next
 * @param {number} most pixels to either side
 * @returns {{ middle: number, module: number } | null} middle in pixels from the point
 */
function cross(ink, width, at, step, most) {
  const runs = [0, 0, 0, 0, 0];
  let back = 0, ahead = 0;
  for (const side of [-1, 1]) {
    let place = at, run = 2;
    for (let far = 0; far < most; far += 1) {
      place += side * step;
      if (place < 0 || place >= ink.length) return null;
      if (ink[place] !== (run === 2 || run === 0 || run === 4 ? 1 : 0)) {
        run += side;
        if (run < 0 || run > 4) break;
      }
      runs[run] += 1;
      if (run === 2 && side < 0) back += 1;
      if (run === 2 && side > 0) ahead += 1;
    }
  }
  runs[2] += 1;
  return isFinder(runs) ? { middle: (ahead - back) / 2, module: runs.reduce((sum, run) => sum + run, 0) / 7 } : null;
}

/**
 * The finder patterns of a picture, the surest first.
 * @param {Grey} grey
 * @returns {Finder[]}
 */
export function findFinders(grey) {
  const { width, height } = grey;
  const ink = inkOf(grey);
  /** @type {Finder[]} */
  const found = [];
  for (let y = 0; y < height; y += ROW_STEP) {
    const runs = [0, 0, 0, 0, 0];
    let colour = 0;
    for (let x = 0; x < width; x += 1) {
      const here = ink[y * width + x];
      if (here === colour) {
        runs[4] += 1;
        continue;
      }
      if (colour === 1 && isFinder(runs)) note(found, ink, width, Math.round(x - runs[4] - runs[3] - runs[2] / 2), y, runs);
      runs.shift();
      runs.push(1);
      colour = here;
    }
  }
  return found.filter(({ hits }) => hits >= LEAST_HITS).sort((one, other) => other.hits - one.hits);
}

/**
 * Checks a finder seen in one row down its column, and adds it to those found.
 * @param {Finder[]} found
 * @param {Uint8Array} ink
 * @param {number} width
 * @param {number} x
 * @param {number} y
 * @param {number[]} runs
 */
function note(found, ink, width, x, y, runs) {
  const wide = runs.reduce((sum, run) => sum + run, 0) / 7;
  const down = cross(ink, width, y * width + x, width, Math.ceil(wide * 9));
  if (!down || down.module > wide * 2.5 || wide > down.module * 2.5) return;
  const module = (wide + down.module) / 2, middle = y + down.middle;
  const known = found.find((finder) => Math.hypot(finder.x - x, finder.y - middle) < 2.5 * module);
  if (known) {
    known.x += (x - known.x) / (known.hits + 1);
    known.y += (middle - known.y) / (known.hits + 1);
    known.module += (module - known.module) / (known.hits + 1);
    known.hits += 1;
  } else {
    found.push({ x, y: middle, module, hits: 1 });
  }
}

/**
 * Three of the finders that may be those of one symbol, in the order top left, top right, bottom left; null without any.
 * @param {Finder[]} finders
 * @returns {[Finder, Finder, Finder] | null}
 */
export function chooseThree(finders) {
  /** @type {[Finder, Finder, Finder] | null} */
  let best = null;
  let least = 0.75;
  const some = finders.slice(0, 7);
  for (const corner of some) {
    for (const right of some) {
      for (const down of some) {
        if (corner === right || corner === down || right === down) continue;
        const [ax, ay, bx, by] = [right.x - corner.x, right.y - corner.y, down.x - corner.x, down.y - corner.y];
        const a = Math.hypot(ax, ay), b = Math.hypot(bx, by);
        const turn = (ax * by - ay * bx) / (a * b); // 1 where down is a quarter turn clockwise of right
        const modules = (a + b) / 2 / ((corner.module + right.module + down.module) / 3);
        if (turn < 0.6 || modules < 25 || modules > 130) continue;
        const unlike = (1 - turn) + Math.abs(Math.log(a / b)) / 2 + Math.abs(Math.log(right.module / down.module)) / 3;
        if (unlike < least) {
          least = unlike;
          best = [corner, right, down];
        }
      }
    }
  }
  return best;
}

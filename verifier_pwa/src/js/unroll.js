/**
 * Flattens a symbol that does not read because the paper is curled. Pure: grey pixels in, flat pictures out.
 *
 * Lengths are in half the distance between finder patterns, whose middles are at ±1 both ways; the symbol's edges are a
 * little beyond. The three middles and a guess of the fourth corner give a flat view; on curled paper the edges bow and the
 * modules crowd together. The bows are found where ink meets the quiet zone, the crowding where the two timing patterns
 * (ISO/IEC 18004 §6.3.5: row 6 and column 6, dark and light in turn) agree best with the picture.
 * @module
 */

import { chooseThree, findFinders } from './finders.js';

/** @typedef {[number, number]} Point */
/** @typedef {{ pixels: Uint8Array, width: number, height: number }} Grey one byte a pixel */
/** @typedef {{ top: number, bottom: number, left: number, right: number }} Bows how far each edge's middle is from straight */
/** @typedef {{ shift: number, crowd: number, bow: number, skew: number, score: number }} Spacing how modules are spread along one side, and how its timing line bends beyond its edge's bow */
/** @typedef {{ map: (u: number, v: number) => Point, bows: Bows, fourth: [number, number] }} View `fourth` is where the fourth corner is from its guess */

/** Modules a side of the versions that our texts take, 9 to 20, and how many modules the first guess may be wrong by. */
const SIDES = [53, 57, 61, 65, 69, 73, 77, 81, 85, 89, 93, 97];
const UNSURE = 11;
/** Rows and columns of the alignment patterns' middles by version (ISO/IEC 18004, annex E). @type {Readonly<Record<number, number[]>>} */
const ALIGNMENTS = {
  9: [6, 26, 46], 10: [6, 28, 50], 11: [6, 30, 54], 12: [6, 32, 58], 13: [6, 34, 62], 14: [6, 26, 46, 66], 15: [6, 26, 48, 70],
  16: [6, 26, 50, 74], 17: [6, 30, 54, 78], 18: [6, 30, 56, 82], 19: [6, 30, 58, 86], 20: [6, 34, 62, 90],
};
/** Pixels a module, and modules of quiet zone, of the flat picture. */
const MODULE = 6, QUIET = 4;
/** Where an edge is looked for: one module is about 0.034. */
const BOW_MOST = 0.4, BOW_STEP = 0.02;
/** How far the fourth corner, which no finder pattern marks, may be from its guess. */
const CORNER_MOST = 0.28, CORNER_STEP = 0.04;
const STRIP = 0.018;

/**
 * The projection of the square −1..1 onto four points.
 * @param {Point[]} corners top left, top right, bottom right, bottom left
 * @returns {(s: number, t: number) => Point}
 */
function projection([[x0, y0], [x1, y1], [x2, y2], [x3, y3]]) {
  const dx1 = x1 - x2, dx2 = x3 - x2, sx = x0 - x1 + x2 - x3;
  const dy1 = y1 - y2, dy2 = y3 - y2, sy = y0 - y1 + y2 - y3;
  const whole = dx1 * dy2 - dx2 * dy1;
  const g = (sx * dy2 - dx2 * sy) / whole, h = (dx1 * sy - sx * dy1) / whole;
  const a = x1 - x0 + g * x1, b = x3 - x0 + h * x3, d = y1 - y0 + g * y1, e = y3 - y0 + h * y3;
  return (s, t) => {
    const p = (s + 1) / 2, q = (t + 1) / 2;
    const depth = g * p + h * q + 1;
    return [(a * p + b * q + x0) / depth, (d * p + e * q + y0) / depth];
  };
}

/**
 * The grey value at a point, between its four pixels; white outside.
 * @param {Grey} grey
 * @param {number} x
 * @param {number} y
 */
function sample({ pixels, width, height }, x, y) {
  const left = Math.floor(x), top = Math.floor(y);
  if (left < 0 || top < 0 || left >= width - 1 || top >= height - 1) return 255;
  const at = top * width + left, across = x - left, down = y - top;
  return (pixels[at] * (1 - across) + pixels[at + 1] * across) * (1 - down)
    + (pixels[at + width] * (1 - across) + pixels[at + width + 1] * across) * down;
}

/**
 * The bow of one edge: where the picture is lightest just outside and darkest just inside.
 * @param {Grey} grey
 * @param {number} end where the edge ends: ± this, a little more than 1
 * @param {(along: number, out: number) => Point} place along the edge, and outwards from it
 * @returns {{ bow: number, score: number }} outwards is positive
 */
function edge(grey, end, place) {
  let best = { bow: 0, score: -Infinity };
  for (let bow = -BOW_MOST; bow <= BOW_MOST; bow += BOW_STEP) {
    let score = 0;
    for (let along = -0.98 * end; along < end; along += 0.06) {
      const out = bow * (1 - along * along);
      const [x1, y1] = place(along, out + STRIP * 1.5), [x2, y2] = place(along, out - STRIP);
      score += sample(grey, x1, y1) - sample(grey, x2, y2);
    }
    score -= Math.abs(bow) * 40; // of two that are equal, the straighter
    if (score > best.score) best = { bow, score };
  }
  return best;
}

/**
 * The projection through three finder patterns and a fourth corner.
 * @param {Point[]} finders the middles of the patterns top left, top right, bottom left
 * @param {number} i how far the fourth corner is from its guess, along the top
 * @param {number} j and along the left
 */
function through([c0, c1, c3], i, j) {
  const p = 1 + i / 2, q = 1 + j / 2;
  return projection([c0, c1, [c0[0] + p * (c1[0] - c0[0]) + q * (c3[0] - c0[0]), c0[1] + p * (c1[1] - c0[1]) + q * (c3[1] - c0[1])], c3]);
}

/**
 * The view of a symbol: the fourth corner and the bows that fit its edges best.
 * @param {Grey} grey
 * @param {Point[]} finders the middles of the patterns top left, top right, bottom left
 * @param {number} end where edges are
 * @returns {View}
 */
function fitView(grey, finders, end) {
  /** @type {(View & { score: number }) | null} */
  let best = null;
  for (let i = -CORNER_MOST; i <= CORNER_MOST + 1e-9; i += CORNER_STEP) {
    for (let j = -CORNER_MOST; j <= CORNER_MOST + 1e-9; j += CORNER_STEP) {
      const map = through(finders, i, j);
      const right = edge(grey, end, (along, out) => map(end + out, along));
      const bottom = edge(grey, end, (along, out) => map(along, end + out));
      const score = right.score + bottom.score - 60 * (Math.abs(i) + Math.abs(j));
      if (!best || score > best.score) best = { score, map, fourth: [i, j], bows: { top: 0, left: 0, right: right.bow, bottom: bottom.bow } };
    }
  }
  const { map, bows, fourth } = /** @type {View} */ (best);
  const top = -edge(grey, end, (along, out) => map(along, -end - out)).bow;
  const left = -edge(grey, end, (along, out) => map(-end - out, along)).bow;
  return { map, fourth, bows: { ...bows, top, left } };
}

/**
 * Where a place of the flat symbol is in the picture.
 * @param {View} view
 * @param {number} u
 * @param {number} v
 * @param {Spacing} across
 * @param {Spacing} down
 * @returns {Point}
 */
function locate({ map, bows }, u, v, across, down) {
  const roundU = 1 - u * u, roundV = 1 - v * v;
  const bowU = ((bows.top + across.bow) * (1 - v) + bows.bottom * (1 + v)) / 2 + across.skew * u;
  const bowV = ((bows.left + down.bow) * (1 - u) + bows.right * (1 + u)) / 2 + down.skew * v;
  return map(u + across.shift * roundU + across.crowd * u * roundU + bowV * roundV, v + down.shift * roundV + down.crowd * v * roundV + bowU * roundU);
}

/** @type {Spacing} */
const EVEN = { shift: 0, crowd: 0, bow: 0, skew: 0, score: -Infinity };

/**
 * How the modules are spread along one side: the spread at which the timing pattern's turns stand out most. Its line is
 * looked for too, around where the edge says it is.
 * @param {Grey} grey
 * @param {number} side modules
 * @param {(along: number, spacing: Spacing) => Point} place of the timing pattern's line
 * @returns {Spacing}
 */
function fitSpacing(grey, side, place) {
  /** @param {Spacing} spacing @returns {Spacing} */
  const judged = (spacing) => {
    let sum = 0;
    for (let module = 7; module < side - 7; module += 1) {
      const [x, y] = place((2 * module + 1 - side) / (side - 7), spacing);
      sum += module % 2 === 0 ? -sample(grey, x, y) : sample(grey, x, y);
    }
    spacing.score = sum / (side - 14) - (Math.abs(spacing.shift) + Math.abs(spacing.crowd) + Math.abs(spacing.bow) + Math.abs(spacing.skew)) * 4;
    return spacing;
  };
  let best = EVEN;
  for (let shift = -0.22; shift <= 0.221; shift += 0.02) {
    for (let crowd = -0.05; crowd <= 0.251; crowd += 0.05) {
      for (let bow = -0.15; bow <= 0.151; bow += 0.025) {
        const next = judged({ shift, crowd, bow, skew: 0, score: 0 });
        if (next.score > best.score) best = next;
      }
    }
  }
  const names = /** @type {const} */ (['shift', 'crowd', 'bow', 'skew']);
  for (let step = 0.02; step > 0.002; step /= 2) {
    for (let better = true; better;) {
      better = false;
      for (const name of names) {
        for (const by of [-step, step]) {
          const next = judged({ ...best, [name]: best[name] + by });
          if (next.score > best.score) {
            best = next;
            better = true;
          }
        }
      }
    }
  }
  return best;
}

/**
 * The view settled by the alignment patterns (§6.3.6), once the timing patterns say where they should be: the fourth corner
 * and the two edges without finders, at which their rings stand out most.
 * @param {Grey} grey
 * @param {Point[]} finders
 * @param {View} view
 * @param {number} side modules
 * @param {Spacing} across
 * @param {Spacing} down
 * @returns {View}
 */
function settle(grey, finders, view, side, across, down) {
  const places = ALIGNMENTS[(side - 17) / 4];
  const last = places.length - 1;
  /** @type {[number, number][]} */
  const centres = places.flatMap((row, y) => places.map((column, x) => /** @type {[number, number]} */ ([column, row]))
    .filter((_, x) => !((x === 0 && y === 0) || (x === last && y === 0) || (x === 0 && y === last))));
  const span = (/** @type {number} */ module) => (2 * module + 1 - side) / (side - 7);
  /** @param {View} next */
  const judged = (next) => {
    let sum = 0;
    for (const [column, row] of centres) {
      for (let dy = -2; dy <= 2; dy += 1) {
        for (let dx = -2; dx <= 2; dx += 1) {
          const [x, y] = locate(next, span(column + dx), span(row + dy), across, down);
          sum += Math.max(Math.abs(dx), Math.abs(dy)) === 1 ? sample(grey, x, y) / 8 : -sample(grey, x, y) / 17;
        }
      }
    }
    return { ...next, score: sum / centres.length };
  };
  /** @param {number} i @param {number} j @param {number} right @param {number} bottom */
  const made = (i, j, right, bottom) => judged({ map: through(finders, i, j), fourth: [i, j], bows: { ...view.bows, right, bottom } });
  let best = judged(view);
  const { top, left } = view.bows;
  for (const [right, bottom] of [[view.bows.right, view.bows.bottom], [left + down.bow, top + across.bow], [left + down.bow, view.bows.bottom], [view.bows.right, top + across.bow]]) {
    for (let i = -0.4; i <= 0.401; i += 0.04) {
      for (let j = -0.4; j <= 0.401; j += 0.04) {
        const next = made(i, j, right, bottom);
        if (next.score > best.score) best = next;
      }
    }
  }
  for (let step = 0.03; step > 0.003; step /= 2) {
    for (let better = true; better;) {
      better = false;
      for (const [i, j, right, bottom] of [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]) {
        for (const by of [-step, step]) {
          const next = made(best.fourth[0] + i * by, best.fourth[1] + j * by, best.bows.right + right * by, best.bows.bottom + bottom * by);
          if (next.score > best.score) {
            best = next;
            better = true;
          }
        }
      }
    }
  }
  return best;
}

/**
 * Flat pictures of the symbol in a picture, the most promising first, at most `most`; none where there is no symbol.
 * @param {Grey} grey
 * @param {number} most
 * @returns {Grey[]}
 */
export function unroll(grey, most) {
  const three = chooseThree(findFinders(grey));
  if (!three) return [];
  const [corner, right, down] = three;
  const guess = 7 + (Math.hypot(right.x - corner.x, right.y - corner.y) + Math.hypot(down.x - corner.x, down.y - corner.y)) / 2
    / ((corner.module + right.module + down.module) / 3);
  const sides = SIDES.filter((side) => Math.abs(side - guess) <= UNSURE);
  if (sides.length === 0) return [];
  const likely = sides.reduce((one, other) => (Math.abs(other - guess) < Math.abs(one - guess) ? other : one));
  /** @type {Point[]} */
  const middles = three.map(({ x, y }) => [x, y]);
  const view = fitView(grey, middles, likely / (likely - 7));
  const fits = sides.map((side) => {
    const line = (13 - side) / (side - 7);
    const across = fitSpacing(grey, side, (along, spacing) => locate(view, along, line, spacing, EVEN));
    const downwards = fitSpacing(grey, side, (along, spacing) => locate(view, line, along, EVEN, spacing));
    return { side, across, down: downwards, score: across.score + downwards.score };
  });
  return fits.sort((one, other) => other.score - one.score).slice(0, most).map(({ side, across, down: downwards }) => (
    flatten(grey, settle(grey, middles, view, side, across, downwards), side, across, downwards)));
}

/**
 * @param {Grey} grey
 * @param {View} view
 * @param {number} side modules
 * @param {Spacing} across
 * @param {Spacing} down
 * @returns {Grey}
 */
function flatten(grey, view, side, across, down) {
  const size = (side + 2 * QUIET) * MODULE;
  const pixels = new Uint8Array(size * size).fill(255);
  const toSpan = (/** @type {number} */ at) => (2 * ((at + 0.5) / MODULE - QUIET) - side) / (side - 7);
  const margin = (QUIET - 1.5) * MODULE;
  for (let row = margin; row < size - margin; row += 1) {
    const v = toSpan(row);
    for (let column = margin; column < size - margin; column += 1) {
      const [x, y] = locate(view, toSpan(column), v, across, down);
      pixels[row * size + column] = sample(grey, x, y);
    }
  }
  return { pixels, width: size, height: size };
}

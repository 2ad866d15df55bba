/**
 * Flattens a symbol on paper that is crumpled or bent in any way: from one finder pattern on, the modules are followed to all sides. Pure:
 * grey pixels in, a flat picture out.
 *
 * Wherever two modules differ the picture changes at the line between them, so that its changes stand a module apart. A patch of some modules
 * is laid where its neighbour says that it is; the phase of the changes under it, whole and by halves, tells how far it lies beside the lines,
 * and how it is stretched and slanted. The patches that fit best are gone on from first, so that a crease is crossed from where it is least.
 * @module
 */

import { chooseThree, findFinders } from './finders.js';
import { lookAgain } from './looks.js';

/** @typedef {import('./looks.js').Grey} Grey */
/** A place of the symbol: column and row in modules from its top left corner, where it is in the picture, and where a module to the right and one down lead. */
/** @typedef {{ u: number, v: number, x: number, y: number, ux: number, uy: number, vx: number, vy: number, fit: number }} Patch */

/** Modules from patch to patch, of a patch to each side, and samples a module. */
const STEP = 3, REACH = 3.5, FINE = 3;
/** How often a patch is laid anew, how well it must fit (0 to 1), and modules a side that our texts take. */
const TRIES = 3, LEAST_FIT = 0.12, LEAST_SIDE = 53, MOST_SIDE = 97;
/** Pixels a module, and modules of quiet zone, of the flat picture. */
const MODULE = 4, QUIET = 4;
/** Where in a module its brightness is taken, and against which modules around it, it is dark: in turn, as it is, and less of what its neighbours cast on it. */
const INSIDE = [0.3, 0.5, 0.7], AGAINST = [{ near: 0, beside: 0, sharp: 1, around: 6 }, { near: 0, beside: 1, sharp: 2, around: 4 }, { near: 0, beside: 1, sharp: 3.5, around: 3 }];
/** How finder patterns are looked for in turn: as the picture is, against noise, against blur. */
const SHARPER = [null, { near: 1, beside: 0, sharp: 1, around: 20 }, { near: 1, beside: 3, sharp: 4, around: 12 }, { near: 2, beside: 5, sharp: 4, around: 16 }];
/** How a finder pattern may be turned against the way to the others, radians. */
const TURNS = [0, 0.15, -0.15, 0.3, -0.3, 0.45, -0.45];
/** Middle of a finder pattern, modules from its edge. */
const MIDDLE = 3.5;

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
 * How well a finder pattern lies under a patch whose middle is its own: light less dark, 0 to 255.
 * @param {Grey} grey
 * @param {Patch} patch
 */
function finderUnder(grey, { x, y, ux, uy, vx, vy }) {
  let sum = 0;
  for (let v = -4; v <= 4; v += 0.5) {
    for (let u = -4; u <= 4; u += 0.5) {
      const ring = Math.round(Math.max(Math.abs(u), Math.abs(v)));
      const value = sample(grey, x + u * ux + v * vx, y + u * uy + v * vy);
      sum += ring === 2 || ring === 4 ? value / 156 : -value / 133;
    }
  }
  return sum;
}

/**
 * The patch on a finder pattern: the one of its neighbours in size, slant and place under which the pattern stands out most.
 * @param {Grey} grey
 * @param {import('./finders.js').Finder} corner
 * @param {import('./finders.js').Finder} right
 * @param {import('./finders.js').Finder} down
 * @returns {Patch}
 */
function firstPatch(grey, corner, right, down) {
  const along = (/** @type {import('./finders.js').Finder} */ { x, y }) => {
    const long = Math.hypot(x - corner.x, y - corner.y) / corner.module;
    return [(x - corner.x) / long, (y - corner.y) / long];
  };
  const [ux, uy] = along(right), [vx, vy] = along(down);
  const turned = TURNS.map((turn) => {
    const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
    return { u: MIDDLE, v: MIDDLE, x: corner.x, y: corner.y, ux: cos * ux - sin * uy, uy: sin * ux + cos * uy, vx: cos * vx - sin * vy, vy: sin * vx + cos * vy, fit: 1 };
  });
  let best = turned.reduce((one, other) => (finderUnder(grey, other) > finderUnder(grey, one) ? other : one));
  let score = finderUnder(grey, best);
  const names = /** @type {const} */ (['x', 'y', 'ux', 'uy', 'vx', 'vy']);
  for (let step = 0.3; step > 0.02; step /= 2) {
    for (let better = true; better;) {
      better = false;
      for (const name of names) {
        for (const by of [-step, step]) {
          const next = { ...best, [name]: best[name] + by * (name.length > 1 ? 0.4 : 1) * corner.module / 2 };
          const found = finderUnder(grey, next);
          if (found > score + 0.01) {
            best = next;
            score = found;
            better = true;
          }
        }
      }
    }
  }
  return best;
}

/** Sums of the changes under a patch, whole and by halves: left, right, upper, lower; each a complex number. */
const HALVES = 5;

/**
 * Lays a patch on the lines between modules.
 * @param {Grey} grey
 * @param {Patch} patch changed
 */
function lay(grey, patch) {
  for (let time = 0; time < TRIES; time += 1) {
    const across = new Float64Array(2 * HALVES), down = new Float64Array(2 * HALVES);
    let allAcross = 0, allDown = 0;
    const { x, y, ux, uy, vx, vy } = patch, part = 0.3;
    for (let v = -REACH + 0.5 / FINE; v < REACH; v += 1 / FINE) {
      for (let u = -REACH + 0.5 / FINE; u < REACH; u += 1 / FINE) {
        const px = x + u * ux + v * vx, py = y + u * uy + v * vy;
        const a = Math.abs(sample(grey, px + part * ux, py + part * uy) - sample(grey, px - part * ux, py - part * uy));
        const d = Math.abs(sample(grey, px + part * vx, py + part * vy) - sample(grey, px - part * vx, py - part * vy));
        allAcross += a;
        allDown += d;
        add(across, a, patch.u + u, u, v);
        add(down, d, patch.v + v, u, v);
      }
    }
    const [sx, sxu, sxv] = shifts(across), [sy, syu, syv] = shifts(down);
    patch.fit = Math.min(Math.hypot(across[0], across[1]) / (allAcross + 1), Math.hypot(down[0], down[1]) / (allDown + 1), (allAcross + allDown) / 4000);
    patch.x += sx * ux + sy * vx;
    patch.y += sx * uy + sy * vy;
    patch.ux = ux * (1 + sxu) + vx * syu;
    patch.uy = uy * (1 + sxu) + vy * syu;
    patch.vx = vx * (1 + syv) + ux * sxv;
    patch.vy = vy * (1 + syv) + uy * sxv;
  }
}

/**
 * Adds a change to the sums of the halves that it is in.
 * @param {Float64Array} sums
 * @param {number} change
 * @param {number} place modules
 * @param {number} u from the middle of the patch
 * @param {number} v
 */
function add(sums, change, place, u, v) {
  const turn = 2 * Math.PI * place, real = change * Math.cos(turn), imaginary = change * Math.sin(turn);
  for (const half of [0, u < 0 ? 1 : 2, v < 0 ? 3 : 4]) {
    sums[2 * half] += real;
    sums[2 * half + 1] += imaginary;
  }
}

/**
 * How far the lines are beside those of the patch, in modules, and how that grows to the right and downwards, a module.
 * @param {Float64Array} sums
 * @returns {[number, number, number]}
 */
function shifts(sums) {
  const turn = (/** @type {number} */ one, /** @type {number} */ other) => {
    // of `other` after `one`, in whole turns
    const real = sums[2 * other] * sums[2 * one] + sums[2 * other + 1] * sums[2 * one + 1];
    const imaginary = sums[2 * other + 1] * sums[2 * one] - sums[2 * other] * sums[2 * one + 1];
    return Math.atan2(imaginary, real) / (2 * Math.PI);
  };
  const slope = (/** @type {number} */ shift) => Math.max(-0.04, Math.min(0.04, 0.7 * shift / REACH));
  return [Math.atan2(sums[1], sums[0]) / (2 * Math.PI), slope(turn(1, 2)), slope(turn(3, 4))];
}

/**
 * Where a patch says that a place near it is.
 * @param {Patch} patch
 * @param {number} u
 * @param {number} v
 * @returns {[number, number]}
 */
function reach({ x, y, ux, uy, vx, vy, u: atU, v: atV }, u, v) {
  return [x + (u - atU) * ux + (v - atV) * vx, y + (u - atU) * uy + (v - atV) * vy];
}

/**
 * The patches of a symbol, by column and row.
 * @param {Grey} grey
 * @param {Patch} first
 * @returns {Map<number, Patch>}
 */
function followAll(grey, first) {
  /** @type {Map<number, Patch>} */
  const laid = new Map([[keyOf(0, 0), first]]);
  /** @type {Map<number, { i: number, j: number, patch: Patch }>} */
  const edge = new Map();
  const around = (/** @type {number} */ i, /** @type {number} */ j) => [[i - 1, j], [i + 1, j], [i, j - 1], [i, j + 1]];
  const reachOut = (/** @type {number} */ i, /** @type {number} */ j) => {
    for (const [ni, nj] of around(i, j)) {
      const key = keyOf(ni, nj);
      if (laid.has(key) || ni < 0 || nj < 0 || ni > MOST_SIDE / STEP || nj > MOST_SIDE / STEP) continue;
      const known = around(ni, nj).map(([a, b]) => laid.get(keyOf(a, b))).filter((one) => one !== undefined);
      const patch = between(known, MIDDLE + ni * STEP, MIDDLE + nj * STEP);
      lay(grey, patch);
      if (patch.fit >= LEAST_FIT) edge.set(key, { i: ni, j: nj, patch });
    }
  };
  reachOut(0, 0);
  while (edge.size > 0) {
    const [key, { i, j, patch }] = [...edge].reduce((one, other) => (other[1].patch.fit > one[1].patch.fit ? other : one));
    edge.delete(key);
    laid.set(key, patch);
    reachOut(i, j);
  }
  return laid;
}

/** @param {number} i @param {number} j */
const keyOf = (i, j) => (i + 2) * 64 + j + 2;

/**
 * Where patches say together that a place is.
 * @param {Patch[]} patches at least one
 * @param {number} u
 * @param {number} v
 * @returns {Patch}
 */
function between(patches, u, v) {
  const made = { u, v, x: 0, y: 0, ux: 0, uy: 0, vx: 0, vy: 0, fit: 0 };
  for (const patch of patches) {
    const [x, y] = reach(patch, u, v);
    made.x += x / patches.length;
    made.y += y / patches.length;
    for (const name of /** @type {const} */ (['ux', 'uy', 'vx', 'vy'])) made[name] += patch[name] / patches.length;
  }
  return made;
}

/**
 * Which place of the symbol is at a point of the picture, by the patch next to it.
 * @param {Iterable<Patch>} patches
 * @param {{ x: number, y: number }} point
 * @returns {[number, number]}
 */
function placeOf(patches, { x, y }) {
  /** @type {Patch | null} */
  let near = null;
  for (const patch of patches) if (!near || Math.hypot(patch.x - x, patch.y - y) < Math.hypot(near.x - x, near.y - y)) near = patch;
  const { ux, uy, vx, vy, u, v, ...middle } = /** @type {Patch} */ (near);
  const dx = x - middle.x, dy = y - middle.y, whole = ux * vy - uy * vx;
  return [u + (dx * vy - dy * vx) / whole, v + (dy * ux - dx * uy) / whole];
}

/**
 * Where a place of the symbol is, by the four patches around it, or by the next of all.
 * @param {Map<number, Patch>} laid
 * @param {Patch[]} every the same
 * @param {number} u
 * @param {number} v
 * @returns {[number, number]}
 */
function locate(laid, every, u, v) {
  const i = Math.floor((u - MIDDLE) / STEP), across = (u - MIDDLE) / STEP - i, j = Math.floor((v - MIDDLE) / STEP), down = (v - MIDDLE) / STEP - j;
  let x = 0, y = 0, all = 0;
  for (const [di, dj, weight] of [[0, 0, (1 - across) * (1 - down)], [1, 0, across * (1 - down)], [0, 1, (1 - across) * down], [1, 1, across * down]]) {
    const patch = laid.get(keyOf(i + di, j + dj));
    if (!patch || weight === 0) continue;
    const [px, py] = reach(patch, u, v);
    x += weight * px;
    y += weight * py;
    all += weight;
  }
  if (all > 0) return [x / all, y / all];
  const far = (/** @type {Patch} */ one) => Math.abs(one.u - u) + Math.abs(one.v - v);
  return reach(every.reduce((one, other) => (far(other) < far(one) ? other : one)), u, v);
}

/**
 * What a module of a finder pattern or of the white around it is; null of any other.
 * @param {number} u
 * @param {number} v
 * @param {number} side modules
 * @returns {boolean | null} whether it is dark
 */
function fixed(u, v, side) {
  const near = (/** @type {number} */ at) => Math.min(at, side - 1 - at);
  if (near(u) > 7 || near(v) > 7 || (u > 7 && v > 7)) return null;
  const ring = Math.max(Math.abs(near(u) - 3), Math.abs(near(v) - 3));
  return ring !== 2 && ring !== 4;
}

/**
 * The symbol in a picture as it was printed, module by module, in as many ways as there are of AGAINST; none where there is no symbol that can be
 * followed.
 * @param {Grey} grey
 * @returns {Grey[]}
 */
export function follow(grey) {
  let three = null;
  for (const look of SHARPER) {
    three ??= chooseThree(findFinders(look ? { ...grey, pixels: lookAgain(look, grey) } : grey));
  }
  if (!three) return [];
  const laid = followAll(grey, firstPatch(grey, ...three)), every = [...laid.values()];
  const side = 17 + 4 * Math.round((MIDDLE + Math.max(placeOf(every, three[1])[0], placeOf(every, three[2])[1]) - 17) / 4);
  if (!(side >= LEAST_SIDE && side <= MOST_SIDE)) return [];
  const values = new Uint8Array(side * side);
  for (let v = 0; v < side; v += 1) {
    for (let u = 0; u < side; u += 1) {
      let sum = 0;
      for (const dv of INSIDE) {
        for (const du of INSIDE) sum += sample(grey, ...locate(laid, every, u + du, v + dv));
      }
      values[v * side + u] = sum / INSIDE.length ** 2;
    }
  }
  return AGAINST.map((look) => drawn(lookAgain(look, { pixels: values, width: side, height: side }), side));
}

/**
 * A picture of modules as they are printed; finder patterns as they have to be.
 * @param {Uint8Array} modules 0 for dark ones
 * @param {number} side
 * @returns {Grey}
 */
function drawn(modules, side) {
  const size = (side + 2 * QUIET) * MODULE, pixels = new Uint8Array(size * size).fill(255);
  for (let row = 0; row < side * MODULE; row += 1) {
    const v = Math.floor(row / MODULE), start = (row + QUIET * MODULE) * size + QUIET * MODULE;
    for (let column = 0; column < side * MODULE; column += 1) {
      const u = Math.floor(column / MODULE);
      if (fixed(u, v, side) ?? modules[v * side + u] === 0) pixels[start + column] = 0;
    }
  }
  return { pixels, width: size, height: size };
}

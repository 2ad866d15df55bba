/**
 * Reads codes outside the page, so that the page never stops. One message is one picture; the answer bears its id.
 * @module
 */

import { HiddenPicture, STILL, coloursOf, openEngine } from './engine.js';

/** @typedef {import('./engine.js').Engine} Engine */
/** @typedef {import('./engine.js').Reading} Reading */

/**
 * `frame` is a picture of the camera, given up by the page; `turn` says how to look again when nothing is read. `picture` is a file,
 * `bitmap` a page already drawn; `beside` asks for the seals in the frame that was read last. The first message of all is another: the engine's compiled `code`, null when the page has none.
 * @typedef {{ id: number, frame?: VideoFrame | ImageBitmap, turn?: number | null, picture?: Blob, bitmap?: ImageBitmap, beside?: boolean }} Question
 * @typedef {{ id: number, readings: Reading[], trouble: null | 'blocked' | 'unreached' | 'hidden' | 'not_a_picture' }} Answer
 */

/** Pixels of a canvas that every phone can make (iOS stops at 16.7 million). */
const SAFE_PIXELS = 6_000_000;
/** Pixels a side of a tile, and how far tiles overlap: more than a printed code takes in a photo of a page. */
const TILE = 2048, OVERLAP = 700;
const MIDDLE_SIDE = 1600, SMALL_SIDE = 900;
/** Pixels of a picture that is looked at again when nothing is read; and the looks, the last as one of bent paper. */
const AGAIN_PIXELS = 2_500_000, TURNS = 7;

/** @type {Promise<Engine> | null} */
let opening = null;

/** @type {(code: WebAssembly.Module | null) => void} */
let take;
/** @type {Promise<WebAssembly.Module | null>} */
const taken = new Promise((resolve) => { take = resolve; });

/**
 * @param {Question} question
 * @returns {Promise<Omit<Answer, 'id'>>}
 */
async function answer({ frame, turn, picture, bitmap, beside }) {
  /** @type {Engine} */
  let engine;
  try {
    opening ??= taken.then(openEngine);
    engine = await opening;
  } catch {
    frame?.close(); // whatever kept WebAssembly from starting, no code can be read here: the page says so
    bitmap?.close();
    opening = null;
    return { readings: [], trouble: 'blocked' };
  }
  if (beside) return { readings: engine.readBeside(), trouble: null };
  if (frame) return { readings: await engine.readFrame(frame, turn), trouble: null };
  let still = bitmap;
  try {
    still ??= await createImageBitmap(/** @type {Blob} */ (picture));
  } catch {
    return { readings: [], trouble: 'not_a_picture' }; // whatever the bytes are, this browser sees no picture in them
  }
  try {
    return { readings: await readStill(engine, still), trouble: null };
  } catch (error) {
    if (!(error instanceof HiddenPicture) || !picture) throw error;
    const readings = engine.readFile(new Uint8Array(await picture.arrayBuffer()));
    return { readings, trouble: readings.length > 0 ? null : 'hidden' };
  }
}

/**
 * The parts to read, in order: [left, top, width, height, scale]. Whole first; then smaller, which undoes blur and noise;
 * then tiles, if the whole had to be made smaller.
 * @param {number} width pixels
 * @param {number} height pixels
 * @returns {[number, number, number, number, number][]}
 */
function parts(width, height) {
  const whole = Math.min(1, Math.sqrt(SAFE_PIXELS / (width * height)));
  /** @type {[number, number, number, number, number][]} */
  const list = [[0, 0, width, height, whole]];
  const middling = MIDDLE_SIDE / Math.max(width, height);
  if (middling < whole / 1.5) list.push([0, 0, width, height, middling]);
  const small = SMALL_SIDE / Math.max(width, height);
  if (small < whole / 1.5) list.push([0, 0, width, height, small]);
  if (Math.max(width, height) < 700) list.push([0, 0, width, height, 2]);
  if (whole < 1) {
    for (const top of steps(height)) {
      for (const left of steps(width)) list.push([left, top, Math.min(TILE, width), Math.min(TILE, height), 1]);
    }
  }
  return list;
}

/** Where tiles begin along one side. @param {number} length @returns {number[]} */
function steps(length) {
  if (length <= TILE) return [0];
  const count = Math.ceil((length - OVERLAP) / (TILE - OVERLAP));
  return Array.from({ length: count }, (_, at) => Math.round((length - TILE) * at / (count - 1)));
}

/**
 * Reads a picture of any size and closes it: whole at a safe size first, then in tiles, where a small code keeps all its pixels. Stops at the first part that holds a code.
 * @param {Engine} engine
 * @param {ImageBitmap} picture
 * @returns {Promise<Reading[]>} each text once
 */
async function readStill(engine, picture) {
  /** @type {Map<string, Reading>} */
  const found = new Map();
  try {
    for (const [left, top, width, height, scale] of parts(picture.width, picture.height)) {
      const wide = Math.max(1, Math.round(width * scale)), high = Math.max(1, Math.round(height * scale));
      for (const reading of engine.readColours(coloursOf(picture, [left, top, width, height], wide, high), STILL)) {
        if (reading.text) found.set(reading.text, reading);
      }
      if (found.size > 0) break;
      if (wide * high > AGAIN_PIXELS) continue;
      const grey = engine.lastPicture(wide, high);
      for (let turn = 0; turn < TURNS && found.size === 0; turn += 1) {
        for (const reading of await engine.lookAgain(grey, turn)) found.set(reading.text, reading);
      }
      if (found.size > 0) break;
    }
  } finally {
    picture.close();
  }
  return [...found.values()];
}

/** @param {unknown} error @returns {Omit<Answer, 'id'>} */
function hidden(error) {
  if (error instanceof HiddenPicture) return { readings: [], trouble: 'hidden' };
  throw error;
}

/** Pictures are read one after the other: they share the engine's memory. */
let work = Promise.resolve();

self.addEventListener('message', ({ data }) => {
  if ('code' in data) take(data.code);
  else work = work.then(async () => self.postMessage({ id: data.id, ...await answer(data).catch(hidden) }));
});

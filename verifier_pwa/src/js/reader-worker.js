/**
 * Reads codes outside the page, so that the page never stops. One message is one picture; the answer bears its id.
 * @module
 */

import { CAMERA, CAMERA_SEVERAL, openEngine } from './engine.js';
import { readStill } from './still.js';

/** @typedef {import('./engine.js').Engine} Engine */
/** @typedef {import('./engine.js').Reading} Reading */

/**
 * `frame` is a picture of the camera, given up by the page; `several` asks for every code in it, `curled` for the slow way
 * when nothing is read. `picture` is a file,
 * `bitmap` a page already drawn. The first message of all is another: the engine's compiled `code`, null when the page has none.
 * @typedef {{ id: number, frame?: VideoFrame | ImageBitmap, several?: boolean, curled?: boolean, picture?: Blob, bitmap?: ImageBitmap }} Question
 * @typedef {{ id: number, readings: Reading[], trouble: null | 'blocked' | 'not_a_picture' }} Answer
 */

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
async function answer({ frame, several, curled, picture, bitmap }) {
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
  if (frame) return { readings: await engine.readFrame(frame, several ? CAMERA_SEVERAL : CAMERA, curled), trouble: null };
  let still = bitmap;
  try {
    still ??= await createImageBitmap(/** @type {Blob} */ (picture));
  } catch {
    return { readings: [], trouble: 'not_a_picture' }; // whatever the bytes are, this browser sees no picture in them
  }
  return { readings: readStill(engine, still), trouble: null };
}

self.addEventListener('message', async ({ data }) => {
  if ('code' in data) {
    take(data.code);
    return;
  }
  const said = await answer(data);
  self.postMessage({ id: data.id, ...said });
});

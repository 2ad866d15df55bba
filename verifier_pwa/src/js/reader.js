/**
 * The page's side of the reader: pictures out, texts in.
 * @module
 */

import { engineCode, engineReached } from './preload.js';
import { READER_WORKER, scriptAddress } from './trusted-types.js';

/** @typedef {import('./reader-worker.js').Answer} Answer */
/** @typedef {import('./reader-worker.js').Question} Question */

/** A worker that says nothing for so long is replaced. */
const PATIENCE_MS = 20_000;
/** The same until its first answer: the engine may have to come over a slow network. */
const LOADING_MS = 180_000;

/** Reads codes in a worker of its own, which is replaced when it says nothing for too long. */
export class Reader {
  /** @type {Worker | null} */
  #worker = null;
  #last = 0;
  #loaded = false;
  /** @type {Map<number, (answer: Answer) => void>} */
  #waiting = new Map();

  #open() {
    const worker = new Worker(scriptAddress(READER_WORKER), { type: 'module', name: 'reader' });
    worker.addEventListener('message', ({ data }) => {
      this.#loaded = true;
      this.#waiting.get(data.id)?.(data);
      this.#waiting.delete(data.id);
    });
    worker.addEventListener('error', () => this.#giveUp());
    // Without compiled code the worker asks for its own, and says what keeps it from starting.
    engineCode().then((code) => worker.postMessage({ code }), () => worker.postMessage({ code: null }));
    return worker;
  }

  /** The worker is of no more use: whoever waits is told, and the next question starts another. */
  #giveUp() {
    this.#worker?.terminate();
    this.#worker = null;
    this.#loaded = false;
    for (const [id, resolve] of this.#waiting) resolve({ id, readings: [], trouble: 'blocked' });
    this.#waiting.clear();
  }

  /**
   * @param {Omit<Question, 'id'>} question
   * @param {Transferable[]} given
   * @returns {Promise<Answer>}
   */
  #ask(question, given) {
    if (typeof WebAssembly === 'undefined') return Promise.resolve({ id: 0, readings: [], trouble: 'blocked' });
    const worker = this.#worker ??= this.#open();
    const id = this.#last += 1;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#giveUp(), this.#loaded ? PATIENCE_MS : LOADING_MS);
      this.#waiting.set(id, (answer) => {
        clearTimeout(timer);
        resolve(answer.trouble === 'blocked' ? whetherReached(answer) : answer);
      });
      worker.postMessage({ id, ...question }, given);
    });
  }

  /** Loads the engine before the first picture. @returns {Promise<Answer>} */
  warm() {
    const nothing = new ImageData(16, 16);
    return createImageBitmap(nothing).then((bitmap) => this.#ask({ frame: bitmap }, [bitmap]));
  }

  /**
   * Reads what the camera shows now.
   * @param {HTMLVideoElement} video
   * @param {number | null} [turn] how to look again when nothing is read (see Engine.lookAgain); null: not at all
   * @returns {Promise<Answer>}
   */
  async readVideo(video, turn = null) {
    const frame = await frameOf(video);
    return this.#ask({ frame, turn }, [frame]);
  }

  /**
   * The seals in the frame that was read last: asked before the next one is.
   * @returns {Promise<string[]>} their texts
   */
  async readBeside() {
    const { readings } = await this.#ask({ beside: true }, []);
    return readings.map(({ text }) => text);
  }

  /**
   * Reads a file.
   * @param {Blob} picture
   * @returns {Promise<Answer>}
   */
  readPicture(picture) {
    return this.#ask({ picture }, []);
  }

  /**
   * Reads a drawn page, which is given up.
   * @param {ImageBitmap} bitmap
   * @returns {Promise<Answer>}
   */
  readBitmap(bitmap) {
    return this.#ask({ bitmap }, [bitmap]);
  }

  /** Gives the memory of the engine back. */
  close() {
    this.#giveUp();
  }
}

/**
 * An engine that did not start: what the network kept back is not the browser's fault.
 * @param {Answer} answer
 * @returns {Promise<Answer>}
 */
async function whetherReached(answer) {
  return await engineReached() ? answer : { ...answer, trouble: 'unreached' };
}

let framesWork = typeof VideoFrame !== 'undefined';

/**
 * The frame that the video shows, in the form that costs least: some browsers refuse it, and give a bitmap then.
 * @param {HTMLVideoElement} video
 * @returns {Promise<VideoFrame | ImageBitmap>}
 */
async function frameOf(video) {
  if (framesWork) {
    try {
      return new VideoFrame(video);
    } catch (error) {
      if (!(error instanceof DOMException || error instanceof TypeError)) throw error;
      framesWork = false;
    }
  }
  return createImageBitmap(video);
}

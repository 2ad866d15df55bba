/**
 * The loop between camera and reader: the latest frame wins, a frozen picture is noticed, other people's codes are not
 * taken for an answer as long as ours may stand beside them.
 * @module
 */

import { claimsSeal } from './text.js';

/** @typedef {import('./reader.js').Reader} Reader */

/** A picture that stands still for so long is frozen. */
const FROZEN_MS = 4_000;
const LOOK_MS = 1_000;
/** Where the browser does not tell of new pictures (some WebKit never do for a camera), one is taken this often. */
const UNTOLD_MS = 100;
/** Frames left unread are looked at again in so many ways, a frame one way: those of looks.js, then as bent paper. */
const TURNS = 7;
/** An attempt at bent paper is followed by so long without another, or this many times as long as it took: slow phones go on reading frames. */
const BENT_MS = 2_500, BENT_REST = 4;
/** Frames in which one of ours is still looked for once a seal was read alone: both stand on many papers. */
const SEAL_FRAMES_MORE = 2;
/** Frames in which a code that is not ours must have been seen, without one of ours. */
const FOREIGN_FRAMES = 4;

/**
 * @typedef {object} Hearing what the loop tells
 * @property {(texts: string[], beside: Promise<string[]>) => void} found codes to judge: all of one frame, and seals that may be found in it yet
 * @property {(seen: boolean) => void} seen whether a code is in the picture that could not be read yet
 * @property {() => void} frozen the picture stands still
 * @property {(why: 'blocked' | 'unreached' | 'hidden') => void} blocked this browser lets no code be read, or the engine cannot be had
 */

/** The loop that reads the camera's frames, one at a time, until it is stopped. */
export class Scanning {
  #video;
  #reader;
  #ours;
  #hearing;
  #running = false;
  #foreign = 0;
  /** Seals that were read without one of ours, and the frames for which it is looked for yet. @type {Set<string>} */
  #seals = new Set();
  #more = 0;
  #lastFrame = 0;
  /** Frames left unread, one after the other. */
  #unread = 0;
  #bentNext = 0;
  /** Whether the next picture is awaited: a reader that takes its time is not a frozen camera. */
  #awaiting = false;
  /** Whether the browser tells of new pictures, whether it was asked to, and what is to happen then. */
  #told = false;
  #asked = false;
  #next = () => {};
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #watch;
  /** What the last picture was known by while pictures are taken by the clock, and since when it has been. */
  #mark = NaN;
  #marked = 0;
  /** Pictures known to be new, the first of each start among them or not. */
  pictures = 0;

  /**
   * @param {HTMLVideoElement} video
   * @param {Reader} reader
   * @param {(text: string) => boolean} ours whether a text is of one of our addresses
   * @param {Hearing} hearing
   */
  constructor(video, reader, ours, hearing) {
    this.#video = video;
    this.#reader = reader;
    this.#ours = ours;
    this.#hearing = hearing;
  }

  start() {
    if (this.#running) return;
    this.#running = true;
    this.#foreign = this.#unread = 0;
    this.#seals.clear();
    this.#lastFrame = this.#marked = performance.now();
    this.#mark = NaN;
    this.#watch = setInterval(() => this.#look(), LOOK_MS);
    void this.#loop();
  }

  stop() {
    this.#running = false;
    clearInterval(this.#watch);
  }

  #look() {
    const now = performance.now(), last = this.#told ? this.#lastFrame : Math.min(this.#lastFrame, this.#lastMoved(now));
    if (!this.#awaiting || now - last < FROZEN_MS || document.visibilityState !== 'visible') return;
    this.#lastFrame = this.#marked = now;
    this.#hearing.frozen();
  }

  /** When a picture last differed from the one before, in a browser that has not told of any. @param {number} now */
  #lastMoved(now) {
    const mark = markOf(this.#video);
    if (mark !== this.#mark) { // NaN, where nothing can be known, always differs
      if (!Number.isNaN(this.#mark)) this.pictures += 1;
      this.#mark = mark;
      this.#marked = now;
    }
    return this.#marked;
  }

  /** Resolves at the next new picture of the camera. @returns {Promise<void>} */
  #nextFrame() {
    return new Promise((resolve) => {
      this.#next = resolve;
      if (!this.#told) setTimeout(resolve, UNTOLD_MS);
      if (this.#asked || typeof this.#video.requestVideoFrameCallback !== 'function') return;
      this.#asked = true;
      this.#video.requestVideoFrameCallback(() => {
        this.#told = true;
        this.#asked = false;
        this.pictures += 1;
        this.#next();
      });
    });
  }

  async #loop() {
    while (this.#running) {
      this.#awaiting = true;
      await this.#nextFrame();
      if (!this.#running) return;
      if (this.#video.videoWidth === 0) continue;
      this.#awaiting = false;
      const began = performance.now();
      const turn = this.#unread % TURNS, bent = turn === TURNS - 1;
      const { readings, trouble } = await this.#reader.readVideo(this.#video, bent && began < this.#bentNext ? null : turn);
      const ended = performance.now();
      if (bent && began >= this.#bentNext) this.#bentNext = ended + Math.max(BENT_MS, BENT_REST * (ended - began));
      this.#unread = readings.length > 0 ? 0 : this.#unread + 1;
      this.#lastFrame = ended;
      if (!this.#running) return;
      if (trouble && trouble !== 'not_a_picture') {
        this.stop();
        this.#hearing.blocked(trouble);
        return;
      }
      this.#hear(readings.map(({ text }) => text));
    }
  }

  /** @param {string[]} texts of one frame; '' for a code that was seen and not read */
  #hear(texts) {
    const read = [...new Set(texts)].filter((text) => text !== '');
    const ours = read.filter(this.#ours), seals = read.filter(claimsSeal);
    this.#hearing.seen(texts.length > 0);
    if (seals.length > 0 && this.#seals.size === 0) this.#more = SEAL_FRAMES_MORE + 1;
    for (const seal of seals) this.#seals.add(seal);
    if (ours.length > 0 || this.#seals.size > 0) {
      this.#more -= 1;
      if (ours.length === 0 && this.#more > 0) return;
      const found = [...new Set([...read, ...this.#seals])];
      this.#seals.clear();
      this.#hearing.found(found, found.some(claimsSeal) ? Promise.resolve([]) : this.#reader.readBeside());
    } else if (read.length > 0) {
      this.#foreign += 1;
      if (this.#foreign >= FOREIGN_FRAMES) {
        this.#foreign = 0;
        this.#hearing.found(read, Promise.resolve([]));
      }
    } else {
      this.#foreign = Math.max(0, this.#foreign - 1);
    }
  }
}

/** Pixels a side of the small picture that a picture is known by. */
const MARK_SIDE = 48;
/** @type {OffscreenCanvasRenderingContext2D | null} */
let small = null;

/**
 * A number that changes with the picture that a video shows: how many it has shown, or, where the browser counts none of a camera (Firefox), a sum over a
 * small copy, in which no live picture is twice the same. NaN where neither can be had.
 * @param {HTMLVideoElement} video
 * @returns {number}
 */
function markOf(video) {
  const shown = video.getVideoPlaybackQuality?.().totalVideoFrames;
  if (shown) return shown;
  if (typeof OffscreenCanvas === 'undefined' || !video.videoWidth) return NaN;
  small ??= new OffscreenCanvas(MARK_SIDE, MARK_SIDE).getContext('2d', { willReadFrequently: true });
  if (!small) return NaN;
  small.drawImage(video, 0, 0, MARK_SIDE, MARK_SIDE);
  return small.getImageData(0, 0, MARK_SIDE, MARK_SIDE).data.reduce((sum, value) => (sum * 31 + value) % 1_000_003, 0);
}

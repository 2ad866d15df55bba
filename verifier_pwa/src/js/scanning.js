/**
 * The loop between camera and reader: the latest frame wins, a frozen picture is noticed, other people's codes are not
 * taken for an answer as long as ours may stand beside them.
 * @module
 */

/** @typedef {import('./reader.js').Reader} Reader */

/** A picture that stands still for so long is frozen. */
const FROZEN_MS = 4_000;
const LOOK_MS = 1_000;
/** How long nothing must have been read before a frame is tried as curled paper, and then again. */
const CURLED_MS = 2_500;
/** An attempt that took long is followed by this many times as long without another: slow phones go on reading frames. */
const CURLED_REST = 4;
/** Frames in which a code that is not ours must have been seen, without one of ours. */
const FOREIGN_FRAMES = 4;

/**
 * @typedef {object} Hearing what the loop tells
 * @property {(texts: string[]) => void} found codes to judge: one or several of ours, or one that is not
 * @property {(seen: boolean) => void} seen whether a code is in the picture that could not be read yet
 * @property {() => void} frozen the picture stands still
 * @property {() => void} blocked this browser lets no code be read
 */

export class Scanning {
  #video;
  #reader;
  #ours;
  #hearing;
  #running = false;
  #foreign = 0;
  #lastFrame = 0;
  #lastCurled = 0;
  #curledWait = CURLED_MS;
  /** Whether the next picture is awaited: a reader that takes its time is not a frozen camera. */
  #awaiting = false;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #watch;
  /** Frames read since the start. */
  frames = 0;

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
    this.#foreign = 0;
    this.#lastFrame = this.#lastCurled = performance.now();
    this.#watch = setInterval(() => this.#look(), LOOK_MS);
    void this.#loop();
  }

  stop() {
    this.#running = false;
    clearInterval(this.#watch);
  }

  #look() {
    if (!this.#awaiting || performance.now() - this.#lastFrame < FROZEN_MS || document.visibilityState !== 'visible') return;
    this.#lastFrame = performance.now();
    this.#hearing.frozen();
  }

  /** Resolves at the next new picture of the camera. @returns {Promise<void>} */
  #nextFrame() {
    return new Promise((resolve) => {
      if (typeof this.#video.requestVideoFrameCallback === 'function') this.#video.requestVideoFrameCallback(() => resolve());
      else setTimeout(resolve, 33);
    });
  }

  async #loop() {
    while (this.#running) {
      this.#lastFrame = performance.now();
      this.#awaiting = true;
      await this.#nextFrame();
      this.#awaiting = false;
      if (!this.#running) return;
      if (this.#video.videoWidth === 0) continue;
      const began = performance.now();
      const curled = began - this.#lastCurled > this.#curledWait;
      const { readings, trouble } = await this.#reader.readVideo(this.#video, this.#foreign > 0, curled);
      if (curled) this.#curledWait = Math.max(CURLED_MS, CURLED_REST * (performance.now() - began));
      if (curled || readings.length > 0 || this.frames === 0) this.#lastCurled = performance.now(); // the first waits for the engine
      this.frames += 1;
      if (!this.#running) return;
      if (trouble === 'blocked') {
        this.stop();
        this.#hearing.blocked();
        return;
      }
      this.#hear(readings.map(({ text }) => text));
    }
  }

  /** @param {string[]} texts of one frame; '' for a code that was seen and not read */
  #hear(texts) {
    const read = [...new Set(texts)].filter((text) => text !== '');
    const ours = read.filter(this.#ours);
    this.#hearing.seen(texts.length > 0);
    if (ours.length > 0) {
      this.#hearing.found(ours);
    } else if (read.length > 0) {
      this.#foreign += 1;
      if (this.#foreign >= FOREIGN_FRAMES) {
        this.#foreign = 0;
        this.#hearing.found([read[0]]);
      }
    } else {
      this.#foreign = Math.max(0, this.#foreign - 1);
    }
  }
}

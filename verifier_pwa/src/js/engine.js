/**
 * The engine that finds codes in grey pixels: zxing-wasm, its memory handled here so that nothing is left behind.
 * @module
 */

import { claimsSeal } from './text.js';
import { BINARIZERS, TEXT_MODES, encodeFormats, prepareZXingModule } from 'zxing-wasm/reader';

/**
 * One code: its text ('' when it was found but could not be decoded) and its four corners in pixels, clockwise from the one
 * that is top left when the symbol stands upright.
 * @typedef {{ text: string, corners: [number, number][] }} Reading
 * @typedef {import('zxing-wasm/reader').ZXingReaderModule & { _malloc(size: number): number, _free(at: number): void, HEAPU8: Uint8Array }} Module
 * @typedef {Parameters<Module['readBarcodesFromPixmap']>[3]} Options
 */

/** QR codes of model 2: a micro one is now and then imagined in noise. @type {Options} */
const BASE = {
  formats: encodeFormats(['QRCodeModel2']), tryHarder: true, tryRotate: false, tryInvert: false, tryDownscale: true, tryDenoise: false,
  binarizer: BINARIZERS.indexOf('LocalAverage'), isPure: false, downscaleFactor: 3, downscaleThreshold: 500, minLineCount: 2,
  maxNumberOfSymbols: 16, validateOptionalChecksum: false, returnErrors: false, eanAddOnSymbol: 0,
  textMode: TEXT_MODES.indexOf('Plain'), characterSet: 0, tryCode39ExtendedMode: false,
};

/** A frame of the camera: every QR code in it, for beside ours there may be another, ours or not. */
export const CAMERA = BASE;
/** A picture in ink and paper. */
const DRAWN = { ...BASE, binarizer: BINARIZERS.indexOf('FixedThreshold') };
/** A file: every effort, and the other square codes too, so that they can be named as not ours. */
export const STILL = {
  ...BASE, formats: encodeFormats(['QRCode', 'DataMatrix', 'Aztec', 'PDF417']), tryRotate: true, tryInvert: true, tryDenoise: true, maxNumberOfSymbols: 32,
};

/** Bytes of a file in which the engine's own decoder looks with every effort: more would take too long. */
const EASY_BYTES = 3_000_000;

/** The State's seals (2D-DOC), looked for in one frame of SEAL_FRAMES: in each, it would double what a frame costs (docs/decisions). */
const SEALS = { ...BASE, formats: encodeFormats(['DataMatrix']) };
const SEAL_FRAMES = 3;
/** Seals looked for again: with every effort, and in ink and paper. */
const SEALS_AGAIN = { ...SEALS, tryRotate: true, tryInvert: true, tryDenoise: true };
const DRAWN_SEALS = { ...SEALS, tryRotate: true, binarizer: DRAWN.binarizer };
/** The part of the middle of a frame in which a seal is looked for again, pixels a side; and for how many times as long as that took it rests. */
const SEAL_SIDE = 900, SEAL_REST = 4;

/** What is tried when nothing is read; null where it is not on this device yet. */
const further = () => Promise.all([import('./looks.js'), import('./mesh.js')]).then(([looks, { follow }]) => ({ ...looks, follow }), () => null);

/** Formats of video frames whose first plane is the grey picture itself. */
const GREY_FIRST = /^(I4|NV12)/;

/**
 * Grey values of colours, as television weighs them: 0.299 R + 0.587 G + 0.114 B.
 * @param {Uint8ClampedArray} colours four bytes a pixel
 * @param {Uint8Array} grey one byte a pixel, written
 */
function toGrey(colours, grey) {
  for (let at = 0, from = 0; at < grey.length; at += 1, from += 4) {
    grey[at] = (306 * colours[from] + 601 * colours[from + 1] + 117 * colours[from + 2] + 512) >> 10;
  }
}

/** The engine, once loaded. One picture at a time. */
export class Engine {
  #module;
  #at = 0;
  #size = 0;
  #frames = 0;
  /** The frame that was read last, while it stands in the engine's memory: width and height. @type {[number, number] | null} */
  #shown = null;
  /** When a seal may be looked for again. */
  #sealNext = 0;

  /** Use openEngine. @param {Module} module */
  constructor(module) {
    this.#module = module;
  }

  /**
   * Room for a picture in the engine's memory, kept from one to the next.
   * @param {number} size bytes
   */
  #room(size) {
    if (size > this.#size) {
      if (this.#at) this.#module._free(this.#at);
      this.#at = this.#module._malloc(size);
      this.#size = this.#at ? size : 0;
      if (!this.#at) throw new RangeError('The picture does not fit into memory.');
    }
    return this.#module.HEAPU8.subarray(this.#at, this.#at + size);
  }

  /**
   * @param {number} width pixels
   * @param {number} height pixels
   * @param {Options} options
   * @returns {Reading[]}
   */
  #find(width, height, options) {
    return this.#told(this.#module.readBarcodesFromPixmap(this.#at, width, height, options));
  }

  /** @param {ReturnType<Module['readBarcodesFromPixmap']>} found given up @returns {Reading[]} */
  #told(found) {
    /** @type {Reading[]} */
    const readings = [];
    for (let at = 0; at < found.size(); at += 1) {
      const code = found.get(at);
      if (!code) continue;
      const { topLeft, topRight, bottomRight, bottomLeft } = code.position;
      const text = code.format === 'DataMatrix' ? String.fromCharCode(...code.bytes) : code.text; // its control characters and bytes as they are
      readings.push({ text: code.isValid ? text : '', corners: [topLeft, topRight, bottomRight, bottomLeft].map(({ x, y }) => [x, y]) });
    }
    /** @type {{ delete?: () => void }} */ (found).delete?.();
    return readings;
  }

  /**
   * Reads a grey picture.
   * @param {Uint8Array} grey one byte a pixel
   * @param {number} width
   * @param {number} height
   * @param {Options} options
   * @returns {Reading[]}
   */
  readGrey(grey, width, height, options) {
    this.#room(width * height).set(grey);
    return this.#find(width, height, options);
  }

  /**
   * Reads a file by the engine's own decoder, which knows JPEG, PNG, BMP and GIF, in the sizes that it makes of it: for browsers in which a canvas does not tell what was drawn.
   * @param {Uint8Array} bytes
   * @returns {Reading[]} those that were read; none of a file that it does not know
   */
  readFile(bytes) {
    this.#room(bytes.length).set(bytes);
    for (const options of [CAMERA, ...(bytes.length < EASY_BYTES ? [STILL] : [])]) {
      const readings = this.#told(this.#module.readBarcodesFromImage(this.#at, bytes.length, options)).filter(({ text }) => text);
      if (readings.length > 0) return readings;
    }
    return [];
  }

  /** A copy of the picture that was read last. @param {number} width @param {number} height @returns {import('./looks.js').Grey} */
  lastPicture(width, height) {
    return { pixels: this.#room(width * height).slice(), width, height };
  }

  /**
   * Reads a picture in which nothing was read once more, in one of the ways of looks.js, or as one of bent paper, which is slow.
   * @param {import('./looks.js').Grey} grey
   * @param {number} turn which look; the first number that is none stands for bent paper
   * @returns {Promise<Reading[]>}
   */
  async lookAgain(grey, turn) {
    const means = await further();
    const place = means?.findPlace(grey);
    if (!means || !place) return [];
    const { LOOKS, cut, follow, lookAgain } = means;
    if (turn >= LOOKS.length) return this.#readFlat(follow(grey));
    const part = cut(grey, place);
    const drawn = lookAgain(LOOKS[turn], part);
    return this.readGrey(drawn, part.width, part.height, LOOKS[turn] ? DRAWN : CAMERA).map(({ text, corners }) => (
      { text, corners: corners.map(([x, y]) => [x + place.left, y + place.top]) }));
  }

  /** @param {import('./looks.js').Grey[]} pictures of the same symbol @returns {Reading[]} their corners are not those of the frame */
  #readFlat(pictures) {
    for (const { pixels, width, height } of pictures) {
      const readings = this.readGrey(pixels, width, height, DRAWN).filter(({ text }) => text);
      if (readings.length > 0) return readings;
    }
    return [];
  }

  /**
   * Reads colours, four bytes a pixel.
   * @param {ImageData} picture
   * @param {Options} options
   * @returns {Reading[]}
   */
  readColours({ data, width, height }, options) {
    toGrey(data, this.#room(width * height));
    return this.#find(width, height, options);
  }

  /**
   * Reads a frame of the camera and closes it.
   * @param {VideoFrame | ImageBitmap} frame
   * @param {number | null} [turn] how to look again when nothing is read (see lookAgain); null: not at all
   * @returns {Promise<Reading[]>}
   */
  async readFrame(frame, turn = null) {
    let width, height, readings;
    try {
      if (typeof VideoFrame !== 'undefined' && frame instanceof VideoFrame && frame.visibleRect && GREY_FIRST.test(frame.format ?? '')) {
        ({ width, height } = frame.visibleRect);
        await frame.copyTo(this.#room(frame.allocationSize()));
        readings = this.#find(width, height, CAMERA);
      } else {
        width = 'displayWidth' in frame ? frame.displayWidth : frame.width;
        height = 'displayHeight' in frame ? frame.displayHeight : frame.height;
        const picture = coloursOf(frame, [0, 0, width, height], width, height);
        readings = this.readColours(picture, CAMERA);
      }
    } finally {
      frame.close();
    }
    return this.#lookOn(readings, width, height, turn);
  }

  /**
   * Reads the grey picture of a frame of the camera.
   * @param {import('./looks.js').Grey} grey
   * @param {number | null} [turn] as of readFrame
   * @returns {Promise<Reading[]>}
   */
  readShown({ pixels, width, height }, turn = null) {
    return this.#lookOn(this.readGrey(pixels, width, height, CAMERA), width, height, turn);
  }

  /**
   * What else is looked for in a frame that was read for QR codes: a seal in one of SEAL_FRAMES, and everything again where nothing was read.
   * @param {Reading[]} readings
   * @param {number} width
   * @param {number} height
   * @param {number | null} turn
   */
  async #lookOn(readings, width, height, turn) {
    this.#frames += 1;
    const sealed = this.#frames % SEAL_FRAMES === 0;
    if (sealed) readings.push(...this.#find(width, height, SEALS).filter(({ text }) => claimsSeal(text)));
    this.#shown = readings.length > 0 ? [width, height] : null;
    if (readings.length > 0 || turn === null) return readings;
    const grey = this.lastPicture(width, height), found = await this.lookAgain(grey, turn);
    return found.length > 0 || !sealed ? found : this.#lookForSeal(grey, turn);
  }

  /**
   * The seals in the frame that was read last, if a code was read in it: with every effort, for the answer to the other code is shown already.
   * @returns {Reading[]}
   */
  readBeside() {
    const shown = this.#shown;
    this.#shown = null;
    if (!shown) return [];
    for (const options of [SEALS, SEALS_AGAIN]) {
      const found = this.#find(...shown, options).filter(({ text }) => claimsSeal(text));
      if (found.length > 0) return found;
    }
    return [];
  }

  /**
   * Looks for a seal in the middle of a frame once more: in one of the ways of looks.js, or as it is with every effort.
   * @param {import('./looks.js').Grey} grey
   * @param {number} turn
   * @returns {Promise<Reading[]>}
   */
  async #lookForSeal(grey, turn) {
    const began = performance.now(), means = began < this.#sealNext ? null : await further();
    if (!means) return [];
    const { LOOKS, cut, lookAgain } = means, look = LOOKS[turn];
    const width = Math.min(grey.width, SEAL_SIDE), height = Math.min(grey.height, SEAL_SIDE);
    const left = (grey.width - width) >> 1, top = (grey.height - height) >> 1;
    const part = cut(grey, { left, top, width, height });
    const readings = look ? this.readGrey(lookAgain(look, part), width, height, DRAWN_SEALS) : this.readGrey(part.pixels, width, height, SEALS_AGAIN);
    const ended = performance.now();
    this.#sealNext = ended + SEAL_REST * (ended - began);
    return readings.filter(({ text }) => claimsSeal(text)).map(({ text, corners }) => ({ text, corners: corners.map(([x, y]) => [x + left, y + top]) }));
  }
}

/** Whether a canvas gives back what was drawn: browsers that keep sites from telling phones apart give other colours. */
let canvasTrue = false;

/** The last sheet, kept for the next of its size. @type {OffscreenCanvasRenderingContext2D | null} */
let last = null;

/** @param {number} width @param {number} height @returns {OffscreenCanvasRenderingContext2D} a white sheet */
function sheet(width, height) {
  const kept = last?.canvas.width === width && last.canvas.height === height ? last : null;
  const drawing = kept ?? /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true }));
  last = drawing;
  drawing.fillStyle = '#fff'; // what is transparent is paper
  drawing.fillRect(0, 0, width, height);
  drawing.imageSmoothingQuality = 'high';
  return drawing;
}

/**
 * A part of a picture in colours, larger or smaller. Throws HiddenPicture where a canvas does not tell what was drawn.
 * @param {VideoFrame | ImageBitmap} picture
 * @param {[number, number, number, number]} part left, top, width, height
 * @param {number} wide pixels wanted
 * @param {number} high
 * @returns {ImageData}
 */
export function coloursOf(picture, [left, top, width, height], wide, high) {
  canvasTrue ||= drawnTruly();
  if (!canvasTrue) throw new HiddenPicture();
  const drawing = sheet(wide, high);
  drawing.drawImage(picture, left, top, width, height, 0, 0, wide, high);
  return drawing.getImageData(0, 0, wide, high);
}

/** Whether dark colours come back as they were drawn. */
function drawnTruly() {
  const drawing = sheet(16, 16), dark = [18, 52, 86, 255];
  drawing.fillStyle = '#123456';
  drawing.fillRect(0, 0, 16, 16);
  return drawing.getImageData(0, 0, 16, 16).data.every((value, at) => Math.abs(value - dark[at % 4]) < 9); // a little noise does no harm
}

/** This browser lets no page see what is in a picture. */
export class HiddenPicture extends Error {}

/**
 * Starts the engine from its compiled code, or loads it from this site. Rejects when the browser has no WebAssembly or refuses it.
 * @param {WebAssembly.Module | null} [code]
 * @returns {Promise<Engine>}
 */
export async function openEngine(code = null) {
  const address = import.meta.resolve('zxing-wasm/reader/zxing_reader.wasm');
  /** @type {Record<string, unknown>} */
  const overrides = { locateFile: () => address };
  /** @type {Promise<never>} */
  const failed = new Promise((_, reject) => {
    if (!code) return;
    overrides.instantiateWasm = (/** @type {WebAssembly.Imports} */ imports, /** @type {(instance: WebAssembly.Instance) => void} */ started) => {
      WebAssembly.instantiate(code, imports).then(started, reject);
      return {};
    };
  });
  return new Engine(/** @type {Module} */ (await Promise.race([prepareZXingModule({ overrides, fireImmediately: true }), failed])));
}

/**
 * The engine that finds codes in grey pixels: zxing-wasm, its memory handled here so that nothing is left behind.
 * @module
 */

import { BINARIZERS, TEXT_MODES, encodeFormats, prepareZXingModule } from 'zxing-wasm/reader';
import { unroll } from './unroll.js';

/**
 * One code: its text ('' when it was found but could not be decoded) and its four corners in pixels, clockwise from the one
 * that is top left when the symbol stands upright.
 * @typedef {{ text: string, corners: [number, number][] }} Reading
 * @typedef {import('zxing-wasm/reader').ZXingReaderModule & { _malloc(size: number): number, _free(at: number): void, HEAPU8: Uint8Array }} Module
 * @typedef {Parameters<Module['readBarcodesFromPixmap']>[3]} Options
 */

/** @type {Options} */
const BASE = {
  formats: encodeFormats(['QRCode']), tryHarder: true, tryRotate: false, tryInvert: false, tryDownscale: true, tryDenoise: false,
  binarizer: BINARIZERS.indexOf('LocalAverage'), isPure: false, downscaleFactor: 3, downscaleThreshold: 500, minLineCount: 2,
  maxNumberOfSymbols: 1, validateOptionalChecksum: false, returnErrors: false, eanAddOnSymbol: 0,
  textMode: TEXT_MODES.indexOf('Plain'), characterSet: 0, tryCode39ExtendedMode: false,
};

/** A frame of the camera: the first QR code. */
export const CAMERA = BASE;
/** A frame in which a code that is not ours was found: all of them, for ours may be beside it. */
export const CAMERA_SEVERAL = { ...BASE, maxNumberOfSymbols: 16 };
/** A file: every effort, and the other square codes too, so that they can be named as not ours. */
export const STILL = {
  ...BASE, formats: encodeFormats(['QRCode', 'DataMatrix', 'Aztec', 'PDF417']), tryRotate: true, tryInvert: true, tryDenoise: true, maxNumberOfSymbols: 32,
};

/** Flat pictures tried of one curled paper. */
const FLAT_PICTURES = 2;

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
  /** @type {OffscreenCanvas | null} */
  #canvas = null;

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
    const found = this.#module.readBarcodesFromPixmap(this.#at, width, height, options);
    /** @type {Reading[]} */
    const readings = [];
    for (let at = 0; at < found.size(); at += 1) {
      const code = found.get(at);
      if (!code) continue;
      const { topLeft, topRight, bottomRight, bottomLeft } = code.position;
      readings.push({ text: code.isValid ? code.text : '', corners: [topLeft, topRight, bottomRight, bottomLeft].map(({ x, y }) => [x, y]) });
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
   * Reads the picture that was read last once more, as one of curled paper: slow, and worth it when nothing else reads.
   * @param {number} width
   * @param {number} height
   * @returns {Reading[]}
   */
  readCurled(width, height) {
    const grey = { pixels: this.#room(width * height).slice(), width, height };
    for (const flat of unroll(grey, FLAT_PICTURES)) {
      const readings = this.readGrey(flat.pixels, flat.width, flat.height, CAMERA);
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
   * @param {Options} options
   * @param {boolean} [curled] whether to try curled paper too when nothing is read
   * @returns {Promise<Reading[]>}
   */
  async readFrame(frame, options, curled = false) {
    try {
      if (typeof VideoFrame !== 'undefined' && frame instanceof VideoFrame && frame.visibleRect && GREY_FIRST.test(frame.format ?? '')) {
        const { width, height } = frame.visibleRect;
        await frame.copyTo(this.#room(frame.allocationSize()));
        const readings = this.#find(width, height, options);
        return readings.length > 0 || !curled ? readings : this.readCurled(width, height);
      }
      const picture = this.#pixels(frame);
      const readings = this.readColours(picture, options);
      return readings.length > 0 || !curled ? readings : this.readCurled(picture.width, picture.height);
    } finally {
      frame.close();
    }
  }

  /** @param {VideoFrame | ImageBitmap} frame @returns {ImageData} */
  #pixels(frame) {
    const width = 'displayWidth' in frame ? frame.displayWidth : frame.width;
    const height = 'displayHeight' in frame ? frame.displayHeight : frame.height;
    if (this.#canvas?.width !== width || this.#canvas.height !== height) this.#canvas = new OffscreenCanvas(width, height);
    const drawing = /** @type {OffscreenCanvasRenderingContext2D} */ (this.#canvas.getContext('2d', { willReadFrequently: true }));
    drawing.drawImage(frame, 0, 0, width, height);
    return drawing.getImageData(0, 0, width, height);
  }
}

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

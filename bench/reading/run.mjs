// Reads frames with our whole camera path and with the readers that Node.js brings, in the same run.
//
//     node bench/reading/run.mjs FOLDER        (after npm ci in bench/ and in verifier_pwa/)
//
// FOLDER holds grey pictures (PGM) and frames.json, a list of {"file", "kind", "texts"}. Writes one JSON line a reader: {"reader", "read",
// "of", "wrong", "kinds": {kind: read}, "ms"}, ms the mean of a frame. A frame is read when every text that it holds was found;
// wrong counts frames in which another text was. Readers get the same grey pixels, in the form that each wants, once. Ours is the
// camera's loop itself before a camera that shows the same picture up to eight times: its ms are those until the answer, or all eight.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const verifier = fileURLToPath(new URL('../../verifier_pwa/', import.meta.url));
const [folder, only, shown = 8] = process.argv.slice(2);
const SHOWN = Number(shown);
if (!folder) {
  console.error('Usage: node bench/reading/run.mjs FOLDER [ours [TIMES]]');
  process.exit(2);
}

/** @param {string} name @returns {{ pixels: Uint8Array, width: number, height: number }} */
function readFrame(name) {
  const bytes = readFileSync(join(folder, name));
  const [, width, height] = bytes.subarray(0, 20).toString('latin1').split(/\s+/).map(Number);
  return { pixels: new Uint8Array(bytes.subarray(bytes.length - width * height)), width, height };
}

/** Four bytes a pixel, for readers that want colours. */
function colours({ pixels, width, height }) {
  const data = new Uint8ClampedArray(width * height * 4);
  pixels.forEach((grey, at) => data.fill(grey, at * 4, at * 4 + 3).fill(255, at * 4 + 3, at * 4 + 4));
  return { data, width, height, colorSpace: 'srgb' };
}

async function ours() {
  const { prepareZXingModule } = await import(join(verifier, 'node_modules/zxing-wasm/dist/es/reader/index.js'));
  const { CAMERA, Engine } = await import(join(verifier, 'src/js/engine.js'));
  const { Scanning } = await import(join(verifier, 'src/js/scanning.js'));
  const wasm = readFileSync(join(verifier, 'node_modules/zxing-wasm/dist/reader/zxing_reader.wasm'));
  const engine = new Engine(await prepareZXingModule({ overrides: { wasmBinary: wasm.buffer }, fireImmediately: true }));
  globalThis.document = /** @type {any} */ ({ visibilityState: 'visible' });

  /** The texts that the camera's loop tells of, as the page hears them. */
  const shown = (frame) => new Promise((resolve) => {
    let times = 0;
    const camera = { videoWidth: frame.width, requestVideoFrameCallback: (next) => setImmediate(next) };
    const reader = { readVideo: async (_, turn) => {
      times += 1;
      return { readings: await engine.readShown(frame, turn), trouble: null };
    }, readBeside: async () => [] }; // asked after the answer, which is what is timed here
    const end = (/** @type {string[]} */ texts) => {
      scanning.stop();
      resolve(texts);
    };
    const scanning = new Scanning(/** @type {any} */ (camera), /** @type {any} */ (reader), () => true, {
      found: end, seen: () => { if (times >= SHOWN) setImmediate(end, []); }, frozen: () => {}, blocked: () => {},
    });
    scanning.start();
  });
  return { ours: shown, 'zxing-wasm': (frame) => engine.readGrey(frame.pixels, frame.width, frame.height, CAMERA).map(({ text }) => text) };
}

/** Each with what loads it: what is not installed is said and passed over. */
const PEERS = {
  jsqr: async () => {
    const jsqr = require('jsqr').default ?? require('jsqr');
    return ({ data, width, height }) => [jsqr(data, width, height, { inversionAttempts: 'attemptBoth' })?.data];
  },
  'zbar-wasm': async () => {
    const zbar = await import('@undecaf/zbar-wasm');
    return async (picture) => (await zbar.scanImageData(picture)).map((symbol) => symbol.decode());
  },
  'html5-qrcode’s decoder': async () => {
    const { BinaryBitmap, DecodeHintType, BarcodeFormat, HybridBinarizer, MultiFormatReader, RGBLuminanceSource } = require('html5-qrcode/third_party/zxing-js.umd.js');
    const zxingJs = new MultiFormatReader();
    zxingJs.setHints(new Map([[DecodeHintType.POSSIBLE_FORMATS, [BarcodeFormat.QR_CODE]], [DecodeHintType.TRY_HARDER, false]]));
    return ({ grey, width, height }) => {
      try {
        return [zxingJs.decode(new BinaryBitmap(new HybridBinarizer(new RGBLuminanceSource(grey, width, height)))).getText()];
      } catch {
        return []; // it throws on every frame that it does not read
      }
    };
  },
};

/** @type {{ file: string, kind: string, texts: string[] }[]} */
const frames = JSON.parse(readFileSync(join(folder, 'frames.json'), 'utf8'));

/** @param {string} name @param {(frame: any) => unknown} read @param {(frame: any) => any} form */
async function measure(name, read, form) {
  /** @type {Record<string, number>} */
  const kinds = {};
  let spent = 0, wrong = 0, whole = 0;
  for (const { file, kind, texts } of frames) {
    const frame = form(readFrame(file));
    const start = performance.now();
    const found = /** @type {string[]} */ (await read(frame)).filter((text) => text);
    spent += performance.now() - start;
    const right = texts.every((text) => found.includes(text));
    kinds[kind] = (kinds[kind] ?? 0) + Number(right);
    whole += Number(right);
    wrong += Number(found.some((text) => !texts.includes(text)));
  }
  console.log(JSON.stringify({ reader: name, read: whole, of: frames.length, wrong, kinds, ms: Number((spent / frames.length).toFixed(1)) }));
}

for (const [name, read] of Object.entries(await ours())) {
  if (!only || name === only) await measure(name, read, (frame) => frame);
}
for (const [name, load] of only ? [] : Object.entries(PEERS)) {
  let read;
  try {
    read = await load();
  } catch (error) {
    console.error(`${name} is not installed: ${error.message.split('\n')[0]}`);
    continue;
  }
  await measure(name, read, (frame) => (name.startsWith('html5') ? { grey: new Uint8ClampedArray(frame.pixels), ...frame } : colours(frame)));
}

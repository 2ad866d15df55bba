// Reads the frames made by frames.py with our reader and with its peers, in the same run.
//
//     node bench/reading/run.mjs FOLDER        (after npm ci in bench/ and in verifier_pwa/)
//
// Writes one JSON line a reader: frames read of each kind, milliseconds a frame (mean, 95th centile). A frame counts as read
// when the whole text is right. Readers get the same grey pixels, in the form that each wants.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const verifier = fileURLToPath(new URL('../../verifier_pwa/', import.meta.url));
const folder = process.argv[2];
if (!folder) {
  console.error('Usage: node bench/reading/run.mjs FOLDER');
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
  const wasm = readFileSync(join(verifier, 'node_modules/zxing-wasm/dist/reader/zxing_reader.wasm'));
  const engine = new Engine(await prepareZXingModule({ overrides: { wasmBinary: wasm.buffer }, fireImmediately: true }));
  const plain = ({ pixels, width, height }) => engine.readGrey(pixels, width, height, CAMERA).map(({ text }) => text);
  const unrolled = (frame) => {
    const found = plain(frame);
    return found.length > 0 ? found : engine.readCurled(frame.width, frame.height).map(({ text }) => text);
  };
  return { 'zxing-wasm, camera options': plain, 'the same, then unrolled (ours)': unrolled };
}

async function peers() {
  const jsqr = require('jsqr').default ?? require('jsqr');
  const zbar = await import('@undecaf/zbar-wasm');
  const { BinaryBitmap, DecodeHintType, BarcodeFormat, HybridBinarizer, MultiFormatReader, RGBLuminanceSource } = require('html5-qrcode/third_party/zxing-js.umd.js');
  const zxingJs = new MultiFormatReader();
  zxingJs.setHints(new Map([[DecodeHintType.POSSIBLE_FORMATS, [BarcodeFormat.QR_CODE]], [DecodeHintType.TRY_HARDER, false]]));
  return {
    jsqr: ({ data, width, height }) => [jsqr(data, width, height, { inversionAttempts: 'dontInvert' })?.data],
    'zbar-wasm': async (picture) => (await zbar.scanImageData(picture)).map((symbol) => symbol.decode()),
    'html5-qrcode’s decoder': ({ grey, width, height }) => {
      try {
        return [zxingJs.decode(new BinaryBitmap(new HybridBinarizer(new RGBLuminanceSource(grey, width, height)))).getText()];
      } catch {
        return []; // it throws on every frame that it does not read
      }
    },
  };
}

const wanted = readFileSync(join(folder, 'text.txt'), 'utf8');
const frames = JSON.parse(readFileSync(join(folder, 'frames.json'), 'utf8'));

/** @param {string} name @param {(frame: any) => unknown} read @param {(frame: any) => any} form */
async function measure(name, read, form) {
  /** @type {Record<string, number>} */
  const kinds = {};
  const times = [];
  let whole = 0;
  for (const { file, kind } of frames) {
    const frame = form(readFrame(file));
    const start = performance.now();
    const texts = /** @type {string[]} */ (await read(frame));
    times.push(performance.now() - start);
    const right = texts.includes(wanted);
    kinds[kind] = (kinds[kind] ?? 0) + Number(right);
    whole += Number(right);
  }
  times.sort((one, other) => one - other);
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
  console.log(JSON.stringify({ reader: name, read: whole, of: frames.length, mean_ms: Number(mean.toFixed(1)), p95_ms: Number(times[Math.floor(times.length * 0.95)].toFixed(1)), kinds }));
}

for (const [name, read] of Object.entries(await ours())) await measure(name, read, (frame) => frame);
for (const [name, read] of Object.entries(await peers())) {
  await measure(name, read, (frame) => (name.startsWith('html5') ? { grey: new Uint8ClampedArray(frame.pixels), ...frame } : colours(frame)));
}

/**
 * What is done while the page is still loading: the phone's lists are read; the engine of codes is compiled as it comes, and what else
 * the camera needs is fetched, since a worker's imports are found one after the other. A link's verdict needs none of the latter; an
 * installed page has every file.
 * @module
 */

// Not imported, which would have all that follows wait for it. Whoever needs it says what is wrong when it does not come.
import('./store.js').then(({ openStore }) => openStore()?.begin(), () => null);

const LIBRARY = import.meta.resolve('zxing-wasm/reader');
const ENGINE = import.meta.resolve('zxing-wasm/reader/zxing_reader.wasm');

/** @type {Promise<WebAssembly.Module> | null} */
let compiled = null;

/**
 * The engine of codes, compiled while it downloads. Rejects when it cannot be had or compiled; asked again, it tries again.
 * @returns {Promise<WebAssembly.Module>}
 */
export function engineCode() {
  compiled ??= compile().catch((error) => {
    compiled = null;
    throw error;
  });
  return compiled;
}

async function compile() {
  return WebAssembly.compileStreaming(await fetch(ENGINE));
}

/** All but the engine. */
const MODULES = [
  LIBRARY, new URL('../share.js', LIBRARY).href,
  ...['scan-view', 'camera', 'reader', 'reader-worker', 'engine', 'scanning', 'trusted', 'unroll', 'finders']
    .map((name) => new URL(`./${name}.js`, import.meta.url).href),
];

if (location.hash.length < 2) {
  // The answers of the modules go to the browser's cache.
  if (!navigator.serviceWorker?.controller) {
    for (const address of MODULES) fetch(address).then((response) => response.arrayBuffer()).catch(() => null);
  }
  // After them, for it is nine tenths of the whole: the camera opens while it comes.
  engineCode().catch(() => null);
}

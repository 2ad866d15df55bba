/**
 * What is done while the page is still loading: the phone's lists are read; the engine of codes is compiled as it comes, and what else
 * the camera needs is fetched, since a worker's imports are found one after the other. A link's verdict needs none of the latter; an
 * installed page has every file.
 * @module
 */

// Not imported, which would have all that follows wait for it. Whoever needs it says what is wrong when it does not come.
import('./lists-stored.js').then(({ openStore }) => openStore()?.begin(), () => null);

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

/** Whether the engine's file can be had at all: what kept it from starting may be the network. */
export async function engineReached() {
  try {
    const answer = await fetch(ENGINE);
    await answer.body?.cancel();
    return answer.ok && /wasm/.test(answer.headers.get('content-type') ?? '');
  } catch {
    return false;
  }
}

async function compile() {
  return WebAssembly.compileStreaming(await fetch(ENGINE));
}

/** All but the engine. */
const MODULES = [
  LIBRARY, new URL('../share.js', LIBRARY).href,
  ...['scan-view', 'camera', 'reader', 'reader-worker', 'engine', 'scanning', 'trusted-types', 'text']
    .map((name) => new URL(`./${name}.js`, import.meta.url).href),
];

if (location.hash.length < 2) {
  // The answers of the modules go to the browser's cache.
  let controlled = false;
  try {
    controlled = Boolean(navigator.serviceWorker?.controller);
  } catch {
    // a browser that refuses workers by throwing: nothing is kept, all is fetched
  }
  if (!controlled) {
    for (const address of MODULES) fetch(address).then((response) => response.arrayBuffer()).catch(() => null);
  }
  // After them, for it is nine tenths of the whole: the camera opens while it comes.
  engineCode().catch(() => null);
}

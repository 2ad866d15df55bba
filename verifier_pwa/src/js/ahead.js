/**
 * What is done while the page is still loading. What the camera needs is fetched: a worker's imports are found one after the other,
 * the engine last; a link's verdict needs none of it, and an installed page has it all. And the browser's tables of languages and
 * zones are opened, which takes their first user longer than everything else on the screen of a verdict.
 * @module
 */

const LIBRARY = import.meta.resolve('zxing-wasm/reader');

/** The engine first: it is nine tenths of the whole. */
export const SCANNER = [
  import.meta.resolve('zxing-wasm/reader/zxing_reader.wasm'), LIBRARY, new URL('../share.js', LIBRARY).href,
  ...['scan-view', 'camera', 'reader', 'reader-worker', 'engine', 'scanning', 'ways-in', 'lens', 'trusted', 'still', 'unroll', 'finders']
    .map((name) => new URL(`./${name}.js`, import.meta.url).href),
];

if (location.hash.length < 2 && !navigator.serviceWorker?.controller) {
  for (const address of SCANNER) {
    // The answer goes to the browser's cache; whoever needs the file says what is wrong when it does not come.
    fetch(address).then((response) => response.arrayBuffer()).catch(() => null);
  }
}

new Intl.DateTimeFormat('fr-FR', { dateStyle: 'long', timeZone: 'Europe/Paris' }).format(0);
new Intl.NumberFormat('fr-FR').format(0.5);
new Intl.DisplayNames(['fr'], { type: 'region' }).of('FR');

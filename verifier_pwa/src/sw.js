// The body of the service worker. build.py puts the Workbox packages and `self.build` before it.
//
// It answers from its caches for the page's own files and lets everything else go to the network: the trust list and the
// status lists above all, which the page verifies and stores itself.

const scope = /** @type {BuiltWorkerScope} */ (/** @type {unknown} */ (self));
const { cacheNames, clientsClaim, setCacheNameDetails } = workbox.core;
const { cleanupOutdatedCaches, createHandlerBoundToURL, getCacheKeyForURL, precacheAndRoute } = workbox.precaching;
const { NavigationRoute, registerRoute } = workbox.routing;

const LATER_CACHE = 'wif-later';
const SHARE_ADDRESS = '/share';
const SHARED_KEPT_MS = 60_000; // how long a shared file waits in memory for the page that will read it
const PAGE_CACHES = 'wif-page-';

setCacheNameDetails({ prefix: 'wif' });

// The caches of the page's files: the new ones are complete before this worker may be used, the old ones go when it is.
precacheAndRoute(scope.build.precache, { ignoreURLParametersMatching: [], cleanURLs: false });
cleanupOutdatedCaches();

// What a first verdict does without is kept later: the page asks for it, in the order of need, once it works off line. Each file is kept
// only as the build made it: its hash is looked at before it is kept, whenever it is taken, and when this worker takes over.
const later = new Map(scope.build.later.map(({ url, integrity }) => [url, integrity]));
registerRoute(
  ({ url, sameOrigin }) => sameOrigin && later.has(url.pathname),
  ({ url }) => laterFile(url.pathname),
);

/**
 * The hash of an answer's content, which stays unread.
 * @param {Response} kept
 * @returns {Promise<string>} "sha256-" and base64
 */
async function integrityOf(kept) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await kept.clone().arrayBuffer()));
  return `sha256-${btoa(String.fromCharCode(...digest))}`;
}

/**
 * A file that is kept later, from now on. Rejects when the network has another file in its place.
 * @param {string} path
 * @returns {Promise<Response>}
 */
async function laterFile(path) {
  const integrity = later.get(path);
  const cache = await caches.open(LATER_CACHE);
  const kept = await cache.match(path);
  if (kept && await integrityOf(kept) === integrity) return kept;
  const ask = (/** @type {RequestCache} */ cache) => fetch(path, { integrity, cache, credentials: 'same-origin' });
  const fetched = await ask('default').catch(() => ask('reload')); // the browser may have kept a wrong one
  if (!fetched.ok || await integrityOf(fetched) !== integrity) return Response.error();
  await cache.put(path, fetched.clone());
  return fetched;
}

// What never changes is taken straight from the cache, the page of this version too, and the lists straight from the network, where the
// browser can do that: this worker need not be woken, nor asked for each of fifty files, before the first verdict. What is missing
// comes from the network.
const { integrity: pageIntegrity } = /** @type {{ integrity: string }} */ (scope.build.precache.find(({ url }) => url === '/index.html'));
const pageCache = PAGE_CACHES + pageIntegrity;
const folderOf = (/** @type {string} */ url) => url.match(/^\/v\/[^/]+\//)?.[0] ?? '';
const folders = new Set(scope.build.precache.map(({ url }) => folderOf(url)).filter((folder) => folder));
const keptLater = [...later.keys()].filter((url) => folders.has(folderOf(url)));
scope.addEventListener('install', (event) => {
  event.waitUntil(keepPage());
  event.addRoutes?.([
    { condition: { urlPattern: { pathname: '/', search: '' }, requestMode: 'navigate' }, source: { cacheName: pageCache } },
    ...keptLater.map((url) => ({ condition: { urlPattern: url }, source: /** @type {const} */ ('fetch-event') })),
    ...[...folders].map((folder) => ({ condition: { urlPattern: `${folder}*` }, source: /** @type {const} */ ('cache') })),
    { condition: { urlPattern: '/*.cose' }, source: 'network' },
  ]);
});

/**
 * Keeps the page under the address that is opened, in a cache of this version's own: the version before keeps its page until it goes.
 * Rejects when the page cannot be had, or is another's.
 */
async function keepPage() {
  const cache = await caches.open(pageCache);
  if (await cache.match('/')) return;
  await cache.put('/', await fetch('/index.html', { integrity: pageIntegrity, cache: 'no-cache', credentials: 'same-origin' }));
}

// Every other page address is the one page we have; an address that ends like a file's is a file.
registerRoute(new NavigationRoute(createHandlerBoundToURL('/index.html'), { denylist: [/\/[^/?]+\.[a-z0-9]+(?:\?|$)/, /^\/SHA256SUMS$/] }));

/**
 * What another application shared and the page has not taken yet. In memory only: it may hold personal data.
 * @type {{ files: File[], text: string, taken: () => void } | null}
 */
let shared = null;

/**
 * Keeps what was shared for the page, then opens the page. Nothing is sent to the server.
 * @param {Request} request multipart/form-data, as the manifest's share_target says
 * @param {ExtendableEvent} event
 * @returns {Promise<Response>}
 */
async function receiveShared(request, event) {
  const form = await request.formData();
  const files = form.getAll('file').filter((entry) => entry instanceof File);
  const text = ['text', 'url', 'title'].map((name) => String(form.get(name) ?? '').trim()).filter((value) => value !== '').join('\n');
  /** @type {Promise<void>} */
  const held = new Promise((resolve) => {
    shared = { files, text, taken: resolve };
    setTimeout(resolve, SHARED_KEPT_MS);
  });
  event.waitUntil(held.then(() => { shared = null; }));
  return Response.redirect('/?shared', 303);
}

registerRoute(
  ({ url, sameOrigin }) => sameOrigin && url.pathname === SHARE_ADDRESS,
  ({ request, event }) => receiveShared(request, event),
  'POST',
);

/**
 * The addresses of the page's files that are missing from the caches: none while the page works off line.
 * @returns {Promise<string[]>}
 */
async function missing() {
  const found = await Promise.all(scope.build.precache.map(({ url }) => caches.match(getCacheKeyForURL(url) ?? url)));
  const page = await caches.match('/', { cacheName: pageCache });
  return [...scope.build.precache.filter((_, at) => found[at] === undefined).map(({ url }) => url), ...(page ? [] : ['/'])];
}

/**
 * Fetches the files that are missing, for a phone that cleared some of them. What still fails stays missing.
 * @returns {Promise<void>}
 */
async function fetchMissing() {
  const lost = new Set(await missing());
  const cache = await caches.open(cacheNames.precache);
  if (lost.has('/')) await keepPage().catch(() => null); // stays missing
  await Promise.allSettled(scope.build.precache.filter(({ url }) => lost.has(url)).map(async ({ url, integrity }) => {
    const response = await fetch(url, { integrity, cache: 'no-cache', credentials: 'same-origin' });
    if (response.ok) {
      await cache.put(getCacheKeyForURL(url) ?? url, response);
    }
  }));
}

/**
 * @param {unknown} type
 * @returns {Promise<unknown>}
 */
async function answer(type) {
  if (type === 'SKIP_WAITING') {
    return scope.skipWaiting();
  }
  if (type === 'COUNT_MISSING') {
    return { missing: (await missing()).length };
  }
  if (type === 'FETCH_MISSING') {
    await fetchMissing();
    return { missing: (await missing()).length };
  }
  if (type === 'LATER_MISSING') {
    const cache = await caches.open(LATER_CACHE);
    const kept = new Set((await cache.keys()).map(({ url }) => new URL(url).pathname));
    return [...later.keys()].filter((path) => !kept.has(path));
  }
  if (type === 'TAKE_SHARED') {
    const taken = shared && { files: shared.files, text: shared.text };
    shared?.taken();
    shared = null;
    return taken;
  }
  return null;
}

scope.addEventListener('message', (event) => {
  event.waitUntil(answer(event.data?.type).then((reply) => event.ports[0]?.postMessage(reply ?? null)));
});

scope.addEventListener('activate', (event) => {
  event.waitUntil((async () => {
    await sortLater();
    for (const name of await caches.keys()) {
      if (name.startsWith(PAGE_CACHES) && name !== pageCache) await caches.delete(name);
    }
  })());
});

/** Throws out what is not a file of this build; a file that only its folder's name changed for is kept under the new one. */
async function sortLater() {
  const cache = await caches.open(LATER_CACHE);
  const nameOf = (/** @type {string} */ url) => url.slice(folderOf(url).length);
  for (const request of await cache.keys()) {
    const path = new URL(request.url).pathname;
    const kept = await cache.match(request);
    const hash = kept && await integrityOf(kept);
    if (hash && later.get(path) === hash) continue;
    const renamed = scope.build.later.find(({ url, integrity }) => integrity === hash && nameOf(url) === nameOf(path));
    if (kept && renamed) await cache.put(renamed.url, kept);
    await cache.delete(request);
  }
}

clientsClaim();

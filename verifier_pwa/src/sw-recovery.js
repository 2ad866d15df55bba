// The worker of last resort. Published in place of sw.js (`python -m verifier_pwa.build recovery DIR`), it frees every phone
// from a worker that no longer works: browsers ask for /sw.js at each visit whatever the old worker does. It removes the
// caches of the page's files, steps aside and opens the page again from the network. The lists and the pinned roots, which
// are not in these caches, stay. The next regular build of the site replaces it: it says what it is, so that the page lets
// the regular worker take its place at once.

const recoveryScope = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

recoveryScope.addEventListener('install', () => {
  void recoveryScope.skipWaiting();
});

recoveryScope.addEventListener('activate', (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name !== 'wif-marks') await caches.delete(name); // that one remembers that there were lists: the page keeps it (lists-stored.js)
    }
    await recoveryScope.clients.claim();
    for (const client of await recoveryScope.clients.matchAll({ type: 'window' })) {
      // Not awaited: a window opens only once this worker is active. One that is being closed refuses; it needs no help either.
      // Without the link's fragment: an address that differs by it alone is not opened again, and the paper may be another one by now.
      void client.navigate(client.url.replace(/#.*/, '')).catch(() => null);
    }
  })());
});

recoveryScope.addEventListener('message', (event) => {
  event.ports[0]?.postMessage({ recovery: true });
});

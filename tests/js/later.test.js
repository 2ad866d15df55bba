import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import vm from 'node:vm';

const BODY = readFileSync(new URL('../../verifier_pwa/src/sw.js', import.meta.url), 'utf8');
const ORIGIN = 'https://verif.workinfrance.example';
const PDF = '/v/pdfjs/pdf.mjs';
const GENUINE = 'export const engine = 1;';
const EVIL = 'steal(document);';
const hash = (text) => `sha256-${createHash('sha256').update(text).digest('base64')}`;

/** The worker's own body in a scope where the network answers what `answers` says, whether or not it keeps to `integrity`. */
function worker({ answers, kept = {}, checksIntegrity = true }) {
  const stores = new Map([['wif-later', new Map(Object.entries(kept))]]);
  const pathOf = (request) => (typeof request === 'string' ? request : new URL(request.url).pathname);
  const caches = {
    async open(name) {
      const store = stores.get(name) ?? stores.set(name, new Map()).get(name);
      return {
        match: async (request) => (store.has(pathOf(request)) ? new Response(store.get(pathOf(request))) : undefined),
        put: async (request, response) => { store.set(pathOf(request), await response.text()); },
        keys: async () => [...store.keys()].map((path) => ({ url: ORIGIN + path })),
        delete: async (request) => store.delete(pathOf(request)),
      };
    },
    keys: async () => [...stores.keys()], delete: async (name) => stores.delete(name), match: async () => undefined,
  };
  const routes = [], heard = {};
  const fetch = async (path, { integrity }) => {
    const text = answers(path);
    if (checksIntegrity && hash(text) !== integrity) throw new TypeError('Failed to fetch');
    return new Response(text);
  };
  const scope = {
    build: { precache: [{ url: '/index.html', revision: 'x', integrity: hash('page') }], later: [{ url: PDF, integrity: hash(GENUINE) }] },
    addEventListener: (name, listener) => { (heard[name] ??= []).push(listener); },
  };
  const workbox = {
    core: { cacheNames: { precache: 'wif-precache' }, clientsClaim() {}, setCacheNameDetails() {} },
    precaching: { cleanupOutdatedCaches() {}, createHandlerBoundToURL() {}, getCacheKeyForURL: (url) => url, precacheAndRoute() {} },
    routing: { NavigationRoute: class {}, registerRoute: (match, handle) => routes.push([match, handle]) },
    strategies: { CacheFirst: class {
      constructor({ cacheName }) { this.cacheName = cacheName; }
      async handle({ url }) {
        const cache = await caches.open(this.cacheName);
        const found = await cache.match(url.pathname);
        if (found) return found;
        const got = new Response(answers(url.pathname));
        await cache.put(url.pathname, got.clone());
        return got;
      }
    } },
  };
  vm.runInNewContext(BODY, { self: scope, workbox, caches, fetch, crypto, Response, URL, Uint8Array, btoa, setTimeout });
  const url = new URL(PDF, ORIGIN);
  const route = routes.find(([match]) => typeof match === 'function' && match({ url, sameOrigin: true, request: {} }));
  return {
    stores,
    /** What a page that imports the engine gets: the text, or null where it gets an error. */
    async take() {
      try {
        const answer = await (route[1].handle ? route[1].handle({ url }) : route[1]({ url, request: { url: url.href } }));
        return answer.type === 'error' ? null : await answer.text();
      } catch {
        return null;
      }
    },
    /** The answer to a message of the page's. */
    async ask(type) {
      const waits = [];
      let said;
      for (const listener of heard.message) listener({ data: { type }, ports: [{ postMessage: (reply) => { said = reply; } }], waitUntil: (promise) => waits.push(promise) });
      await Promise.all(waits);
      return said && [...said];
    },
    async activate() {
      const waits = [];
      for (const listener of heard.activate) listener({ waitUntil: (promise) => waits.push(promise) });
      await Promise.all(waits);
    },
  };
}

const keptBy = ({ stores }) => Object.fromEntries(stores.get('wif-later') ?? []);

for (const checksIntegrity of [true, false]) {
  test(`one bad answer is neither run nor kept, ${checksIntegrity ? 'the browser looks at' : 'whatever becomes of'} its hash`, async () => {
    let answer = EVIL;
    const at = worker({ answers: () => answer, checksIntegrity });
    assert.equal(await at.take(), null);
    assert.deepEqual(keptBy(at), {});
    answer = GENUINE;
    assert.equal(await at.take(), GENUINE);
    assert.deepEqual(keptBy(at), { [PDF]: GENUINE });
    answer = EVIL;
    assert.equal(await at.take(), GENUINE, 'from the cache, off line too');
  });
}

test('what was kept before, or changed in the cache, is looked at when it is taken', async () => {
  const at = worker({ answers: () => GENUINE, kept: { [PDF]: EVIL } });
  assert.equal(await at.take(), GENUINE);
  assert.deepEqual(keptBy(at), { [PDF]: GENUINE });
  const offline = worker({ answers: () => { throw new TypeError('no network'); }, kept: { [PDF]: EVIL } });
  assert.equal(await offline.take(), null);
});

test('a new version throws out what is not its own file when it takes over', async () => {
  const at = worker({ answers: () => GENUINE, kept: { [PDF]: EVIL, '/v/old/other.mjs': GENUINE } });
  await at.activate();
  assert.deepEqual(keptBy(at), {});
  const good = worker({ answers: () => GENUINE, kept: { [PDF]: GENUINE } });
  await good.activate();
  assert.deepEqual(keptBy(good), { [PDF]: GENUINE });
});

test('a file whose folder alone has another name in a new version stays, off line too', async () => {
  const renamed = PDF.replace('/v/pdfjs/', '/v/pdfjs-before/');
  const at = worker({ answers: () => { throw new TypeError('no network'); }, kept: { [renamed]: GENUINE, '/v/other/else.mjs': GENUINE } });
  await at.activate();
  assert.deepEqual(keptBy(at), { [PDF]: GENUINE });
  assert.equal(await at.take(), GENUINE);
});

test('the worker says what is missing, in the order of need', async () => {
  const at = worker({ answers: () => GENUINE });
  assert.deepEqual(await at.ask('LATER_MISSING'), [PDF]);
  await at.take();
  assert.deepEqual(await at.ask('LATER_MISSING'), []);
});

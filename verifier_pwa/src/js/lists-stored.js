/**
 * What the phone keeps between visits: pinned roots, the held lists, the clock floor. One record in IndexedDB, replaced
 * in one transaction, so that a cut leaves the old lists or the new ones, never a mixture. Nothing personal is ever in it.
 *
 * A mark in Cache Storage remembers that there was a record: when the record is gone and the mark is not, the phone has
 * lost its lists, and the person is told.
 * @module
 */

import { granted } from './errors.js';

/**
 * The record. `anchors` names the roots that the site embeds (see lists-held.js), `siteBuilt` its build time; `trust` and `status` are exact COSE bytes;
 * times are UTC seconds. `since` is when this phone first held lists, `readySince` when everything was first precached.
 * @typedef {object} Kept
 * @property {string} anchors
 * @property {number} siteBuilt
 * @property {{ threshold: number, keys: Uint8Array[] }} pinned
 * @property {Uint8Array} trust
 * @property {number} trustVersion
 * @property {Map<number, Uint8Array>} status
 * @property {Map<number, number>} statusIssued
 * @property {Map<string, import('./genuine.js').GenuineList>} [genuine]
 * @property {number} floor
 * @property {number | null} checkedAt
 * @property {number} since
 * @property {number | null} readySince
 */

/** @typedef {{ kept: Kept | null, lostSince: number | null }} Found */

const DATABASE = 'wif-verifier';
const TABLE = 'kept';
const KEY = 'lists';
const MARKS = 'wif-marks';
const MARK = '/kept-since';
/** IndexedDB sometimes never answers (a known fault of some WebKit releases): then the page goes on without it. */
const PATIENCE_MS = 2_000;

/**
 * What a request of IndexedDB answers; rejects with its DOMException.
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
export function answered(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * The same, or after a while a DOMException.
 * @template T
 * @param {Promise<T>} promise
 * @param {number} [ms] how long it may take, milliseconds
 * @returns {Promise<T>}
 */
export function patiently(promise, ms = PATIENCE_MS) {
  return Promise.race([
    promise,
    new Promise((_, reject) => { setTimeout(() => reject(new DOMException('no answer', 'TimeoutError')), ms); }),
  ]);
}

/**
 * Whether `fresh` may take the place of `kept`: another tab may have stored newer lists meanwhile. A record under other
 * anchors always gives way, since the site itself has changed.
 * @param {Kept | undefined} kept
 * @param {Kept} fresh
 * @returns {boolean}
 */
export function supersedes(kept, fresh) {
  if (!kept || kept.anchors !== fresh.anchors) return true;
  if (fresh.trustVersion < kept.trustVersion) return false;
  return [...fresh.statusIssued].every(([number, issued]) => issued >= (kept.statusIssued.get(number) ?? 0));
}

/** Writings that have not ended. One that a page leaves so when it is put away holds up the next page in WebKit. @type {Set<IDBTransaction>} */
const writing = new Set();
globalThis.addEventListener?.('pagehide', () => { for (const one of writing) giveUp(one); });

/** Undoes a transaction, unless it has ended. @param {IDBTransaction} transaction */
export function giveUp(transaction) {
  try {
    transaction.abort();
  } catch (error) {
    if (!(error instanceof DOMException)) throw error; // it has just ended by itself
  }
}

/** The store of this phone. Every method ends well or throws a DOMException, which says that nothing was kept. */
export class Store {
  /** @type {Promise<Found> | null} */
  #begun = null;

  /** @param {IDBFactory} factory @param {CacheStorage | undefined} caches */
  constructor(factory, caches) {
    this.factory = factory;
    this.caches = caches;
  }

  /** @returns {Promise<IDBDatabase>} */
  #open() {
    const request = this.factory.open(DATABASE, 1);
    request.onupgradeneeded = () => { request.result.createObjectStore(TABLE); };
    return patiently(answered(request));
  }

  /** Begins the next read now. */
  begin() {
    this.#begun = this.#read();
    this.#begun.catch(() => null); // whoever reads is told
  }

  /**
   * The record, null when there is none, and since when there was one that is now lost (UTC seconds, else null).
   * @returns {Promise<Found>}
   */
  read() {
    const begun = this.#begun ?? this.#read();
    this.#begun = null;
    return begun;
  }

  /** @returns {Promise<Found>} */
  async #read() {
    const database = await this.#open();
    try {
      const kept = await patiently(answered(database.transaction(TABLE).objectStore(TABLE).get(KEY)));
      return { kept: kept ?? null, lostSince: kept ? null : await patiently(this.#marked()) };
    } finally {
      database.close();
    }
  }

  /**
   * Puts `fresh` in the place of the record, keeping the later floor of both; false when another tab holds newer lists,
   * which then stay.
   * @param {Kept} fresh
   * @returns {Promise<boolean>}
   */
  async write(fresh) {
    const database = await this.#open();
    const transaction = database.transaction(TABLE, 'readwrite');
    writing.add(transaction);
    try {
      const table = transaction.objectStore(TABLE);
      /** @type {Promise<void>} */
      const done = new Promise((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error ?? new DOMException('not stored', 'AbortError'));
      });
      done.catch(() => null); // whoever waits below is told
      const kept = /** @type {Kept | undefined} */ (await patiently(answered(table.get(KEY)))); // another page's writing may never end
      const newer = supersedes(kept, fresh);
      if (newer) table.put({ ...fresh, floor: Math.max(fresh.floor, kept?.floor ?? 0) }, KEY);
      await patiently(done);
      if (newer) await patiently(this.#mark(fresh.since));
      return newer;
    } finally {
      giveUp(transaction); // where it has not ended well
      writing.delete(transaction);
      database.close();
    }
  }

  /** @param {number} since */
  async #mark(since) {
    const cache = await this.caches?.open(MARKS);
    await cache?.put(MARK, new Response(String(since)));
  }

  /** @returns {Promise<number | null>} */
  async #marked() {
    const found = await this.caches?.match(MARK, { cacheName: MARKS });
    return found ? Number(await found.text()) : null;
  }
}

/** @type {Store | null} */
let opened = null;

/**
 * The store of this page; null where the browser has none at all.
 * @returns {Store | null}
 */
export function openStore() {
  const factory = granted(() => globalThis.indexedDB);
  opened ??= factory ? new Store(factory, granted(() => globalThis.caches)) : null;
  return opened;
}

/**
 * Asks the browser not to clear this site's storage when space runs short. True when it agreed, null when it cannot be asked. Some ask the
 * person first, who may never answer: nothing waits for it.
 * @returns {Promise<boolean | null>}
 */
export async function askToPersist() {
  const storage = granted(() => globalThis.navigator?.storage);
  if (!storage?.persist) return null;
  return (await storage.persisted()) || storage.persist();
}

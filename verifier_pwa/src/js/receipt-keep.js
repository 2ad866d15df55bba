/**
 * The device's key that signs receipts: P-256, made here at the first receipt, kept by the browser so that no program can read it out. It
 * names nobody. A browser that keeps nothing signs with a key of this page alone.
 * @module
 */

import { granted } from './errors.js';

/** @typedef {{ privateKey: CryptoKey, raw: Uint8Array, kept: boolean }} DeviceKey `raw` is the public key, 65 bytes, uncompressed */

const DATABASE = 'wif-receipts', STORE = 'keys', NAME = 'device';

/** @type {Promise<DeviceKey> | null} */
let current = null;

/** @returns {Promise<DeviceKey>} */
export function deviceKey() {
  current ??= find();
  return current;
}

/** @returns {Promise<DeviceKey>} */
async function find() {
  const made = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', made.publicKey));
  const fresh = { privateKey: made.privateKey, raw };
  try {
    const database = await answered(/** @type {IDBFactory} */ (granted(() => globalThis.indexedDB)), (factory) => {
      const opening = factory.open(DATABASE, 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
      return opening;
    });
    try {
      const store = () => database.transaction(STORE, 'readwrite').objectStore(STORE);
      const found = await answered(store(), (keys) => keys.get(NAME));
      if (found?.privateKey instanceof CryptoKey && found.raw instanceof Uint8Array) return { ...found, kept: true };
      await answered(store(), (keys) => keys.put(fresh, NAME));
      return { ...fresh, kept: true };
    } finally {
      database.close();
    }
  } catch (error) {
    if (error instanceof DOMException || error instanceof TypeError) return { ...fresh, kept: false }; // private windows, storage refused or full
    throw error;
  }
}

/**
 * @template Source, Result
 * @param {Source} source
 * @param {(source: Source) => IDBRequest<Result>} ask
 * @returns {Promise<Result>}
 */
function answered(source, ask) {
  return new Promise((resolve, reject) => {
    const request = ask(source);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * The device's key that signs receipts: P-256, made here at the first receipt, kept by the browser so that no program can read it out. It
 * names nobody. A browser that keeps nothing signs with a key of this page alone.
 * @module
 */

import { inTable } from './databases.js';
import { answered } from './lists-stored.js';

/** @typedef {{ privateKey: CryptoKey, raw: Uint8Array, kept: boolean }} DeviceKey `raw` is the public key, 65 bytes, uncompressed */

const DATABASE = 'wif-receipts', STORE = 'keys', NAME = 'device';

/** @type {Promise<DeviceKey> | null} */
let current = null;

/** The key of this device, made at the first question; of this page alone where the browser keeps none. @returns {Promise<DeviceKey>} */
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
    return await inTable(DATABASE, STORE, 'readwrite', async (keys) => {
      const found = await answered(keys.get(NAME));
      if (found?.privateKey instanceof CryptoKey && found.raw instanceof Uint8Array) return { ...found, kept: true };
      await answered(keys.put(fresh, NAME));
      return { ...fresh, kept: true };
    });
  } catch (error) {
    if (error instanceof DOMException) return { ...fresh, kept: false }; // private windows, storage refused or full
    throw error;
  }
}

/// <reference types="trusted-types" />
/**
 * In the page of one file, what stands in the place of preload.js and trusted-types.js: the engine of codes and the workers are parts of
 * the page itself, in base64. Nothing is asked of any network.
 * @module
 */

import { fromBase64 } from '../js/lists-held.js';

/** A part of the page in base64. @param {string} name */
const coded = (name) => /** @type {HTMLElement} */ (document.querySelector(`[data-part="${name}"]`)).textContent ?? '';
/** @param {string} name */
const part = (name) => /** @type {Uint8Array<ArrayBuffer>} */ (fromBase64(coded(name)));

/** The lists that the page brings beside those in its anchors, by file name. @returns {Map<string, Uint8Array<ArrayBuffer>>} */
export function broughtLists() {
  const names = JSON.parse(new TextDecoder().decode(part('lists')));
  return new Map(Object.entries(names).map(([name, text]) => [name, /** @type {Uint8Array<ArrayBuffer>} */ (fromBase64(/** @type {string} */ (text)))]));
}

/** Chromium starts no module from a `blob:` of a page of a disk, but does from `data:`. @param {string} name */
const worker = (name) => `data:text/javascript;base64,${coded(name)}`;

export const READER_WORKER = worker('reader-worker');
export const PDF_WORKER = worker('pdf-worker');
/** There is none. */
export const SERVICE_WORKER = '';

/** @type {Promise<WebAssembly.Module> | null} */
let compiled = null;

/** The engine of codes, compiled. Rejects where the browser refuses WebAssembly. @returns {Promise<WebAssembly.Module>} */
export function engineCode() {
  compiled ??= WebAssembly.compile(part('engine'));
  return compiled;
}

/** The engine is here: what keeps it from starting is the browser. */
export async function engineReached() {
  return true;
}

/** @param {string} address */
function listed(address) {
  if (address !== READER_WORKER && address !== PDF_WORKER) throw new TypeError('The address is not one of our workers.');
  return address;
}

/** @type {{ createScriptURL: (address: string) => unknown } | undefined} */
let policy;

/**
 * As in trusted-types.js.
 * @param {string} address
 * @returns {any} a TrustedScriptURL, or the address itself
 */
export function scriptAddress(address) {
  const { trustedTypes } = /** @type {{ trustedTypes?: TrustedTypePolicyFactory }} */ (globalThis);
  if (!trustedTypes) return listed(address);
  policy ??= trustedTypes.createPolicy('wif', { createScriptURL: listed });
  return policy.createScriptURL(address);
}

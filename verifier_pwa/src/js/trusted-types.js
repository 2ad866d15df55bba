/// <reference types="trusted-types" />
/**
 * The one trusted-types policy of the page, `wif`. The addresses of our workers are all it lets through: whatever text a
 * scanned code holds, it cannot become a script.
 * @module
 */

/** The service worker, the reader of codes, the PDF engine. */
export const SERVICE_WORKER = '/sw.js';
export const READER_WORKER = new URL('./reader-worker.js', import.meta.url).href;
export const PDF_WORKER = import.meta.resolve('pdfjs-dist/build/pdf.worker.min.mjs');

const LISTED = new Set([SERVICE_WORKER, READER_WORKER, PDF_WORKER]);

/**
 * @param {string} address
 * @returns {string}
 */
function listed(address) {
  if (!LISTED.has(address)) throw new TypeError('The address is not one of our workers.');
  return address;
}

/** @type {{ createScriptURL: (address: string) => unknown } | undefined} */
let policy;

/**
 * The address of one of our workers, in the form that `new Worker` and `register` accept under the page's policy; browsers
 * without trusted types get the plain address. Throws TypeError for any other address.
 * @param {string} address
 * @returns {any} a TrustedScriptURL, or the address itself
 */
export function scriptAddress(address) {
  const { trustedTypes } = /** @type {{ trustedTypes?: TrustedTypePolicyFactory }} */ (globalThis);
  if (!trustedTypes) return listed(address);
  policy ??= trustedTypes.createPolicy('wif', { createScriptURL: listed });
  return policy.createScriptURL(address);
}

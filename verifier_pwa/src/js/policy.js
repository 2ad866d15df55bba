/// <reference types="trusted-types" />
// The one trusted-types policy of the page. A worker's address is the only thing it lets through, and only those listed here:
// whatever text a scanned code holds, it cannot become a script.

/** Addresses of scripts that run outside the page. @type {Readonly<Record<string, string>>} */
const WORKERS = Object.freeze({
  service: '/sw.js',
  reader: new URL('./reader.js', import.meta.url).href,
  pdf: import.meta.resolve('pdfjs-dist/build/pdf.worker.min.mjs'),
});

const listed = new Set(Object.values(WORKERS));

/** @type {TrustedTypePolicy | undefined} */
let policy;

/**
 * Returns the address of one of our workers, in the form that `new Worker` and `register` accept under the page's policy.
 * Browsers without trusted types get the plain address.
 *
 * @param {'service' | 'reader' | 'pdf'} name
 * @returns {TrustedScriptURL}
 */
export function workerAddress(name) {
  const address = WORKERS[name];
  const factory = /** @type {{ trustedTypes?: TrustedTypePolicyFactory }} */ (globalThis).trustedTypes;
  if (!factory) {
    return /** @type {TrustedScriptURL} */ (/** @type {unknown} */ (address));
  }
  policy ??= factory.createPolicy('wif', {
    createScriptURL(url) {
      if (!listed.has(url)) {
        throw new TypeError('The address is not one of our workers.');
      }
      return url;
    },
  });
  const create = policy.createScriptURL;
  if (!create) {
    throw new TypeError('This browser made a policy without script addresses.');
  }
  return create.call(policy, address);
}

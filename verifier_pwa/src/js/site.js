// What this site trusts. build.py writes this module anew for each site; the values below are those of no site: they hold no
// root, so that nothing is ever trusted by a page that was not built.

/**
 * @typedef {object} Site
 * @property {readonly string[]} roots pinned root public keys, 64 hexadecimal digits each
 * @property {number} threshold how many distinct roots must sign a trust list
 * @property {readonly string[]} origins addresses printed in the QR codes, lower case, no trailing slash
 * @property {number} buildTime when the site was built, UTC seconds
 * @property {boolean} demonstration true with demonstration keys
 * @property {string} version of the software
 * @property {string | null} trust the first trust list, base64 of its COSE bytes; null when there was none
 * @property {Readonly<Record<string, string>>} status the first status lists by number, base64 of their COSE bytes
 */

/** @type {Readonly<Site>} */
export const site = Object.freeze({
  roots: [],
  threshold: 1,
  origins: [],
  buildTime: 0,
  demonstration: false,
  version: '0',
  trust: null,
  status: {},
});

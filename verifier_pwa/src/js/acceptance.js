/**
 * Lists taken on: fetched ones, and those that a site brings, by the rules of acceptance (docs/format.md §3 and §4). Bytes and
 * times are arguments. Nothing here is needed for a first verdict, so nothing of it is loaded before.
 * @module
 */

import { readTrust } from './content.js';
import { isPrimeOrderPoint } from './ed25519.js';
import { WifError } from './errors.js';
import { fromBase64, raised, readable, sitePins, stillHeld } from './holdings.js';
import { acceptStatus } from './status.js';
import { acceptTrust } from './trust.js';

/** @typedef {import('./holdings.js').Holdings} Holdings */

/**
 * The holdings that a site brings, every signature checked, judged at its build time. A first list that is not acceptable is left
 * out: the page then waits for a fetched one. Each list takes a while: the browser has its turn after it.
 * @param {import('./site.js').Site} site
 * @returns {Promise<Holdings>}
 */
export async function acceptedOfSite(site) {
  /** @type {Holdings} */
  let holdings = { pinned: sitePins(site), trust: null, status: new Map(), floor: 0 };
  if (site.trust === null) return holdings;
  const embedded = site.trust;
  await knowKeys(embedded, holdings.pinned);
  holdings = unlessRefused(holdings, () => withTrust(holdings, fromBase64(embedded), site.buildTime, site.buildTime).holdings);
  if (holdings.trust === null) return holdings;
  for (const [number, cose] of Object.entries(site.status)) {
    await turn();
    holdings = unlessRefused(holdings, () => withStatus(holdings, fromBase64(cose), Number(number), site.buildTime).holdings);
  }
  return holdings;
}

/** Gives the browser its turn. */
const turn = () => new Promise((resolve) => { setTimeout(resolve); });

/**
 * Finds one by one whether keys are what they should be; acceptance, which cannot pause, then knows it.
 * @param {string} embedded the trust list, base64
 * @param {import('./content.js').RootSet} pinned
 */
async function knowKeys(embedded, pinned) {
  const trust = readable(() => readTrust(fromBase64(embedded)));
  for (const key of [...pinned.keys, ...(trust?.keys ?? []).map(({ publicKey }) => publicKey)]) {
    isPrimeOrderPoint(key);
    await turn();
  }
}

/**
 * @param {Holdings} otherwise
 * @param {() => Holdings} accept throws WifError
 */
function unlessRefused(otherwise, accept) {
  try {
    return accept();
  } catch (error) {
    if (error instanceof WifError) return otherwise;
    throw error;
  }
}

/**
 * The holdings with a fetched trust list. Throws TrustRefused, and then nothing has changed.
 * @param {Holdings} holdings
 * @param {Uint8Array} cose
 * @param {number} now UTC seconds
 * @param {number} buildTime the site's, UTC seconds
 * @returns {{ holdings: Holdings, changed: boolean }}
 */
export function withTrust(holdings, cose, now, buildTime) {
  const { trust, pinned, changed } = acceptTrust(cose, holdings.pinned, holdings.trust, now, buildTime);
  if (!changed) return { holdings, changed };
  return { holdings: raised({ ...holdings, pinned, trust, status: stillHeld(holdings.status, trust) }), changed };
}

/**
 * The holdings with a fetched status list. Throws StatusRefused, and then nothing has changed; TypeError without a trust list.
 * @param {Holdings} holdings
 * @param {Uint8Array} cose
 * @param {number} number of the list
 * @param {number} now UTC seconds
 * @returns {{ holdings: Holdings, changed: boolean }}
 */
export function withStatus(holdings, cose, number, now) {
  if (!holdings.trust) throw new TypeError('a status list is accepted under a trust list');
  const held = holdings.status.get(number) ?? null;
  const list = acceptStatus(cose, number, holdings.trust, held, now);
  if (list === held) return { holdings, changed: false };
  return { holdings: raised({ ...holdings, status: new Map(holdings.status).set(number, list) }), changed: true };
}

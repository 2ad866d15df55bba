/**
 * What a verifier holds: its pinned roots, the accepted lists and the clock floor; and how these change. Pure: bytes,
 * records and times are arguments.
 * @module
 */

import { toHex, fromHex } from './bytes.js';
import { WifError } from './errors.js';
import { acceptStatus, readStatus, stillAccepted } from './status.js';
import { acceptTrust, readTrust } from './trust.js';

/**
 * @typedef {import('./trust.js').TrustList} TrustList
 * @typedef {import('./trust.js').RootSet} RootSet
 * @typedef {import('./status.js').StatusList} StatusList
 * @typedef {import('./site.js').Site} Site
 * @typedef {import('./store.js').Kept} Kept
 */

/**
 * `trust` is null until a list is accepted; `floor` is the latest list issue time ever accepted, UTC seconds.
 * @typedef {{ pinned: RootSet, trust: TrustList | null, status: Map<number, StatusList>, floor: number }} Holdings
 */

/** @param {string} text base64 @returns {Uint8Array} */
function fromBase64(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/**
 * Names the roots that a site embeds: two sites with the same roots and threshold have the same anchors.
 * @param {Site} site
 * @returns {string}
 */
export function anchorsOf(site) {
  return [site.threshold, ...[...site.roots].sort()].join(' ');
}

/**
 * Raises the floor to the latest issue time of what is held.
 * @param {Holdings} holdings
 * @returns {Holdings}
 */
function raised(holdings) {
  const times = [holdings.floor, holdings.trust?.issued ?? 0, ...[...holdings.status.values()].map((list) => list.issuedAt)];
  return { ...holdings, floor: Math.max(...times) };
}

/**
 * The holdings that a site brings: its roots and the first lists, judged at its build time. A first list that is not
 * acceptable is left out: the page then waits for a fetched one.
 * @param {Site} site
 * @returns {Holdings}
 */
export function holdingsOfSite(site) {
  const pinned = { threshold: site.threshold, keys: site.roots.map(fromHex) };
  /** @type {Holdings} */
  let holdings = { pinned, trust: null, status: new Map(), floor: 0 };
  if (site.trust === null) return holdings;
  try {
    holdings = withTrust(holdings, fromBase64(site.trust), site.buildTime, site.buildTime).holdings;
  } catch (error) {
    if (error instanceof WifError) return holdings;
    throw error;
  }
  for (const [number, cose] of Object.entries(site.status)) {
    try {
      holdings = withStatus(holdings, fromBase64(cose), Number(number), site.buildTime).holdings;
    } catch (error) {
      if (!(error instanceof WifError)) throw error;
    }
  }
  return holdings;
}

/**
 * The holdings of a stored record, which were accepted when they were stored; null when the record cannot be read.
 * @param {Kept} kept
 * @param {number} buildTime the site's, UTC seconds
 * @returns {Holdings | null}
 */
export function holdingsOfRecord(kept, buildTime) {
  try {
    const trust = readTrust(kept.trust, buildTime);
    const lists = [...kept.status].map(([number, cose]) => readStatus(cose, number)).filter((list) => stillAccepted(list, trust));
    return raised({ pinned: kept.pinned, trust, status: new Map(lists.map((list) => [list.number, list])), floor: kept.floor });
  } catch (error) {
    // A record that a fault of the storage or an older release left: as good as none.
    if (error instanceof WifError || error instanceof TypeError) return null;
    throw error;
  }
}

/**
 * The holdings to start with: the stored ones, or the site's where these are newer or where the stored ones hang on
 * roots that the site no longer embeds.
 * @param {Site} site
 * @param {Kept | null} kept
 * @returns {Holdings}
 */
export function startingHoldings(site, kept) {
  const stored = kept && holdingsOfRecord(kept, site.buildTime);
  // Stored under this very build: what the site brings was weighed then, and checking its signatures again takes time.
  if (stored && kept.anchors === anchorsOf(site) && kept.siteBuilt === site.buildTime) return stored;
  const brought = holdingsOfSite(site);
  if (!stored || !stored.trust) return brought;
  const floor = Math.max(stored.floor, brought.floor);
  if (kept.anchors !== anchorsOf(site)) {
    // The site was rebuilt on other roots. The stored list stays only if these sign it too.
    try {
      const { trust, pinned } = acceptTrust(kept.trust, brought.pinned, brought.trust, stored.trust.issued, site.buildTime);
      return raised({ pinned, trust, status: stillHeld(newest(stored.status, brought.status), trust), floor });
    } catch (error) {
      if (error instanceof WifError) return { ...brought, floor };
      throw error;
    }
  }
  if (brought.trust && brought.trust.version > stored.trust.version) {
    const { trust, pinned } = brought;
    return raised({ pinned, trust, status: stillHeld(newest(stored.status, brought.status), trust), floor });
  }
  return raised({ ...stored, status: stillHeld(newest(stored.status, brought.status), stored.trust), floor });
}

/**
 * @param {Map<number, StatusList>} a
 * @param {Map<number, StatusList>} b
 * @returns {Map<number, StatusList>}
 */
function newest(a, b) {
  const all = new Map(a);
  for (const [number, list] of b) {
    if (list.issuedAt > (all.get(number)?.issuedAt ?? -1)) all.set(number, list);
  }
  return all;
}

/**
 * @param {Map<number, StatusList>} status
 * @param {TrustList} trust
 * @returns {Map<number, StatusList>}
 */
function stillHeld(status, trust) {
  return new Map([...status].filter(([, list]) => stillAccepted(list, trust)));
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

/**
 * The record that keeps these holdings; null without a trust list, when there is nothing to keep.
 * @param {Holdings} holdings
 * @param {Site} site
 * @param {{ checkedAt: number | null, since: number, readySince: number | null }} times UTC seconds
 * @returns {Kept | null}
 */
export function recordOf(holdings, site, times) {
  const { pinned, trust, status, floor } = holdings;
  if (!trust) return null;
  return {
    ...times, pinned, floor,
    anchors: anchorsOf(site),
    siteBuilt: site.buildTime,
    trust: trust.cose,
    trustVersion: trust.version,
    status: new Map([...status].map(([number, list]) => [number, list.cose])),
    statusIssued: new Map([...status].map(([number, list]) => [number, list.issuedAt])),
  };
}

/**
 * The fingerprints of root keys as people compare them: SHA-256 is not needed, the key itself is short enough.
 * @param {RootSet} roots
 * @returns {string[]} 64 hexadecimal digits each, in groups of four
 */
export function rootFingerprints(roots) {
  return roots.keys.map((key) => toHex(key).replace(/(.{4})(?=.)/g, '$1 '));
}

/**
 * What a verifier holds: its pinned roots, the accepted lists and the clock floor; and what it starts with. Pure: bytes,
 * records and times are arguments. How it changes stands in lists-fetched.js.
 * @module
 */

import { fromHex, toHex } from './bytes.js';
import { readTrust } from './trust-content.js';
import { WifError } from './errors.js';
import { readStatus, stillAccepted } from './status.js';

/**
 * @typedef {import('./trust-content.js').TrustList} TrustList
 * @typedef {import('./trust-content.js').RootSet} RootSet
 * @typedef {import('./status.js').StatusList} StatusList
 * @typedef {import('./site.js').Site} Site
 * @typedef {import('./lists-stored.js').Kept} Kept
 */

/**
 * `trust` is null until a list is accepted; `floor` is the latest list issue time ever accepted, UTC seconds; `genuine` are the lists of the
 * genuine of revoked keys, by the hash that names them.
 * @typedef {{ pinned: RootSet, trust: TrustList | null, status: Map<number, StatusList>, floor: number,
 *   genuine: Map<string, import('./genuine.js').GenuineList> }} Holdings
 */

/** @param {string} text base64 @returns {Uint8Array} */
export function fromBase64(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/**
 * Names the roots that a site embeds: two sites with the same roots and threshold have the same anchors.
 * @param {Pick<Site, 'threshold' | 'roots'>} site
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
export function raised(holdings) {
  const times = [holdings.floor, holdings.trust?.issued ?? 0, ...[...holdings.status.values()].map((list) => list.issuedAt)];
  return { ...holdings, floor: Math.max(...times) };
}

/**
 * The roots that a site pins.
 * @param {Site} site
 * @returns {RootSet}
 */
export function sitePins(site) {
  return { threshold: site.threshold, keys: site.roots.map(fromHex) };
}

/**
 * The holdings that a site brings: its roots and the first lists. Their signatures were checked when the site was built, and these
 * bytes stand in the same file as the roots: who could alter the ones could alter the others. They are checked again before anything
 * of them is kept (lists-fetched.js), once the first verdict is seen. A list that cannot be read is left out.
 * @param {Site} site
 * @returns {Holdings}
 */
function holdingsOfSite(site) {
  const none = { pinned: sitePins(site), trust: null, status: new Map(), floor: 0, genuine: new Map() };
  const { trust: embedded } = site;
  const trust = embedded && readable(() => readTrust(fromBase64(embedded), site.buildTime));
  if (!trust) return none;
  const lists = Object.entries(site.status).map(([number, cose]) => readable(() => readStatus(fromBase64(cose), Number(number))));
  const status = new Map(lists.flatMap((list) => (list ? [[list.number, list]] : [])));
  return raised({ ...none, pinned: trust.roots, trust, status: stillHeld(status, trust) });
}

/**
 * What is read; null when it has not the form of a list.
 * @template T
 * @param {() => T} read
 * @returns {T | null}
 */
export function readable(read) {
  try {
    return read();
  } catch (error) {
    if (error instanceof WifError) return null;
    throw error;
  }
}

/**
 * The holdings of a stored record, which were accepted when they were stored; null when the record cannot be read.
 * @param {Kept} kept
 * @param {number} buildTime the site's, UTC seconds
 * @returns {Holdings | null}
 */
function holdingsOfRecord(kept, buildTime) {
  try {
    const trust = readTrust(kept.trust, buildTime);
    const lists = [...kept.status].map(([number, cose]) => readStatus(cose, number)).filter((list) => stillAccepted(list, trust));
    return raised({ pinned: kept.pinned, trust, status: new Map(lists.map((list) => [list.number, list])), floor: kept.floor, genuine: stillNamed(kept.genuine, trust) });
  } catch (error) {
    // A record that a fault of the storage or an older release left: as good as none.
    if (error instanceof WifError || error instanceof TypeError) return null;
    throw error;
  }
}

/**
 * The holdings to start with: the stored ones, or the site's where these are newer. `checked` tells whether every signature has been checked on
 * this device. `strange` tells that the site embeds other roots than this phone knows, and that no signature of those leads there: then the stored
 * holdings serve as they are, until the person decides.
 * @param {Site} site
 * @param {Kept | null} kept
 * @param {Holdings} [accepted] what the site brings, when it has been checked
 * @returns {Promise<{ holdings: Holdings, checked: boolean, strange?: boolean }>}
 */
export async function startingHoldings(site, kept, accepted) {
  const stored = kept && holdingsOfRecord(kept, site.buildTime);
  // Stored under this very build: what the site brings was weighed then, and checking its signatures again takes time.
  if (stored && kept.anchors === anchorsOf(site) && kept.siteBuilt === site.buildTime) return { holdings: stored, checked: true };
  if (kept && stored?.trust && kept.anchors !== anchorsOf(site) && !(await leads(stored, site))) return { holdings: stored, checked: true, strange: true };
  const checked = accepted !== undefined;
  const brought = accepted ?? holdingsOfSite(site);
  if (!stored || !stored.trust) return { holdings: brought, checked };
  const floor = Math.max(stored.floor, brought.floor);
  const status = newest(stored.status, brought.status);
  if (kept.anchors !== anchorsOf(site)) {
    // The site was rebuilt on other roots. The stored list stays only if these sign it too.
    const { acceptTrust } = await import('./trust.js');
    try {
      const { trust, pinned } = acceptTrust(kept.trust, brought.pinned, brought.trust, stored.trust.issued, site.buildTime);
      return { holdings: raised({ pinned, trust, status: stillHeld(status, trust), floor, genuine: stillNamed(stored.genuine, trust) }), checked };
    } catch (error) {
      if (error instanceof WifError) return { holdings: { ...brought, floor }, checked };
      throw error;
    }
  }
  const { pinned, trust } = brought.trust && brought.trust.version > stored.trust.version ? brought : stored;
  const genuine = stillNamed(stored.genuine, /** @type {TrustList} */ (trust));
  return { holdings: raised({ pinned, trust, status: stillHeld(status, /** @type {TrustList} */ (trust)), floor, genuine }), checked };
}

/**
 * Whether the roots that this phone trusts lead to those of a site: they are the same after the rotations that it took over, or the site's first list is one.
 * @param {Holdings} stored
 * @param {Site} site
 * @returns {Promise<boolean>}
 */
async function leads(stored, site) {
  const { acceptTrust, sameRoots } = await import('./trust.js');
  const roots = sitePins(site);
  if (sameRoots(stored.pinned, roots)) return true;
  if (site.trust === null) return false;
  try {
    return sameRoots(acceptTrust(fromBase64(site.trust), stored.pinned, stored.trust, site.buildTime, site.buildTime).pinned, roots);
  } catch (error) {
    if (error instanceof WifError) return false;
    throw error;
  }
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
 * Of two holdings under the same roots the later trust list, and under it the newest of both's status lists.
 * @param {Holdings} stored
 * @param {Holdings} fetched
 * @returns {Holdings}
 */
export function laterOf(stored, fetched) {
  const later = (fetched.trust?.version ?? 0) > (stored.trust?.version ?? 0) ? fetched : stored;
  if (!later.trust) return later;
  const genuine = stillNamed(new Map([...stored.genuine, ...fetched.genuine]), later.trust);
  return raised({ ...later, status: stillHeld(newest(stored.status, fetched.status), later.trust), genuine, floor: Math.max(stored.floor, fetched.floor) });
}

/**
 * Whether two holdings rest on the very same lists.
 * @param {Holdings} a
 * @param {Holdings} b
 * @returns {boolean}
 */
export function sameLists(a, b) {
  const bytes = (/** @type {Holdings} */ { trust, status, genuine }) => [...[trust, ...status.values()].map((list) => (list ? toHex(list.cose) : '')), ...genuine.keys()];
  return bytes(a).join() === bytes(b).join();
}

/**
 * The status lists that a trust list still accepts.
 * @param {Map<number, StatusList>} status
 * @param {TrustList} trust
 * @returns {Map<number, StatusList>}
 */
export function stillHeld(status, trust) {
  return new Map([...status].filter(([, list]) => stillAccepted(list, trust)));
}

/**
 * The lists of the genuine that a trust list still names.
 * @param {ReadonlyMap<string, import('./genuine.js').GenuineList> | undefined} genuine none in the record of an older release
 * @param {TrustList} trust
 * @returns {Map<string, import('./genuine.js').GenuineList>}
 */
export function stillNamed(genuine, trust) {
  const named = new Set(trust.keys.map((key) => key.genuine?.hash));
  return new Map([...(genuine ?? [])].filter(([hash]) => named.has(hash)));
}

/**
 * The record that keeps these holdings; null without a trust list, when there is nothing to keep.
 * @param {Holdings} holdings
 * @param {Pick<Site, 'buildTime'>} site
 * @param {string} anchors the roots that they hang on (see anchorsOf)
 * @param {{ checkedAt: number | null, since: number, readySince: number | null }} times UTC seconds
 * @returns {Kept | null}
 */
export function recordOf(holdings, site, anchors, times) {
  const { pinned, trust, status, floor, genuine } = holdings;
  if (!trust) return null;
  return {
    ...times, pinned, floor, genuine,
    anchors,
    siteBuilt: site.buildTime,
    trust: trust.cose,
    trustVersion: trust.version,
    status: new Map([...status].map(([number, list]) => [number, list.cose])),
    statusIssued: new Map([...status].map(([number, list]) => [number, list.issuedAt])),
  };
}

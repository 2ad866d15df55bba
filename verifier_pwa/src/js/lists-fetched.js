/**
 * Lists fetched from the site, and those that came with it, accepted by the rules of docs/format.md §3 and §4. Nothing is taken over
 * that its signature, version and date do not carry: the page of a captive portal, an older list, a cut answer change nothing. A first
 * verdict needs none of this, so none of it is loaded before.
 * @module
 */

import { STATE_REVOKED, readTrust } from './trust-content.js';
import { isPrimeOrderPoint } from './ed25519.js';
import { StatusRefused, TrustRefused, WifError } from './errors.js';
import { fromBase64, raised, readable, sitePins, stillHeld, stillNamed } from './lists-held.js';
import { acceptStatus } from './status.js';
import { acceptTrust } from './trust.js';

/** @typedef {import('./lists-held.js').Holdings} Holdings */

/**
 * What became of a question, for the page to put in words.
 *
 * `updated` newer lists were accepted · `current` those held are the current ones · `offline` no answer · `timeout` none in
 * time · `portal` something else than the site answered (a network that asks to sign in) · `server` the site answered with
 * an error · `refused` a list came and was not acceptable: `code` says why (`rollback`, `threshold`, `expired`, `future`, …).
 * @typedef {'updated' | 'current' | 'offline' | 'timeout' | 'portal' | 'server' | 'refused'} Outcome
 *
 * `list` is `trust`, `status-N` or `genuine`, the one that the outcome is about; `at` is UTC seconds.
 * @typedef {{ outcome: Outcome, list: string, code: string | null, at: number }} Result
 *
 * @typedef {{ fetch: typeof globalThis.fetch, now: () => number, timeoutMs?: number }} Surroundings now gives UTC seconds
 */

const TIMEOUT_MS = 15_000;
/** Bytes: far above any real list, far below what would trouble a phone. */
const MAX_BYTES = 1_048_576;
/** From the gravest on: the outcome of several lists is the first of these that any of them had. */
const ORDER = /** @type {const} */ (['refused', 'portal', 'timeout', 'offline', 'server', 'updated', 'current']);

/** An answer without a list. */
export class Unanswered extends Error {
  /** @param {Exclude<Outcome, 'updated' | 'current' | 'refused'>} outcome */
  constructor(outcome) {
    super(outcome);
    this.outcome = outcome;
  }
}

/**
 * Fetches one file, past every cache. Rejects with Unanswered: too long, too large, another status than 200, a page in place of the file.
 * @param {string} path
 * @param {Surroundings} surroundings
 * @returns {Promise<Uint8Array>}
 */
export async function download(path, { fetch, timeoutMs = TIMEOUT_MS }) {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(path, { cache: 'no-store', credentials: 'omit', redirect: 'manual', referrerPolicy: 'no-referrer', signal });
    if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)) throw new Unanswered('portal');
    if (!response.ok) throw new Unanswered('server');
    if (/^text\/html\b/i.test(response.headers.get('content-type') ?? '')) throw new Unanswered('portal');
    return await bodyOf(response);
  } catch (error) {
    if (error instanceof Unanswered) throw error;
    if (error instanceof DOMException || error instanceof TypeError) throw new Unanswered(signal.aborted ? 'timeout' : 'offline');
    throw error;
  }
}

/** @param {Response} response @returns {Promise<Uint8Array>} */
async function bodyOf(response) {
  const reader = response.body?.getReader();
  /** @type {Uint8Array[]} */
  const parts = [];
  let size = 0;
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    size += part.value.length;
    if (size > MAX_BYTES) {
      await reader?.cancel();
      throw new Unanswered('server');
    }
    parts.push(part.value);
  }
  const whole = new Uint8Array(size);
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
}

/**
 * A portal that names its page something else than HTML is known by the page's first sign.
 * @param {Uint8Array} bytes
 */
function looksLikePage(bytes) {
  return /^\s*<(?:!doctype|html|head|\?xml)/i.test(String.fromCharCode(...bytes.subarray(0, 64)));
}

/**
 * Takes one list: what it did to the holdings, and its result without the time.
 * @param {string} list
 * @param {string} path
 * @param {(holdings: Holdings, bytes: Uint8Array) => { holdings: Holdings, changed: boolean }} accept throws WifError
 * @param {Holdings | Promise<Holdings>} held
 * @param {Surroundings} surroundings
 * @returns {Promise<{ holdings: Holdings, outcome: Outcome, list: string, code: string | null }>}
 */
async function take(list, path, accept, held, surroundings) {
  /** @type {Outcome} */
  let outcome;
  try {
    const bytes = await download(path, surroundings);
    if (looksLikePage(bytes)) throw new Unanswered('portal');
    const { holdings, changed } = accept(await held, bytes);
    return { holdings, outcome: changed ? 'updated' : 'current', list, code: null };
  } catch (error) {
    if (error instanceof WifError) {
      const code = error instanceof TrustRefused || error instanceof StatusRefused ? error.code : 'form';
      return { holdings: await held, outcome: 'refused', list, code };
    }
    if (!(error instanceof Unanswered)) throw error;
    outcome = error.outcome;
  }
  return { holdings: await held, outcome, list, code: null };
}

/**
 * Asks for the trust list, then for every status list it names, and returns the holdings that result.
 *
 * A refused trust list leaves the held one in use, under which the status lists are still asked for; without any answer
 * for the trust list, they are not.
 * @param {Holdings | Promise<Holdings>} held what is held already, which may still be being checked while the first answer comes
 * @param {number} buildTime the site's, UTC seconds
 * @param {Surroundings} surroundings
 * @returns {Promise<{ holdings: Holdings, result: Result }>}
 */
export async function askForLists(held, buildTime, surroundings) {
  const { now } = surroundings;
  const trust = await take('trust', '/trust.cose', (holdings, bytes) => withTrust(holdings, bytes, now(), buildTime), held, surroundings);
  const answers = [trust];
  let latest = trust.holdings;
  if (latest.trust && ['updated', 'current', 'refused'].includes(trust.outcome)) {
    for (const { number, path } of latest.trust.statusLists) {
      const answer = await take(`status-${number}`, `/${path}`, (holdings, bytes) => withStatus(holdings, bytes, number, now()), latest, surroundings);
      latest = answer.holdings;
      answers.push(answer);
    }
    for (const { genuine, state } of latest.trust?.keys ?? []) {
      if (!genuine || state !== STATE_REVOKED || latest.genuine.has(genuine.hash)) continue;
      const answer = await takeGenuine(genuine, latest, surroundings);
      latest = answer.holdings;
      answers.push(answer);
    }
  }
  const outcome = ORDER.find((one) => answers.some((answer) => answer.outcome === one)) ?? 'current';
  const { list, code } = answers.find((answer) => answer.outcome === outcome) ?? trust;
  return { holdings: latest, result: { outcome, list, code, at: now() } };
}

/**
 * Takes the list of the genuine of one revoked key, its index and every part: all of it or nothing.
 * @param {{ path: string, hash: string }} named
 * @param {Holdings} held
 * @param {Surroundings} surroundings
 */
async function takeGenuine({ path, hash }, held, surroundings) {
  let reading;
  try {
    reading = await import('./genuine-read.js');
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { holdings: held, outcome: /** @type {Outcome} */ ('offline'), list: 'genuine', code: null };
  }
  const { readGenuine, readIndex } = reading;
  /** @type {ReturnType<typeof readIndex> | null} */
  let index = null;
  const first = await take('genuine', `/${path}`, (holdings, bytes) => {
    index = readIndex(bytes, hash);
    return { holdings, changed: false };
  }, held, surroundings);
  if (index === null) return first;
  /** @type {Uint8Array[]} */
  const parts = [];
  const named = /** @type {ReturnType<typeof readIndex>} */ (index);
  let last = first;
  for (const part of named.parts) {
    last = await take('genuine', `/${part.path}`, (holdings, bytes) => {
      parts.push(bytes);
      return { holdings, changed: false };
    }, held, surroundings);
    if (last.outcome !== 'current') return last;
  }
  const list = readable(() => readGenuine(named, parts));
  if (!list) return { ...last, outcome: /** @type {Outcome} */ ('refused'), code: 'form' };
  return { ...last, holdings: { ...held, genuine: new Map(held.genuine).set(hash, list) }, outcome: /** @type {Outcome} */ ('updated') };
}

/**
 * The holdings that a site brings, every signature checked, judged at its build time. A first list that is not acceptable is left
 * out: the page then waits for a fetched one. Each list takes a while: the browser has its turn after it.
 * @param {import('./site.js').Site} site
 * @returns {Promise<Holdings>}
 */
export async function acceptedOfSite(site) {
  /** @type {Holdings} */
  let holdings = { pinned: sitePins(site), trust: null, status: new Map(), floor: 0, genuine: new Map() };
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
 * @param {import('./trust-content.js').RootSet} pinned
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
function withTrust(holdings, cose, now, buildTime) {
  const { trust, pinned, changed } = acceptTrust(cose, holdings.pinned, holdings.trust, now, buildTime);
  if (!changed) return { holdings, changed };
  return { holdings: raised({ ...holdings, pinned, trust, status: stillHeld(holdings.status, trust), genuine: stillNamed(holdings.genuine, trust) }), changed };
}

/**
 * The holdings with a fetched status list. Throws StatusRefused, and then nothing has changed; TypeError without a trust list.
 * @param {Holdings} holdings
 * @param {Uint8Array} cose
 * @param {number} number of the list
 * @param {number} now UTC seconds
 * @returns {{ holdings: Holdings, changed: boolean }}
 */
function withStatus(holdings, cose, number, now) {
  if (!holdings.trust) throw new TypeError('a status list is accepted under a trust list');
  const held = holdings.status.get(number) ?? null;
  const list = acceptStatus(cose, number, holdings.trust, held, now);
  if (list === held) return { holdings, changed: false };
  return { holdings: raised({ ...holdings, status: new Map(holdings.status).set(number, list) }), changed: true };
}

/**
 * The lists of this phone: held, kept, asked for again, and what they say of a text. What the page shows of trust and its age comes
 * from here.
 * @module
 */

import { granted } from './errors.js';
import { anchorsOf, laterOf, recordOf, sameLists, startingHoldings } from './lists-held.js';
import { site as builtSite } from './site.js';
import { askToPersist, openStore } from './lists-stored.js';
import { verify } from './verify.js';

/**
 * @typedef {import('./lists-fetched.js').Result} Result
 *
 * A verdict with all that it rests on: the text, the moment (UTC seconds) and the very lists that were used; `listed` is the status
 * list that the attestation names, when it is held.
 * @typedef {{ verdict: import('./verify.js').Verdict, text: string, at: number, trust: import('./trust-content.js').TrustList | null,
 *   listed: import('./status.js').StatusList | null }} Judgement
 */

const HOUR_MS = 3_600_000;
/** While the page is open: well within a status list's time to live of a day. */
const EVERY_MS = 3 * HOUR_MS;
/** A page that comes back to the front asks again when its last answer is older. */
const RECENT_S = 900;
/** After a question without answer: soon, then less and less often. */
const RETRY_MS = [15_000, 60_000, 300_000, 900_000];
/** A store that did not answer in time is asked again: at once, then less often. */
const LATE_MS = [0, 1_000, 5_000, 30_000];
const CHANNEL = 'wif-lists';

/**
 * Events: `change` when trust, status or floor changed (verify again what is shown); `checked` after every question,
 * automatic ones too (`lastResult` has it).
 */
export class Lists extends EventTarget {
  /** @type {import('./lists-held.js').Holdings} */
  #holdings;
  /** Whether every signature of what is held has been checked on this device. */
  #checked = false;
  /** What the site brings, once it is checked. @type {import('./lists-held.js').Holdings | undefined} */
  #accepted;
  /** @type {Promise<void> | null} */
  #weighing = null;
  #site;
  /** @type {import('./lists-stored.js').Store | null} */
  #store = null;
  /** A store that has not answered yet: it may hold newer lists than those that the site brought. @type {import('./lists-stored.js').Store | null} */
  #late;
  /** @type {import('./lists-stored.js').Kept | null} */
  #kept = null;
  #since = 0;
  /** The roots that what is held hangs on. */
  #anchors = '';
  /** @type {Promise<Result> | null} */
  #asking = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #failures = 0;
  #started = false;
  /** @type {BroadcastChannel | null} */
  #channel = null;

  /** When the lists were last asked for and all answered, UTC seconds; null: never on this phone. @type {number | null} */
  checkedAt = null;
  /** Since when this phone works off line, UTC seconds; null: not yet. @type {number | null} */
  readySince = null;
  /** Whether the site embeds other roots than this phone knows, to which nothing signed leads: the person decides. */
  strange = false;
  /** What the phone had and has lost: its `lists`, or the `files` of the page; null when nothing. @type {'lists' | 'files' | null} */
  lost = null;
  /** Since when the phone had what it lost, UTC seconds. @type {number | null} */
  lostSince = null;
  /** How many of the files that are kept later are not on the phone yet; null: not known. @type {number | null} */
  laterMissing = null;
  /** Why this device does not get ready off line: see Updates.problem. @type {import('./update.js').Updates['problem']} */
  refused = null;
  /** `unavailable` where the browser keeps nothing (private windows): the lists last as long as the page. @type {'stored' | 'unavailable'} */
  storage = 'stored';
  /** Whether the browser promised not to clear this storage; null: not asked, or it cannot be. @type {boolean | null} */
  persisted = null;
  /** @type {Result | null} */
  lastResult = null;

  /**
   * Use openLists.
   * @param {{ site: import('./site.js').Site, store: import('./lists-stored.js').Store | null, now: () => number, fetch: typeof globalThis.fetch,
   *   found: Found, timeoutMs?: number, start: Start }} parts
   */
  constructor({ site, store, now, fetch, found, timeoutMs, start }) {
    super();
    this.#site = site;
    this.surroundings = { now, fetch, timeoutMs };
    this.#late = found.late ? store : null;
    this.#holdings = start.holdings;
    this.#begin(found.failed ? null : store, found, start);
  }

  /**
   * @param {import('./lists-stored.js').Store | null} store
   * @param {Found} found
   * @param {Start} start
   */
  #begin(store, { kept, lostSince }, start) {
    this.#store = store;
    this.#holdings = start.holdings;
    this.#checked = start.checked;
    this.#kept = kept;
    this.strange = start.strange === true;
    this.#anchors = this.strange && kept ? kept.anchors : anchorsOf(this.#site);
    this.checkedAt = kept?.checkedAt ?? null;
    this.readySince = kept?.readySince ?? null;
    this.#since = kept?.since ?? this.surroundings.now();
    this.storage = store ? 'stored' : 'unavailable';
    if (lostSince !== null) {
      this.lost = 'lists';
      this.lostSince = lostSince;
    }
  }

  /** The trust list in use; null when there is none. */
  get trust() { return this.#holdings.trust; }

  /** The status lists in use, by number. */
  get status() { return this.#holdings.status; }

  /** The latest list issue time that this phone ever accepted, UTC seconds. */
  get floor() { return this.#holdings.floor; }

  /** Our addresses: of the trust list in use, else of the site. */
  get origins() { return this.#holdings.trust?.origins ?? this.#site.origins; }

  /** The root set trusted now. */
  get pinned() { return this.#holdings.pinned; }

  /**
   * Judges one text, now, by the lists in use.
   * @param {string} text the whole text of a QR code
   * @returns {Judgement}
   */
  judge(text) {
    const { trust, status, floor, genuine } = this.#holdings;
    const at = this.surroundings.now();
    const verdict = verify(text, trust, status, at, floor, genuine);
    const listed = verdict.claims && status.get(verdict.claims.status.list);
    return { verdict, text, at, trust, listed: listed ?? null };
  }

  /**
   * Asks the site for its lists now. A question under way is shared. Never throws for what the network does.
   * @returns {Promise<Result>}
   */
  check() {
    this.#asking ??= this.#ask().finally(() => { this.#asking = null; });
    return this.#asking;
  }

  /**
   * As check, but with an answer that is no older than this call: a question under way is waited for, then asked again.
   * @returns {Promise<Result>}
   */
  async checkAnew() {
    await this.#asking;
    return this.check();
  }

  /** @returns {Promise<Result>} */
  async #ask() {
    const { before, holdings, result } = await this.#question();
    const answered = result.outcome === 'updated' || result.outcome === 'current';
    this.#holdings = holdings;
    this.lastResult = result;
    if (answered) this.checkedAt = result.at;
    this.#failures = answered || result.outcome === 'refused' ? 0 : this.#failures + 1;
    if (answered || holdings !== before) await this.#keep();
    if (holdings !== before) {
      this.dispatchEvent(new Event('change'));
      this.#channel?.postMessage('changed');
    }
    this.dispatchEvent(new Event('checked'));
    this.#plan();
    return result;
  }

  /**
   * The question itself; without what asks, as without a network.
   * @returns {Promise<{ before: import('./lists-held.js').Holdings, holdings: import('./lists-held.js').Holdings, result: Result }>}
   */
  async #question() {
    const fetching = await this.#loadFetching();
    if (!fetching) {
      const result = /** @type {Result} */ ({ outcome: 'offline', list: 'trust', code: null, at: this.surroundings.now() });
      return { before: this.#holdings, holdings: this.#holdings, result };
    }
    const held = this.#weigh().then(() => this.#holdings); // while the first answer comes
    const answer = await fetching.askForLists(held, this.#site.buildTime, this.surroundings);
    return { before: await held, ...answer };
  }

  /** What asks for lists and takes them on, fetched when it is first needed, which is after the first verdict; null when it cannot be. */
  async #loadFetching() {
    try {
      return await import('./lists-fetched.js');
    } catch (error) {
      if (error instanceof TypeError) return null;
      throw error;
    }
  }

  /**
   * Checks what the site brought, once: nothing that was not checked is kept, or compared with a fetched list.
   * @returns {Promise<void>}
   */
  #weigh() {
    this.#weighing ??= this.#takeChecked();
    return this.#weighing;
  }

  async #takeChecked() {
    if (this.#checked) return;
    const holdings = await this.#weighed(this.#kept);
    this.#checked = true;
    if (sameLists(this.#holdings, holdings)) return;
    this.#holdings = holdings;
    this.dispatchEvent(new Event('change'));
  }

  /**
   * What to hold beside a stored record, every signature checked on this device.
   * @param {import('./lists-stored.js').Kept | null} kept
   * @returns {Promise<import('./lists-held.js').Holdings>}
   */
  async #weighed(kept) {
    const { holdings, checked } = await startingHoldings(this.#site, kept, this.#accepted);
    if (checked) return holdings;
    const { acceptedOfSite } = await import('./lists-fetched.js');
    this.#accepted = await acceptedOfSite(this.#site);
    return (await startingHoldings(this.#site, kept, this.#accepted)).holdings;
  }

  /**
   * Keeps everything asked for from now on up to date: at once, when the network returns (a hint only: asking is the proof),
   * when the page comes back to the front, every few hours. Call it when the first screen is there.
   */
  start() {
    if (this.#started) return;
    this.#started = true;
    globalThis.addEventListener('online', () => { void this.check(); });
    document.addEventListener('visibilitychange', () => {
      const recent = this.lastResult !== null && this.checkedAt !== null && this.surroundings.now() - this.checkedAt < RECENT_S;
      if (document.visibilityState === 'visible' && !recent) void this.check();
    });
    this.#channel = granted(() => new BroadcastChannel(CHANNEL)) ?? null;
    this.#channel?.addEventListener('message', () => { void this.#reload(); });
    if (this.#late) void this.#readLate();
    else void this.#keep();
    void this.check();
  }

  /** Asks a store that did not answer in time until it does, then begins anew with what it holds; newer lists that came meanwhile stay. */
  async #readLate() {
    for (let turn = 0; this.#late; turn += 1) {
      await new Promise((resolve) => { setTimeout(resolve, LATE_MS[Math.min(turn, LATE_MS.length - 1)]); });
      const found = await readStore(this.#late);
      if (found.late) continue;
      const store = this.#late, start = await startingHoldings(this.#site, found.kept), { readySince, checkedAt } = this;
      this.#late = null;
      if (found.failed) return;
      await this.#asking;
      const meanwhile = this.#holdings;
      this.#weighing = null;
      this.#begin(store, found, start);
      this.readySince ??= readySince;
      this.checkedAt ??= checkedAt;
      if (!this.strange) this.#holdings = laterOf(this.#holdings, meanwhile);
      this.dispatchEvent(new Event('change'));
      await this.#keep();
      void this.check();
    }
  }

  #plan() {
    clearTimeout(this.#timer);
    if (!this.#started) return;
    const delay = this.#failures === 0 ? EVERY_MS : RETRY_MS[Math.min(this.#failures, RETRY_MS.length) - 1];
    this.#timer = setTimeout(() => {
      if (document.visibilityState === 'visible') void this.check();
      else this.#plan();
    }, delay);
  }

  /** Takes over what another tab stored. */
  async #reload() {
    const { kept } = await readStore(this.#store);
    if (!kept || !(await this.#loadFetching())) return;
    await this.#weigh();
    const next = await this.#weighed(kept);
    if ((next.trust?.version ?? 0) < (this.trust?.version ?? 0)) return;
    this.#holdings = { ...next, floor: Math.max(next.floor, this.floor) };
    this.checkedAt = kept.checkedAt;
    this.dispatchEvent(new Event('change'));
  }

  /** Stores what is held; a browser that refuses is remembered as one that keeps nothing. */
  async #keep() {
    if (!this.#checked) {
      if (!(await this.#loadFetching())) return;
      await this.#weigh();
    }
    const times = { checkedAt: this.checkedAt, since: this.#since, readySince: this.readySince };
    const record = recordOf(this.#holdings, this.#site, this.#anchors, times);
    if (!this.#store || !record) return;
    try {
      if (!(await this.#store.write(record))) await this.#reload();
      this.storage = 'stored';
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      this.storage = 'unavailable';
    }
  }

  /**
   * Notes that every file of the page is on the phone: it works off line from now on.
   * @returns {Promise<void>}
   */
  async markReady() {
    if (this.readySince !== null) return;
    this.readySince = this.surroundings.now();
    await this.#keep();
    this.dispatchEvent(new Event('checked'));
    askToPersist().then((agreed) => {
      this.persisted = agreed;
      this.dispatchEvent(new Event('checked'));
    }, () => null); // a browser that refuses the question has not agreed
  }

  /**
   * The person's decision: the roots of this site take the place of those that the phone knew, and its lists with them. The floor of the clock stays.
   * @returns {Promise<boolean>} false when what checks lists cannot be had
   */
  async acceptAnchors() {
    if (!(await this.#loadFetching())) return false;
    const { acceptedOfSite } = await import('./lists-fetched.js');
    this.#accepted = await acceptedOfSite(this.#site);
    this.#holdings = { ...this.#accepted, floor: Math.max(this.#accepted.floor, this.floor) };
    this.#anchors = anchorsOf(this.#site);
    this.strange = false;
    await this.#keep();
    this.dispatchEvent(new Event('change'));
    void this.check();
    return true;
  }

  /** Notes how many of the files that are kept later are missing. @param {number} missing */
  noteLater(missing) {
    this.laterMissing = missing;
    this.dispatchEvent(new Event('checked'));
  }

  /** Notes that files which were on the phone are gone. */
  noteFilesLost() {
    if (this.readySince === null) return;
    this.lost = 'files';
    this.lostSince = this.readySince;
    this.readySince = null;
    this.dispatchEvent(new Event('checked'));
  }
}

/**
 * What a store held: `failed` when it cannot be read, `late` when it has only not answered yet.
 * @typedef {{ kept: import('./lists-stored.js').Kept | null, lostSince: number | null, failed: boolean, late: boolean }} Found
 * @typedef {{ holdings: import('./lists-held.js').Holdings, checked: boolean, strange?: boolean }} Start
 */

/**
 * @param {import('./lists-stored.js').Store | null} store
 * @returns {Promise<Found>}
 */
async function readStore(store) {
  try {
    return store ? { ...(await store.read()), failed: false, late: false } : { kept: null, lostSince: null, failed: true, late: false };
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return { kept: null, lostSince: null, failed: true, late: error.name === 'TimeoutError' };
  }
}

/**
 * Opens the lists of this phone: those it kept, or those the site came with. Asks nothing of the network.
 * @param {{ now: () => number, fetch?: typeof globalThis.fetch, site?: import('./site.js').Site,
 *   store?: import('./lists-stored.js').Store | null, timeoutMs?: number }} options now gives UTC seconds
 * @returns {Promise<Lists>}
 */
export async function openLists({ now, fetch = globalThis.fetch.bind(globalThis), site = builtSite, store = openStore(), timeoutMs }) {
  const found = await readStore(store);
  return new Lists({ site, store, now, fetch, found, timeoutMs, start: await startingHoldings(site, found.kept) });
}

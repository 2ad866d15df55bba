/**
 * The service worker seen from the page: is everything on the phone, is there a newer version, and the person's decision
 * to take it. A new version is never taken in the middle of a scan.
 * @module
 */

import { toHex } from './bytes.js';
import { granted } from './errors.js';
import { anchorsOf } from './lists-held.js';
import { site } from './site.js';
import { SERVICE_WORKER, scriptAddress } from './trusted-types.js';

const LOOK_EVERY_MS = 3 * 3_600_000;
const BUSY_LOOK_MS = 500;
const REPLY_MS = 5_000;
/** The recovery worker takes over at once; what keeps it longer than this is the browser, which waits for the old one, for minutes. */
const RECOVERY_MS = 5_000;
/** Files that are not all here after this are said not to be; they may still come. */
const PREPARING_MS = 120_000;

/**
 * What was shared with the application from another one.
 * @typedef {{ files: File[], text: string }} Shared
 */

/** The page's workers; undefined in a browser without any, or that refuses them. */
const workers = () => granted(() => globalThis.navigator?.serviceWorker);

/**
 * Asks a worker, and waits for a while only: a broken one never answers.
 * @param {ServiceWorker} worker
 * @param {string} type
 * @returns {Promise<any>} undefined without an answer
 */
function ask(worker, type) {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(data);
    setTimeout(resolve, REPLY_MS);
    worker.postMessage({ type }, [port2]);
  });
}

/**
 * What another application shared, handed over once by the worker; null when it is gone (the worker was stopped
 * meanwhile) or when there is no worker.
 * @returns {Promise<Shared | null>}
 */
export async function takeShared() {
  const worker = workers()?.controller;
  return (worker && (await ask(worker, 'TAKE_SHARED'))) ?? null;
}

/**
 * The build that this phone holds: SHA-256 of every file, worked out from the files themselves, and of the list of them
 * (`SHA256SUMS` of the site), which is what a person compares with the published one.
 * @returns {Promise<{ hash: string, build: { version: string, built: number, demonstration: boolean, files: Record<string, string> } }>}
 *   hashes: 64 hexadecimal digits; built: UTC seconds. Rejects with a TypeError when a file cannot be read.
 */
export async function readBuild() {
  const build = JSON.parse(new TextDecoder().decode(await readFile('build.json')));
  /** @type {[string, string][]} */
  const files = await Promise.all(build.files.map(async (/** @type {string} */ path) => [path, await hashOf(await readFile(path))]));
  const list = files.map(([path, hash]) => `${hash}  ${path}\n`).join('');
  return { hash: await hashOf(new TextEncoder().encode(list)), build: { ...build, files: Object.fromEntries(files) } };
}

/** @param {string} path @returns {Promise<Uint8Array<ArrayBuffer>>} */
async function readFile(path) {
  const response = await fetch(`/${path}`);
  if (!response.ok) throw new TypeError(`${path}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** @param {Uint8Array<ArrayBuffer>} bytes @returns {Promise<string>} */
async function hashOf(bytes) {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}

/**
 * Whether a version that waits embeds other roots than this page and this phone: its own file of anchors, as the worker has kept it.
 * @param {import('./trust-content.js').RootSet} pinned
 * @returns {Promise<boolean>}
 */
async function bringsOtherRoots(pinned) {
  const known = [anchorsOf(site), anchorsOf({ threshold: pinned.threshold, roots: pinned.keys.map(toHex) })];
  const own = new URL('./site.js', import.meta.url).href;
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      if (request.url === own || !/\/v\/app-[^/]+\/js\/site\.js$/.test(request.url)) continue;
      const text = await (await cache.match(request))?.text() ?? '';
      const written = /Object\.freeze\((\{[^]*\})\);/.exec(text)?.[1];
      if (!written || !known.includes(anchorsOf(JSON.parse(written)))) return true;
    }
  }
  return false;
}

/** Events: `ready` once everything is on the phone, `waiting` when a new version may be taken, `problem`. */
export class Updates extends EventTarget {
  #busy;
  #lists;
  /** @type {ServiceWorkerRegistration | null} */
  #registration = null;
  #accepted = false;
  #recovering = false;
  /** @type {Promise<void> | undefined} */
  #counting;
  #hadController;
  /** @type {WeakSet<ServiceWorker>} */
  #followed = new WeakSet();

  /** True when a new version is there and waits for the person. */
  waiting = false;
  /** True when that version embeds other roots than this phone trusts. */
  otherRoots = false;
  /** True when every file of the page is on the phone. */
  ready = false;
  /** `unsupported` by this browser or address, `failed` to install, files `incomplete`. @type {'unsupported' | 'failed' | 'incomplete' | null} */
  problem = null;

  /** Use startUpdates. @param {{ busy: () => boolean, lists: import('./lists.js').Lists }} parts */
  constructor({ busy, lists }) {
    super();
    this.#busy = busy;
    this.#lists = lists;
    this.#hadController = Boolean(workers()?.controller);
  }

  /** Registers the worker and follows it: the visit itself may have begun to install one before. */
  async start() {
    const serviceWorker = workers();
    if (!serviceWorker) {
      this.#report('unsupported');
      return;
    }
    setTimeout(() => { if (!this.ready && !this.problem) this.#report('incomplete'); }, PREPARING_MS);
    serviceWorker.addEventListener('controllerchange', () => { void this.#takenOver(); });
    let known;
    try {
      known = await serviceWorker.getRegistration();
      if (!known?.active) this.#lists.noteFilesLost();
      this.#registration = await serviceWorker.register(scriptAddress(SERVICE_WORKER), { updateViaCache: 'none' });
    } catch (error) {
      // Off line at the first visit, or a worker that could not be read: the page itself goes on.
      if (!(error instanceof DOMException || error instanceof TypeError)) throw error;
      this.#report('failed');
      return;
    }
    const registration = this.#registration;
    registration.addEventListener('updatefound', () => this.#see(registration));
    this.#counting = this.#count();
    this.#see(registration);
    if (known) void this.look(); // a browser that looks by itself waits until the worker in use has been idle for a while
    await this.#counting;
    setInterval(() => { if (document.visibilityState === 'visible') void this.look(); }, LOOK_EVERY_MS);
  }

  /**
   * Follows a version that is being installed, and offers one that waits: on a busy phone it may wait before the event that announces it.
   * @param {ServiceWorkerRegistration} registration
   */
  #see(registration) {
    if (registration.installing) this.#follow(registration.installing);
    if (registration.waiting) void this.#offer();
  }

  /** @param {ServiceWorker} worker */
  #follow(worker) {
    if (this.#followed.has(worker)) return;
    this.#followed.add(worker);
    worker.addEventListener('statechange', () => {
      if (worker.state === 'installed') void this.#offer();
      if (worker.state === 'activated') void this.#count();
      if (worker.state === 'redundant' && !this.ready) this.#report('failed');
    });
  }

  /**
   * Looks for a new version now; true when the question could be asked.
   * @returns {Promise<boolean>}
   */
  async look() {
    try {
      const registration = await this.#registration?.update();
      if (registration) this.#see(registration);
      return true;
    } catch (error) {
      if (error instanceof DOMException || error instanceof TypeError) return false;
      throw error;
    }
  }

  /** The person's decision: the new version takes over, and the page opens again, as soon as nothing is being scanned. */
  async accept() {
    this.#accepted = true;
    await this.#idle();
    this.#registration?.waiting?.postMessage({ type: 'SKIP_WAITING' });
  }

  /**
   * Offers the version that waits; the recovery worker, which serves nothing, gives way without asking. What the worker in use says is
   * awaited first: a question that comes after SKIP_WAITING can keep Chromium from letting the old worker go.
   */
  async #offer() {
    await this.#counting;
    const waiting = this.#registration?.waiting;
    if (this.waiting || !waiting) return; // already said, or the very first worker, or no other page held the old one: it has taken over
    if (this.#recovering) {
      waiting.postMessage({ type: 'SKIP_WAITING' });
      return;
    }
    if ((await ask(waiting, 'RECOVERY'))?.recovery) { // takes over by itself
      setTimeout(() => { void this.#leaveOld(waiting); }, RECOVERY_MS);
      return;
    }
    this.otherRoots = await bringsOtherRoots(this.#lists.pinned);
    this.waiting = true;
    this.dispatchEvent(new Event('waiting'));
    void this.#keepLater();
  }

  /**
   * Lets go of the old worker and of the recovery worker that still waits for it, and opens the page again, as that one would have: from
   * the network, where it is registered anew.
   * @param {ServiceWorker} recovery
   */
  async #leaveOld(recovery) {
    if (recovery.state !== 'installed') return;
    await this.#registration?.unregister();
    location.reload();
  }

  /** @param {'unsupported' | 'failed' | 'incomplete'} problem */
  #report(problem) {
    this.problem = problem;
    this.dispatchEvent(new Event('problem'));
  }

  /** Resolves when no scan is under way. @returns {Promise<void>} */
  async #idle() {
    while (this.#busy()) await new Promise((resolve) => { setTimeout(resolve, BUSY_LOOK_MS); });
  }

  /** Another worker answers for this page. At the first visit that changes nothing; later, the page must be of its version. */
  async #takenOver() {
    if (this.#recovering || (!this.#hadController && !this.#accepted)) {
      this.#hadController = true;
      await this.#count(); // a worker that waited before this page opened tells nothing of its activation
      return;
    }
    await this.#idle();
    location.reload();
  }

  async #count() {
    const { active } = await navigator.serviceWorker.ready;
    if (this.ready || !active) return;
    if (active?.state === 'activating') return this.#follow(active);
    const counted = await ask(active, 'COUNT_MISSING');
    this.#recovering = counted?.recovery === true;
    if (this.#recovering || counted?.missing > 0) this.#lists.noteFilesLost();
    if (this.#recovering) return this.#report('failed');
    if (counted?.missing > 0) {
      const mended = await ask(active, 'FETCH_MISSING');
      if (!mended || mended.missing > 0) return this.#report('incomplete');
    } else if (!counted) {
      return this.#report('incomplete');
    }
    this.ready = true;
    this.problem = null;
    await this.#lists.markReady();
    this.dispatchEvent(new Event('ready'));
    globalThis.addEventListener('online', () => { void this.#keepLater(); });
    void this.#keepLater();
  }

  /**
   * Fetches what the phone keeps later, in the order of need, one after the other: the worker keeps each. What fails is asked for again. Another
   * worker that comes is left to take over: work for the one in use would keep it from that, the recovery worker for minutes.
   */
  async #keepLater() {
    const registration = this.#registration, active = registration?.active;
    const other = () => this.#accepted || registration?.installing || (registration?.waiting && !this.waiting);
    const missing = active && !other() && await ask(active, 'LATER_MISSING');
    if (!Array.isArray(missing)) return;
    this.#lists.noteLater(missing.length);
    for (const path of missing) {
      if (other()) return;
      await fetch(path).then((answer) => answer.arrayBuffer()).catch(() => null);
    }
    if (other()) return;
    if (missing.length > 0) this.#lists.noteLater((await ask(/** @type {ServiceWorker} */ (active), 'LATER_MISSING'))?.length ?? missing.length);
    this.dispatchEvent(new Event('later'));
  }
}

/**
 * Registers the service worker. Call it when the first screen is there: what it downloads would slow a link's verdict.
 * @param {{ busy: () => boolean, lists: import('./lists.js').Lists }} parts busy says whether a scan is under way
 * @returns {Updates}
 */
export function startUpdates(parts) {
  const updates = new Updates(parts);
  void updates.start();
  return updates;
}

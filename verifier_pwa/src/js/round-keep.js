/**
 * The round that this device keeps: one at a time, in a database of its own, each paper in a transaction of its own before it is shown.
 * Tabs share it: the database is the truth, a channel tells of changes. What the storage refuses stays in the page, and is said to.
 * @module
 */

import { inTable } from './databases.js';
import { granted } from './errors.js';
import { askBeforeLeaving } from './leaving.js';
import { answered } from './lists-stored.js';

/** @typedef {import('./round-model.js').Paper} Paper */
/** @typedef {import('./round-model.js').Round} Round */

const DATABASE = 'wif-round', TABLE = 'round', HEAD = 'head', CHANNEL = 'wif-round';
/** Every paper's key begins so. */
const PAPER = 'p';

/** Events: `change` whenever the round or its papers changed, here or in another tab. */
export class RoundKeep extends EventTarget {
  /** The round under way; null: none. @type {Round | null} */
  head = null;
  /** Its papers by their keys. @type {Map<string, Paper>} */
  papers = new Map();
  /** Keys of papers that the storage refused: they live as long as this page. @type {Set<string>} */
  unsaved = new Set();
  /** Whether the round itself is kept. */
  #kept = false;
  #channel = granted(() => new BroadcastChannel(CHANNEL)) ?? null;

  constructor() {
    super();
    this.#channel?.addEventListener('message', () => { void this.reload(); });
    document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') void this.reload(); });
    this.addEventListener('change', () => askBeforeLeaving('round', this.unsaved.size > 0));
  }

  /**
   * Reads what is kept, which another tab may have changed. A storage that cannot be read leaves what the page knows.
   * @returns {Promise<void>}
   */
  async reload() {
    let found;
    try {
      found = await inTable(DATABASE, TABLE, 'readonly', async (table) => ({
        head: /** @type {Round | undefined} */ (await answered(table.get(HEAD))),
        papers: /** @type {Paper[]} */ (await answered(table.getAll(IDBKeyRange.bound(PAPER, `${PAPER}~`)))),
      }));
    } catch (error) {
      if (error instanceof DOMException) return;
      throw error;
    }
    if (!found.head && this.head && !this.#kept) return; // it was never written
    const same = found.head !== undefined && found.head.id === this.head?.id;
    const mine = same ? [...this.papers.values()].filter(({ key }) => this.unsaved.has(key)) : [];
    this.head = found.head ?? null;
    this.#kept = found.head !== undefined;
    this.papers = new Map([...found.papers, ...mine].map((paper) => [paper.key, paper]));
    this.unsaved = new Set(mine.map(({ key }) => key).filter((key) => !found.papers.some((paper) => paper.key === key)));
    this.dispatchEvent(new Event('change'));
  }

  #tell() {
    this.#channel?.postMessage('changed');
    this.dispatchEvent(new Event('change'));
  }

  /**
   * Begins a round, where none is under way.
   * @param {Round} round
   * @returns {Promise<void>}
   */
  async begin(round) {
    this.head = await this.#written(async (table) => {
      const other = await answered(table.get(HEAD));
      if (!other) table.put(round, HEAD);
      return other ?? round;
    }) ?? round;
    this.#tell();
    if (this.head !== round) await this.reload(); // another tab began one meanwhile
  }

  /**
   * One transaction that writes; null where the storage refuses.
   * @template Result
   * @param {(table: IDBObjectStore) => Promise<Result>} act
   * @returns {Promise<Result | null>}
   */
  async #written(act) {
    try {
      const result = await inTable(DATABASE, TABLE, 'readwrite', act);
      this.#kept = true;
      return result;
    } catch (error) {
      if (error instanceof DOMException) return null;
      throw error;
    }
  }

  /**
   * Counts a paper, once. `rank` is given here.
   * @param {Paper} paper
   * @returns {Promise<{ outcome: 'added' | 'same' | 'unsaved' | 'closed', paper: Paper }>} `closed`: the round is over, and nothing was counted
   */
  async add(paper) {
    if (this.unsaved.has(paper.key)) await this.#again();
    const mine = this.head, kept = this.#kept, held = this.papers.get(paper.key);
    if (!mine) return { outcome: 'closed', paper };
    if (held && this.unsaved.has(paper.key)) return { outcome: 'same', paper: held };
    const done = await this.#written(async (table) => {
      const head = /** @type {Round | undefined} */ (await answered(table.get(HEAD))) ?? (kept ? undefined : mine);
      if (head?.id !== mine.id) return { outcome: /** @type {const} */ ('closed'), paper, head };
      const known = /** @type {Paper | undefined} */ (await answered(table.get(PAPER + paper.key)));
      if (known) return { outcome: /** @type {const} */ ('same'), paper: known, head };
      const next = Math.max(head.next, mine.next), made = { ...paper, rank: next }, later = { ...head, next: next + 1, last: Math.max(head.last, paper.at) };
      table.put(made, PAPER + paper.key);
      table.put(later, HEAD);
      return { outcome: /** @type {const} */ ('added'), paper: made, head: later };
    });
    if (done === null) {
      if (held) return { outcome: 'same', paper: held };
      const made = { ...paper, rank: mine.next };
      this.head = { ...mine, next: mine.next + 1, last: Math.max(mine.last, paper.at) };
      this.papers.set(made.key, made);
      this.unsaved.add(made.key);
      this.#tell();
      return { outcome: 'unsaved', paper: made };
    }
    if (done.outcome === 'closed') {
      await this.reload();
      return { outcome: 'closed', paper };
    }
    this.head = done.head ?? null;
    this.papers.set(done.paper.key, done.paper);
    this.unsaved.delete(paper.key);
    if (done.outcome === 'added') {
      await this.#again();
      this.#tell();
    }
    return { outcome: done.outcome, paper: done.paper };
  }

  /** Tries once more to write what the storage refused. */
  async #again() {
    for (const key of this.unsaved) {
      const paper = this.papers.get(key);
      if (paper && await this.#written(async (table) => { table.put(paper, PAPER + key); return true; })) this.unsaved.delete(key);
      else return;
    }
  }

  /**
   * Changes what is said of a paper, if it is still counted.
   * @param {string} key
   * @param {Partial<Paper>} changes
   * @returns {Promise<boolean>} whether the storage took it
   */
  async change(key, changes) {
    const held = this.papers.get(key);
    if (!held) return false;
    const mine = this.unsaved.has(key) ? held : undefined;
    const done = await this.#written(async (table) => {
      const before = /** @type {Paper | undefined} */ (await answered(table.get(PAPER + key))) ?? mine;
      if (before) table.put({ ...before, ...changes }, PAPER + key);
      return { made: before && { ...before, ...changes } };
    });
    if (done && !done.made) {
      await this.reload(); // another tab took it out
      return false;
    }
    this.papers.set(key, done?.made ?? { ...held, ...changes });
    if (done) this.unsaved.delete(key);
    else this.unsaved.add(key);
    this.#tell();
    return done !== null;
  }

  /**
   * Notes something of the round itself.
   * @param {Partial<Round>} changes
   */
  async note(changes) {
    const made = await this.#written(async (table) => {
      const before = /** @type {Round | undefined} */ (await answered(table.get(HEAD)));
      if (before) table.put({ ...before, ...changes }, HEAD);
      return before ? { ...before, ...changes } : null;
    });
    if (this.head) this.head = made ?? { ...this.head, ...changes };
    this.#tell();
  }

  /** Takes a paper out. @param {string} key */
  async remove(key) {
    await this.#written(async (table) => { await answered(table.delete(PAPER + key)); });
    this.papers.delete(key);
    this.unsaved.delete(key);
    this.#tell();
  }

  /**
   * Erases the round and all its papers, for good.
   * @returns {Promise<boolean>} false where the browser did not do it: nothing is forgotten then
   */
  async erase() {
    try {
      await inTable(DATABASE, TABLE, 'readwrite', async (table) => { await answered(table.clear()); });
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      if (this.#kept) return false;
    }
    this.head = null;
    this.papers.clear();
    this.unsaved.clear();
    this.#kept = false;
    this.#tell();
    return true;
  }
}

/** @type {Promise<RoundKeep> | null} */
let opened = null;

/** The round of this page, read at the first use. @returns {Promise<RoundKeep>} */
export function openKeep() {
  opened ??= (async () => {
    const keep = new RoundKeep();
    await keep.reload();
    return keep;
  })();
  return opened;
}

/**
 * Where the watched papers lie: one record of a database of their own, which goes with the last of them.
 * @module
 */

import { eraseDatabase, inTable } from './databases.js';
import { granted } from './errors.js';
import { answered } from './lists-stored.js';
import { dayIn } from './places.js';
import { MOST, readWatched, samePaper, standing } from './watch.js';

/** @typedef {import('./watch.js').Watched} Watched */

const DATABASE = 'wif-watch', TABLE = 'papers', KEY = 'all';

/** The day in Paris, by which papers end for their watch. @param {number} now UTC seconds */
export const today = (now) => dayIn(now, '75');

/**
 * The papers that are kept; those that ended more than thirty days ago go now. Nothing where nothing can be kept.
 * @param {number} now UTC seconds
 * @returns {Promise<Watched[]>}
 */
export async function watchedPapers(now) {
  try {
    if (!(await exists())) return [];
    const papers = await inTable(DATABASE, TABLE, 'readonly', async (table) => readWatched(await answered(table.get(KEY)))), left = standing(papers, today(now));
    if (left.length < papers.length) await changePapers(now, (all) => all);
    return left;
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return [];
  }
}

/** Whether anything was ever kept: to ask must not make the database. */
async function exists() {
  const factory = granted(() => globalThis.indexedDB);
  if (!factory) return false;
  return !factory.databases || (await factory.databases()).some(({ name }) => name === DATABASE);
}

/**
 * Changes what is kept, whatever another tab does meanwhile. Rejects with a DOMException where the browser does not, and nothing is lost.
 * @param {number} now UTC seconds
 * @param {(papers: Watched[]) => Watched[]} change
 * @returns {Promise<Watched[]>} what is kept now
 */
async function changePapers(now, change) {
  const left = await inTable(DATABASE, TABLE, 'readwrite', async (table) => {
    const papers = standing(change(readWatched(await answered(table.get(KEY)))), today(now));
    table.put(papers, KEY);
    return papers;
  });
  if (left.length === 0) await eraseDatabase(DATABASE);
  return left;
}

/**
 * Keeps papers; one that is watched already has the new label. Rejects with a DOMException where it is not kept.
 * @param {readonly Watched[]} fresh
 * @param {number} now UTC seconds
 */
export function keepPapers(fresh, now) {
  return changePapers(now, (papers) => {
    const all = [...papers.filter((one) => !fresh.some((other) => samePaper(one, other))), ...fresh];
    if (all.length > MOST) throw new DOMException('Too many papers.', 'QuotaExceededError');
    return all;
  });
}

/**
 * Puts what the person knows now in the place of what they knew; papers that another tab dropped meanwhile stay dropped.
 * @param {readonly Watched[]} known
 * @param {number} now UTC seconds
 */
export function notePapers(known, now) {
  const byPlace = new Map(known.map((one) => [`${one.list} ${one.index}`, one]));
  return changePapers(now, (papers) => papers.map((one) => ({ ...one, ...byPlace.get(`${one.list} ${one.index}`), label: one.label })));
}

/** Watches a paper no more. Rejects with a DOMException where the browser does not keep that. @param {Watched} paper @param {number} now UTC seconds */
export function dropPaper(paper, now) {
  return changePapers(now, (papers) => papers.filter((one) => !samePaper(one, paper)));
}

/** Erases all of it. Rejects with a DOMException where the browser does not. */
export function erasePapers() {
  return eraseDatabase(DATABASE);
}

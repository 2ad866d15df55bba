/**
 * The list of seal certificates that this phone keeps (docs/format.md §8): asked for after the other lists were, kept as the exact bytes, and
 * examined anew under the trust list in use whenever it is needed, so that a list which that one no longer carries counts for nothing.
 * @module
 */

import { granted } from './errors.js';
import { Unanswered, download } from './lists-fetched.js';
import { SealsRefused, acceptSeals, readSeals, sealsNamed } from './seal-list.js';

/** @typedef {import('./lists.js').Lists} Lists */
/** @typedef {import('./seal-list.js').SealList} SealList */

/** Where the bytes lie: beside the mark of lists-stored.js. */
const CACHE = 'wif-marks', PLACE = '/kept-seals';

/** What was accepted since the page opened: a browser that stores nothing has it as long as the page. @type {Uint8Array | null} */
let latest = null;
/** @type {Promise<boolean> | null} */
let asking = null;
/** @type {unknown} */
let asked = null;

/**
 * The list in use; null where there is none, or none that the trust list carries.
 * @param {Lists} lists
 * @returns {Promise<SealList | null>}
 */
export async function heldSeals({ trust }) {
  latest ??= await stored();
  if (!latest || !trust) return null;
  try {
    return acceptSeals(latest, trust, null, readSeals(latest).issued);
  } catch (error) {
    if (error instanceof SealsRefused) return null;
    throw error;
  }
}

/** @returns {Promise<Uint8Array | null>} */
async function stored() {
  try {
    const found = await granted(() => globalThis.caches)?.match(PLACE, { cacheName: CACHE });
    return found ? new Uint8Array(await found.arrayBuffer()) : null;
  } catch (error) {
    if (error instanceof DOMException) return null; // a browser that lets nothing be stored
    throw error;
  }
}

/**
 * Asks the site for the list now. A question under way is shared; what the network does changes nothing.
 * @param {Lists} lists
 * @returns {Promise<boolean>} whether a newer list was accepted
 */
export function askForSeals(lists) {
  asking ??= ask(lists).finally(() => { asking = null; });
  return asking;
}

/** @param {Lists} lists */
async function ask(lists) {
  const { surroundings, trust } = lists, named = trust && sealsNamed(trust);
  if (!named) return false;
  const held = await heldSeals(lists);
  try {
    const { cose } = acceptSeals(await download(`/${named.path}`, surroundings), trust, held, surroundings.now());
    if (cose.toString() === held?.cose.toString()) return false;
    latest = cose;
    const cache = await granted(() => globalThis.caches)?.open(CACHE);
    await cache?.put(PLACE, new Response(/** @type {BodyInit} */ (cose)));
    return true;
  } catch (error) {
    if (error instanceof Unanswered || error instanceof SealsRefused) return false;
    if (error instanceof DOMException || error instanceof TypeError) return latest !== held?.cose; // accepted, and not stored
    throw error;
  }
}

/**
 * Asks from now on after every question about the other lists that was answered. Call it when the first verdict is long there.
 * @param {Lists} lists
 */
export function followSeals(lists) {
  const follow = () => {
    const { lastResult } = lists;
    if (!lastResult || lastResult === asked || !['updated', 'current', 'refused'].includes(lastResult.outcome)) return;
    asked = lastResult;
    void askForSeals(lists);
  };
  lists.addEventListener('checked', follow);
  follow();
}

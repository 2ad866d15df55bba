/**
 * What is kept on this device because a person asked for it: a database of its own for each kind, with one table, so that each can be
 * erased alone. The lists, which every visit needs, have their own store (lists-stored.js).
 * @module
 */

import { granted } from './errors.js';
import { answered, giveUp, patiently } from './lists-stored.js';

/** How long a writing may take that is to be on the disk. */
const PATIENCE_MS = 10_000;

/**
 * Does something with a table in one transaction: all of it is kept or nothing is, and no other tab comes between. Rejects with a
 * DOMException where the browser keeps nothing, or no more (`QuotaExceededError`).
 * @template Result
 * @param {string} database made when it is not there
 * @param {string} table its one table, without keys of its own
 * @param {'readonly' | 'readwrite'} mode
 * @param {(table: IDBObjectStore) => Result | Promise<Result>} act may wait for `answered` alone: the transaction ends with the last answer
 * @returns {Promise<Result>} once it is written
 */
export async function inTable(database, table, mode, act) {
  const factory = granted(() => globalThis.indexedDB);
  if (!factory) throw new DOMException('This browser keeps nothing.', 'NotSupportedError');
  const opening = factory.open(database, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(table);
  const opened = await patiently(answered(opening), PATIENCE_MS);
  opened.onversionchange = () => opened.close(); // another tab erases it
  try {
    const transaction = opened.transaction(table, mode, { durability: 'strict' }); // on the disk before it is said: batteries are pulled
    /** @type {Promise<void>} */
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new DOMException('Nothing was written.', 'AbortError'));
    });
    done.catch(() => null); // whoever waits below is told
    const result = await whole(transaction, () => act(transaction.objectStore(table)));
    await patiently(done, PATIENCE_MS);
    return result;
  } finally {
    opened.close();
  }
}

/**
 * What fails in the middle undoes what was done before.
 * @template Result
 * @param {IDBTransaction} transaction
 * @param {() => Result | Promise<Result>} act
 */
async function whole(transaction, act) {
  try {
    return await patiently(Promise.resolve(act()), PATIENCE_MS);
  } catch (error) {
    giveUp(transaction);
    throw error;
  }
}

/**
 * Erases a database, whatever it holds. Rejects with a DOMException where the browser does not.
 * @param {string} database
 */
export async function eraseDatabase(database) {
  const factory = granted(() => globalThis.indexedDB);
  if (factory) await patiently(answered(factory.deleteDatabase(database)), PATIENCE_MS);
}

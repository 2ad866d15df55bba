/**
 * The receipts of many papers in one file, and the one date of them all (docs/format.md §9.5): what is countersigned is the hash of the list of
 * their hashes. The twin of issuer/attestation/bundle.py. Reads no clock, file or network.
 * @module
 */

import { fromHex, toHex } from './bytes.js';
import { decode, encode } from './cbor.js';
import { FormError } from './errors.js';
import { datedReading, judgeCounter, judgeReceipt, names } from './receipt-read.js';
import { sha256 } from './sha2.js';
import { splitText, unpack, wholeToken } from './token.js';

/** What tells the file apart from any other text; and what is hashed before the list. */
export const BUNDLE_FORM = 'work-in-france/receipts/1';
/** Receipts of one file, and countersignatures: one for each status list that its papers were judged by. */
const MOST = 5_000, MOST_COUNTERS = 999;
/** Characters of a text of an item: what JavaScript counts as two may be one. */
const LONGEST = 4_096;
const SCRIPT = /<script type="application\/json" id="receipts">([^<]*)<\/script>/;

/**
 * `paper` and `receipt` are the texts of the symbols; `file` is where the paper came from, for the person. `digests` are the hashes of all receipts that were
 * dated together, 64 hexadecimal digits each, in the order in which they were hashed; `counters` are the countersignatures, CBOR in hexadecimal digits.
 * @typedef {{ file: string, paper: string, receipt: string }} BundleItem
 * @typedef {{ items: BundleItem[], digests: string[], counters: string[] }} Bundle
 * @typedef {import('./receipt-read.js').Reading} Reading
 * @typedef {import('./trust-content.js').TrustList} TrustList
 */

/**
 * What is countersigned.
 * @param {readonly string[]} digests
 * @returns {Uint8Array} 32 bytes
 */
export function bundleDigest(digests) {
  return sha256(encode([BUNDLE_FORM, digests.map(fromHex)]));
}

/**
 * The bundle in the text of a file, a page or bare JSON. Null where there is none in form.
 * @param {string} text
 * @returns {Bundle | null}
 */
export function readBundle(text) {
  let found;
  try {
    found = JSON.parse(SCRIPT.exec(text)?.[1] ?? text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  const texts = (/** @type {unknown} */ value, /** @type {RegExp} */ form, /** @type {number} */ most) => Array.isArray(value) && value.length <= most && value.every((one) => typeof one === 'string' && form.test(one));
  if (found?.form !== BUNDLE_FORM || !texts(found.digests, /^[0-9a-f]{64}$/, MOST) || !texts(found.counters, /^(?:[0-9a-f]{2}){1,1024}$/, MOST_COUNTERS)) return null;
  if (!Array.isArray(found.items) || found.items.length === 0 || found.items.length > MOST) return null;
  const whole = found.items.every((/** @type {any} */ one) => one && ['file', 'paper', 'receipt'].every((name) => typeof one[name] === 'string' && (one[name].length <= LONGEST || [...one[name]].length <= LONGEST)));
  return whole ? { items: found.items.map((/** @type {BundleItem} */ { file, paper, receipt }) => ({ file, paper, receipt })), digests: found.digests, counters: found.counters } : null;
}

/**
 * The word on each receipt, beside its own paper; one that bears no date of its own has that of the bundle, where its hash is in the list that
 * was countersigned. No bundle throws anything.
 * @param {Bundle} bundle
 * @param {TrustList} trust
 * @returns {Promise<Reading[]>} in the order of the items
 */
export async function judgeBundle({ items, digests, counters }, trust) {
  const digest = bundleDigest(digests), listed = new Set(digests);
  const dates = counters.flatMap((row) => judgedCounter(row, digest, trust) ?? []);
  const readings = [];
  for (const { paper, receipt } of items) {
    const parts = unpack(splitText(paper)?.rest.slice(1) ?? '');
    const reading = await judgeReceipt(receipt, parts && wholeToken(parts), trust);
    readings.push(reading.receipt && !reading.receipt.counter && listed.has(toHex(reading.receipt.digest)) ? datedBy(reading, dates) : reading);
  }
  return readings;
}

/** @param {string} row @param {Uint8Array} digest @param {TrustList} trust */
function judgedCounter(row, digest, trust) {
  try {
    const item = decode(fromHex(row));
    return item === undefined ? null : judgeCounter(item, digest, trust);
  } catch (error) {
    if (error instanceof FormError) return null;
    throw error;
  }
}

/**
 * The reading with the countersignature of the bundle that names the list of its receipt, else with the first.
 * @param {Reading} reading `undated` or `paper_missing`, else it stays as it is
 * @param {readonly import('./receipt-read.js').Counter[]} dates
 * @returns {Reading}
 */
function datedBy(reading, dates) {
  const { receipt, word } = reading;
  if (dates.length === 0 || !receipt || !['undated', 'paper_missing'].includes(word)) return reading;
  const { status } = receipt;
  return datedReading(receipt, (status && dates.find((one) => names(one, status))) ?? dates[0], word === 'paper_missing');
}

/**
 * The report of a round, given back, and the date that the service gave it (docs/format.md §9.6). The report is declared, and signed by nobody: what is
 * judged here is its date alone. The twin of issuer/attestation/report.py. Reads no clock, file or network.
 * @module
 */

import { fromHex, toHex } from './bytes.js';
import { decode } from './cbor.js';
import { FormError } from './errors.js';
import { judgeCounter } from './receipt-read.js';

/** What a report, and a date, say that they are. */
export const REPORT_FORM = 'work-in-france/round/1', DATE_FORM = 'work-in-france/date/1';
/** The closed list of the words on a date. */
export const REPORT_WORDS = Object.freeze(/** @type {const} */ (['dated', 'other_file', 'undated', 'malformed']));
/** Papers of one report. */
const MOST = 5_000;
const DECLARED = /** @type {const} */ (['place', 'company', 'siret', 'inspector']);

/**
 * What a report says of itself; empty where it says nothing. `texts` are those of its codes, each once, in the order of the report.
 * @typedef {{ place: string, company: string, siret: string, inspector: string, began: string, last: string, count: number, texts: string[] }} Report
 * @typedef {{ word: typeof REPORT_WORDS[number], time: number | null, key: string | null }} Dating `time` (UTC seconds) and `key` (the kid) where it is dated
 */

/** @param {string} text @returns {any} undefined where it is no JSON */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * What the text of a report says; null where it is not in form.
 * @param {string} text
 * @returns {Report | null}
 */
export function readReport(text) {
  const found = parsed(text), said = (/** @type {unknown} */ value) => (typeof value === 'string' ? value.slice(0, 200) : '');
  if (found?.form !== REPORT_FORM || !Array.isArray(found.papers) || found.papers.length > MOST) return null;
  const texts = found.papers.flatMap((/** @type {any} */ paper) => (typeof paper?.text === 'string' && paper.text !== '' ? [paper.text] : []));
  const [place, company, siret, inspector] = DECLARED.map((name) => said(found.declared?.[name]));
  return { place, company, siret, inspector, began: said(found.began_at), last: said(found.last_at), count: found.papers.length, texts: [...new Set(texts)] };
}

/**
 * The word on the text of a date beside the file of this SHA-256. No text throws anything.
 * @param {string} date
 * @param {Uint8Array} digest 32 bytes
 * @param {Pick<import('./trust-content.js').TrustList, 'payload'>} trust
 * @returns {Dating}
 */
export function judgeDate(date, digest, trust) {
  const found = parsed(date), { sha256: named, countersignature: row } = found ?? {};
  const word = (/** @type {Dating['word']} */ one) => ({ word: one, time: null, key: null });
  if (found?.form !== DATE_FORM || typeof named !== 'string' || !/^[0-9a-f]{64}$/.test(named)) return word('malformed');
  if (typeof row !== 'string' || !/^(?:[0-9a-f]{2}){1,1024}$/.test(row)) return word('malformed');
  if (named !== toHex(digest)) return word('other_file');
  try {
    const counter = judgeCounter(decode(fromHex(row)), digest, trust);
    return counter ? { word: 'dated', time: counter.time, key: toHex(counter.kid) } : word('undated');
  } catch (error) {
    if (error instanceof FormError) return word('malformed');
    throw error;
  }
}

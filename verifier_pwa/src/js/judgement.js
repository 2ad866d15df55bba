/**
 * A verdict with all that it rests on: the text, the moment and the very lists that were used.
 * @module
 */

import { verify } from './verify.js';

/**
 * @typedef {import('./verify.js').Verdict} Verdict
 * @typedef {import('./trust.js').TrustList} TrustList
 * @typedef {import('./status.js').StatusList} StatusList
 * @typedef {{ trust: TrustList | null, status: Map<number, StatusList>, floor: number }} Holdings
 *
 * `at` is UTC seconds; `listed` the status list that the attestation names, when it is held.
 * @typedef {{ verdict: Verdict, text: string, at: number, trust: TrustList | null, listed: StatusList | null }} Judgement
 */

/**
 * Judges one text.
 * @param {string} text the whole text of a QR code
 * @param {Holdings} holdings
 * @param {number} now UTC seconds
 * @returns {Judgement}
 */
export function judge(text, holdings, now) {
  const verdict = verify(text, holdings.trust, holdings.status, now, holdings.floor);
  const listed = verdict.claims && holdings.status.get(verdict.claims.status.list);
  return { verdict, text, at: now, trust: holdings.trust, listed: listed ?? null };
}

/**
 * The key of a verdict's messages: some verdicts say another sentence at another level.
 * @param {Verdict} verdict
 * @returns {string} `valid_amber`, `unknown_key_amber`, `status_unknown_bare`, or the verdict's own name
 */
export function messageKey({ verdict, level, claims }) {
  if (verdict === 'valid' && level === 'amber') return 'valid_amber';
  if (verdict === 'unknown_key' && level === 'amber') return 'unknown_key_amber';
  if (verdict === 'status_unknown' && !claims) return 'status_unknown_bare';
  return verdict;
}

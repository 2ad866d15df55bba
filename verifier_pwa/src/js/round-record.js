/**
 * From the text of a code to a paper of a round: judged by the lists of this device, compared with the company that is visited.
 * @module
 */

import { toHex } from './bytes.js';
import { withWords } from './messages.js';
import './messages.round.js';
import { BLANK, differencesOf } from './round-model.js';
import { sha256 } from './sha2.js';
import { claimsSeal } from './text.js';
import { messageKey } from './words.js';

/** @typedef {import('./app.js').App} App */
/** @typedef {import('./round-model.js').Paper} Paper */
/** @typedef {import('./round-model.js').Round} Round */

/**
 * What a round keeps of a code, judged now.
 * @param {App} app
 * @param {Round} round
 * @param {string} text of a code
 * @returns {Promise<Paper>}
 */
export async function recordOf(app, round, text) {
  const key = toHex(sha256(new TextEncoder().encode(text)));
  return claimsSeal(text) && !app.ours(text) ? sealRecord(app, round, text, key) : { ...BLANK, key, ...judged(app, round, text) };
}

/**
 * What the lists in use say of a text, and what its signed fields add.
 * @param {App} app
 * @param {Round} round
 * @param {string} text
 */
function judged(app, round, text) {
  const { verdict, at, listed } = app.lists.judge(text), { claims } = verdict;
  const kind = /** @type {import('./round-model.js').Kind} */ (app.ours(text) ? 'ours' : 'foreign');
  return {
    at, kind, text, verdict: verdict.verdict, word: messageKey(verdict), level: verdict.level, list: /** @type {[number, number] | null} */ (listed && [listed.number, listed.issuedAt]),
    ...(claims && {
      number: claims.number, family_name: claims.family_name, given_names: claims.given_names ?? '', birth_date: claims.birth_date, employer: claims.employer.name,
      siret: claims.employer.siret ?? '', job: claims.job, valid_until: claims.valid_until, differs: differencesOf(claims, round),
    }),
  };
}

/**
 * @param {App} app
 * @param {Round} round
 * @param {string} text
 * @param {string} key
 * @returns {Promise<Paper>}
 */
async function sealRecord(app, round, text, key) {
  const { sealLines } = await withWords(() => import('./seal-view.js'));
  const [{ verdict, level, fields }] = await sealLines(app, [text]);
  const signed = (/** @type {string} */ field) => fields?.[field] ?? '', siret = signed('50');
  /** @type {Paper['differs']} */
  const differs = !round.siret || !siret || siret === round.siret ? [] : [siret.slice(0, 9) === round.siret.slice(0, 9) ? 'siret_siren' : 'siret'];
  return { ...BLANK, key, at: app.now(), kind: 'seal', text, verdict, word: verdict, level, family_name: signed('62'), given_names: (signed('60') || signed('61')).split('/').join(' '), employer: signed('5M'), siret, differs };
}

/**
 * A paper that newer lists, or the time, judge otherwise than when it was counted; null where they say the same.
 * @param {App} app
 * @param {Round} round
 * @param {Paper} paper
 * @returns {Partial<Paper> | null}
 */
export function judgedAnew(app, round, { kind, text, verdict, word, level, at, was }) {
  if (kind !== 'ours') return null;
  const { at: now, ...next } = judged(app, round, text);
  if (next.word === word && next.level === level) return null;
  return { ...next, was: [...was, { verdict, word, level, at: was.length > 0 ? now : at }].slice(-10) };
}

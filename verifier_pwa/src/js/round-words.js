/**
 * A round in words: how it is named, what a paper of it is called and its emblem, how many there are.
 * @module
 */

import { say } from './messages.js';
import './messages.round.js';
import { BY_HAND, shownLevel, wordKey } from './round-model.js';
import { emblem } from './symbols.js';
import { number } from './words.js';

/** @typedef {import('./round-model.js').Paper} Paper */
/** @typedef {import('./round-model.js').Round} Round */

/** Emblems of what is counted by hand, and of seals, among those of symbols.js. @type {Readonly<Record<string, string>>} */
const EMBLEMS = Object.freeze({
  none: 'foreign', left: 'suspended', other: 'status_unknown', authentic: 'valid', certificate_unknown: 'unknown_key', certificate_revoked: 'revoked',
  certificate_expired: 'expired', certificate_type: 'invalid_claims', incomplete: 'malformed', test: 'foreign',
});

/** What a round is called: its place and company. @param {Pick<Round, 'place' | 'company'>} round */
export function nameOf({ place, company }) {
  return [place, company].filter(Boolean).join(', ') || say('round.unnamed');
}

/** How many papers, in words. @param {number} count */
export function papersIn(count) {
  return count === 0 ? say('round.count.none') : count === 1 ? say('round.count.one') : say('round.count', { count });
}

/** The word of a result; a 2D-DOC is said to be one. @param {Pick<Paper, 'kind' | 'word'>} paper */
export function wordOf(paper) {
  const word = say(wordKey(paper));
  return paper.kind === 'seal' ? `2D-DOC : ${word}` : word;
}

/** The emblem of a paper. @param {Paper} paper */
export function emblemOf(paper) {
  return emblem(EMBLEMS[BY_HAND.includes(paper.kind) ? paper.kind : paper.verdict] ?? paper.verdict, shownLevel(paper));
}

/** Whose paper it is, as signed; empty where nothing vouches for a name. @param {Pick<Paper, 'family_name' | 'given_names'>} paper */
export function personOf({ family_name: family, given_names: given }) {
  return [family, given].filter(Boolean).join(' ');
}

/** A paper in few words: `n° 4 (NGUYEN Thi Mai)`. @param {Paper} paper */
export function shortName(paper) {
  const more = personOf(paper) || (paper.number ? number(paper.number) : wordOf(paper));
  return `${say('round.rank', { rank: paper.rank })} (${more})`;
}

/** The number of an attestation, written in groups. @param {string} digits '' for none */
export function grouped(digits) {
  return digits && number(digits);
}

/**
 * The full screen of a verdict: the sentence first, then what is signed, what the law still asks, and the details.
 * @module
 */

import { details } from './details.js';
import { button, element } from './element.js';
import { messageKey } from './judgement.js';
import { lawNotice } from './law.js';
import { liveStrip } from './live.js';
import { say } from './messages.js';
import { comparison, signedFields } from './signed-fields.js';
import { emblem, sign } from './symbols.js';
import { ago, day, moment } from './words.js';

/** @typedef {import('./judgement.js').Judgement} Judgement */

/** Verdicts whose text says what it is, while nothing of it may be shown. */
const WITHHELD = ['untrusted_key', 'bad_signature', 'unknown_key', 'invalid_claims'];
/** Verdicts that a newer list may change: the button to ask for one stands beside the sentence. */
const REFRESHABLE = ['valid_amber', 'status_unknown', 'status_unknown_bare', 'unknown_key_amber'];
/** Verdicts where the service that signed is the one to ask. */
const CONTACT = ['suspended', 'revoked', 'replaced'];

/**
 * The sentence of a verdict and what it means, in words.
 * @param {Judgement} judgement
 * @returns {{ word: string, sentence: string, more: string }}
 */
export function verdictWords({ verdict, at, listed }) {
  const key = `verdict.${messageKey(verdict)}`;
  const { claims } = verdict;
  const parameters = {
    list: listed ? moment(listed.issuedAt) : '',
    age: listed ? ago(at - listed.issuedAt) : '',
    from: claims ? day(claims.valid_from) : '',
    until: claims ? day(claims.valid_until) : '',
  };
  return { word: say(`${key}.word`), sentence: say(key, parameters), more: say(`${key}.more`, parameters) };
}

/**
 * @param {Judgement} judgement
 * @param {{ again: () => void, keep: () => Promise<string>, refresh: () => void, now: () => number, changed: boolean,
 *   lamp: HTMLElement | null }} acts `keep` gives the name of the saved file; `lamp` is the switch of the torch, if it is on
 * @returns {{ node: HTMLElement, heading: HTMLElement, update: (judgement: Judgement) => void, stop: () => void }}
 *   `update` shows the same verdict resting on newer lists
 */
export function verdictView(judgement, acts) {
  const { verdict, at } = judgement;
  const { word, sentence, more } = verdictWords(judgement);
  const said = element('span', { class: 'verdict-sentence' }, sentence);
  const meaning = element('p', { class: 'verdict-more' }, more);
  let folded = details(judgement);
  const live = liveStrip(at, acts.now);
  const heading = element('h1', { tabindex: '-1' },
    element('span', { class: 'verdict-word' }, word), ' ',
    said);
  const node = element('article', {
    class: 'verdict', 'data-verdict': verdict.verdict, 'data-level': verdict.level,
  },
  element('header', { class: 'panel' },
    emblem(verdict.verdict, verdict.level),
    element('div', { class: 'panel-words' },
      element('p', { class: 'verdict-level' }, say(`level.${verdict.level}`)),
      heading,
      meaning,
      verdict.authority && CONTACT.includes(verdict.verdict) && element('p', {}, say('verdict.contact'), ' ', element('bdi', {}, verdict.authority)),
      acts.changed && element('p', { class: 'verdict-changed' }, say('verdict.changed')),
      verdict.more && element('p', {}, say('verdict.more_claims')),
      REFRESHABLE.includes(messageKey(verdict)) && button(say('action.refresh'), acts.refresh, { class: 'button button-quiet', 'data-action': 'refresh' }, sign('refresh'))),
    live.strip),
  verdict.claims && element('section', { class: 'card signed' },
    element('h2', {}, say('fields.title')),
    signedFields(verdict.claims),
    comparison()),
  WITHHELD.includes(verdict.verdict) && element('p', { class: 'card' }, say('fields.withheld')),
  element('div', { class: 'aside' },
    verdict.claims && lawNotice(),
    keepCard(acts.keep),
    folded),
  element('div', { class: 'next' },
    acts.lamp,
    button(say('action.again'), acts.again, { class: 'button button-main', 'data-action': 'again' }, sign('scan'))));

  /** @param {Judgement} next */
  function update(next) {
    const words = verdictWords(next);
    said.textContent = words.sentence;
    meaning.textContent = words.more;
    const anew = details(next);
    anew.open = folded.open;
    folded.replaceWith(anew);
    folded = anew;
  }
  return { node, heading, update, stop: live.stop };
}

/**
 * @param {() => Promise<string>} keep
 * @returns {HTMLElement}
 */
function keepCard(keep) {
  const said = element('p', { role: 'status' });
  const act = async () => {
    try {
      said.textContent = say('keep.done', { name: await keep() });
    } catch (error) {
      if (!(error instanceof DOMException || error instanceof TypeError)) throw error;
      said.textContent = say('keep.failed');
    }
  };
  return element('section', { class: 'card keep' },
    button(say('keep.action'), () => { void act(); }, { class: 'button', 'data-action': 'keep' }, sign('save')),
    element('p', {}, say('keep.hint')), said);
}

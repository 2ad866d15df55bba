/**
 * The full screen of a verdict: the sentence first, then what is signed, what the law still asks, and the details.
 * @module
 */

import { afterPaint, button, element, fill } from './element.js';
import { say } from './messages.js';
import { signedFields } from './signed-fields.js';
import { emblem, sign } from './symbols.js';
import { ago, clock, day, moment } from './words.js';

/** @typedef {import('./lists.js').Judgement} Judgement */

/** Verdicts whose text says what it is, while nothing of it may be shown. */
const WITHHELD = ['untrusted_key', 'bad_signature', 'unknown_key', 'invalid_claims'];
/** Verdicts that a newer list may change: the button to ask for one stands beside the sentence. */
const REFRESHABLE = ['valid_amber', 'status_unknown', 'status_unknown_bare', 'unknown_key_amber'];
/** Verdicts where the service that signed is the one to ask. */
const CONTACT = ['suspended', 'revoked', 'replaced'];
/** Seconds after which a result should be asked for again. */
const OLD_S = 600;
const TICK_MS = 500;

/**
 * The key of a verdict's messages: some verdicts say another sentence at another level.
 * @param {import('./verify.js').Verdict} verdict
 * @returns {string} `valid_amber`, `unknown_key_amber`, `status_unknown_bare`, or the verdict's own name
 */
export function messageKey({ verdict, level, claims }) {
  if (verdict === 'valid' && level === 'amber') return 'valid_amber';
  if (verdict === 'unknown_key' && level === 'amber') return 'unknown_key_amber';
  if (verdict === 'status_unknown' && !claims) return 'status_unknown_bare';
  return verdict;
}

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
  const signed = verdict.claims && element('section', { class: 'card signed' },
    element('h2', {}, say('fields.title')),
    signedFields(verdict.claims));
  const aside = element('div', { class: 'aside' });
  let latest = judgement;
  /** @type {((next: Judgement) => void) | null} */
  let renewDetails = null;
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
  signed,
  WITHHELD.includes(verdict.verdict) && element('p', { class: 'card' }, say('fields.withheld')),
  aside,
  element('div', { class: 'next' },
    acts.lamp,
    button(say('action.again'), acts.again, { class: 'button button-main', 'data-action': 'again' }, sign('scan'))));

  /** @param {Judgement} next */
  function update(next) {
    const words = verdictWords(next);
    said.textContent = words.sentence;
    meaning.textContent = words.more;
    latest = next;
    renewDetails?.(next);
  }

  async function addRest() {
    const { comparison, details, keepCard, lawNotice } = await import('./verdict-more.js');
    let folded = details(latest);
    renewDetails = (next) => {
      const anew = details(next);
      anew.open = folded.open;
      folded.replaceWith(anew);
      folded = anew;
    };
    signed?.append(comparison());
    fill(aside, signed && lawNotice(), keepCard(acts.keep), folded);
  }
  afterPaint(() => {
    addRest().catch((error) => {
      fill(aside, element('p', { class: 'card' }, say('fields.rest_missing')));
      if (!(error instanceof TypeError)) throw error; // it could not be fetched
    });
  });
  return { node, heading, update, stop: live.stop };
}

/**
 * What a picture of this screen lacks: a clock that ticks, an age that grows, a band that moves.
 * @param {number} at when the verdict was given, UTC seconds
 * @param {() => number} now UTC seconds
 * @returns {{ strip: HTMLElement, stop: () => void }}
 */
function liveStrip(at, now) {
  const time = element('span', { class: 'live-clock' });
  const age = element('span', { class: 'live-age' });
  const strip = element('div', { class: 'live', role: 'group', 'aria-label': say('live.label') },
    element('div', { class: 'live-band', 'aria-hidden': 'true' }),
    element('div', { class: 'live-line' }, time, age),
    element('p', { class: 'live-proof' }, say('live.proof')));

  function tick() {
    const since = now() - at;
    time.textContent = clock(now());
    age.textContent = since >= OLD_S ? say('live.old') : say('live.checked', { ago: ago(Math.max(0, since)) });
    strip.classList.toggle('live-old', since >= OLD_S);
  }
  tick();
  const timer = setInterval(tick, TICK_MS);
  return { strip, stop: () => clearInterval(timer) };
}

/**
 * The full screen of a verdict: the sentence first, then what is signed, what the law still asks, and the details.
 * @module
 */

import { afterPaint, button, element, fill } from './element.js';
import { say } from './messages.js';
import { facts, signedFields } from './signed-fields.js';
import { emblem, sign } from './symbols.js';
import { ago, clock, messageKey, number as digits, verdictWords } from './words.js';

/** @typedef {import('./lists.js').Judgement} Judgement */

/** Verdicts whose text says what it is, while nothing of it may be shown. */
const WITHHELD = ['untrusted_key', 'bad_signature', 'unknown_key', 'invalid_claims'];
/** Verdicts that a newer list may change: the button to ask for one stands beside the sentence. */
const REFRESHABLE = ['valid_amber', 'status_unknown', 'status_unknown_bare', 'unknown_key_amber', 'untrusted_key_amber'];
/** Verdicts where the service that signed is the one to ask. */
const CONTACT = ['suspended', 'revoked', 'replaced', 'expired', 'clock_wrong', 'status_unknown'];
/** Verdicts of an attestation that is over for good: what to do comes in place of what to compare. */
const ENDED = ['revoked', 'replaced', 'expired'];
/** A French telephone number, as the name of a service may hold it. */
const TELEPHONE = /(?:\+33|0)[ .\u00a0]?[1-9](?:[ .\u00a0]?[0-9]{2}){4}(?![0-9])/;
/** Seconds after which a result should be asked for again. */
const OLD_S = 600;
const TICK_MS = 500;

/**
 * @param {Judgement} judgement
 * @param {{ again: () => void, app: import('./app.js').App | null, refresh: () => void, now: () => number, changed: boolean, doubt: import('./words.js').Doubt, others: Judgement[],
 *   lamp: HTMLElement | null }} acts `app` is null where there is nothing to prove; `lamp` is the switch of the torch, if it is on
 * @returns {{ node: HTMLElement, heading: HTMLElement, update: (judgement: Judgement) => void, stop: () => void }}
 *   `update` shows the same verdict resting on newer lists
 */
export function verdictView(judgement, acts) {
  const { verdict, at } = judgement;
  const { word, sentence, more, level } = verdictWords(judgement, acts.doubt);
  const said = element('span', { class: sentence.length > 48 ? 'verdict-sentence verdict-sentence-long' : 'verdict-sentence' }, ...unbroken(sentence));
  const meaning = element('p', { class: 'verdict-more' }, more);
  const signed = verdict.claims && element('section', { class: 'card signed' },
    element('h2', {}, say('fields.title')),
    signedFields(verdict.claims, { rest: true }));
  const ended = ENDED.includes(verdict.verdict);
  const aside = element('div', { class: 'aside' });
  let latest = judgement;
  /** @type {((next: Judgement) => void) | null} */
  let renewDetails = null;
  const live = liveStrip(at, acts.now);
  const heading = element('h1', { tabindex: '-1' },
    element('span', { class: word.length > 12 ? 'verdict-word verdict-word-long' : 'verdict-word' }, word), ' ',
    said);
  const node = element('article', {
    class: 'verdict', 'data-verdict': verdict.verdict, 'data-level': level, 'data-doubt': acts.doubt,
  },
  element('header', { class: 'panel' },
    emblem(verdict.verdict, level),
    element('div', { class: 'panel-words' },
      element('p', { class: 'verdict-level' }, say(`level.${level}`)),
      heading),
    verdict.claims && facts(verdict.claims),
    element('div', { class: 'panel-more' },
      ended && element('p', { class: 'verdict-do' }, say('verdict.ended.do')),
      meaning,
      acts.doubt && level === verdict.level && element('p', { class: 'verdict-do' }, say(`doubt.${acts.doubt}.more`)),
      acts.others.length > 0 && otherAnswers(acts.others),
      ended && element('p', {}, say('verdict.ended.working')),
      verdict.authority && CONTACT.includes(verdict.verdict) && element('p', {}, say('verdict.contact'), ' ', service(verdict.authority)),
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
    const words = verdictWords(next, acts.doubt);
    fill(said, ...unbroken(words.sentence));
    meaning.textContent = words.more;
    latest = next;
    renewDetails?.(next);
  }

  async function addRest() {
    const { afterCards, comparison, details, lawNotice } = await import('./verdict-details.js');
    let folded = details(latest);
    renewDetails = (next) => {
      const anew = details(next);
      anew.open = folded.open;
      folded.replaceWith(anew);
      folded = anew;
    };
    if (!ended) signed?.append(comparison());
    fill(aside, signed && !ended && lawNotice(), acts.app && afterCards(acts.app, () => latest), folded);
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
 * What else the same file says.
 * @param {Judgement[]} others
 */
function otherAnswers(others) {
  return element('ul', { class: 'others' }, ...others.map((judgement) => {
    const { claims, verdict } = judgement.verdict;
    const whose = claims && element('bdi', {}, `${[claims.family_name, claims.given_names].filter(Boolean).join(' ')}, ${say('choice.item', { number: digits(claims.number) })}`);
    return element('li', { 'data-other': verdict }, element('strong', {}, verdictWords(judgement).word), ' – ', whose ?? verdictWords(judgement).sentence);
  }));
}

/**
 * A sentence whose signs stay on the line of their words. Its spaces stay plain ones: people search for it and quote it.
 * @param {string} sentence
 * @returns {(string | HTMLElement)[]}
 */
function unbroken(sentence) {
  return sentence.split(/(\S+ [:;?!»]\S*|« \S+)/).map((part, at) => (at % 2 ? element('span', { class: 'unbroken' }, part) : part));
}

/**
 * Who is to be asked; a telephone number can be called.
 * @param {string} authority as the trust list names it
 */
function service(authority) {
  const number = TELEPHONE.exec(authority);
  if (!number) return element('bdi', {}, authority);
  return element('bdi', {}, authority.slice(0, number.index), element('a', { href: `tel:${number[0].replace(/[^0-9+]/g, '')}` }, number[0]),
    authority.slice(number.index + number[0].length));
}

/**
 * What a picture of this screen lacks: a clock that ticks, an age that grows, a band that moves.
 * @param {number} at when the verdict was given, UTC seconds
 * @param {() => number} now UTC seconds
 * @returns {{ strip: HTMLElement, stop: () => void }}
 */
export function liveStrip(at, now) {
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

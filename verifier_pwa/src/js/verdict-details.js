/**
 * What stands under the signed fields of a verdict: what to compare, what the law still asks of an employer (each text dated, because texts
 * change), the proof to keep, and the technical details, folded: for a colleague, a developer, a court. Loaded once the verdict is seen.
 * @module
 */

import { button, element } from './element.js';
import { say } from './messages.js';
import { site } from './site.js';
import { sign } from './symbols.js';
import { ago, exactMoment, moment } from './words.js';

/** @typedef {import('./app.js').App} App */
/** @typedef {import('./lists.js').Judgement} Judgement */

/** What to compare, to tick off one by one; nothing is kept of it. @returns {HTMLElement} */
export function comparison() {
  const steps = ['paper', 'identity', 'photo', 'work'];
  return element('section', { class: 'compare' },
    element('h3', {}, say('fields.compare')),
    element('ul', {}, ...steps.map((step) => element('li', {},
      element('label', {}, element('input', { type: 'checkbox' }), element('span', {}, say(`fields.compare.${step}`)))))),
    element('p', {}, say('fields.compare.differ')));
}

/** The articles shown, in the order of what is asked. */
const RULES = ['check', 'delay', 'exempt'];

/** What the law asks of an employer, each text with its source and date. @returns {HTMLElement} */
export function lawNotice() {
  return element('section', { class: 'card law' },
    element('h2', {}, say('law.title')),
    element('p', { class: 'strong' }, say('law.not_instead')),
    element('ol', {}, ...RULES.map((rule) => element('li', {},
      element('p', {}, say(`law.${rule}`)),
      element('p', { class: 'source' }, say(`law.${rule}.source`))))),
    element('p', {}, say('law.limits')));
}

/**
 * What can be done with a result: to go on from it, and to keep it as a file. Both are loaded at a tap.
 * @param {App} app
 * @param {() => Judgement} latest what is on the screen
 * @returns {DocumentFragment}
 */
export function afterCards(app, latest) {
  const cards = document.createDocumentFragment();
  const open = async () => {
    const judgement = latest();
    await (await app.later(() => import('./after-view.js')))?.openAfter(app, judgement);
  };
  if (latest().verdict.claims) {
    cards.append(element('section', { class: 'card' },
      button(say('after.action'), () => { void open(); }, { class: 'button', 'data-action': 'after' }, sign('next'))));
  }
  cards.append(keepCard(app, latest));
  return cards;
}

/** @param {App} app @param {() => Judgement} latest */
function keepCard(app, latest) {
  const said = element('p', { role: 'status' });
  const act = async () => {
    const part = await app.later(() => import('./evidence.js'));
    if (!part) return;
    try {
      said.textContent = say('keep.done', { name: await part.saveEvidence(latest()) });
    } catch (error) {
      if (!(error instanceof DOMException || error instanceof TypeError)) throw error;
      said.textContent = say('keep.failed');
    }
  };
  return element('section', { class: 'card keep' },
    button(say('keep.action'), () => { void act(); }, { class: 'button', 'data-action': 'keep' }, sign('save')),
    element('p', {}, say('keep.hint')), said);
}

/**
 * @param {string} label
 * @param {...import('./element.js').Child} value
 */
function row(label, ...value) {
  return element('div', { class: 'detail' }, element('dt', {}, say(label)), element('dd', {}, ...value));
}

/**
 * The technical details of a verdict, folded.
 * @param {Judgement} judgement
 * @returns {HTMLDetailsElement}
 */
export function details({ verdict, text, at, trust, listed }) {
  const { claims, key, authority } = verdict;
  return element('details', { class: 'card details' },
    element('summary', {}, element('h2', {}, say('details.title'))),
    element('dl', {},
      row('details.verdict', element('code', {}, `${verdict.verdict} · ${verdict.level}`)),
      authority && row('details.authority', element('bdi', {}, authority)),
      key && row('details.key', element('code', {}, key)),
      claims && row('details.status.list', element('span', { 'data-field': 'status.list', 'data-value': claims.status.list }, claims.status.list),
        listed && ` – ${moment(listed.issuedAt)}`),
      claims && row('details.status.index', element('span', { 'data-field': 'status.index', 'data-value': claims.status.index }, claims.status.index)),
      verdict.statusAgeS !== null && row('details.status_age', ago(verdict.statusAgeS)),
      row('details.trust', trust ? say('details.trust.value', { version: trust.version, date: moment(trust.issued) }) : say('details.none')),
      trust && row('details.trust_age', ago(at - trust.issued)),
      row('details.checked_at', exactMoment(at)),
      row('details.format', say('details.format.value')),
      row('details.software', site.version),
      row('details.text', element('code', { class: 'long' }, text.length > 4000 ? `${text.slice(0, 4000)}…` : text))));
}

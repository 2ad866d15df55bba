/**
 * The technical details of a verdict, folded: for a colleague, a developer, a court.
 * @module
 */

import { element } from './element.js';
import { say } from './messages.js';
import { site } from './site.js';
import { ago, exactMoment, moment } from './words.js';

/** @typedef {import('./judgement.js').Judgement} Judgement */

/**
 * @param {string} label
 * @param {...import('./element.js').Child} value
 */
function row(label, ...value) {
  return element('div', { class: 'detail' }, element('dt', {}, say(label)), element('dd', {}, ...value));
}

/**
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

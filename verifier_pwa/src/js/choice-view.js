/**
 * Several attestations in one file: a list to choose from.
 * @module
 */

import { button, element } from './element.js';
import { say } from './messages.js';
import { sign } from './symbols.js';
import { verdictWords } from './verdict-view.js';
import { number } from './words.js';

/** @typedef {import('./judgement.js').Judgement} Judgement */

/**
 * @param {Judgement[]} judgements
 * @param {(judgement: Judgement) => void} choose
 * @returns {import('./shell.js').Screen}
 */
export function choiceView(judgements, choose) {
  const heading = element('h1', { tabindex: '-1' }, say('choice.title'));
  const node = element('section', { class: 'page' }, heading, element('p', {}, say('choice.lead')),
    element('ul', { class: 'choices' }, ...judgements.map((judgement) => element('li', {}, choice(judgement, choose)))));
  return { name: 'choice', title: say('choice.title'), node, heading };
}

/**
 * @param {Judgement} judgement
 * @param {(judgement: Judgement) => void} choose
 */
function choice(judgement, choose) {
  const { claims } = judgement.verdict;
  const made = button('', () => choose(judgement), { class: 'choice', 'data-action': 'choose' });
  made.replaceChildren(
    element('span', { class: 'choice-name' }, claims
      ? element('bdi', {}, [claims.family_name, claims.given_names].filter(Boolean).join(' '))
      : say('choice.unread')),
    element('span', { class: 'choice-number' }, claims ? say('choice.item', { number: number(claims.number) }) : ''),
    element('span', { class: 'choice-word' }, verdictWords(judgement).word),
    sign('next'));
  return made;
}

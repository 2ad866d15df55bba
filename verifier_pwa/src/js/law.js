/**
 * What the law still asks of an employer after a scan. Each text is dated, because texts change.
 * @module
 */

import { element } from './element.js';
import { say } from './messages.js';

/** The articles shown, in the order of what is asked. */
const RULES = ['check', 'delay', 'exempt'];

/** @returns {HTMLElement} */
export function lawNotice() {
  return element('section', { class: 'card law' },
    element('h2', {}, say('law.title')),
    element('p', { class: 'strong' }, say('law.not_instead')),
    element('ol', {}, ...RULES.map((rule) => element('li', {},
      element('p', {}, say(`law.${rule}`)),
      element('p', { class: 'source' }, say(`law.${rule}.source`))))),
    element('p', {}, say('law.limits')));
}

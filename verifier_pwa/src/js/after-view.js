/**
 * After the verdict: whose paper it is, and what can be done with it. Everything here is done on the device; nothing is sent or kept without
 * being asked.
 * @module
 */

import { style } from './after-parts.js';
import { button, element } from './element.js';
import { say } from './messages.js';
import './messages.after.js';
import { sign } from './symbols.js';
import { verdictWords } from './verdict-view.js';
import { watchable } from './watch.js';
import { number } from './words.js';

/** @typedef {import('./app.js').App} App */
/** @typedef {import('./lists.js').Judgement} Judgement */

/**
 * Opens the choice of what to do.
 * @param {App} app
 * @param {Judgement} judgement of a paper whose claims are known
 */
export async function openAfter(app, judgement) {
  const before = app.shell.screen?.name;
  await style();
  if (app.shell.screen?.name !== before) return; // something else was asked for meanwhile; newer lists may have drawn the same verdict anew
  const heading = element('h1', { tabindex: '-1' }, say('after.title'));
  const node = element('section', { class: 'page', 'data-after': 'choice' }, heading, whose(judgement),
    element('p', {}, say('after.lead')),
    element('div', { class: 'ways-after' },
      way('compare', async () => (await app.later(() => import('./compare-view.js')))?.openCompare(app, judgement)),
      way('request', async () => (await app.later(() => import('./request-view.js')))?.openRequest(app, judgement)),
      way('receipt', async () => (await app.later(() => import('./receipt-view.js')))?.openReceiptForm(app, judgement)),
      watchable(judgement.verdict) && way('watch', async () => (await app.later(() => import('./watch-view.js')))?.openWatchForm(app, [judgement], () => { void openAfter(app, judgement); }))),
    back(app, judgement));
  app.shell.show({ name: 'after', title: say('after.title'), node, heading, again: () => { void openAfter(app, judgement); } });
}

/** @param {string} name @param {() => Promise<unknown>} open */
function way(name, open) {
  const made = button('', () => { void open(); }, { class: 'way', 'data-action': name });
  made.replaceChildren(element('strong', {}, say(`after.way.${name}`)), element('span', {}, say(`after.way.${name}.hint`)));
  return made;
}

/**
 * Whose paper this is and what was said of it.
 * @param {Judgement} judgement
 */
export function whose(judgement) {
  const { claims } = judgement.verdict, { word, level } = verdictWords(judgement);
  return element('p', { class: 'strong', 'data-whose': true },
    claims && element('bdi', {}, [claims.family_name, claims.given_names].filter(Boolean).join(' ')), claims && ', ', claims && say('choice.item', { number: number(claims.number) }),
    ' – ', word, ' (', say(`level.${level}`), ')');
}

/**
 * The way back to the verdict, which is given anew.
 * @param {App} app
 * @param {Judgement} judgement
 * @param {...import('./element.js').Child} more
 */
export function back(app, { text }, ...more) {
  return element('div', { class: 'buttons' }, ...more,
    button(say('after.back'), () => app.present(text), { class: 'button', 'data-action': 'back' }, sign('scan')));
}

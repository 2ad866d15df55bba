/**
 * The ways to a round: from the first screen, and, at every opening, from the round under way, which is erased when its time is over.
 * @module
 */

import { button, element } from './element.js';
import { say } from './messages.js';
import './messages.round.js';
import { openKeep } from './round-keep.js';
import { WARNED_S, endOf } from './round-model.js';
import { nameOf, papersIn } from './round-words.js';
import { moment } from './words.js';

/** @typedef {import('./app.js').App} App */

/**
 * The button of the first screen.
 * @param {App} app
 * @returns {HTMLElement}
 */
export function roundButton(app) {
  return element('section', { class: 'card' },
    button(say('round.enter'), () => { void open(app); }, { class: 'button button-wide', 'data-action': 'round' }),
    element('p', { class: 'hint' }, say('round.enter.hint')));
}

/** @param {App} app */
async function open(app) {
  (await app.later(() => import('./round-view.js')))?.openRound(app);
}

/** @type {boolean} */
let followed = false;

/**
 * Tells of the round under way wherever another screen stands; erases one whose last paper is 72 hours old. Called once a page; what a page
 * in the background becomes when it is looked at again counts as an opening.
 * @param {App} app
 */
export async function rememberRound(app) {
  if (followed) return;
  followed = true;
  const keep = await openKeep();
  const look = async () => {
    if (keep.head && app.now() >= endOf(keep.head)) await over(app, keep);
    else tell(app, keep);
  };
  keep.addEventListener('change', () => tell(app, keep));
  app.addEventListener('screen', () => tell(app, keep));
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') void look(); });
  await look();
}

/**
 * @param {App} app
 * @param {import('./round-keep.js').RoundKeep} keep
 */
async function over(app, keep) {
  const { head } = keep;
  if (!head) return;
  const what = nameOf(head), papers = papersIn(keep.papers.size);
  if (!await keep.erase()) return;
  app.shell.notice('round', element('section', { class: 'notice notice-offer', 'data-round-notice': 'erased', 'aria-label': say('round.title') },
    element('p', { role: 'alert' }, say('round.notice.erased', { what, papers })),
    button(say('round.notice.ok'), () => app.shell.notice('round', null), { class: 'button button-small' })));
}

/**
 * @param {App} app
 * @param {import('./round-keep.js').RoundKeep} keep
 */
function tell(app, { head, papers }) {
  const shown = document.querySelector('[data-round-notice]');
  if (!head || app.shell.screen?.name === 'round') {
    if (shown?.getAttribute('data-round-notice') !== 'erased' || head) app.shell.notice('round', null);
    return;
  }
  const end = endOf(head), soon = end - app.now() < WARNED_S;
  app.shell.notice('round', element('section', { class: 'notice notice-offer', 'data-round-notice': soon ? 'soon' : 'open', 'aria-label': say('round.title') },
    element('p', {}, element('strong', {}, say('round.notice', { what: nameOf(head), papers: papersIn(papers.size) })), ' – ',
      say(soon ? 'round.notice.soon' : 'round.notice.end', { end: moment(end) })),
    button(say('round.notice.resume'), () => { void open(app); }, { class: 'button button-small button-main', 'data-action': 'resume' })));
}

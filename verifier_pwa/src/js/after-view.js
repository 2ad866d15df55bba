/**
 * After the verdict: whose paper it is, and what can be done with it. Everything here is done on the device; nothing is sent or kept without
 * being asked. This module alone leads from one of these screens to another: each is handed what it leads to.
 * @module
 */

import { back, style, whose } from './after-parts.js';
import { button, element } from './element.js';
import { say } from './messages.js';
import './messages.after.js';
import { watchable } from './watch.js';

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
  const heading = element('h1', { tabindex: '-1' }, say('after.title')), again = () => { void openAfter(app, judgement); };
  const node = element('section', { class: 'page', 'data-after': 'choice' }, heading, whose(judgement),
    element('p', {}, say('after.lead')),
    element('div', { class: 'ways-after' },
      way('compare', async () => (await app.later(() => import('./compare-view.js')))?.openCompare(app, judgement, again)),
      way('request', async () => (await app.later(() => import('./request-view.js')))?.openRequest(app, judgement, again)),
      way('receipt', () => declare(app, judgement, null)),
      watchable(judgement.verdict) && way('watch', async () => (await app.later(() => import('./watch-view.js')))?.openWatchForm(app, [judgement], again))),
    back(app, judgement));
  app.shell.show({ name: 'after', title: say('after.title'), node, heading, again });
}

/**
 * Opens the form of a receipt. The screen of the receipt is fetched before it: what was signed is always shown.
 * @param {App} app
 * @param {Judgement} judgement
 * @param {{ digest: string, texts: string[] } | null} former the receipt that this one follows, and the texts of it and of those before
 */
async function declare(app, judgement, former) {
  const [form] = await app.later(() => Promise.all([import('./receipt-view.js'), import('./receipt-show.js')])) ?? [];
  await form?.openReceiptForm(app, judgement, former, {
    another: () => { void openAfter(app, judgement); },
    signed: (text, kept) => openReceipt(app, [text, ...former?.texts ?? []], judgement.text, kept),
  });
}

/**
 * Opens the screen of a receipt.
 * @param {App} app
 * @param {string[]} texts of the receipt and of those that came with it, at least one
 * @param {string | null} paper the text of the attestation beside it, if there is one
 * @param {boolean} [kept] of a receipt that was just made: whether the device keeps its key
 */
export async function openReceipt(app, texts, paper, kept) {
  const before = app.shell.screen, part = await app.later(() => import('./receipt-show.js'));
  if (app.shell.screen === before) await part?.showReceipt(app, texts, paper, { kept, suite: (judgement, former) => { void declare(app, judgement, former); } });
}

/** @param {string} name @param {() => Promise<unknown>} open */
function way(name, open) {
  const made = button('', () => { void open(); }, { class: 'way', 'data-action': name });
  made.replaceChildren(element('strong', {}, say(`after.way.${name}`)), element('span', {}, say(`after.way.${name}.hint`)));
  return made;
}

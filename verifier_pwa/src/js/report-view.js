/**
 * The screen of a round's report that is given back, and of its date: what is established, what is declared, and the way to judge its papers by the lists of today.
 * Never green, and never a verdict: a report is signed by nobody.
 * @module
 */

import { style } from './after-parts.js';
import { fromHex } from './bytes.js';
import { button, element } from './element.js';
import { say } from './messages.js';
import './messages.more.js';
import './messages.pile.js';
import { openPile } from './pile-view.js';
import { judgeDate, readReport } from './report-read.js';
import { sign } from './symbols.js';
import { exactMoment } from './words.js';

/** @typedef {import('./app.js').App} App */
/** @typedef {import('./files.js').Document} Document */
/** @typedef {{ report: Document | null, date: Document | null }} Pair a report and its date, either of which may not be given yet */

/** What stands on the screen while its other half is given. @type {Pair | null} */
let waiting = null;

/**
 * Opens the screen of reports that were given in files.
 * @param {App} app
 * @param {readonly Document[]} given at most one of each form
 */
export async function openReport(app, given) {
  const before = waiting;
  waiting = null;
  const of = (/** @type {Document['form']} */ form) => given.find((one) => one.form === form) ?? null;
  const report = of('report'), date = of('date');
  await show(app, { report: report ?? (date && before?.report) ?? null, date: date ?? (report && before?.date) ?? null });
}

/**
 * @param {App} app
 * @param {Pair} pair
 */
async function show(app, pair) {
  const before = app.shell.screen;
  await style();
  if (app.shell.screen !== before) return;
  const { report, date } = pair, { trust } = app.lists, read = report && readReport(report.text);
  if (report && !read) {
    (await app.fileReading())?.complain('report_broken');
    return;
  }
  const dating = report && date && trust ? judgeDate(date.text, fromHex(report.digest), trust) : null;
  const word = dating?.word ?? (!report ? 'no_report' : date ? 'no_lists' : 'no_date');
  const title = say('report.title'), heading = element('h1', { tabindex: '-1' }, title);
  const said = say(`report.${word}`, dating?.word === 'dated' ? { time: exactMoment(/** @type {number} */ (dating.time)), key: String(dating.key) } : {});
  const moment = (/** @type {string} */ text) => (Number.isNaN(Date.parse(text)) ? text : exactMoment(Math.trunc(Date.parse(text) / 1000)));
  const lines = read ? /** @type {[string, string][]} */ ([
    ['place', read.place], ['company', [read.company, read.siret && `SIRET ${read.siret}`].filter(Boolean).join(', ')], ['inspector', read.inspector],
    ['began', moment(read.began)], ['last', moment(read.last)], ['papers', String(read.count)],
  ]).filter(([, value]) => value !== '') : [];
  const papers = () => {
    const texts = read?.texts ?? [], name = report?.name ?? '';
    void openPile(app, {
      given: texts.map((text, at) => ({ name: say('report.code', { file: name, code: at + 1 }), found: { texts: [text], hidden: [], unread: false, trouble: null, parameters: {} } })),
      left: 0, hired: new Map(), judged: new Map(),
    });
  };
  const node = element('section', { class: 'page', 'data-report': word }, heading,
    element('section', { class: 'card' }, element('h2', {}, say('report.established')),
      element('p', {}, element('strong', {}, say(`report.word.${word}`)), ' – ', said),
      report && element('p', { class: 'long' }, say('report.fingerprint', { file: report.name, hash: report.digest }))),
    read && element('section', { class: 'card' }, element('h2', {}, say('report.declared')), element('p', {}, say('report.declared.what')),
      element('dl', { class: 'form' }, ...lines.map(([name, value]) => element('div', { class: 'detail' }, element('dt', {}, say(`report.line.${name}`)), element('dd', {}, element('bdi', {}, value)))))),
    element('div', { class: 'buttons' },
      read && read.texts.length > 0 && button(say(read.texts.length === 1 ? 'report.papers.one' : 'report.papers', { count: read.texts.length }), papers, { class: 'button button-main', 'data-action': 'report-papers' }),
      button(say('report.other'), () => /** @type {HTMLInputElement} */ (document.querySelector('input[type=file]')).click(), { class: 'button', 'data-action': 'report-file' }, sign('file')),
      button(say('nav.scan'), () => { void app.scan(); }, { class: 'button' }, sign('scan'))));
  app.shell.show({
    name: 'after', title, node, heading, again: () => { void show(app, pair); },
    files: () => {
      waiting = pair; // perhaps its other half: it is read as every file
      return false;
    },
  });
  app.shell.announce(`${say(`report.word.${word}`)}. ${said}`);
}

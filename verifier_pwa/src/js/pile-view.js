/**
 * The screen of many files given at once: one table, the worst first, and what can be kept of it. It stays behind the verdicts that are
 * opened from it, until the page or the person closes it.
 * @module
 */

import { saveFile, style } from './after-parts.js';
import { firstDayAmong, readDay } from './compare.js';
import { button, element } from './element.js';
import { ACCEPTED, hiresOf, tellsOfHires } from './hire-given.js';
import { askBeforeLeaving } from './leaving.js';
import { say } from './messages.js';
import './messages.after.js';
import './messages.more.js';
import './messages.pile.js';
import { counted, countsOf, doubtOf, listWords, pileRecord, pileTable, rowsOf } from './pile.js';
import { emblem, sign } from './symbols.js';
import { claimsSeal } from './text.js';
import { day, number } from './words.js';

/** @typedef {import('./app.js').App} App */
/** @typedef {import('./lists.js').Judgement} Judgement */
/** @typedef {import('./pile.js').Pile} Pile */
/** @typedef {import('./pile.js').Row} Row */

/** Seconds for which a judgement by the same lists stands; and how long the page may be busy before it hears taps again, in milliseconds. */
const STANDS_S = 60, BUSY_MS = 30;

/**
 * Shows a pile; every paper in it is judged anew when its judgement is old or the lists have changed.
 * @param {App} app
 * @param {Pile} pile
 */
export async function openPile(app, pile) {
  const before = app.shell.screen;
  const [rows] = await Promise.all([judgedRows(app, pile), style()]);
  if (app.shell.screen !== before) return; // something else was asked for meanwhile
  const files = pile.given.length, twins = rows.filter(({ twin }) => twin !== null).length;
  const title = pile.left > 0 ? say('pile.title.stopped', { count: files, left: pile.left }) : say(files === 1 ? 'pile.title.one' : 'pile.title', { count: files });
  const heading = element('h1', { tabindex: '-1' }, title);
  const said = element('p', { role: 'status' });
  const hired = (/** @type {Row} */ { text }) => readDay((pile.hired.get(text) ?? '').trim());
  const keep = (/** @type {string} */ name, /** @type {string} */ content, /** @type {string} */ type) => {
    saveFile(name, content, type);
    said.textContent = say('after.saved', { name });
    askBeforeLeaving('pile', false);
  };
  /** Each field of a day, to be drawn anew. @type {Map<string, () => void>} */
  const days = new Map();
  const filled = element('p', { role: 'status' });
  /** @param {File[]} given */
  async function fillDays(given) {
    const found = await hiresOf(given);
    filled.classList.toggle('form-fault', 'fault' in found);
    if ('fault' in found) {
      filled.textContent = found.words;
      return;
    }
    const hires = found.hires.map(({ hire }) => hire);
    let count = 0, kept = 0;
    for (const { text, judgement } of rows) {
      const draw = days.get(text), claims = judgement?.verdict.claims, first = draw && claims ? firstDayAmong(claims, hires) : null;
      if (!draw || first === null) continue;
      const typed = readDay((pile.hired.get(text) ?? '').trim());
      if (typed !== null && typed !== first) kept += 1;
      else {
        pile.hired.set(text, first.split('-').reverse().join('/'));
        count += 1;
        draw();
      }
    }
    filled.textContent = [say('pile.hires.filled', { count, all: days.size, file: given[0].name }), kept > 0 && say('pile.hires.kept', { count: kept })].filter(Boolean).join(' ');
    if (count > 0) askBeforeLeaving('pile', true);
  }
  const choose = element('input', { type: 'file', class: 'sr-only', tabindex: '-1', accept: ACCEPTED, 'aria-label': say('pile.hires'), onchange: (/** @type {Event} */ { target }) => {
    const input = /** @type {HTMLInputElement} */ (target), given = [...input.files ?? []];
    input.value = '';
    if (given.length > 0) void fillDays(given);
  } });
  const followed = rows.flatMap(({ judgement, twin }) => (judgement?.verdict.claims && twin === null ? [judgement] : []));
  const checked = rows.flatMap(({ judgement, twin, file, found }) => (judgement?.verdict.claims && twin === null && doubtOf(found) === null ? [{ file, judgement }] : []));
  const receipts = async () => (await app.later(() => import('./bundle-view.js')))?.openBundleForm(app, checked, () => { void openPile(app, pile); });
  const watch = async () => (await app.later(() => import('./watch-view.js')))?.openWatchForm(app, followed, () => { void openPile(app, pile); });
  const node = element('section', { class: 'page page-wide', 'data-pile': files }, heading,
    element('section', { class: 'card' }, element('h2', {}, say('pile.counts')),
      element('ul', { class: 'plain pile-counts' }, ...countsOf(rows).map(({ word, level, count }) => element('li', { 'data-level': level, 'data-count': count }, say('pile.count', { word, count })))),
      twins > 0 && element('p', { 'data-twins': twins }, say('pile.twins', { count: twins })),
      element('p', { class: 'hint' }, say('pile.lead'))),
    table(app, pile, rows, hired, days),
    rows.some((row) => listWords(row, null) !== '') && element('section', { class: 'card' }, element('h2', {}, say('pile.hires.title')), element('p', { class: 'hint' }, say('pile.list.why')),
      days.size > 0 && element('p', { class: 'hint' }, say('pile.hires.hint')), days.size > 0 && choose,
      days.size > 0 && element('div', { class: 'buttons' }, button(say('pile.hires'), () => choose.click(), { class: 'button', 'data-action': 'hires' }, sign('file'))), filled),
    element('section', { class: 'card' }, element('h2', {}, say('pile.keep')), element('p', { class: 'hint' }, say('pile.keep.why')),
      element('div', { class: 'buttons' },
        button(say('pile.csv'), () => keep('verifications.csv', pileTable(rows, hired, app.now()), 'text/csv'), { class: 'button', 'data-action': 'export' }, sign('save')),
        button(say('pile.json'), () => keep('verifications.json', `${JSON.stringify(pileRecord(rows, hired, app.now()), null, 1)}\n`, 'application/json'), { class: 'button', 'data-action': 'export-json' }, sign('save'))),
      said),
    (followed.length > 0 || checked.length > 0) && element('div', { class: 'buttons' },
      checked.length > 0 && button(say('bundle.open'), () => { void receipts(); }, { class: 'button', 'data-action': 'receipts' }),
      followed.length > 0 && button(say('watch.pile'), () => { void watch(); }, { class: 'button', 'data-action': 'watch' })),
    element('div', { class: 'buttons' },
      button(say('nav.scan'), () => { void app.scan(); }, { class: 'button button-main' }),
      button(say('pile.close'), () => {
        left = true;
        askBeforeLeaving('pile', false);
        void app.scan();
      }, { class: 'button', 'data-action': 'close-pile' })));
  let left = false;
  const renew = () => { void openPile(app, pile); };
  app.lists.addEventListener('change', renew);
  askBeforeLeaving('pile', true);
  app.shell.show({
    name: 'files', title, node, heading, again: renew,
    files: (given) => {
      const ours = days.size > 0 && given.every(tellsOfHires);
      if (ours) void fillDays(given);
      return ours;
    },
    stop: () => {
      app.lists.removeEventListener('change', renew);
      if (!left) app.shell.notice('pile', wayBack(app, pile));
    },
  });
  app.shell.notice('pile', null); // the same list left the place that it takes again
  app.shell.announce(`${title}. ${countsOf(rows).map(({ word, count }) => say('pile.count', { word, count })).join(', ')}`);
}

/**
 * The way back to the list, above whatever is shown.
 * @param {App} app
 * @param {Pile} pile
 */
function wayBack(app, pile) {
  return element('section', { class: 'notice notice-offer', 'data-offer': 'pile', 'aria-label': say('pile.open', { count: pile.given.length }) },
    element('div', { class: 'buttons' },
      button(say(pile.given.length === 1 ? 'pile.back.one' : 'pile.back', { count: pile.given.length }), () => { void openPile(app, pile); }, { class: 'button button-small', 'data-action': 'back-to-pile' }),
      button(say('pile.close.short'), () => {
        askBeforeLeaving('pile', false);
        app.shell.notice('pile', null);
      }, { class: 'button button-small button-quiet' })));
}

/**
 * Every paper judged by the lists in use, without keeping the page from anything else.
 * @param {App} app
 * @param {Pile} pile
 */
async function judgedRows(app, pile) {
  const files = [];
  let began = performance.now();
  const breath = async () => {
    if (performance.now() - began < BUSY_MS) return;
    await new Promise((resolve) => { setTimeout(resolve); });
    began = performance.now();
  };
  for (const given of pile.given) {
    const judgements = [];
    for (const text of counted(given.found, app.ours)) {
      const known = pile.judged.get(text), judgement = known && stands(app, known) ? known : app.lists.judge(text);
      pile.judged.set(text, judgement);
      judgements.push(judgement);
      await breath();
    }
    const texts = given.found.texts.filter(claimsSeal);
    const part = texts.length > 0 ? await app.later(() => import('./seal-view.js')) : null;
    const lines = part ? await part.sealLines(app, texts) : [];
    files.push({ given, judgements, seals: lines.map((line) => ({ text: line.text, line })) });
  }
  return rowsOf(files, pile.hired);
}

/** Whether a judgement is young, and rests on the lists in use. @param {App} app @param {Judgement} judgement */
function stands({ lists, now }, { at, trust, listed, verdict: { claims } }) {
  return now() >= at && now() - at < STANDS_S && trust === lists.trust && listed === ((claims && lists.status.get(claims.status.list)) ?? null);
}

/**
 * @param {App} app
 * @param {Pile} pile
 * @param {Row[]} rows
 * @param {(row: Row) => string | null} hired
 * @param {Map<string, () => void>} days filled: what draws the field of a day anew, by the text of the row
 */
function table(app, pile, rows, hired, days) {
  const heads = ['result', 'paper', 'file', 'list'];
  // Its parts say what they are: where the lines stand one below the other, a browser would take them for no table.
  return element('table', { class: 'pile', role: 'table' }, element('caption', { class: 'sr-only' }, say('pile.caption')),
    element('thead', { role: 'rowgroup' }, element('tr', { role: 'row' }, ...heads.map((name) => element('th', { scope: 'col', role: 'columnheader' }, say(`pile.head.${name}`))))),
    element('tbody', { role: 'rowgroup' }, ...rows.map((row) => line(app, pile, row, hired, days))));
}

/**
 * @param {App} app
 * @param {Pile} pile
 * @param {Row} row
 * @param {(row: Row) => string | null} hired
 * @param {Map<string, () => void>} days
 */
function line(app, pile, row, hired, days) {
  const { judgement, seal, found } = row, claims = judgement?.verdict.claims;
  const person = claims ? [claims.family_name, claims.given_names].filter(Boolean).join(' ') : [seal?.fields?.[62], seal?.fields?.[60] ?? seal?.fields?.[61]].filter(Boolean).join(' ');
  const level = row.level === 'none' ? say('pile.level.none') : say(`level.${row.level}`);
  const words = element('span', { class: 'pile-words' }, element('strong', {}, row.word), element('span', {}, level));
  const result = row.level === 'none' ? element('div', { class: 'pile-result' }, words)
    : element('button', { type: 'button', class: 'pile-result', onclick: () => { void app.choose(found.texts, found); } }, judgement && emblem(row.verdict, row.level), words);
  const cell = (/** @type {string} */ head, /** @type {import('./element.js').Child[]} */ ...children) => element('td', { role: 'cell', 'data-head': say(`pile.head.${head}`) }, ...children);
  return element('tr', {
    role: 'row', 'data-level': row.level, 'data-twin': row.twin !== null, 'data-result': judgement ? row.verdict : null, 'data-seal-result': seal ? row.verdict : null,
    'data-trouble': row.level === 'none' ? row.verdict : null,
  },
  element('th', { scope: 'row', role: 'rowheader' }, result),
  cell('paper', person && element('bdi', { class: 'strong' }, person), claims && element('span', {}, say('choice.item', { number: number(claims.number) })),
    claims && element('span', {}, say('pile.until', { day: day(claims.valid_until) })), !claims && element('span', {}, row.sentence)),
  cell('file', element('bdi', {}, row.file), row.twin !== null && element('span', { class: 'pile-twin' }, say('pile.twin', { file: row.twin }))),
  cell('list', ...(listWords(row, null) === '' ? [] : listCell(pile, row, hired, person, days))));
}

/**
 * The day of the hire, to be typed where the row has a place in the list; and what the row lacks for it.
 * @param {Pile} pile
 * @param {Row} row
 * @param {(row: Row) => string | null} hired
 * @param {string} person
 * @param {Map<string, () => void>} days
 */
function listCell(pile, row, hired, person, days) {
  const said = element('span', { class: 'pile-lacks' });
  const tell = () => {
    const wrong = (pile.hired.get(row.text) ?? '').trim() !== '' && hired(row) === null;
    said.textContent = wrong ? say('pile.hire.fault') : listWords(row, hired(row));
    said.classList.toggle('form-fault', wrong);
    field.setAttribute('aria-invalid', String(wrong));
  };
  const field = element('input', {
    type: 'text', class: 'pile-hire', autocomplete: 'off', spellcheck: 'false', maxlength: '40', 'aria-label': say('pile.hire.of', { person: person || row.file }), value: pile.hired.get(row.text) ?? '',
    oninput: (/** @type {Event} */ { target }) => {
      pile.hired.set(row.text, /** @type {HTMLInputElement} */ (target).value);
      askBeforeLeaving('pile', true);
      tell();
    },
  });
  tell();
  const open = row.twin === null && row.level !== 'red';
  if (open) {
    days.set(row.text, () => {
      field.value = pile.hired.get(row.text) ?? '';
      tell();
    });
  }
  return [open && element('span', { class: 'pile-label', 'aria-hidden': 'true' }, say('pile.hire')), open && field, said];
}

/**
 * Receipts of many papers at once: declared once for all, signed one by one on this device, kept in one file, dated together when the person asks.
 * @module
 */

import { field, saveFile, style } from './after-parts.js';
import { toHex } from './bytes.js';
import { encode } from './cbor.js';
import { button, element, fill } from './element.js';
import { inWordsOf, language, say } from './messages.js';
import './messages.after.js';
import './messages.more.js';
import './messages.pile.js';
import { BUNDLE_FORM, bundleDigest, judgeBundle } from './receipt-bundle.js';
import { deviceKey } from './receipt-keep.js';
import { askForCounter, makeReceipt } from './receipt-make.js';
import { datingWords, declaredLines } from './receipt-paper.js';
import { CHECKED, judgeCounter } from './receipt-read.js';
import { REFRESH_MS, SEEN, declaredBy, saysOther, seenFields, signingFault } from './receipt-view.js';
import { site } from './site.js';
import { sign as picture } from './symbols.js';
import { readBuild } from './update.js';
import { exactMoment, number, verdictWords } from './words.js';

/** @typedef {import('./app.js').App} App */
/** @typedef {import('./lists.js').Judgement} Judgement */
/** @typedef {import('./receipt-bundle.js').Bundle} Bundle */
/** @typedef {import('./receipt-read.js').Reading} Reading */
/** @typedef {{ file: string, judgement: Judgement }} Checked one paper, and the file that it came in */

const NAME = 'recus-de-controle.html';
/** The whole style of the saved page: it opens far from ours. */
const STYLE = 'body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;overflow-wrap:anywhere}table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.25rem .5rem;border-bottom:1px solid #bbb}code{overflow-wrap:anywhere;font-size:.8rem}';

/** @param {App} app */
const demonstration = (app) => site.demonstration || app.lists.trust?.demonstration === true;

/**
 * What is declared for all of them, seen once more before it is signed.
 * @param {App} app
 * @param {readonly Checked[]} papers each once, with claims and without doubt
 * @param {() => void} back to the list, which is judged anew
 */
export async function openBundleForm(app, papers, back) {
  const before = app.shell.screen;
  await style();
  if (app.shell.screen !== before) return;
  /** @type {import('./after-parts.js').Draft} */
  const draft = { text: '', values: {}, source: null, lines: null, asked: null, receipt: null };
  const said = element('div', { role: 'alert' }), warned = element('ul');
  const warn = () => fill(warned, element('li', { 'data-differs': 'none' }, say('receipt.not_compared')),
    ...SEEN.filter((name) => draft.values[`seen_${name}`] !== 'yes').map((name) => element('li', { 'data-unseen': name }, say(`receipt.unseen.${name}`))));
  let signing = false; // a second tap asks for no second receipts
  const title = say(papers.length === 1 ? 'bundle.form.one' : 'bundle.form', { count: papers.length }), heading = element('h1', { tabindex: '-1' }, title);
  const form = element('form', { class: 'card form', novalidate: true, onsubmit: (/** @type {Event} */ event) => {
    event.preventDefault();
    if (signing) return;
    signing = true;
    void sign().finally(() => { signing = false; });
  } },
  element('p', {}, say(papers.length === 1 ? 'bundle.lead.one' : 'bundle.lead', { count: papers.length })),
  element('fieldset', {}, element('legend', {}, say('receipt.who')), field(draft, 'company'), field(draft, 'company_siret', { attributes: { inputmode: 'numeric' } }), field(draft, 'checker', { hint: true })),
  ...seenFields(draft, warn),
  element('section', { class: 'form', 'data-warning': true },
    element('p', { class: 'strong' }, say('receipt.against')), warned, element('p', {}, say('receipt.not_instead')), element('p', {}, say('receipt.is_not'))),
  element('button', { type: 'submit', class: 'button button-main', 'data-action': 'sign' }, say(papers.length === 1 ? 'bundle.sign.one' : 'bundle.sign', { count: papers.length })), said);
  /** @param {string} code */
  const fault = (code) => fill(said, element('p', { class: 'form-fault', 'data-fault': code }, say(`receipt.fault.${code}`)));

  async function sign() {
    const declared = declaredBy(draft, null);
    if (typeof declared === 'string') {
      fault(declared);
      return;
    }
    fill(said, element('p', {}, say('receipt.signing')));
    const screen = app.shell.screen;
    await Promise.race([app.lists.checkAnew(), new Promise((resolve) => { setTimeout(resolve, REFRESH_MS); })]);
    const { trust } = app.lists;
    if (app.shell.screen !== screen) return;
    if (!trust) {
      fault('no_lists');
      return;
    }
    try {
      const [key, { hash }] = await Promise.all([deviceKey(), readBuild()]);
      /** @type {Bundle} */
      const bundle = { items: [], digests: [], counters: [] };
      for (const { file, judgement } of papers) {
        const judged = app.lists.judge(judgement.text);
        if (saysOther(judged, judgement) || !CHECKED.includes(judged.verdict.verdict)) {
          back(); // newer lists say something else of one: that is seen first, and nothing is kept
          app.shell.announce(say('bundle.changed'));
          return;
        }
        const { text, digest } = await makeReceipt({ ...judged, trust }, declared, key, hash);
        bundle.items.push({ file, paper: judgement.text, receipt: text });
        bundle.digests.push(toHex(digest));
        if (app.shell.screen !== screen) return; // the person went on to something else
        if (bundle.items.length % 10 === 0) {
          fill(said, element('p', {}, say('bundle.signed', { count: bundle.items.length, all: papers.length })));
          await new Promise((resolve) => { setTimeout(resolve); });
        }
      }
      await openBundle(app, bundle, { kept: key.kept });
    } catch (error) {
      fault(signingFault(error));
    }
  }

  warn();
  const node = element('section', { class: 'page', 'data-after': 'bundle' }, heading, form,
    element('div', { class: 'buttons' }, button(say('watch.back'), back, { class: 'button', 'data-action': 'back' })));
  app.shell.show({ name: 'after', title, node, heading, again: () => { void openBundleForm(app, papers, back); } });
}

/**
 * The receipts of a bundle, just made or given back.
 * @param {App} app
 * @param {Bundle} bundle
 * @param {{ kept?: boolean }} [made] of one that was just made: whether the device keeps its key
 */
export async function openBundle(app, bundle, made) {
  const before = app.shell.screen;
  await style();
  const { trust } = app.lists;
  if (!trust) {
    (await app.fileReading())?.complain('bundle_no_lists');
    return;
  }
  const readings = await judgeBundle(bundle, trust);
  if (app.shell.screen !== before) return;
  const title = say('bundle.title', { count: readings.length }), heading = element('h1', { tabindex: '-1' }, title), said = element('p', { role: 'status' });
  /** @type {Map<string, number>} */
  const words = new Map();
  for (const { word } of readings) words.set(word, (words.get(word) ?? 0) + 1);
  const date = async () => {
    said.textContent = say('receipt.dating.asking');
    const counters = await askForDates(readings, bundle, trust);
    if (counters.length === 0) said.textContent = say('receipt.dating.not_yet');
    else await openBundle(app, { ...bundle, counters }, made);
  };
  const save = async () => {
    saveFile(NAME, await bundlePage(app, bundle, readings), 'text/html');
    said.textContent = say('after.saved', { name: NAME });
  };
  const first = readings.find(({ receipt }) => receipt)?.receipt;
  const node = element('section', { class: 'page', 'data-bundle': readings.length }, heading,
    made && !made.kept && element('p', { 'data-key': 'lost' }, say('receipt.key_lost')),
    element('section', { class: 'card' }, element('h2', {}, say('receipt.block.established')), readings.every(({ receipt }) => receipt) && element('p', {}, say('bundle.established')),
      element('ul', { class: 'plain' }, ...[...words].map(([word, count]) => element('li', { 'data-word': word, 'data-count': count }, element('strong', {}, say('pile.count', { word: say(`receipt.word.${word}`), count })), ' – ', say(`receipt.word.${word}.more`)))),
      element('p', {}, datingWords(readings.find(({ dating }) => dating === 'dated') ?? readings[0])),
      element('p', { class: 'long' }, say('receipt.fingerprint', { hash: toHex(bundleDigest(bundle.digests)) }))),
    first && element('section', { class: 'card' }, element('h2', {}, say('receipt.block.declared')), element('p', {}, say('receipt.declared.what')), element('p', { class: 'hint' }, say('bundle.first')),
      element('dl', { class: 'form' }, ...declaredLines(first.statement).map(([label, value]) => element('div', { class: 'detail' }, element('dt', {}, label), element('dd', {}, element('bdi', {}, value)))))),
    element('section', { class: 'card' }, element('h2', {}, say('receipt.keep')), element('p', {}, say('bundle.keep')),
      element('div', { class: 'buttons' },
        button(say('bundle.save'), () => { void save(); }, { class: 'button button-main', 'data-action': 'save-bundle' }, picture('save')),
        readings.some(({ word }) => word === 'undated') && button(say('bundle.date'), () => { void date(); }, { class: 'button', 'data-action': 'date' })),
      element('p', { class: 'hint' }, say('bundle.date.hint')), said),
    element('p', {}, say('receipt.not_instead')), element('p', { class: 'hint' }, say('receipt.is_not')),
    element('h2', {}, say('receipt.block.today')),
    element('ul', { class: 'lines' }, ...readings.map((reading, at) => line(app, bundle.items[at], reading))),
    element('div', { class: 'buttons' }, button(say('nav.scan'), () => { void app.scan(); }, { class: 'button' }, picture('scan'))));
  app.shell.show({ name: 'after', title, node, heading, again: () => { void openBundle(app, bundle, made); } });
  app.shell.announce(title);
}

/**
 * One receipt: its word, and how its paper stands today, which is judged anew.
 * @param {App} app
 * @param {import('./receipt-bundle.js').BundleItem} item
 * @param {Reading} reading
 */
function line(app, { file, paper }, { word, receipt }) {
  const known = receipt !== null && word !== 'other_paper', judgement = app.lists.judge(paper), { claims } = judgement.verdict;
  return element('li', { class: 'line', 'data-receipt': word },
    element('div', { class: 'line-head' },
      element('bdi', { class: 'strong' }, known && claims ? `${[claims.family_name, claims.given_names].filter(Boolean).join(' ')}, ${number(claims.number)}` : file), element('span', { class: 'line-word' }, say(`receipt.word.${word}`))),
    receipt && element('p', {}, say('bundle.then', { word: say(`receipt.checked.${receipt.statement.verdict}`) })),
    known && element('p', { 'data-today': judgement.verdict.verdict }, say('bundle.today', { word: verdictWords(judgement).word })));
}

/**
 * Has the service date the hash of all hashes, once for each status list that papers were judged by: nearly always one. What answers in its
 * place is no date.
 * @param {readonly Reading[]} readings
 * @param {Bundle} bundle
 * @param {import('./trust-content.js').TrustList} trust
 * @returns {Promise<string[]>}
 */
async function askForDates(readings, { digests }, trust) {
  const digest = bundleDigest(digests), lists = [...new Set(readings.map(({ receipt }) => receipt?.status?.number ?? 0))];
  const rows = [];
  for (const list of lists) {
    const row = await askForCounter(digest, list, fetch.bind(globalThis));
    if (row !== null && judgeCounter(row, digest, trust)) rows.push(toHex(encode(row)));
  }
  return rows;
}

/**
 * The file: a page without script or style of ours that opens anywhere, French first and then the language in use, with the texts of all symbols inside.
 * @param {App} app
 * @param {Bundle} bundle
 * @param {readonly Reading[]} readings
 * @returns {Promise<string>}
 */
async function bundlePage(app, bundle, readings) {
  const page = document.implementation.createHTMLDocument(say('bundle.page'));
  const written = () => element('section', { lang: language() }, element('h1', {}, say('bundle.title', { count: readings.length })),
    demonstration(app) && element('p', {}, element('strong', {}, `${say('demo.title')} – ${say('demo.meaning')}`)),
    element('p', {}, say('bundle.what')), element('p', {}, datingWords(readings.find(({ dating }) => dating === 'dated') ?? readings[0])),
    element('p', {}, say('receipt.fingerprint', { hash: toHex(bundleDigest(bundle.digests)) })), element('p', {}, say('receipt.not_instead')), element('p', {}, say('receipt.is_not')), element('p', {}, say('keep.contains')),
    table(app, bundle, readings));
  const pages = [await inWordsOf('fr', written), ...(language() === 'fr' ? [] : [written()])];
  page.documentElement.lang = 'fr';
  page.head.prepend(element('meta', { charset: 'utf-8' }));
  page.body.append(...pages);
  const record = JSON.stringify({ form: BUNDLE_FORM, ...bundle }).replace(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
  return `<!doctype html>\n${new XMLSerializer().serializeToString(page.documentElement).replace('</head>', `<style>${STYLE}</style></head>`)
    .replace('</body>', () => `<script type="application/json" id="receipts">${record}</script></body>`)}\n`;
}

/** @param {App} app @param {Bundle} bundle @param {readonly Reading[]} readings */
function table(app, { items, digests }, readings) {
  const heads = ['paper', 'then', 'at', 'by', 'hash'];
  return element('table', {}, element('thead', {}, element('tr', {}, ...heads.map((name) => element('th', { scope: 'col' }, say(`bundle.head.${name}`))))),
    element('tbody', {}, ...readings.map(({ receipt, word }, at) => {
      const { claims } = app.lists.judge(items[at].paper).verdict, { statement } = receipt ?? {};
      const whose = claims ? `${[claims.family_name, claims.given_names].filter(Boolean).join(' ')}, ${number(claims.number)}` : items[at].file;
      return element('tr', {}, ...[
        whose, statement ? say(`receipt.checked.${statement.verdict}`) : say(`receipt.word.${word}`), statement ? exactMoment(Date.parse(statement.declared_at) / 1000) : '',
        statement ? [statement.company.person, statement.company.name].filter(Boolean).join(', ') : '',
      ].map((text) => element('td', {}, text)), element('td', {}, element('code', {}, receipt ? toHex(receipt.digest) : digests[at] ?? '')));
    })));
}

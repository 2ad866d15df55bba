/**
 * The screen of a receipt, just made, scanned or given in a file: one of ten words, then what is established, what is declared, and how the paper
 * stands today. Never green, and never a verdict.
 * @module
 */

import { draftOf, saveFile, style } from './after-parts.js';
import { toHex } from './bytes.js';
import { button, element } from './element.js';
import { say } from './messages.js';
import './messages.after.js';
import { dated } from './receipt-make.js';
import { datingWords, declaredLines, receiptPdf } from './receipt-paper.js';
import { judgeReceipt } from './receipt-read.js';
import { site } from './site.js';
import { sign } from './symbols.js';
import { splitText, unpack, wholeToken } from './token.js';
import { number, verdictWords } from './words.js';

/** @typedef {import('./app.js').App} App */
/** @typedef {import('./receipt-read.js').Reading} Reading */

/** Words under which the statement may be shown (docs/format.md §9.4). */
const SHOWN = ['other_paper', 'contradiction', 'paper_missing', 'undated', 'late', 'dated'];

/**
 * @param {App} app
 * @param {string} text of the receipt
 * @param {string | null} paper the text of the attestation beside it, if there is one
 * @param {{ kept?: boolean, suite: (judgement: import('./lists.js').Judgement, former: string) => void }} more `kept`, of a receipt that was just made: whether
 *   the device keeps its key; `suite` opens the form of one that follows it, by its hash
 */
export async function showReceipt(app, text, paper, more) {
  const before = app.shell.screen;
  await style();
  const { trust } = app.lists;
  const reading = trust ? await judgeReceipt(text, tokenOf(paper), trust) : null;
  if (app.shell.screen !== before) return;
  const word = reading?.word ?? 'no_lists', receipt = reading && SHOWN.includes(word) ? reading.receipt : null;
  const heading = element('h1', { tabindex: '-1' }, say('receipt.title'), element('br'), element('span', { class: 'verdict-word' }, say(`receipt.word.${word}`)));
  const said = element('p', { role: 'status' });
  app.receipt = null;
  const mine = receipt && paper !== null && ['undated', 'late', 'dated'].includes(word);
  if (mine) draftOf(app.lists.judge(paper)).receipt = toHex(receipt.digest); // the request to the préfet names it

  const date = async () => {
    if (!receipt || !trust) return;
    said.textContent = say('receipt.dating.asking');
    const better = await dated(text, receipt.signed, receipt.signature, trust);
    if (better === null) said.textContent = say('receipt.dating.not_yet');
    else await showReceipt(app, better, paper, more);
  };
  const pdf = () => receiptPdf(/** @type {string} */ (paper), text, /** @type {Reading} */ (reading), toHex(/** @type {Uint8Array} */ (receipt?.digest)), site.demonstration || trust?.demonstration === true);
  const share = async () => {
    const file = new File([await pdf()], NAME, { type: 'application/pdf' });
    if (!navigator.canShare?.({ files: [file] })) {
      saveFile(NAME, file, file.type);
      said.textContent = say('keep.done', { name: NAME });
      return;
    }
    try {
      await navigator.share({ files: [file] });
    } catch (error) {
      if (!(error instanceof DOMException)) throw error; // the person closed the sheet, or it did not open
      said.textContent = say('receipt.not_shared');
    }
  };
  const save = async () => {
    saveFile(NAME, await pdf(), 'application/pdf');
    said.textContent = say('keep.done', { name: NAME });
  };
  const suite = () => { if (receipt && paper !== null) more.suite(app.lists.judge(paper), toHex(receipt.digest)); };

  const node = element('section', { class: 'page', 'data-receipt': word }, heading, element('p', { class: 'strong' }, say(`receipt.word.${word}.more`)),
    more.kept === false && element('p', { 'data-key': 'lost' }, say('receipt.key_lost')),
    receipt && element('section', { class: 'card' }, element('h2', {}, say('receipt.block.established')),
      element('p', {}, say('receipt.established.signed')), element('p', { 'data-dating': reading?.dating ?? 'none' }, reading?.dating ? datingWords(reading) : say(`receipt.word.${word}`)),
      element('p', { class: 'long' }, say('receipt.fingerprint', { hash: toHex(receipt.digest) }))),
    receipt && element('section', { class: 'card' }, element('h2', {}, say('receipt.block.declared')), element('p', {}, say('receipt.declared.what')),
      element('dl', { class: 'form' }, ...declaredLines(receipt.statement).map(([label, value]) => element('div', { class: 'detail' }, element('dt', {}, label), element('dd', {}, element('bdi', {}, value)))))),
    receipt && element('section', { class: 'card' }, element('h2', {}, say('receipt.block.today')), today(app, paper, word, receipt.statement)),
    mine && element('section', { class: 'card' }, element('h2', {}, say('receipt.keep')), element('p', {}, say('receipt.keep.why')),
      element('div', { class: 'buttons' },
        button(say('receipt.share'), () => { void share(); }, { class: 'button button-main', 'data-action': 'share' }, sign('save')),
        button(say('receipt.save'), () => { void save(); }, { class: 'button', 'data-action': 'save-receipt' }),
        word !== 'dated' && button(say('receipt.date'), () => { void date(); }, { class: 'button', 'data-action': 'date' }),
        button(say('receipt.suite'), suite, { class: 'button', 'data-action': 'suite' })),
      word !== 'dated' && element('p', { class: 'hint' }, say('receipt.date.hint')), said),
    receipt && element('p', {}, say('receipt.not_instead')), receipt && element('p', { class: 'hint' }, say('receipt.is_not')),
    element('div', { class: 'buttons' },
      paper !== null && button(say('after.back'), () => app.present(paper), { class: 'button', 'data-action': 'back' }),
      button(say(word === 'paper_missing' ? 'receipt.scan_paper' : 'nav.scan'), () => {
        if (word === 'paper_missing') app.receipt = text; // the next paper is read with it
        void app.scan();
      }, { class: 'button', 'data-action': word === 'paper_missing' ? 'scan-paper' : 'scan' }, sign('scan'))));
  app.shell.show({ name: 'after', title: say('receipt.title'), node, heading, again: () => { void showReceipt(app, text, paper, more); } });
  app.shell.announce(`${say('receipt.title')}. ${say(`receipt.word.${word}`)}`);
}

const NAME = 'recu-de-controle.pdf';

/** The whole token of an attestation's text; null where there is none. @param {string | null} paper */
function tokenOf(paper) {
  const parts = paper === null ? null : unpack(splitText(paper)?.rest.slice(1) ?? '');
  return parts && wholeToken(parts);
}

/**
 * How the paper stands today, by the lists of this device: it is judged anew.
 * @param {App} app
 * @param {string | null} paper
 * @param {string} word
 * @param {import('./receipt-read.js').Statement} statement
 */
function today(app, paper, word, { company }) {
  if (paper === null || word === 'other_paper') return element('p', {}, say('receipt.today.none'));
  const judgement = app.lists.judge(paper), { claims } = judgement.verdict, { word: said, sentence } = verdictWords(judgement);
  const signed = claims?.employer.siret;
  return element('div', { class: 'form' },
    element('p', { 'data-today': judgement.verdict.verdict }, element('strong', {}, said), ' – ', sentence),
    claims && element('p', {}, element('bdi', {}, [claims.family_name, claims.given_names].filter(Boolean).join(' ')), ', ', say('choice.item', { number: number(claims.number) }), ', ', element('bdi', {}, claims.employer.name)),
    signed && company.siret && signed !== company.siret && element('p', { class: 'strong', 'data-other-siret': true }, say('receipt.other_siret', { signed, declared: company.siret })));
}

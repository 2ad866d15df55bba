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
import { MOST_TEXTS, chained } from './receipt-chain.js';
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
 * @param {string[]} texts of the receipt and of those that it follows, at least one; one that follows another is the one that is shown
 * @param {string | null} paper the text of the attestation beside it, if there is one
 * @param {{ kept?: boolean, said?: string, suite: (judgement: import('./lists.js').Judgement, former: { digest: string, texts: string[] }) => void }} more
 *   `kept`, of a receipt that was just made: whether the device keeps its key; `said` stands beside its buttons; `suite` opens the form of one that follows it
 */
export async function showReceipt(app, texts, paper, more) {
  const before = app.shell.screen;
  await style();
  const { trust } = app.lists, token = tokenOf(paper);
  const read = trust ? await Promise.all(texts.slice(0, MOST_TEXTS).map(async (text) => ({ text, reading: await judgeReceipt(text, token, trust) }))) : [];
  if (app.shell.screen !== before) return;
  const { newest: { text, reading }, earlier, missing } = read.length > 0 ? chained(read) : { newest: { text: texts[0], reading: null }, earlier: [], missing: null };
  const word = reading?.word ?? 'no_lists', receipt = reading && SHOWN.includes(word) ? reading.receipt : null;
  const heading = element('h1', { tabindex: '-1' }, say('receipt.title'), element('br'), element('span', { class: 'verdict-word' }, say(`receipt.word.${word}`)));
  const said = element('p', { role: 'status' }, more.said ?? '');
  awaitPaper(app, null);
  const mine = receipt && paper !== null && ['undated', 'late', 'dated'].includes(word);
  if (mine) draftOf(app.lists.judge(paper)).receipt = toHex(receipt.digest); // the request to the préfet names it
  const undated = [...(reading && word !== 'dated' ? [{ text, reading }] : []), ...earlier.filter((one) => one.reading.dating === 'undated')];

  /** Asks for the dates that lack, one receipt after the other; a date is never given up for a later one. */
  const date = async () => {
    if (!trust) return;
    said.textContent = say('receipt.dating.asking');
    const newer = new Map();
    for (const { text: one, reading: { receipt: held, dating } } of undated) {
      const better = held && await dated(one, held.signed, held.signature, trust);
      if (better === null) break;
      if (dating === 'undated' || (await judgeReceipt(better, token, trust)).dating === 'dated') newer.set(one, better);
    }
    const words = newer.size < undated.length ? say(word === 'late' && newer.size === 0 ? 'receipt.dating.still_late' : 'receipt.dating.not_yet') : '';
    if (newer.size > 0) await showReceipt(app, [text, ...earlier.map((one) => one.text)].map((one) => newer.get(one) ?? one), paper, { ...more, said: words });
    else said.textContent = words;
  };
  const pdf = () => receiptPdf(/** @type {string} */ (paper), text, /** @type {Reading} */ (reading), earlier.map((one) => one.text), site.demonstration || trust?.demonstration === true);
  const share = async () => {
    const file = new File([await pdf()], NAME, { type: 'application/pdf' });
    if (!navigator.canShare?.({ files: [file] })) {
      saveFile(NAME, file, file.type);
      said.textContent = say('after.saved', { name: NAME });
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
    said.textContent = say('after.saved', { name: NAME });
  };
  const suite = () => {
    if (receipt && paper !== null) more.suite(app.lists.judge(paper), { digest: toHex(receipt.digest), texts: [text, ...earlier.map((one) => one.text)] });
  };

  const node = element('section', { class: 'page', 'data-receipt': word }, heading, element('p', { class: 'strong' }, say(`receipt.word.${word}.more`)),
    more.kept === false && element('p', { 'data-key': 'lost' }, say('receipt.key_lost')),
    receipt && element('section', { class: 'card' }, element('h2', {}, say('receipt.block.established')),
      element('p', {}, say('receipt.established.signed')), element('p', { 'data-dating': reading?.dating ?? 'none' }, reading?.dating ? datingWords(reading) : say(`receipt.word.${word}`)),
      element('p', { class: 'long' }, say('receipt.fingerprint', { hash: toHex(receipt.digest) }))),
    receipt && element('section', { class: 'card' }, element('h2', {}, say('receipt.block.declared')), element('p', {}, say('receipt.declared.what')),
      element('dl', { class: 'form' }, ...declaredLines(receipt.statement).map(([label, value]) => element('div', { class: 'detail' }, element('dt', {}, label), element('dd', {}, element('bdi', {}, value)))))),
    receipt && (earlier.length > 0 || missing !== null) && element('section', { class: 'card', 'data-earlier': earlier.length }, element('h2', {}, say('receipt.block.earlier')),
      ...earlier.map((one) => earlierReceipt(one.reading)), missing !== null && element('p', { class: 'long' }, say('receipt.earlier.missing', { hash: missing }))),
    receipt && element('section', { class: 'card' }, element('h2', {}, say('receipt.block.today')), today(app, paper, word, receipt.statement)),
    mine && element('section', { class: 'card' }, element('h2', {}, say('receipt.keep')), element('p', {}, say('receipt.keep.why')),
      element('div', { class: 'buttons' },
        button(say('receipt.share'), () => { void share(); }, { class: 'button button-main', 'data-action': 'share' }, sign('save')),
        button(say('receipt.save'), () => { void save(); }, { class: 'button', 'data-action': 'save-receipt' }),
        undated.length > 0 && button(say('receipt.date'), () => { void date(); }, { class: 'button', 'data-action': 'date' }),
        button(say('receipt.suite'), suite, { class: 'button', 'data-action': 'suite' })),
      undated.length > 0 && element('p', { class: 'hint' }, say('receipt.date.hint')), said),
    receipt && element('p', {}, say('receipt.not_instead')), receipt && element('p', { class: 'hint' }, say('receipt.is_not')),
    element('div', { class: 'buttons' },
      paper !== null && button(say('after.back'), () => app.present(paper), { class: 'button', 'data-action': 'back' }),
      button(say(word === 'paper_missing' ? 'receipt.scan_paper' : 'nav.scan'), () => {
        if (word === 'paper_missing') awaitPaper(app, text);
        void app.scan();
      }, { class: 'button', 'data-action': word === 'paper_missing' ? 'scan-paper' : 'scan' }, sign('scan'))));
  app.shell.show({ name: 'after', title: say('receipt.title'), node, heading, again: () => { void showReceipt(app, texts, paper, more); } });
  app.shell.announce(`${say('receipt.title')}. ${say(`receipt.word.${word}`)}`);
}

const NAME = 'recu-de-controle.pdf';

/** The next paper is read with this receipt, which is said as long as it is so; null: no longer. @param {App} app @param {string | null} text */
function awaitPaper(app, text) {
  app.receipt = text;
  app.shell.notice('receipt', text === null ? null : element('p', { class: 'notice', 'data-awaiting': true }, say('receipt.awaiting'), ' ',
    button(say('receipt.awaiting.stop'), () => awaitPaper(app, null), { class: 'button', 'data-action': 'stop-awaiting' })));
}

/** A receipt that the newest follows: its word, and what was declared in it. @param {Reading} reading */
function earlierReceipt(reading) {
  const shown = reading.receipt && SHOWN.includes(reading.word) ? reading.receipt : null;
  return element('details', { 'data-former': reading.word }, element('summary', {}, say(`receipt.word.${reading.word}`), shown && ` – ${datingWords(reading)}`),
    shown && element('dl', { class: 'form' }, ...declaredLines(shown.statement).map(([label, value]) => element('div', { class: 'detail' }, element('dt', {}, label), element('dd', {}, element('bdi', {}, value))))));
}

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

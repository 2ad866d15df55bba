/**
 * The paper of a receipt: one PDF with what was declared and two symbols, the attestation's own and the receipt's, which anybody verifies off line.
 * @module
 */

import { correction, generate } from 'lean-qr';
import { toHex } from './bytes.js';
import { inWordsOf, language, say } from './messages.js';
import './messages.after.js';
import { makePdf } from './pdf-made.js';
import { day, exactMoment } from './words.js';

/** @typedef {import('./receipt-read.js').Reading} Reading */
/** @typedef {import('./receipt-read.js').Statement} Statement */

/**
 * What a statement declares, in lines of words.
 * @param {Statement} statement
 * @returns {[string, string][]} label and value
 */
export function declaredLines({ declared_at: at, verdict, level, company, seen, compared, hired_on: hired, request, dpae, former }) {
  /** @type {[string, string][]} */
  const lines = [
    [say('receipt.declared.at'), exactMoment(Date.parse(at) / 1000)],
    [say('receipt.declared.by'), [company.person, company.name, company.siret].filter(Boolean).join(', ')],
    [say('receipt.declared.verdict'), `${say(`receipt.checked.${verdict}`)} (${say(`level.${level}`)})`],
    ...(/** @type {const} */ (['original', 'person', 'permit'])).map((one) => /** @type {[string, string]} */ ([say(`receipt.seen.${one}`), say(`receipt.said.${seen[one]}`)])),
  ];
  if (compared) lines.push([say('receipt.declared.compared'), Object.entries(compared).map(([name, outcome]) => `${say(`field.${name}`)} : ${say(`compare.outcome.${outcome}`)}`).join(' · ')]);
  if (hired) lines.push([say('receipt.declared.hired'), day(hired)]);
  if (request) {
    lines.push([say('receipt.declared.request'), [day(request.sent_on), say(`receipt.channel.${request.channel}`), request.reference, say(`receipt.answer.${request.answer}`), request.answered_on && day(request.answered_on)].filter(Boolean).join(', ')]);
  }
  if (dpae) lines.push([say('receipt.declared.dpae'), `${dpae.certificate}, ${exactMoment(Date.parse(dpae.at) / 1000)}`]);
  if (former) lines.push([say('receipt.declared.former'), former]);
  return lines;
}

/**
 * When the check is known to have been, in words.
 * @param {Pick<Reading, 'dating' | 'since' | 'until'>} reading
 */
export function datingWords({ dating, since, until }) {
  if (dating === 'dated' && since !== null && until !== null) return say('receipt.dating.dated', { since: exactMoment(since), until: exactMoment(until) });
  if (dating === 'late' && until !== null) return since === null ? say('receipt.dating.late_unnamed', { until: exactMoment(until) }) : say('receipt.dating.late', { since: exactMoment(since), until: exactMoment(until) });
  return say('receipt.dating.undated');
}

/** @param {string} text @param {string} caption @returns {import('./pdf-made.js').Symbol2D} */
function symbol(text, caption) {
  const made = generate(text, { minCorrectionLevel: correction.M, maxCorrectionLevel: correction.M });
  return { size: made.size, dark: (x, y) => made.get(x, y), caption };
}

/**
 * The words of the page, in the language in use.
 * @param {Reading} reading
 * @param {import('./receipt-read.js').Receipt} receipt
 * @param {number} earlier how many former receipts are attached
 * @param {boolean} demonstration
 * @returns {import('./pdf-made.js').Block[]}
 */
function blocksOf(reading, receipt, earlier, demonstration) {
  /** @param {string} key @returns {import('./pdf-made.js').Block} */
  const head = (key) => ({ text: say(key), size: 12, bold: true, gap: 12, tag: 'H2' });
  return [
    { text: say('receipt.title'), size: 16, bold: true, gap: 8, tag: 'H1' },
    ...(demonstration ? [{ text: `${say('demo.title')} – ${say('demo.meaning')}`, bold: true, gap: 6 }] : []),
    { text: say('receipt.what'), gap: 6 },
    head('receipt.block.established'),
    ...[say('receipt.established.signed'), datingWords(reading), say('receipt.fingerprint', { hash: toHex(receipt.digest) })].map((text) => ({ text })),
    head('receipt.block.declared'),
    ...declaredLines(receipt.statement).map(([label, value]) => ({ text: `${label} : ${value}` })),
    ...(earlier > 0 ? [{ text: say('receipt.paper.earlier', { count: earlier }) }] : []),
    head('receipt.block.today'),
    ...['receipt.paper.today', 'receipt.not_instead', 'receipt.is_not'].map((key) => ({ text: say(key) })),
  ];
}

/**
 * The page: French first, then the language in use where that is another.
 * @param {string} paper the text of the attestation's symbol
 * @param {string} text the text of the receipt's
 * @param {Reading} reading of both
 * @param {string[]} earlier the texts of the receipts that it follows, attached as files
 * @param {boolean} demonstration whether demonstration keys signed what it speaks of
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function receiptPdf(paper, text, reading, earlier, demonstration) {
  const { receipt } = reading;
  if (!receipt) throw new TypeError('a receipt without a statement has no paper');
  const written = () => ({
    language: language(), title: say('receipt.title'), blocks: blocksOf(reading, receipt, earlier.length, demonstration), captions: [say('receipt.paper.attestation'), say('receipt.paper.receipt')],
  });
  const pages = [await inWordsOf('fr', written), ...(language() === 'fr' ? [] : [written()])];
  const captions = pages[0].captions.map((_, at) => pages.map((page) => page.captions[at]).join(' / '));
  return makePdf({
    title: pages.map(({ title }) => title).join(' / '),
    language: 'fr',
    blocks: pages[0].blocks,
    symbols: [symbol(paper, captions[0]), symbol(text, captions[1])],
    after: pages.slice(1),
    texts: [paper, text],
    attached: earlier.map((former, at) => ({ name: `recu-precedent-${at + 1}.txt`, text: former })),
  });
}

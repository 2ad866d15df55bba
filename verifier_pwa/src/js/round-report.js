/**
 * The report of a round: JSON, whose SHA-256 is its fingerprint; a table; a PDF. And its date, when it is asked for: the service
 * countersigns the fingerprint as it does a receipt's (docs/format.md §9.1).
 * @module
 */

import { fromHex, toHex } from './bytes.js';
import { encode } from './cbor.js';
import { inWordsOf, language, say } from './messages.js';
import './messages.round.js';
import { makePdf } from './pdf-made.js';
import { askForCounter } from './receipt-make.js';
import { judgeCounter } from './receipt-read.js';
import { BY_HAND, counts, earlierOf, ordered, reportJson } from './round-model.js';
import { grouped, nameOf, papersIn, personOf, wordOf } from './round-words.js';
import { sha256 } from './sha2.js';
import { site } from './site.js';
import { csv } from './tables.js';
import { clock, day, exactMoment } from './words.js';

/** @typedef {import('./app.js').App} App */
/** @typedef {import('./pdf-made.js').Block} Block */
/** @typedef {import('./round-keep.js').RoundKeep} RoundKeep */
/** @typedef {import('./round-model.js').Dated} Dated */
/** @typedef {import('./round-model.js').Paper} Paper */
/** @typedef {import('./round-model.js').Round} Round */

/** @param {App} app */
const demonstration = (app) => site.demonstration || app.lists.trust?.demonstration === true;

/**
 * @param {App} app
 * @param {RoundKeep} keep
 */
function json(app, { head, papers }) {
  return reportJson(/** @type {Round} */ (head), papers.values(), { software: site.version, demonstration: demonstration(app) });
}

/**
 * SHA-256 of the JSON file as it would be saved now, 64 hexadecimal digits.
 * @param {App} app
 * @param {RoundKeep} keep
 */
export async function reportFingerprint(app, keep) {
  return toHex(sha256(new TextEncoder().encode(json(app, keep))));
}

/**
 * The report as a file; `fingerprint` is that of its JSON form, whichever form is asked for.
 * @param {App} app
 * @param {RoundKeep} keep with a round under way
 * @param {'pdf' | 'csv' | 'json'} form
 * @returns {Promise<{ name: string, content: BlobPart, type: string, fingerprint: string }>}
 */
export async function reportFile(app, keep, form) {
  const fingerprint = await reportFingerprint(app, keep), head = /** @type {Round} */ (keep.head), papers = ordered(keep.papers.values(), 'latest').reverse();
  const made = new Date(head.began * 1000), at = [made.getFullYear(), made.getMonth() + 1, made.getDate()].map((one) => String(one).padStart(2, '0')).join('-');
  const name = `controle-${at}.${form}`;
  if (form === 'json') return { name, content: json(app, keep), type: 'application/json', fingerprint };
  if (form === 'csv') return { name, content: csv([say('round.columns').split(';'), ...papers.map(row)]), type: 'text/csv', fingerprint };
  const written = () => ({ language: language(), title: say('round.title'), blocks: blocksOf(app, head, papers, fingerprint) });
  const pages = [await inWordsOf('fr', written), ...(language() === 'fr' ? [] : [written()])];
  const content = makePdf({
    title: pages.map(({ title }) => title).join(' / '), language: 'fr', blocks: pages[0].blocks, symbols: [], after: pages.slice(1), texts: [fingerprint],
  });
  return { name, content, type: 'application/pdf', fingerprint };
}

/** The words for what differs. @param {Paper} paper */
const differing = ({ differs }) => differs.map((one) => say(`round.differs.${one}`)).join(', ');

/** @param {Paper} paper @returns {string[]} */
function row(paper) {
  const { rank, at, kind, level, verdict, number, family_name: family, given_names: given, birth_date: birth, employer, siret, job, valid_until: until, note } = paper;
  return [String(rank), exactMoment(at), wordOf(paper), BY_HAND.includes(kind) ? '' : say(`level.${level}`), verdict, grouped(number), family, given, birth, employer, siret, job, until, differing(paper), note];
}

/**
 * @param {App} app
 * @param {Round} head
 * @param {Paper[]} papers in the order of their ranks
 * @param {string} fingerprint
 * @returns {Block[]}
 */
function blocksOf(app, head, papers, fingerprint) {
  const { place, company, siret, inspector, began, last, dated } = head, apart = papers.filter(({ differs }) => differs.length > 0).length;
  /** @param {string} text @returns {Block} */
  const title = (text) => ({ text, size: 12, bold: true, gap: 12, tag: 'H2' });
  const line = (/** @type {string} */ key, /** @type {string} */ value) => (value ? [{ text: `${say(key)} : ${value}` }] : []);
  return [
    { text: `${say('round.title')} – ${nameOf(head)}`, size: 16, bold: true, gap: 8, tag: 'H1' },
    ...(demonstration(app) ? [{ text: `${say('demo.title')} – ${say('demo.meaning')}`, bold: true, gap: 6 }] : []),
    ...line('round.pdf.place', place), ...line('round.pdf.company', [company, siret && `SIRET ${siret}`].filter(Boolean).join(', ')), ...line('round.pdf.inspector', inspector),
    { text: say('round.pdf.when', { began: exactMoment(began), last: exactMoment(last) }) },
    { text: say('round.pdf.declared'), gap: 6 },
    title(papersIn(papers.length)),
    ...counts(papers).map(({ key, level, seal, count }) => ({ text: `${count} × ${seal ? '2D-DOC : ' : ''}${say(key)}${key.startsWith('round.kind') ? '' : ` (${say(`level.${level}`)})`}` })),
    ...(apart > 0 ? [{ text: say('round.pdf.apart', { count: apart }), bold: true }] : []),
    title(say('round.pdf.papers')),
    ...papers.flatMap((paper) => paperBlocks(paper, earlierOf(paper, papers))),
    title(say('round.report.title')),
    { text: say('round.fingerprint', { hash: fingerprint }) },
    ...(dated?.fingerprint === fingerprint ? [{ text: say('round.date.done', { time: exactMoment(dated.time), key: dated.key }) }] : []),
    { text: say('round.report.what') },
  ];
}

/** @param {Paper} paper @param {number} same @returns {Block[]} */
function paperBlocks(paper, same) {
  const facts = [paper.number && say('round.pdf.number', { number: grouped(paper.number) }), paper.birth_date && say('round.pdf.born', { date: paper.birth_date.split('-').reverse().join('/') }), paper.employer,
    paper.siret && `SIRET ${paper.siret}`, paper.job, paper.valid_until && say('round.pdf.until', { date: day(paper.valid_until) })].filter(Boolean).join(' · ');
  const more = [differing(paper) && say('round.pdf.differs', { what: differing(paper) }), same > 0 && say('round.person', { rank: same }), paper.note && say('round.pdf.note', { note: paper.note })].filter((one) => typeof one === 'string' && one !== '');
  return [
    { text: [`${say('round.rank', { rank: paper.rank })}  ${clock(paper.at)}  ${wordOf(paper)}`, personOf(paper)].filter(Boolean).join(' – '), bold: true, gap: 8 },
    ...(facts ? [{ text: facts, size: 9, gap: 1 }] : []), ...more.map((text) => ({ text: String(text), size: 9, gap: 1 })),
  ];
}

/**
 * Has the service date a fingerprint; null when it is not dated, whatever answered in its place. Nothing but the fingerprint is sent.
 * @param {App} app
 * @param {string} fingerprint 64 hexadecimal digits
 * @param {typeof fetch} [ask]
 * @returns {Promise<Dated | null>}
 */
export async function dateReport(app, fingerprint, ask = fetch) {
  const { trust } = app.lists;
  if (!trust) return null;
  const digest = fromHex(fingerprint), counter = await askForCounter(digest, 0, ask);
  const found = counter === null ? null : judgeCounter(counter, digest, trust);
  return found && { fingerprint, row: toHex(encode(/** @type {import('./cbor.js').Item} */ (counter))), time: found.time, key: toHex(found.kid) };
}

/**
 * The file that carries the date beside the JSON file: `sha256sum` of that one gives the fingerprint.
 * @param {Dated} dated
 */
export function dateFile({ fingerprint, row, time, key }) {
  return `${JSON.stringify({ form: 'work-in-france/date/1', sha256: fingerprint, seen_at: new Date(time * 1000).toISOString().replace('.000Z', 'Z'), key, countersignature: row }, null, 1)}\n`;
}

/**
 * Many papers read at once: one row for each, the worst first, papers that were given twice told, and the same as a table and as JSON. What
 * is kept of a pile lives as long as the page.
 *
 * A row bears what the list of the Code du travail, D8254-2 (renewed every six months, D8254-4) asks of a principal's contractor for each
 * foreign worker: name, day of the hire, nationality, kind and number of the title that permits the work. The day of the hire stands on no
 * paper: it is typed, or missing and said to be. Its twin on the command line is issuer/commands/pile.py.
 * @module
 */

import { nationality } from './countries.js';
import { say } from './messages.js';
import './messages.pile.js';
import { csv } from './tables.js';
import { claimsSeal } from './text.js';
import { number, verdictWords } from './words.js';

/** @typedef {import('./files.js').Found} Found */
/** @typedef {import('./lists.js').Judgement} Judgement */
/** @typedef {import('./verdicts.js').Level} Level */
/** @typedef {{ text: string, verdict: string, level: Level, word: string, sentence: string, type: string | null, fields: Record<string, string> | null }} SealLine what a 2D-DOC says; `fields` where a known certificate signed them */
/** @typedef {{ name: string, found: Found }} Given one file */
/**
 * A pile: its files in the order given; how many were not read because the person stopped; days of hires as typed, by text.
 * @typedef {{ given: Given[], left: number, hired: Map<string, string>, judged: Map<string, Judgement> }} Pile
 *
 * One row: a paper, a seal, or a file in which nothing was read. `twin` names the file that holds the same paper before; `text` is that of the code, empty
 * where there is none. `hire` is the day as typed.
 * @typedef {{ file: string, found: Found, text: string, verdict: string, level: Level | 'none', word: string, sentence: string, twin: string | null,
 *   judgement: Judgement | null, seal: SealLine | null, hire: string }} Row
 */

/** The order of the rows: what speaks most against its paper first; of a file that gave nothing nobody knows. */
const WORST_FIRST = ['red', 'none', 'grey', 'amber', 'green'];
/** Troubles that the camera has words for. */
const CAMERA = ['blocked', 'unreached', 'hidden'];

/** What a text says, whatever address stands before it. @param {string} text */
const paperOf = (text) => text.slice(text.indexOf('#') + 1);

/** Why a file says less than a paper. @param {Found} found @returns {import('./words.js').Doubt} */
export function doubtOf({ hidden, unread, trouble }) {
  if (hidden.length > 0) return unread ? 'unread' : 'differs';
  return trouble ? 'partly' : null;
}

/**
 * The texts of a file that count: ours, else those that are no seal's, of which the first.
 * @param {Found} found
 * @param {(text: string) => boolean} ours
 */
export function counted({ texts }, ours) {
  const own = texts.filter(ours), others = texts.some(claimsSeal) ? [] : texts.slice(0, 1);
  return own.length > 0 ? own : others;
}

/**
 * Why nothing was read in a file, in words.
 * @param {Found} found
 */
function troubleWords({ trouble, parameters }) {
  if (trouble && CAMERA.includes(trouble)) return say(`camera.${trouble}`);
  return say(trouble && trouble !== 'none' ? `file.${trouble}` : 'file.none', parameters);
}

/**
 * The rows of a pile, the worst first; of equals, in the order of the files.
 * @param {readonly { given: Given, judgements: Judgement[], seals: { text: string, line: SealLine }[] }[]} files
 * @param {ReadonlyMap<string, string>} hired
 * @returns {Row[]}
 */
export function rowsOf(files, hired) {
  /** @type {Map<string, string>} */
  const seen = new Map();
  const rows = files.flatMap(({ given: { name, found }, judgements, seals }) => {
    /** @param {string} text @param {Omit<Row, 'file' | 'found' | 'text' | 'twin' | 'hire'>} said @returns {Row} */
    const row = (text, said) => {
      const paper = paperOf(text), twin = text ? seen.get(paper) ?? null : null;
      if (text && twin === null) seen.set(paper, name);
      return { file: name, found, text, twin, hire: hired.get(text) ?? '', ...said };
    };
    if (judgements.length + seals.length === 0) {
      return [row('', { verdict: found.trouble ?? 'none', level: 'none', word: say('pile.unread'), sentence: troubleWords(found), judgement: null, seal: null })];
    }
    return [
      ...judgements.map((judgement) => {
        const { word, sentence, level } = verdictWords(judgement, doubtOf(found));
        return row(judgement.text, { verdict: judgement.verdict.verdict, level, word, sentence, judgement, seal: null });
      }),
      ...seals.map(({ text, line }) => row(text, { verdict: line.verdict, level: line.level, word: `2D-DOC : ${line.word}`, sentence: line.sentence, judgement: null, seal: line })),
    ];
  });
  return rows.map((row, at) => ({ row, at })).sort((one, other) => WORST_FIRST.indexOf(one.row.level) - WORST_FIRST.indexOf(other.row.level) || one.at - other.at)
    .map(({ row }) => row);
}

/**
 * How many rows say each word, in their order; those of papers that were given twice count once.
 * @param {readonly Row[]} rows
 * @returns {{ word: string, level: Row['level'], count: number }[]}
 */
export function countsOf(rows) {
  /** @type {Map<string, { word: string, level: Row['level'], count: number }>} */
  const counts = new Map();
  for (const { word, level, twin } of rows) {
    if (twin !== null) continue;
    const known = counts.get(word);
    if (known) known.count += 1;
    else counts.set(word, { word, level, count: 1 });
  }
  return [...counts.values()];
}

/**
 * What a paper says for the list of D8254-2, as signed; empty where it does not. Null where it has no place in the list: nothing signed is known.
 * @param {Row} row
 * @returns {{ family: string, given: string, nationality: string, kind: string, number: string } | null}
 */
function listed({ judgement, seal }) {
  const claims = judgement?.verdict.claims;
  if (claims) {
    return {
      family: claims.family_name, given: claims.given_names ?? '', nationality: nationality(claims.nationality), kind: say(`kind.${claims.kind}`), number: number(claims.number),
    };
  }
  const fields = seal?.fields;
  if (!fields || !seal.type) return null;
  return {
    family: fields[62] ?? '', given: (fields[60] ?? fields[61] ?? '').replaceAll('/', ', '), nationality: fields[67] ?? '',
    kind: say('pile.seal', { type: seal.type }), number: (seal.type === '15' && fields['5N']) || '',
  };
}

/**
 * What the line of D8254-2 lacks, in words; empty where the row has no place in the list.
 * @param {Row} row
 * @param {string | null} hired the day of the hire, YYYY-MM-DD; null: not known
 * @returns {string}
 */
export function listWords(row, hired) {
  const line = listed(row);
  if (!line) return '';
  if (row.twin !== null) return say('pile.list.twin');
  if (row.level === 'red') return say('pile.list.red');
  const missing = Object.entries({ family: line.family, hire: hired ?? '', nationality: line.nationality, number: line.number }).filter(([, value]) => !value).map(([name]) => say(`pile.lacks.${name}`));
  return missing.length > 0 ? say('pile.list.lacks', { fields: missing.join(', ') }) : say('pile.list.whole');
}

/** UTC, as tables of all countries sort it. @param {number} seconds UTC seconds */
const moment = (seconds) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');

/**
 * The cells of a row, in the order of the columns.
 * @param {Row} row
 * @param {string | null} hired
 * @param {number} at when it was judged, UTC seconds
 * @returns {string[]}
 */
function cells(row, hired, at) {
  const claims = row.judgement?.verdict.claims, line = listed(row);
  return [
    row.file, row.word, row.verdict, row.level === 'none' ? '' : say(`level.${row.level}`), row.twin ?? '', claims?.employer.name ?? row.seal?.fields?.['5M'] ?? '',
    claims?.employer.siret ?? row.seal?.fields?.['50'] ?? '', claims?.valid_from ?? '', claims?.valid_until ?? '', line?.family ?? '', line?.given ?? '', hired ?? '',
    line?.nationality ?? '', line?.kind ?? '', line?.number ?? '', listWords(row, hired), row.sentence, moment(at),
  ];
}

/**
 * The pile as a table for spreadsheets.
 * @param {readonly Row[]} rows
 * @param {(row: Row) => string | null} hired the day of a row's hire, YYYY-MM-DD
 * @param {number} at UTC seconds
 */
export function pileTable(rows, hired, at) {
  return csv([say('pile.columns').split(';'), ...rows.map((row) => cells(row, hired(row), row.judgement?.at ?? at))]);
}

/**
 * The pile for a program: the same rows in the same order, with what is signed by its JSON names.
 * @param {readonly Row[]} rows
 * @param {(row: Row) => string | null} hired
 * @param {number} at UTC seconds
 */
export function pileRecord(rows, hired, at) {
  return {
    form: 'work-in-france/pile/1',
    verified_at: moment(at),
    rows: rows.map((row) => ({
      file: row.file, kind: row.judgement ? 'attestation' : row.seal ? 'seal' : 'unread', verdict: row.verdict, level: row.level === 'none' ? null : row.level, same_as: row.twin,
      doubt: row.judgement ? doubtOf(row.found) : null, text: row.text || null, claims: row.judgement?.verdict.claims ?? null, fields: row.seal?.fields ?? null,
      hired_on: hired(row), says: row.sentence,
    })),
  };
}

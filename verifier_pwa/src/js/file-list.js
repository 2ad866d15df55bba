/**
 * What several files gave at once: one list, each line with its result, and one file to save. Nothing is kept.
 * @module
 */

import { button, element } from './element.js';
import { say } from './messages.js';
import './messages.more.js';
import { sign } from './symbols.js';
import { csv } from './tables.js';
import { claimsSeal } from './text.js';
import { verdictWords } from './verdict-view.js';
import { exactMoment, number } from './words.js';

/** @typedef {import('./app.js').App} App */
/** @typedef {import('./files.js').Found} Found */
/** @typedef {import('./lists.js').Judgement} Judgement */
/** @typedef {{ verdict: string, level: import('./verdicts.js').Level, word: string }} SealLine what a 2D-DOC says, in a word */
/** @typedef {{ file: { name: string }, found: Found, judgements: Judgement[], seals: SealLine[] }} Line */

/** How long the address of the saved file lives: some browsers read it late. */
const ADDRESS_KEPT_MS = 60_000;

/**
 * @param {App} app
 * @param {{ file: File, found: Found }[]} read
 * @returns {Promise<import('./shell.js').Screen>}
 */
export async function fileList(app, read) {
  const title = say('list.title', { count: read.length });
  const heading = element('h1', { tabindex: '-1' }, title);
  const lines = await Promise.all(read.map(async ({ file, found }) => ({ file, found, judgements: judged(app, found), seals: await sealsOf(app, found) })));
  const node = element('section', { class: 'page', 'data-file-list': true }, heading, element('p', {}, say('list.lead')),
    element('ul', { class: 'choices' }, ...lines.map((line) => element('li', {}, row(app, line)))),
    element('div', { class: 'buttons' },
      button(say('list.export'), () => save(lines), { class: 'button', 'data-action': 'export' }, sign('save')),
      button(say('nav.scan'), () => { void app.scan(); }, { class: 'button button-main' })));
  return { name: 'files', title, node, heading };
}

/** @param {App} app @param {Found} found @returns {Judgement[]} of ours, else of the first text */
function judged(app, { texts }) {
  const ours = texts.filter(app.ours), others = texts.some(claimsSeal) ? [] : texts.slice(0, 1);
  return (ours.length > 0 ? ours : others).map((text) => app.lists.judge(text));
}

/** @param {App} app @param {Found} found @returns {Promise<SealLine[]>} of the State's seals */
async function sealsOf(app, { texts }) {
  const seals = texts.filter(claimsSeal);
  const part = seals.length > 0 ? await app.later(() => import('./seal-view.js')) : null;
  return part ? part.sealLines(app, seals) : [];
}

/** @param {Found} found @returns {import('./verdict-view.js').Doubt} */
function doubtOf({ hidden, unread, trouble }) {
  if (hidden.length > 0) return unread ? 'unread' : 'differs';
  return trouble ? 'partly' : null;
}

/**
 * @param {App} app
 * @param {Line} line
 */
function row(app, { file, found, judgements, seals }) {
  const [first] = judgements;
  const name = element('bdi', { class: 'choice-name' }, file.name);
  if (!first && seals.length === 0) {
    return element('div', { class: 'choice', 'data-trouble': found.trouble ?? 'none' }, name,
      element('span', { class: 'choice-number' }, ['blocked', 'unreached', 'hidden'].includes(found.trouble ?? '') ? say(`camera.${found.trouble}`) : say(found.trouble && found.trouble !== 'none' ? `file.${found.trouble}` : 'file.none', found.parameters)));
  }
  const words = first ? verdictWords(first, doubtOf(found)) : seals[0], claims = first?.verdict.claims;
  const made = button('', () => { void app.choose(found.texts, found); }, { class: 'choice', 'data-result': first?.verdict.verdict ?? null, 'data-result-level': words.level });
  made.replaceChildren(name,
    element('span', { class: 'choice-number' }, judgements.length > 1 ? say('list.several', { count: judgements.length })
      : claims && element('bdi', {}, `${[claims.family_name, claims.given_names].filter(Boolean).join(' ')}, ${number(claims.number)}`)),
    first && element('span', { class: 'choice-word' }, `${words.word} – ${say(`level.${words.level}`)}`),
    ...seals.map(({ verdict, level, word }) => element('span', { class: 'choice-word', 'data-seal-result': verdict }, `2D-DOC : ${word} – ${say(`level.${level}`)}`)), sign('next'));
  return made;
}

/**
 * The list as a table: one line an attestation, semicolons, UTF-8 with its mark, as spreadsheets of this country expect.
 * @param {Line[]} lines
 * @returns {string}
 */
export function table(lines) {
  const rows = lines.flatMap(({ file, found, judgements, seals }) => {
    if (judgements.length + seals.length === 0) return [[file.name, say('file.none.title'), found.trouble ?? 'none']];
    const sealed = seals.map(({ verdict, level, word }) => [file.name, `2D-DOC : ${word}`, verdict, say(`level.${level}`)]);
    return [...judgements.map((judgement) => {
      const { claims, verdict } = judgement.verdict;
      const { word, level } = verdictWords(judgement, doubtOf(found));
      return [file.name, word, verdict, say(`level.${level}`), claims ? number(claims.number) : '', claims?.family_name ?? '', claims?.given_names ?? '', claims?.employer.name ?? '',
        claims?.valid_until ?? '', exactMoment(judgement.at)];
    }), ...sealed];
  });
  return csv([say('list.columns').split(';'), ...rows]);
}

/** @param {Line[]} lines */
function save(lines) {
  const address = URL.createObjectURL(new Blob([table(lines)], { type: 'text/csv' }));
  const link = element('a', { href: address, download: 'verifications.csv' });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), ADDRESS_KEPT_MS);
}

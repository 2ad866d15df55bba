/**
 * The list of a round: counts, each paper with its differences and a note; the report; closing, which erases.
 * @module
 */

import { saveFile } from './after-parts.js';
import { button, element, fill } from './element.js';
import { say } from './messages.js';
import './messages.round.js';
import { BY_HAND, counts, earlierOf, endOf, ordered, shownLevel, wordKey } from './round-model.js';
import { dateReport, dateFile, reportFile, reportFingerprint } from './round-report.js';
import { emblemOf, grouped, nameOf, papersIn, personOf, shortName, wordOf } from './round-words.js';
import { sign } from './symbols.js';
import { clock, day, dayOf, exactMoment, moment } from './words.js';

/** @typedef {import('./app.js').App} App */
/** @typedef {import('./round-keep.js').RoundKeep} RoundKeep */
/** @typedef {import('./round-model.js').Paper} Paper */

const LONGEST_NOTE = 500;
/** The order in use. @type {'latest' | 'worst'} */
let order = 'latest';

/**
 * Opens the list of the round under way.
 * @param {App} app
 * @param {RoundKeep} keep with a round under way
 * @param {(given?: { forms?: string[], files?: File[] }) => void} scan goes back to the camera, with what came in meanwhile
 */
export function openRoundList(app, keep, scan) {
  if (!keep.head) return;
  const heading = element('h1', { tabindex: '-1' }, say('round.list.title')), whose = element('p', { class: 'strong' });
  const total = element('p', { class: 'round-total' }), tally = element('ul', { class: 'round-tally' }), list = element('ol', { class: 'round-papers' });
  const alarm = element('div', { role: 'alert' }), ends = element('p', { class: 'hint' }), said = element('p', { role: 'status' }), closing = element('div'), dating = element('div');
  const print = element('p', { class: 'long', 'data-round-print': true });

  /** Each paper's node, by its key: what is being typed stays while others come. @type {Map<string, { node: HTMLElement, noted: HTMLInputElement, paper: Paper, place: number }>} */
  const drawn = new Map();

  function draw() {
    const { head, papers, unsaved } = keep;
    if (!head) {
      over(app, say('round.closed'));
      return;
    }
    whose.textContent = nameOf(head);
    total.textContent = papersIn(papers.size);
    ends.textContent = say('round.notice.end', { end: moment(endOf(head)) });
    fill(tally, ...counts(papers.values()).map(({ key, level, seal, count }) => element('li', { 'data-tally': key, 'data-level': level },
      element('strong', {}, String(count)), ' ', `${seal ? '2D-DOC : ' : ''}${say(key)}`)));
    fill(alarm, unsaved.size > 0 && element('p', { class: 'round-alarm' }, say('round.unsaved.alarm', { count: unsaved.size })));
    const wanted = ordered(papers.values(), order);
    for (const key of drawn.keys()) if (!papers.has(key)) drawn.delete(key);
    const nodes = wanted.map((paper) => {
      const held = drawn.get(paper.key), same = earlierOf(paper, papers.values());
      if (held && held.place === same && held.paper.word === paper.word && held.paper.level === paper.level && held.paper.rank === paper.rank) {
        if (document.activeElement !== held.noted) held.noted.value = paper.note;
        return held.node;
      }
      const made = paperLine(app, keep, paper, same);
      drawn.set(paper.key, { ...made, paper, place: same });
      return made.node;
    });
    if (nodes.length !== list.children.length || nodes.some((node, at) => node !== list.children[at])) fill(list, ...nodes);
    void drawPrint();
  }

  async function drawPrint() {
    const { head } = keep;
    if (!head) return;
    const hash = await reportFingerprint(app, keep);
    print.textContent = say('round.fingerprint', { hash });
    if (!dating.querySelector('[data-asking]')) drawDating(hash);
  }

  /** @param {string} hash @param {string} [told] */
  function drawDating(hash, told = '') {
    const dated = keep.head?.dated ?? null, current = dated?.fingerprint === hash;
    fill(dating,
      dated && element('p', { 'data-dated': current ? 'yes' : 'old' }, say(current ? 'round.date.done' : 'round.date.old', { time: exactMoment(dated.time), key: dated.key })),
      told !== '' && element('p', { role: 'status' }, told),
      dated && button(say('round.date.file'), () => { saveFile('controle.date.json', dateFile(dated), 'application/json'); }, { class: 'button button-large', 'data-action': 'date-file' }),
      !current && button(say('round.date'), () => askFirst(hash), { class: 'button button-large', 'data-action': 'date-round' }));
  }

  /** @param {string} hash */
  function askFirst(hash) {
    const no = button(say('round.date.no'), () => drawDating(hash), { class: 'button button-large', 'data-action': 'date-no' });
    const yes = button(say('round.date.yes'), async () => {
      fill(dating, element('p', { role: 'status', 'data-asking': true }, say('round.date.asking')));
      const dated = await dateReport(app, hash);
      if (dated) await keep.note({ dated });
      drawDating(hash, dated ? '' : say('round.date.not_yet'));
    }, { class: 'button button-large', 'data-action': 'date-yes' });
    fill(dating, element('div', { class: 'round-ask', role: 'group', 'data-asking': true }, element('p', { class: 'strong' }, say('round.date.ask')),
      element('div', { class: 'buttons' }, no, yes)));
    no.focus();
  }

  /** @param {'pdf' | 'csv' | 'json'} form */
  async function save(form) {
    try {
      const { name, content, type, fingerprint } = await reportFile(app, keep, form);
      saveFile(name, content, type);
      said.textContent = say('round.report.saved', { name });
      await keep.note({ saved: fingerprint });
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof DOMException)) throw error; // a part that is not on this phone yet
      said.textContent = say('round.report.failed');
    }
  }

  async function askToClose() {
    const { head, papers } = keep;
    if (!head) return;
    const what = nameOf(head), notes = [...papers.values()].filter(({ note }) => note !== '').length;
    const reported = head.saved !== null && head.saved === await reportFingerprint(app, keep);
    const no = button(say('round.no'), () => drawClosing(), { class: 'button button-large', 'data-action': 'close-no' });
    fill(closing, element('div', { class: 'round-ask', role: 'group', 'aria-labelledby': 'round-close-ask' },
      element('p', { class: 'strong', id: 'round-close-ask' }, say('round.close.ask', { what, day: dayOf(head.began), papers: papersIn(papers.size), notes })),
      !reported && element('p', { class: 'form-fault', 'data-unreported': true }, say('round.close.unsaved_report')),
      element('div', { class: 'buttons' }, no,
        button(say('round.close.yes'), async () => {
          if (await keep.erase()) over(app, say('round.close.done', { what }));
          else fill(closing, element('p', { class: 'form-fault', role: 'alert' }, say('round.close.failed')));
        }, { class: 'button button-large', 'data-action': 'close-yes' }))));
    no.focus();
  }

  function drawClosing() {
    fill(closing, button(say('round.close'), () => { void askToClose(); }, { class: 'button button-large', 'data-action': 'close-round' }));
  }

  const chooser = element('select', { id: 'round-order', class: 'round-order', onchange: (/** @type {Event} */ { target }) => {
    order = /** @type {'latest' | 'worst'} */ (/** @type {HTMLSelectElement} */ (target).value);
    draw();
  } }, ...['latest', 'worst'].map((one) => element('option', { value: one, selected: one === order }, say(`round.order.${one}`))));
  drawClosing();
  const node = element('section', { class: 'page', 'data-round': 'list' }, heading, whose, total, tally, alarm,
    button(say('round.back'), () => scan(), { class: 'button button-main button-large', 'data-action': 'round-scan' }, sign('scan')),
    element('section', { class: 'card' }, element('h2', {}, say('round.report.title')), element('p', {}, say('round.report.what')),
      element('div', { class: 'buttons' }, ...(/** @type {const} */ (['pdf', 'csv', 'json'])).map((form) => (
        button(say(`round.report.${form}`), () => { void save(form); }, { class: 'button button-large', 'data-action': `report-${form}` }, sign('save'))))),
      said, element('p', { class: 'hint' }, say('round.report.data')), print),
    element('h2', {}, say('round.pdf.papers')),
    element('div', { class: 'form-field' }, element('label', { for: 'round-order' }, say('round.list.order')), chooser), list,
    element('section', { class: 'card' }, element('h2', {}, say('round.date.title')), element('p', {}, say('round.date.what')), dating),
    element('section', { class: 'card' }, element('h2', {}, say('round.close.title')), element('p', {}, say('round.close.what')), ends, closing));
  draw();
  keep.addEventListener('change', draw);
  app.shell.notice('round', null);
  app.camera?.close();
  app.shell.show({
    name: 'round', title: say('round.list.title'), node, heading, again: () => openRoundList(app, keep, scan),
    texts: (forms) => {
      scan({ forms });
      return true;
    },
    files: (files) => {
      scan({ files });
      return true;
    },
    stop: () => {
      keep.removeEventListener('change', draw);
      setTimeout(() => app.dispatchEvent(new Event('screen')));
    },
  });
}

/**
 * The screen behind a round that is over.
 * @param {App} app
 * @param {string} words
 */
function over(app, words) {
  const heading = element('h1', { tabindex: '-1' }, say('round.title'));
  app.shell.show({
    name: 'round', title: say('round.title'), heading, again: () => { void app.scan(); },
    node: element('section', { class: 'page', 'data-round': 'over' }, heading, element('p', { role: 'status' }, words),
      button(say('nav.scan'), () => { void app.scan(); }, { class: 'button button-main button-large' }, sign('scan'))),
  });
  app.shell.announce(words);
}

/**
 * One paper.
 * @param {App} app
 * @param {RoundKeep} keep
 * @param {Paper} paper
 * @param {number} same the rank of an earlier paper of the same person, 0 for none
 */
function paperLine(app, keep, paper, same) {
  const { key, rank, at, kind, note, text, differs, was } = paper, hand = BY_HAND.includes(kind), person = personOf(paper), name = shortName(paper);
  const said = element('p', { role: 'status', class: 'hint' }), asking = element('div', { class: 'buttons' }), id = `note-${rank}`;
  const noted = element('input', { type: 'text', id, maxlength: String(LONGEST_NOTE), value: note, autocomplete: 'off', 'data-action': 'note', onchange: async () => {
    said.textContent = say(await keep.change(key, { note: noted.value.normalize('NFC').trim() }) ? 'round.note.saved' : 'round.note.unsaved');
  } });
  const facts = [paper.number && grouped(paper.number), paper.birth_date && say('round.pdf.born', { date: paper.birth_date.split('-').reverse().join('/') }), paper.employer,
    paper.siret && `SIRET ${paper.siret}`, paper.job, paper.valid_until && say('round.pdf.until', { date: day(paper.valid_until) })].filter(Boolean);

  function drawActs() {
    fill(asking,
      text !== '' && button(say('round.show'), () => { void app.choose([text]); }, { class: 'button button-large', 'data-action': 'show-paper', 'aria-label': `${say('round.show')} ${name}` }),
      button(say('round.remove'), askToRemove, { class: 'button button-large', 'data-action': 'remove-paper', 'aria-label': `${say('round.remove')} ${name}` }));
  }
  function askToRemove() {
    const no = button(say('round.no'), drawActs, { class: 'button button-large' });
    fill(asking, element('p', { class: 'strong' }, say('round.remove.ask', { what: name })), no,
      button(say('round.remove.yes'), () => { void keep.remove(key); }, { class: 'button button-large', 'data-action': 'remove-yes' }));
    no.focus();
  }
  drawActs();
  const node = element('li', { class: 'round-paper', 'data-level': shownLevel(paper), 'data-rank': rank, 'data-result': paper.verdict },
    element('div', { class: 'round-line', 'data-level': shownLevel(paper) }, emblemOf(paper),
      element('div', {}, element('p', { class: 'round-word' }, say('round.rank', { rank }), ' ', element('strong', {}, wordOf(paper)), !hand && ` – ${say(`level.${shownLevel(paper)}`)}`),
        element('p', {}, person !== '' && element('bdi', { class: 'strong' }, person), hand && say('round.by_hand'), ' ', element('span', {}, clock(at).slice(0, 5))))),
    ...differs.map((one) => element('p', { 'data-differs': one }, element('strong', {}, `≠ ${say(`round.differs.${one}`)}`), ' – ', say(`round.differs.${one}.more`))),
    same > 0 && element('p', { class: 'strong', 'data-twin': same }, say('round.person', { rank: same })),
    ...was.slice(-1).map((one) => element('p', {}, say('round.was', { word: say(wordKey({ kind, word: one.word })) }))),
    facts.length > 0 && element('p', {}, element('bdi', {}, facts.join(' · '))),
    element('div', { class: 'form-field' }, element('label', { for: id }, say('round.note'), element('span', { class: 'sr-only' }, ` ${name}`)), noted, said), asking);
  return { node, noted };
}

/**
 * A round ("contrôle sur place"): what is said of it before, then scanning without a tap. Each paper is stored, then shown full-width with
 * a large count, announced, heard and felt. One module: whatever reads a paper (camera, field, files) and whatever shows it share one round's state.
 * @module
 */

import { field, style, tick } from './after-parts.js';
import { isSiret } from './compare.js';
import { button, element, fill } from './element.js';
import { granted } from './errors.js';
import { readFile } from './files.js';
import { watchField } from './input.js';
import { say } from './messages.js';
import './messages.round.js';
import { openKeep } from './round-keep.js';
import { BLANK, BY_HAND, counts, shownLevel } from './round-model.js';
import { judgedAnew, recordOf } from './round-record.js';
import { emblemOf, nameOf, papersIn, personOf, wordOf } from './round-words.js';
import { scanView } from './scan-view.js';
import { changeSettings, settings, settingsStorage } from './settings.js';
import { signal } from './signals.js';
import { sign } from './symbols.js';
import { claimsPart, claimsSeal, sealLines } from './text.js';
import { clock } from './words.js';
import { readWritten } from './written.js';

/** @typedef {import('./app.js').App} App */
/** @typedef {import('./round-keep.js').RoundKeep} RoundKeep */
/** @typedef {import('./round-model.js').Kind} Kind */
/** @typedef {import('./round-model.js').Paper} Paper */

/** Where the inspector's name is kept, if they wish. */
const INSPECTOR = 'wif.inspector';
const LONGEST = 120;
/** How long a result fills the screen; one that is not green longer; and the least, when others wait: under three flashes a second. */
const FLASH_MS = 1_300, FLASH_LONG_MS = 2_600, FLASH_LEAST_MS = 450;
/** A paper that was not seen for so long has left the view; sooner where another was seen meanwhile. */
const GONE_MS = 2_000, SWAPPED_MS = 600;
/** Somebody else's code counts when it is seen for so long, and so long after the last paper: papers bear other codes too. */
const FOREIGN_MS = 1_000, QUIET_MS = 2_500;

/**
 * Opens the round under way, or what begins one.
 * @param {App} app
 */
export async function openRound(app) {
  const before = app.shell.screen;
  const [keep] = await Promise.all([openKeep(), style(), roundStyle()]);
  await keep.reload();
  if (app.shell.screen !== before) return;
  if (keep.head) await openScanning(app, keep);
  else openSetup(app, keep);
}

/** @type {Promise<void> | null} */
let styled = null;

/** The style of a round; where it cannot be had its screens are plain. @returns {Promise<void>} */
function roundStyle() {
  styled ??= new Promise((resolve) => {
    document.head.append(element('link', { rel: 'stylesheet', href: import.meta.resolve('../round.css'), onload: () => resolve(), onerror: () => resolve() }));
  });
  return styled;
}

const storage = () => granted(() => globalThis.localStorage) ?? null;

/** The inspector's name, if it is kept. */
function keptInspector() {
  try {
    return (storage()?.getItem(INSPECTOR) ?? '').slice(0, LONGEST);
  } catch {
    return ''; // a storage that is closed
  }
}

/** @param {string} name '' to forget it */
function keepInspector(name) {
  try {
    if (name) storage()?.setItem(INSPECTOR, name);
    else storage()?.removeItem(INSPECTOR);
  } catch {
    // full, or closed: it is typed again next time
  }
}

/** What is typed before a round, as long as the page lives. @type {{ values: Record<string, string> } | null} */
let setup = null;

/**
 * @param {App} app
 * @param {RoundKeep} keep
 */
function openSetup(app, keep) {
  const inspector = keptInspector();
  setup ??= { values: { round_inspector: inspector, round_keep: inspector ? 'yes' : '' } };
  const draft = setup, said = element('div', { role: 'alert' });
  const heading = element('h1', { tabindex: '-1' }, say('round.title'));

  async function begin() {
    const value = (/** @type {string} */ name) => (draft.values[name] ?? '').normalize('NFC').replace(/\s+/g, ' ').trim();
    const [place, company, who] = ['round_place', 'round_company', 'round_inspector'].map(value), siret = value('round_siret').replace(/[ .\u00a0]/g, '');
    const fault = siret && !/^[0-9]{14}$/.test(siret) ? 'siret' : siret && !isSiret(siret) ? 'siret_key' : [place, company, who].some((text) => text.length > LONGEST) ? 'text' : null;
    if (fault) {
      fill(said, element('p', { class: 'form-fault', 'data-fault': fault }, say(`round.fault.${fault}`)));
      return;
    }
    keepInspector(draft.values.round_keep === 'yes' ? who : '');
    const now = app.now();
    await keep.begin({ id: crypto.randomUUID(), place, company, siret, inspector: who, began: now, last: now, next: 1, saved: null, dated: null });
    setup = null;
    await openScanning(app, keep);
  }

  const node = element('section', { class: 'page', 'data-round': 'setup' }, heading, element('p', {}, say('round.lead')),
    element('form', { class: 'card form', novalidate: true, onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      void begin();
    } },
    field(draft, 'round_place', { hint: true }), field(draft, 'round_company', { hint: true }),
    field(draft, 'round_siret', { hint: true, attributes: { inputmode: 'numeric' } }), field(draft, 'round_inspector', { hint: true }), tick(draft, 'round_keep'),
    said, element('button', { type: 'submit', class: 'button button-main button-large', 'data-action': 'begin-round' }, sign('scan'), element('span', {}, say('round.begin')))),
    element('section', { class: 'card' }, element('h2', {}, say('round.kept.title')), element('p', {}, say('round.kept'))));
  app.shell.show({ name: 'round', title: say('round.title'), node, heading, again: () => openSetup(app, keep) });
}

/**
 * The screen that scans.
 * @param {App} app
 * @param {RoundKeep} keep with a round under way
 * @param {{ forms?: string[], files?: File[] }} [given] what came in while the list stood: it is counted here, where its result fills the screen
 */
async function openScanning(app, keep, given = {}) {
  const before = app.shell.screen;
  const [{ Camera }, reader] = await Promise.all([import('./camera.js'), app.reader()]);
  const camera = app.camera ??= new Camera();
  const foreseen = camera.on ? null : await camera.foreseen();
  const { head } = keep;
  if (app.shell.screen !== before || !head) return;

  /** When each text was last seen, and since when a foreign one is. @type {Map<string, number>} */
  const seen = new Map(), foreign = new Map();
  /** Other codes that stood beside a paper. @type {Set<string>} */
  const beside = new Set();
  let lastPaper = -QUIET_MS, latestPaper = '', alive = true;
  /** One after the other: a paper is stored before the next. @type {Promise<void>} */
  let work = Promise.resolve();

  const scan = scanView({
    beneath: null, camera, reader, foreseen, ours: app.ours, found: take, typed: (forms) => { typed(forms); }, files: () => null, chooseFile: () => null,
  });
  const [viewfinder] = scan.node.children, { heading } = scan;
  fill(heading, nameOf(head));
  const total = element('p', { class: 'round-total' }), tally = element('ul', { class: 'round-tally' }), alarm = element('div', { role: 'alert' });
  const lastShown = element('div', { class: 'round-last' }), awake = element('p', { class: 'hint' });
  const told = element('p', { role: 'status' }), closed = new AbortController();
  const flash = element('div', { class: 'flash', hidden: true, 'aria-hidden': 'true', onclick: () => { flash.hidden = true; } });
  const sound = button(say('round.sound'), () => {
    changeSettings({ sound: !settings().sound }, settingsStorage());
    sound.setAttribute('aria-pressed', String(settings().sound));
    signal('same');
  }, { class: 'button button-large', 'data-action': 'sound', 'aria-pressed': String(settings().sound) });
  const typing = element('textarea', { id: 'round-text', rows: '1', 'data-action': 'text', autocomplete: 'off', spellcheck: 'false', maxlength: '20000' });
  watchField(typing, (forms) => {
    typed(forms);
    typing.value = '';
    typing.dispatchEvent(new Event('input')); // the next one is heard from its beginning
  });

  /** @param {string[]} forms */
  function typed(forms) {
    const written = forms.map((form) => readWritten(form, app.lists.origins)), found = [...new Set(written.flatMap(({ texts }) => texts))];
    const seals = forms.filter(claimsSeal).slice(0, 1).flatMap(sealLines);
    if (found.length + seals.length === 0 && written.some(({ number }) => number)) tellAlarm(say('round.number'));
    else if (found.length === 0 && seals.some(claimsPart)) gatherSymbols(seals);
    else for (const text of found.length > 0 ? found : (seals.length > 0 ? seals : [forms[0].replace(/\s+/g, '')])) queue(text);
  }

  /** What the camera read in one frame. @param {string[]} texts */
  function take(texts) {
    const now = performance.now();
    const parts = texts.filter(claimsPart), papers = texts.filter((text) => app.ours(text) || (claimsSeal(text) && !claimsPart(text)));
    if (parts.length > 0) gatherSymbols(parts);
    if (papers.length > 0) {
      lastPaper = now;
      for (const text of texts) if (!papers.includes(text)) beside.add(text);
    }
    for (const text of papers.length > 0 ? papers : texts) {
      const before = seen.get(text) ?? -GONE_MS;
      seen.set(text, now);
      if (papers.length === 0) {
        const since = now - before < GONE_MS ? foreign.get(text) ?? now : now;
        foreign.set(text, since);
        if (beside.has(text) || now - lastPaper < QUIET_MS || now - since < FOREIGN_MS) continue;
        if (since < 0) continue; // it was counted, and still is in view
        foreign.set(text, -1);
      } else {
        const other = latestPaper !== text;
        latestPaper = text;
        if (now - before < (other ? SWAPPED_MS : GONE_MS)) continue;
      }
      queue(text);
    }
  }

  /** Symbols of a 2D-DOC of several: counted once all of them were read. @param {string[]} parts */
  function gatherSymbols(parts) {
    lastPaper = performance.now();
    void app.later(() => import('./seal-view.js')).then((part) => {
      if (!part || !alive) return;
      const codes = part.gatherNow(app, parts), lacking = part.lackingWords(codes);
      if (lacking) tellSymbols(lacking);
      else for (const { text } of codes) take([text]);
    });
  }

  /** @param {string} words */
  function tellSymbols(words) {
    if (alarm.textContent !== words) tellAlarm(words);
  }

  /** Files one after the other: what is drawn on them counts, and says in its note where it is from. @param {File[]} files */
  async function readFiles(files) {
    /** @type {string[]} */
    const nothing = [], partly = [];
    for (const [at, file] of files.entries()) {
      told.textContent = say('round.files.reading', { file: at + 1, files: files.length });
      const { texts, hidden, trouble } = await readFile(file, { reader: () => app.reader(), progress: () => {}, signal: closed.signal, origins: app.lists.origins });
      if (closed.signal.aborted) return;
      const drawn = texts.filter((text) => !hidden.includes(text)), papers = drawn.filter((text) => app.ours(text) || claimsSeal(text));
      const counted = papers.length > 0 ? papers : drawn.slice(0, 1);
      if (counted.length === 0) nothing.push(file.name);
      else if (trouble || hidden.length > 0) partly.push(file.name);
      const parts = counted.filter(claimsPart);
      if (parts.length > 0) gatherSymbols(parts);
      for (const text of counted.filter((one) => !parts.includes(one))) queue(text, say('round.files.note', { file: file.name.slice(0, LONGEST) }));
    }
    await work;
    told.textContent = '';
    const words = [nothing.length > 0 && say('round.files.nothing', { files: nothing.join(', ') }), partly.length > 0 && say('round.files.partly', { files: partly.join(', ') })].filter(Boolean);
    if (words.length > 0) tellAlarm(words.join(' '));
  }

  /** @param {string} text @param {string} [note] */
  function queue(text, note = '') {
    work = work.then(() => count(async () => ({ ...await recordOf(app, /** @type {import('./round-model.js').Round} */ (keep.head), text), note }), text)).catch((error) => {
      seen.delete(text);
      tellAlarm(say('round.failed'));
      reportError(error);
    });
  }

  /** @param {() => Promise<Paper>} make @param {string} [text] */
  async function count(make, text = '') {
    if (text.includes('/#9') && app.ours(text)) {
      tellAlarm(say('round.receipt'));
      return;
    }
    if (!keep.head) return;
    const { outcome, paper } = await keep.add(await make());
    if (outcome === 'closed') ended();
    else show(outcome, paper);
  }

  /** @param {Kind} kind */
  function byHand(kind) {
    work = work.then(() => count(async () => ({ ...BLANK, key: crypto.randomUUID(), at: app.now(), kind, verdict: kind, word: kind }))).catch((error) => {
      tellAlarm(say('round.failed'));
      reportError(error);
    });
  }

  /** @type {{ outcome: 'added' | 'same' | 'unsaved', paper: Paper, size: number }[]} */
  const waiting = [];
  let flashedAt = -FLASH_LEAST_MS;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /** @param {'added' | 'same' | 'unsaved'} outcome @param {Paper} paper */
  function show(outcome, paper) {
    draw();
    waiting.push({ outcome, paper, size: keep.papers.size });
    const rest = flashedAt + FLASH_LEAST_MS - performance.now();
    if (waiting.length === 1) {
      clearTimeout(timer);
      timer = setTimeout(next, Math.max(0, rest));
    }
  }

  function next() {
    const first = waiting.shift();
    if (!first || !alive) {
      flash.hidden = true;
      return;
    }
    const { outcome, paper, size } = first, level = outcome === 'same' ? 'grey' : shownLevel(paper);
    flashedAt = performance.now();
    flash.dataset.flash = outcome;
    flash.dataset.level = level;
    fill(flash, ...flashParts(outcome, paper, size));
    flash.hidden = false;
    if (outcome !== 'same') fill(lastShown, resultLine(paper));
    signal(outcome === 'same' ? 'same' : outcome === 'unsaved' ? 'red' : level);
    app.shell.announce(spoken(outcome, paper, size));
    timer = setTimeout(next, waiting.length > 0 ? FLASH_LEAST_MS : level === 'green' || outcome === 'same' ? FLASH_MS : FLASH_LONG_MS);
  }

  /** @param {string} words */
  function tellAlarm(words) {
    fill(alarm, element('p', { class: 'round-alarm' }, words));
  }

  function ended() {
    if (!alive) return;
    scan.stop?.();
    camera.close();
    tellAlarm(say('round.closed'));
    signal('red');
    for (const one of node.querySelectorAll('button')) one.disabled = true;
    fill(viewfinder, heading, button(say('nav.scan'), () => { void app.scan(); }, { class: 'button button-main button-large', 'data-action': 'leave' }));
  }

  function draw() {
    total.textContent = papersIn(keep.papers.size);
    total.dataset.count = String(keep.papers.size);
    fill(tally, ...counts(keep.papers.values()).map(({ key, level, seal, count: many }) => element('li', { 'data-tally': key, 'data-level': level },
      element('strong', {}, String(many)), ' ', `${seal ? '2D-DOC : ' : ''}${say(key)}`)));
    if (keep.unsaved.size > 0) tellAlarm(say('round.unsaved.alarm', { count: keep.unsaved.size }));
    else if (alarm.dataset.unsaved === 'yes') fill(alarm);
    alarm.dataset.unsaved = keep.unsaved.size > 0 ? 'yes' : 'no';
  }

  /** Newer lists, or the time: what was counted is judged again. */
  async function judgeAgain() {
    const round = keep.head;
    if (!round) return;
    for (const paper of [...keep.papers.values()]) {
      const changes = judgedAnew(app, round, paper);
      if (!changes || !(await keep.change(paper.key, changes))) continue;
      const after = keep.papers.get(paper.key);
      if (after && alive) tellAlarm(say('round.changed', { rank: after.rank, word: wordOf(after) }));
    }
  }

  /** @type {WakeLockSentinel | null} */
  let lock = null;
  async function stayAwake() {
    if (!alive || document.visibilityState !== 'visible' || lock?.released === false) return;
    try {
      lock = await navigator.wakeLock?.request('screen') ?? null;
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      lock = null; // a battery that is nearly empty, or a browser that does not allow it
    }
    node.dataset.awake = lock ? 'yes' : 'no';
    awake.textContent = say(lock ? 'round.awake' : 'round.awake.no');
    if (!alive) void lock?.release();
  }

  const changed = () => {
    draw();
    if (!keep.head) ended();
  };
  const listsChanged = () => { work = work.then(judgeAgain); };
  const visible = () => { void stayAwake(); };
  const node = element('div', { class: 'round', 'data-round': 'scan' },
    element('section', { class: 'round-head', 'aria-label': say('round.title') }, total, tally), alarm, viewfinder,
    element('section', { class: 'round-result', 'aria-label': say('round.last') }, lastShown),
    element('div', { class: 'round-acts' },
      button(say('round.list'), () => { void openList(app, keep); }, { class: 'button button-main button-large', 'data-action': 'round-list' }),
      ...BY_HAND.map((kind) => button(say(`round.add.${kind}`), () => byHand(kind), { class: 'button button-large', 'data-action': `add-${kind}` })), sound),
    element('div', { class: 'round-more' }, awake, element('label', { for: 'round-text' }, say('round.text')), typing,
      button(say('round.files'), () => /** @type {HTMLInputElement} */ (document.querySelector('input[type=file]')).click(), { class: 'button button-large', 'data-action': 'round-files' }), told), flash);
  fill(lastShown, element('p', {}, say('round.nothing')));
  const latest = [...keep.papers.values()].reduce((/** @type {Paper | null} */ found, paper) => (found && found.rank > paper.rank ? found : paper), null);
  if (latest) fill(lastShown, resultLine(latest));
  draw();
  keep.addEventListener('change', changed);
  app.lists.addEventListener('change', listsChanged);
  document.addEventListener('visibilitychange', visible);
  app.shell.notice('round', null);
  app.shell.show({
    name: 'round', title: say('round.title'), node, heading, again: () => { void openScanning(app, keep); },
    texts: (forms) => {
      typed(forms);
      return true;
    },
    files: (files) => {
      void readFiles(files);
      return true;
    },
    stop: () => {
      alive = false;
      closed.abort();
      clearTimeout(timer);
      scan.stop?.();
      void lock?.release();
      keep.removeEventListener('change', changed);
      app.lists.removeEventListener('change', listsChanged);
      document.removeEventListener('visibilitychange', visible);
      setTimeout(() => app.dispatchEvent(new Event('screen'))); // whatever stands now tells of the round
    },
  });
  void scan.open();
  void stayAwake();
  listsChanged();
  if (given.forms) typed(given.forms);
  if (given.files) void readFiles(given.files);
}

/**
 * @param {App} app
 * @param {RoundKeep} keep
 */
async function openList(app, keep) {
  (await app.later(() => import('./round-list.js')))?.openRoundList(app, keep, (given) => { void openScanning(app, keep, given); });
}

/**
 * What fills the screen for a moment.
 * @param {'added' | 'same' | 'unsaved'} outcome
 * @param {Paper} paper
 * @param {number} size how many are counted
 */
function flashParts(outcome, paper, size) {
  return [
    element('span', { class: 'flash-count' }, String(size)),
    outcome === 'same' ? null : emblemOf(paper),
    element('strong', { class: 'flash-word' }, outcome === 'same' ? say('round.same') : wordOf(paper)),
    element('bdi', { class: 'flash-name' }, personOf(paper)),
    ...(outcome === 'same' ? [element('span', { class: 'flash-more' }, `${say('round.same.more', { rank: paper.rank, time: clock(paper.at).slice(0, 5) })} – ${wordOf(paper)}`)]
      : paper.differs.map((one) => element('span', { class: 'flash-more' }, `≠ ${say(`round.differs.${one}`)}`))),
    outcome === 'unsaved' && element('span', { class: 'flash-more' }, say('round.unsaved')),
  ];
}

/** What a screen reader says of a paper. @param {'added' | 'same' | 'unsaved'} outcome @param {Paper} paper @param {number} size */
function spoken(outcome, paper, size) {
  const name = personOf(paper);
  if (outcome === 'same') return [say('round.same'), say('round.same.more', { rank: paper.rank, time: clock(paper.at).slice(0, 5) }), name].filter(Boolean).join('. ');
  return [`${size}`, wordOf(paper), !BY_HAND.includes(paper.kind) && say(`level.${shownLevel(paper)}`), name, ...paper.differs.map((one) => say(`round.differs.${one}`)),
    outcome === 'unsaved' && `${say('round.unsaved')}. ${say('round.unsaved.more')}`].filter(Boolean).join('. ');
}

/** The result of one paper, as it stands under the camera. @param {Paper} paper */
function resultLine(paper) {
  return element('div', { class: 'round-line', 'data-level': shownLevel(paper), 'data-paper': paper.verdict },
    emblemOf(paper),
    element('div', {},
      element('p', { class: 'round-word' }, say('round.rank', { rank: paper.rank }), ' ', element('strong', {}, wordOf(paper))),
      element('p', {}, element('bdi', {}, personOf(paper)), BY_HAND.includes(paper.kind) ? say('round.by_hand') : paper.employer && ' – ', element('bdi', {}, paper.employer)),
      ...paper.differs.map((one) => element('p', { class: 'strong', 'data-differs': one }, `≠ ${say(`round.differs.${one}`)}`))));
}

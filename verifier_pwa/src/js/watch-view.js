/**
 * “Attestations suivies”: what is kept and for how long before it is, all that is kept, what changed, and the ways to take it along and to
 * erase it.
 * @module
 */

import { field, saveFile, style } from './after-parts.js';
import { button, element, fill } from './element.js';
import { calendarFile } from './icalendar.js';
import { say } from './messages.js';
import './messages.after.js';
import './messages.more.js';
import './messages.pile.js';
import { sign } from './symbols.js';
import { csv } from './tables.js';
import { LONGEST_LABEL, SOON, findings, known, names, shifted, watchable, watched } from './watch.js';
import { dropPaper, erasePapers, keepPapers, notePapers, today, watchedPapers } from './watch-keep.js';
import { day, moment, number } from './words.js';

/** @typedef {import('./app.js').App} App */
/** @typedef {import('./lists.js').Judgement} Judgement */
/** @typedef {import('./watch.js').Finding} Finding */

/**
 * Asks whether papers are to be watched: what is kept is said first, and nothing is kept before the tap.
 * @param {App} app
 * @param {readonly Judgement[]} judgements
 * @param {() => void} back
 */
export async function openWatchForm(app, judgements, back) {
  const before = app.shell.screen;
  await style();
  if (app.shell.screen !== before) return;
  const papers = judgements.filter(({ verdict }) => watchable(verdict)), left = judgements.length - papers.length;
  const claims = papers.flatMap(({ verdict }) => (verdict.claims ? [verdict.claims] : []));
  /** @type {{ values: Record<string, string> }} */
  const draft = { values: {} };
  const said = element('div', { role: 'alert' });
  const fault = (/** @type {string} */ code) => fill(said, element('p', { class: 'form-fault', 'data-fault': code }, say(`watch.fault.${code}`)));
  const keep = async () => {
    const label = (draft.values.label ?? '').normalize('NFC').replace(/[\p{C}\s]+/gu, ' ').trim();
    if (names(label, claims)) {
      fault('name');
      return;
    }
    try {
      await keepPapers(claims.map((one) => watched(one, label, app.lists.status)), app.now());
      await openWatch(app, say('watch.kept', { count: claims.length }));
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      fault('storage');
    }
  };
  const title = say('watch.form'), heading = element('h1', { tabindex: '-1' }, title);
  const node = element('section', { class: 'page', 'data-watch-form': claims.length }, heading,
    element('p', { class: 'strong' }, claims.length === 1 ? say('choice.item', { number: number(claims[0].number) }) : say('watch.form.count', { count: claims.length })),
    left > 0 && element('p', { 'data-left': left }, say('watch.form.left', { count: left })),
    claims.length > 0 && element('form', { class: 'card form', novalidate: true, onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      void keep();
    } },
    element('p', {}, say('watch.what')), element('p', {}, say('watch.how')),
    field(draft, 'label', { hint: true, attributes: { maxlength: String(LONGEST_LABEL) } }), said,
    element('button', { type: 'submit', class: 'button button-main', 'data-action': 'watch-keep' }, say('watch.keep'))),
    element('div', { class: 'buttons' }, button(say('watch.back'), back, { class: 'button', 'data-action': 'back' })));
  app.shell.show({ name: 'after', title, node, heading, again: () => { void openWatchForm(app, judgements, back); } });
}

/**
 * What there is to say of a paper, without any name.
 * @param {Finding} found
 */
export function newsWords(found) {
  return say('watch.line', { paper: paperWords(found), state: stateWords(found) });
}

/** @param {Finding} found */
function paperWords({ paper }) {
  return paper.label ? say('watch.paper', { number: number(paper.number), label: paper.label }) : say('choice.item', { number: number(paper.number) });
}

/** @param {Finding} found */
function stateWords({ state, changed, left, ending, paper }) {
  if (changed) return say(`watch.changed.${changed}`);
  if (state === null) return say('watch.state.unknown');
  if (state !== 0) return say(`watch.state.${state}`);
  if (ending === 2) return say('watch.over', { day: day(paper.last) });
  if (ending === 1) return say(left === 0 ? 'watch.ends.today' : left === 1 ? 'watch.ends.tomorrow' : 'watch.ends', { count: left });
  return say('watch.state.0');
}

/**
 * All that is kept.
 * @param {App} app
 * @param {string} [done] what was just done, to be said
 */
export async function openWatch(app, done = '') {
  const before = app.shell.screen;
  const [papers] = await Promise.all([watchedPapers(app.now()), style()]);
  if (app.shell.screen !== before) return;
  const found = findings(papers, app.lists.status, today(app.now())), news = found.filter((one) => one.news);
  const title = say('watch.title', { count: found.length }), heading = element('h1', { tabindex: '-1' }, title);
  const said = element('p', { role: 'status' }, done), asking = element('div', { class: 'form', role: 'group' });
  /** Does something that storage may refuse, and shows what is kept then. */
  const act = async (/** @type {() => Promise<unknown>} */ change, /** @type {string} */ words) => {
    try {
      await change();
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      said.textContent = say('watch.fault.unchanged');
      return;
    }
    await openWatch(app, words);
  };
  /** Asks once more, and names what goes. */
  const sure = (/** @type {string} */ question, /** @type {string} */ yes, /** @type {() => void} */ go) => {
    const no = button(say('watch.no'), () => fill(asking), { class: 'button', 'data-action': 'watch-no' });
    fill(asking, element('p', { class: 'strong' }, question), element('div', { class: 'buttons' }, button(yes, go, { class: 'button', 'data-action': 'watch-yes' }), no));
    no.focus();
    asking.scrollIntoView({ block: 'center' });
  };
  const save = (/** @type {string} */ name, /** @type {string} */ content, /** @type {string} */ type) => {
    saveFile(name, content, type);
    said.textContent = say('after.saved', { name });
  };
  const dates = calendarOf(found, app.now());
  const node = element('section', { class: 'page', 'data-watch': found.length }, heading, said,
    found.length === 0 ? element('p', {}, say('watch.none')) : element('p', {}, comparedWith(app, found)),
    news.length > 0 && element('div', { class: 'buttons' },
      button(say('watch.seen', { count: news.length }), () => { void act(() => notePapers(known(found), app.now()), say('watch.seen.done')); }, { class: 'button button-main', 'data-action': 'watch-seen' })),
    found.length > 0 && element('div', { class: 'buttons' },
      button(say('watch.export'), () => save('attestations-suivies.csv', table(found, app), 'text/csv'), { class: 'button', 'data-action': 'watch-export' }, sign('save')),
      dates !== null && button(say('watch.calendar'), () => save('attestations-suivies.ics', dates, 'text/calendar'), { class: 'button', 'data-action': 'watch-calendar' }, sign('save')),
      button(say('watch.erase'), () => sure(say(`watch.erase.sure${found.length === 1 ? '.one' : ''}`, { count: found.length }), say(found.length === 1 ? 'watch.drop.yes' : 'watch.erase.yes', { count: found.length }), () => { void act(erasePapers, say('watch.erased')); }), { class: 'button', 'data-action': 'watch-erase' })),
    asking,
    found.length > 0 && element('ul', { class: 'lines' }, ...found.map((one) => element('li', { class: 'line', 'data-outcome': one.changed ? 'different' : one.ending ? 'near' : null, 'data-changed': one.changed, 'data-ending': one.ending || null },
      element('div', { class: 'line-head' }, element('bdi', { class: 'strong' }, paperWords(one)), element('span', { class: 'line-word' }, stateWords(one))),
      element('p', {}, say('pile.until', { day: day(one.paper.last) })),
      element('div', { class: 'buttons' }, button(say('watch.drop'), () => sure(say('watch.drop.sure', { paper: paperWords(one) }), say('watch.drop.yes'),
        () => { void act(() => dropPaper(one.paper, app.now()), say('watch.dropped', { paper: paperWords(one) })); }),
      { class: 'button button-small button-quiet', 'data-action': 'watch-drop', 'aria-label': say('watch.drop.of', { paper: paperWords(one) }) }))))),
    element('p', { class: 'hint' }, say('watch.what')), element('p', { class: 'hint' }, say('watch.how')), element('p', { class: 'hint' }, say('watch.limits')),
    element('div', { class: 'buttons' }, button(say('nav.scan'), () => { void app.scan(); }, { class: 'button button-main' })));
  const renew = () => { void openWatch(app); };
  app.lists.addEventListener('change', renew);
  app.shell.show({ name: 'watch', title, node, heading, again: renew, stop: () => app.lists.removeEventListener('change', renew) });
  app.shell.notice('watch', null);
  if (done) app.shell.announce(done);
}

/**
 * Of when the lists are that the papers were compared with: the oldest counts.
 * @param {App} app
 * @param {Finding[]} found
 */
function comparedWith({ lists }, found) {
  const issued = found.flatMap(({ paper }) => lists.status.get(paper.list)?.issuedAt ?? []);
  const missing = found.filter(({ state }) => state === null).length;
  return [issued.length > 0 && say('watch.compared', { date: moment(Math.min(...issued)) }), missing > 0 && say('watch.compared.not', { count: missing })].filter(Boolean).join(' ');
}

/** @param {Finding[]} found @param {App} app */
function table(found, { lists }) {
  return csv([say('watch.columns').split(';'), ...found.map((one) => {
    const { paper } = one, issued = lists.status.get(paper.list)?.issuedAt;
    return [String(paper.list), String(paper.index), number(paper.number), paper.last, paper.label, stateWords(one), issued ? new Date(issued * 1000).toISOString().replace('.000Z', 'Z') : ''];
  })]);
}

/**
 * The days to look again, each once: thirty days before papers end, and their last ones. Numbers alone are in it.
 * @param {Finding[]} found
 * @param {number} now UTC seconds
 * @returns {string | null} null where no day lies ahead
 */
function calendarOf(found, now) {
  const from = today(now);
  /** @type {Map<string, { on: string, name: 'soon' | 'last', numbers: string[] }>} */
  const days = new Map();
  for (const { paper, state } of found.filter((one) => one.state === 0 || one.state === 2 || one.state === null)) {
    for (const [name, on] of /** @type {['soon' | 'last', string][]} */ ([['soon', shifted(paper.last, -SOON)], ['last', paper.last]])) {
      const key = `${on} ${name}`, known_ = days.get(key) ?? { on, name, numbers: [] };
      known_.numbers.push(state === 2 ? say('watch.calendar.suspended', { number: number(paper.number) }) : number(paper.number));
      if (on >= from) days.set(key, known_);
    }
  }
  const events = [...days.values()].sort((one, other) => one.on.localeCompare(other.on)).map(({ on, name, numbers }) => ({
    day: on, name: `${name}-${on.replaceAll('-', '')}`, reminded: true,
    summary: say(`watch.calendar.${name}`, { count: numbers.length }), more: say('watch.calendar.more', { numbers: numbers.join(', ') }),
  }));
  return events.length > 0 ? calendarFile(events, { uid: crypto.randomUUID(), now }) : null;
}

/**
 * What the settings say of it.
 * @param {App} app
 * @param {HTMLElement} card filled and shown
 */
export async function watchCard(app, card) {
  const { length: count } = await watchedPapers(app.now());
  fill(card, element('h2', {}, say('watch.settings')), element('p', { class: 'hint' }, say('watch.settings.why')),
    button(say('watch.settings.open', { count }), () => { void openWatch(app); }, { class: 'button', 'data-action': 'watch' }));
  card.hidden = false;
}

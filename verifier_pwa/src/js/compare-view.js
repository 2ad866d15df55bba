/**
 * “Comparer à l’embauche”: a form, or a file of a hire; then one line a field, in words. Nothing of it leaves this page.
 * @module
 */

import { back, draftOf, field, keepHire, keptFor, style, tick, whose } from './after-parts.js';
import { CONTRACTS, PERIODS } from './claims.js';
import { compareHire, holdersAmong } from './compare.js';
import { button, element, fill } from './element.js';
import { ACCEPTED, hiresOf, tellsOfHires } from './hire-given.js';
import { known, say } from './messages.js';
import './messages.after.js';
import { permitField } from './permit-view.js';
import { department } from './places.js';
import { sign } from './symbols.js';
import { birthDate, count, day } from './words.js';

/** @typedef {import('./app.js').App} App */
/** @typedef {import('./after-parts.js').Draft} Draft */
/** @typedef {import('./claims.js').RecordClaims} RecordClaims */
/** @typedef {import('./compare.js').Line} Line */
/** @typedef {import('./compare.js').Said} Said */
/** @typedef {import('./hire-files.js').Hired} Hired */
/** @typedef {import('./lists.js').Judgement} Judgement */

/** The fields of a hire, as the form has them. */
const HIRE = /** @type {const} */ ([
  'siret', 'contract', 'job', 'hours', 'per', 'first_day', 'last_day', 'workplace', 'residence_permit', 'employer_name', 'family_name', 'given_names', 'birth_date',
]);
const PERSON = ['family_name', 'given_names', 'birth_date'];
/** What a line says first. */
const ORDER = ['different', 'near', 'same', 'not_comparable'];
/** The sign of each outcome. @type {Readonly<Record<string, Parameters<typeof sign>[0]>>} */
const SIGNS = { same: 'check', different: 'warning', near: 'about', not_comparable: 'text' };
/** Hires of one file that are offered to choose from. */
const MOST_OFFERED = 20;

/**
 * Opens the screen that compares the signed fields with the hire.
 * @param {App} app
 * @param {Judgement} judgement of a paper whose claims are known
 * @param {() => void} another shows what else can be done
 */
export async function openCompare(app, judgement, another) {
  const { claims } = judgement.verdict;
  if (!claims) return;
  await openComparison(app, {
    text: judgement.text, claims, compare: (hire) => compareHire(claims, hire), holders: (hires) => holdersAmong(claims, hires, compareHire), lead: say('after.compare.lead'), permits: true,
    whose: () => whose(judgement), back: () => back(app, judgement, button(say('after.other'), another, { class: 'button', 'data-action': 'after' })),
  });
}

/**
 * A paper to compare: its text; whose it is, in a line; what it signs, held against a hire; which of several hires may be its holder's; its lead; whether its
 * number of a residence permit is compared; the way back.
 * @typedef {{ text: string, claims: Pick<RecordClaims, 'employer'>, compare: (hire: import('./compare.js').Hire) => Line[], holders: (hires: import('./compare.js').Hire[]) => number[],
 *   lead: string, permits: boolean, whose: () => HTMLElement, back: () => HTMLElement }} Paper
 *
 * @param {App} app
 * @param {Paper} paper
 */
export async function openComparison(app, paper) {
  const before = app.shell.screen;
  await style();
  if (app.shell.screen !== before) return;
  const { claims } = paper, draft = draftOf({ text: paper.text, verdict: { claims } }), heading = element('h1', { tabindex: '-1' }, say('after.way.compare'));
  const said = element('div', { class: 'form', role: 'status' }), result = element('section', { class: 'card', 'aria-live': 'off' });
  const form = element('form', { class: 'card form', novalidate: true, onsubmit: (/** @type {Event} */ event) => {
    event.preventDefault();
    compareNow();
  } });

  /** Of several numbers the one that is signed, else the first. @param {string[]} numbers */
  const signedOne = (numbers) => numbers.find((residence_permit) => paper.compare({ residence_permit }).some(({ field: name, outcome }) => name === 'residence_permit' && outcome === 'same')) ?? numbers[0];
  let permit = permitField(app, draft, signedOne, compareNow);

  function drawForm() {
    permit = permitField(app, draft, signedOne, compareNow);
    const per = draft.values.per ?? '';
    const periods = ['', ...PERIODS, ...(PERIODS.includes(per) || !per ? [] : [per])];
    fill(form,
      draft.source && element('p', { class: 'strong', 'data-source': true }, say('after.file.from', { name: draft.source })),
      element('fieldset', {}, element('legend', {}, say('after.hire')),
        field(draft, 'siret', { attributes: { inputmode: 'numeric' } }),
        element('div', { class: 'form-pair' },
          field(draft, 'contract', { list: [...CONTRACTS.filter((one) => one !== 'PROMESSE'), 'CTT'] }), field(draft, 'job')),
        element('div', { class: 'form-pair' },
          field(draft, 'hours', { attributes: { inputmode: 'decimal' } }),
          field(draft, 'per', { options: periods.map((one) => [one, one === '' ? say('after.per.none') : known(`after.per.${one}`) ? say(`after.per.${one}`) : one]) })),
        element('div', { class: 'form-pair' }, field(draft, 'first_day', { hint: true }), field(draft, 'last_day', { hint: true })),
        field(draft, 'workplace', { hint: true })),
      paper.permits && permit.node,
      element('details', { open: PERSON.some((name) => draft.values[name]) }, element('summary', {}, say('after.person')),
        element('div', { class: 'form' }, field(draft, 'family_name'), field(draft, 'given_names'), field(draft, 'birth_date', { hint: true }))),
      tick(draft, 'keep'),
      element('p', { class: 'hint' }, say('after.keep.hint')),
      element('button', { type: 'submit', class: 'button button-main', 'data-action': 'compare-now' }, say('after.compare.do')));
  }

  const keeping = () => {
    if (draft.values.keep === 'yes') return keepHire(claims, draft.values) ? say('after.kept') : say('after.keep.failed');
    if (Object.keys(keptFor(claims)).length === 0) return '';
    keepHire(claims, null);
    return say('after.forgotten');
  };

  function compareNow() {
    const kept = keeping();
    if (!HIRE.some((name) => name !== 'per' && draft.values[name]?.trim())) {
      fill(said, element('p', { class: 'form-fault', 'data-fault': 'nothing' }, say('after.compare.nothing')));
      return;
    }
    draft.lines = paper.compare(Object.fromEntries(HIRE.map((name) => [name, draft.values[name] ?? ''])));
    fill(said, kept && element('p', {}, kept));
    showLines(result, draft.lines);
    permit.settle(draft.lines.find(({ field: name }) => name === 'residence_permit'));
    const title = /** @type {HTMLElement} */ (result.querySelector('h2'));
    title.scrollIntoView();
    title.focus({ preventScroll: true });
  }

  /** @param {Hired} hired @param {string} name of the file */
  function take({ hire, line }, name) {
    for (const one of HIRE) if (hire[one] || PERSON.includes(one) || one === 'employer_name') draft.values[one] = hire[one] ?? '';
    if (hire.hours && !hire.per) draft.values.per = '';
    draft.source = `${name}, ${say('hires.line', { line })}`;
    drawForm();
    compareNow();
  }

  /** @param {File[]} files */
  async function read(files) {
    const found = await hiresOf(files);
    if ('fault' in found) fill(said, fault(found.fault, found.words));
    else offer(found.hires, files[0].name);
  }

  /** @param {Hired[]} hires @param {string} name */
  function offer(hires, name) {
    const found = paper.holders(hires.map(({ hire }) => hire)).map((at) => hires[at]);
    const [only] = found.length === 1 ? found : hires.length === 1 ? hires : [];
    if (only) {
      fill(said);
      take(only, name);
      return;
    }
    if (found.length === 0) {
      fill(said, fault('nobody', say('after.file.nobody', { count: hires.length })));
      return;
    }
    fill(said, element('p', { class: 'strong' }, say('after.file.several', { count: found.length })),
      element('ul', { class: 'choices' }, ...found.slice(0, MOST_OFFERED).map((hired) => element('li', {}, button(offered(hired), () => {
        fill(said);
        take(hired, name);
      }, { class: 'button button-wide', 'data-action': 'hired' })))));
  }

  drawForm();
  if (draft.lines) showLines(result, draft.lines);
  else result.hidden = true;
  const choose = element('input', { type: 'file', class: 'sr-only', tabindex: '-1', accept: ACCEPTED, 'aria-label': say('after.file'), onchange: (/** @type {Event} */ { target }) => {
    const input = /** @type {HTMLInputElement} */ (target), files = [...input.files ?? []];
    input.value = '';
    if (files.length > 0) void read(files);
  } });
  const node = element('section', { class: 'page', 'data-after': 'compare' }, heading, paper.whose(), element('p', {}, paper.lead),
    element('section', { class: 'card' }, element('h2', {}, say('after.file.title')), element('p', {}, say('after.file.hint')), choose,
      button(say('after.file'), () => choose.click(), { class: 'button', 'data-action': 'hire-file' }, sign('file')), said),
    form, result,
    paper.back());
  app.shell.show({
    name: 'after', title: say('after.way.compare'), node, heading, again: () => { void openComparison(app, paper); },
    texts: (forms) => paper.permits && permit.texts(forms),
    files: (files) => {
      const ours = files.every(tellsOfHires);
      if (ours) void read(files);
      return ours;
    },
  });
}

/** @param {string} code @param {string} words */
function fault(code, words) {
  return element('p', { class: 'form-fault', role: 'alert', 'data-fault': code }, words);
}

/** One hire of a file, to choose: names, birth date, where it stands. @param {Hired} hired */
function offered({ line, hire }) {
  return [[hire.family_name, hire.given_names].filter(Boolean).join(' '), hire.birth_date, hire.job, say('hires.line', { line })].filter(Boolean).join(', ');
}

/**
 * Puts the lines of a comparison into a part of the page.
 * @param {HTMLElement} result
 * @param {Line[]} lines
 */
function showLines(result, lines) {
  const given = lines.filter(({ hire }) => hire).sort((one, other) => ORDER.indexOf(one.outcome) - ORDER.indexOf(other.outcome));
  const silent = lines.filter(({ hire }) => !hire);
  const counts = ORDER.map((outcome) => [outcome, given.filter((line) => line.outcome === outcome).length]).filter(([, many]) => many);
  result.hidden = false;
  fill(result,
    element('h2', { tabindex: '-1' }, say('after.result')),
    element('p', { class: 'strong', 'data-counts': true }, counts.map(([outcome, many]) => say('after.count', { outcome: say(`compare.outcome.${outcome}`), count: many })).join(' · ')),
    element('ul', { class: 'lines' }, ...given.map(lineOf)),
    silent.length > 0 && element('p', { 'data-silent': silent.length }, say('after.silent', { fields: silent.map(({ field: name }) => say(`field.${name}`)).join(', ') })),
    element('p', { class: 'hint' }, say('after.result.what')));
}

/** @param {Line} line */
function lineOf({ field: name, outcome, reason, article, signed, hire, formula }) {
  const row = (/** @type {string} */ key, /** @type {Said | null} */ said) => element('div', {}, element('dt', {}, say(key)), element('dd', {}, said ? element('bdi', {}, words(said)) : say('after.unsaid')));
  return element('li', { class: 'line', 'data-field': name, 'data-outcome': outcome, 'data-reason': reason },
    element('div', { class: 'line-head' }, element('h3', {}, say(`field.${name}`)), element('span', { class: 'line-word' }, sign(SIGNS[outcome]), say(`compare.outcome.${outcome}`))),
    element('dl', {}, row('after.signed', signed), row('after.hired', hire)),
    formula && element('p', { 'data-formula': true }, say('compare.formula', { from: hours(formula.from), factor: formula.factor, to: hours(formula.to) })),
    element('p', {}, say(`compare.reason.${reason}`)),
    article && element('p', { class: 'source' }, say('compare.of', { article })));
}

/** @param {{ count: number, per: string }} value */
function hours({ count: many, per }) {
  return say(`hours.${per}`, { count: count(many) });
}

/** @param {Said} said */
function words(said) {
  switch (said.form) {
    case 'birth': return birthDate(said.date);
    case 'contract': return say(`contract.${said.contract}`);
    case 'hours': return hours(said);
    case 'places': return said.codes.map(department).join(', ');
    case 'days': return days(said.first, said.last);
    default: return said.text;
  }
}

/** @param {string | null} first @param {string | null} last */
function days(first, last) {
  if (first && last) return say('compare.days', { first: day(first), last: day(last) });
  return first ? say('compare.days.open', { first: day(first) }) : say('compare.days.until', { last: day(last ?? '') });
}

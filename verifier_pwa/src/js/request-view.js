/**
 * “Demande au préfet” (Code du travail, R5221-41 to R5221-44): the days, the text to copy, the draft of an e-mail and the calendar file, from the
 * signed fields and what is typed. Nothing is sent from here, and nothing kept.
 * @module
 */

import { back, draftOf, field, saveFile, style, tick, whose } from './after-parts.js';
import { readDay } from './compare.js';
import { nationality } from './countries.js';
import { button, element, fill } from './element.js';
import { language, say } from './messages.js';
import './messages.after.js';
import { fr } from './messages.fr.js';
import { fr as moreFr } from './messages.more.fr.js';
import { makePdf } from './pdf-made.js';
import { dayIn, department } from './places.js';
import { calendar, letter, mailto, plan } from './request.js';
import { sign } from './symbols.js';
import { day } from './words.js';

/** @typedef {import('./app.js').App} App */
/** @typedef {import('./after-parts.js').Draft} Draft */
/** @typedef {import('./claims.js').RecordClaims} RecordClaims */
/** @typedef {import('./lists.js').Judgement} Judgement */
/** @typedef {import('./request.js').Facts} Facts */
/** @typedef {import('./request.js').Plan} Plan */

/** Days of the form, day first. */
const DAYS = ['first_day', 'last_day', 'permit_until', 'received', 'former'];

/**
 * Opens the screen of the request to the préfet.
 * @param {App} app
 * @param {Judgement} judgement of a paper whose claims are known
 * @param {() => void} another shows what else can be done
 */
export async function openRequest(app, judgement, another) {
  const before = app.shell.screen;
  await style();
  const reader = language() === 'fr' ? null : await import('./messages.more.en.js').then(({ en }) => en);
  const { claims } = judgement.verdict;
  if (app.shell.screen !== before || !claims) return;
  const draft = draftOf(judgement), values = draft.asked ??= { ...signedWords(claims), ...Object.fromEntries(Object.entries(draft.values).filter(([, value]) => value)) };
  const asked = { values, receipt: draft.receipt };
  const heading = element('h1', { tabindex: '-1' }, say('after.way.request'));
  const result = element('section', { class: 'card', hidden: true });
  const agency = element('div', { class: 'form', hidden: values.agency !== 'yes' }, field(asked, 'former', { hint: true }));

  function prepare() {
    if (!claims) return;
    const wrong = DAYS.filter((name) => values[name]?.trim() && !readDay(values[name].trim()));
    const facts = factsOf(claims, asked), zone = department(facts.employer.department) === facts.employer.department ? '75' : facts.employer.department;
    const made = plan(facts, dayIn(app.now(), zone));
    fill(result, element('h2', { tabindex: '-1' }, say('after.request.result')),
      wrong.length > 0 && element('p', { class: 'form-fault', role: 'alert', 'data-fault': 'day' },
        say('after.request.days', { fields: wrong.map((name) => say(`after.field.${name}`)).join(', ') })),
      ...found(made), ...(made.due === 'send' ? written(facts, made, values.mail ?? '', app.now(), reader) : []));
    result.hidden = false;
    const title = /** @type {HTMLElement} */ (result.querySelector('h2'));
    title.scrollIntoView();
    title.focus({ preventScroll: true });
  }

  const form = element('form', { class: 'card form', novalidate: true, onsubmit: (/** @type {Event} */ event) => {
    event.preventDefault();
    prepare();
  } },
  element('fieldset', {}, element('legend', {}, say('after.request.employer')),
    field(asked, 'seat', { hint: true, attributes: { autocapitalize: 'characters', maxlength: '3' } }),
    tick(asked, 'at_home'),
    element('div', { class: 'form-pair' }, field(asked, 'employer'), field(asked, 'siret', { attributes: { inputmode: 'numeric' } })),
    element('div', { class: 'form-pair' }, field(asked, 'by'), field(asked, 'contact'))),
  element('fieldset', {}, element('legend', {}, say('after.request.hire')),
    element('div', { class: 'form-pair' }, field(asked, 'first_day', { hint: true }), field(asked, 'last_day', { hint: true })),
    element('div', { class: 'form-pair' }, field(asked, 'contract'), field(asked, 'job')),
    field(asked, 'workplace', { hint: true })),
  element('fieldset', {}, element('legend', {}, say('after.request.permit')),
    element('div', { class: 'form-pair' }, field(asked, 'residence_permit'), field(asked, 'permit_kind')),
    field(asked, 'permit_until', { hint: true })),
  element('fieldset', {}, element('legend', {}, say('after.request.case')),
    tick(asked, 'jobseeker'),
    tick(asked, 'agency', { changed: () => { agency.hidden = values.agency !== 'yes'; } }), agency,
    field(asked, 'received', { hint: true }),
    field(asked, 'mail', { hint: true, attributes: { inputmode: 'email' } })),
  element('button', { type: 'submit', class: 'button button-main', 'data-action': 'prepare' }, say('after.request.do')));

  const node = element('section', { class: 'page', 'data-after': 'request' }, heading, whose(judgement),
    element('p', {}, say('request.about')), element('p', {}, say('request.not_the_scan')), form, result,
    back(app, judgement, button(say('after.other'), another, { class: 'button', 'data-action': 'after' })));
  app.shell.show({ name: 'after', title: say('after.way.request'), node, heading, again: () => { void openRequest(app, judgement, another); } });
  if (values.seat) { // it was typed before
    prepare();
    heading.focus();
  }
}

/**
 * What the paper says of the hire, to begin with. It never gets into what is compared with the paper.
 * @param {RecordClaims} claims
 * @returns {Record<string, string>}
 */
function signedWords({ employer, job, contract, residence_permit: permit }) {
  return { employer: employer.name, siret: employer.siret ?? '', job, contract: contract === 'PROMESSE' ? '' : contract, residence_permit: permit ?? '' };
}

/**
 * What is known of the hire, in French words, for the text that is sent.
 * @param {RecordClaims} claims
 * @param {Pick<Draft, 'values' | 'receipt'>} draft
 * @returns {Facts}
 */
function factsOf(claims, { values, receipt }) {
  const iso = (/** @type {string} */ name) => readDay(values[name]?.trim() ?? '') ?? undefined;
  const kind = values.contract?.trim() ?? '', hours = values.hours?.trim() ?? '';
  const { hours: signed } = claims;
  return {
    claims,
    employer: {
      name: values.employer ?? '', siret: values.siret, department: (values.seat ?? '').trim().toUpperCase(), atHome: values.at_home === 'yes', by: values.by, contact: values.contact,
    },
    hire: {
      first: iso('first_day') ?? '', last: iso('last_day'), contract: fr[`contract.${kind}`] ?? kind, job: values.job, place: values.workplace,
      hours: hours ? hoursIn(hours, values.per) : signed && hoursIn(String(signed.count).replace('.', ','), signed.per),
    },
    permit: { number: values.residence_permit, kind: values.permit_kind, until: iso('permit_until') },
    nationality: fr[`nationality.${claims.nationality}`] ?? nationality(claims.nationality, 'fr'),
    received: iso('received'),
    jobseeker: values.jobseeker === 'yes',
    agency: values.agency === 'yes',
    former: iso('former'),
    fingerprint: receipt ?? undefined,
  };
}

/**
 * The days, what is left blank, what must be said.
 * @param {Plan} made
 * @returns {(HTMLElement | false)[]}
 */
function found({ due, latest, safer, earliest, silence, missing, notes }) {
  const shown = (/** @type {string} */ name, /** @type {string} */ iso) => element('div', { 'data-day': name, 'data-value': iso }, element('dt', {}, say(`after.request.${name}`)), element('dd', {}, day(iso)));
  const days = [
    latest && 'day' in latest && shown('latest', latest.day), safer && 'day' in safer && shown('safer', safer.day), earliest && 'day' in earliest && shown('earliest', earliest.day),
    silence && 'last' in silence && shown('answer', silence.last), silence && 'counts' in silence && shown('silence', silence.counts),
  ].filter((one) => one instanceof HTMLElement);
  const said = notes.filter(({ key }) => key !== 'request.about' && key !== 'request.not_the_scan');
  return [
    element('p', { class: 'strong', 'data-due': due }, say(`after.request.due.${due}`)),
    days.length > 0 ? element('dl', { class: 'days-found' }, ...days) : due === 'send' && element('p', { 'data-day': 'none' }, say('after.request.no_day')),
    missing.length > 0 && element('p', { 'data-missing': missing.length }, say('after.request.missing', { fields: missing.map((name) => say(`request.field.${name}`)).join(', ') })),
    element('ul', {}, ...said.map(({ key, parameters, unsure }) => element('li', { class: unsure ? 'unsure' : null, 'data-note': key }, say(key, parameters)))),
  ];
}

/**
 * The text, and what can be done with it.
 * @param {Facts} facts
 * @param {Plan} made the request is to be sent
 * @param {string} to an address, or nothing
 * @param {number} now UTC seconds
 * @param {Readonly<Record<string, string>> | null} reader the words of the reader's own language, for the text beside the French one
 * @returns {(HTMLElement | false | null)[]}
 */
function written(facts, made, to, now, reader) {
  const table = { ...fr, ...moreFr }, sent = letter(facts, table), own = reader && letter(facts, reader);
  const draft = mailto(sent, to), dates = calendar(facts, made, table, { uid: crypto.randomUUID(), now });
  const said = element('p', { role: 'status' });
  const text = element('p', { class: 'letter', lang: 'fr', 'data-letter': true, tabindex: '0', role: 'region', 'aria-label': say('after.request.text') }, sent.text);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(sent.text);
      said.textContent = say('after.request.copied');
    } catch (error) {
      if (!(error instanceof DOMException || error instanceof TypeError)) throw error; // no clipboard, or it is refused
      getSelection()?.selectAllChildren(text);
      said.textContent = say('after.request.not_copied');
    }
  };
  return [
    element('h3', {}, say('after.request.text')), element('p', { 'data-subject': true, lang: 'fr' }, sent.subject), text,
    own && element('details', {}, element('summary', {}, say('after.request.translation')), element('p', { class: 'letter' }, own.text)),
    element('div', { class: 'buttons' },
      button(say('after.request.copy'), () => { void copy(); }, { class: 'button button-main', 'data-action': 'copy' }),
      button(say('after.request.pdf'), () => saveFile('demande-prefet.pdf', makePdf(page(sent)), 'application/pdf'), { class: 'button', 'data-action': 'request-pdf' }, sign('save')),
      element('a', { class: 'button', href: draft.href, 'data-action': 'mail' }, say('after.request.mail')),
      dates !== null && button(say('after.request.calendar'), () => saveFile('demande-prefet.ics', dates, 'text/calendar'), { class: 'button', 'data-action': 'calendar' }, sign('save'))),
    said,
    to.trim() !== '' && !draft.addressed && element('p', { class: 'form-fault', 'data-fault': 'mail' }, say('after.request.address')),
    draft.long && element('p', {}, say('after.request.long')),
  ];
}

/** The text as a page. @param {{ subject: string, text: string }} letter @returns {Parameters<typeof makePdf>[0]} */
function page({ subject, text }) {
  const lines = text.split('\n').map((line) => ({ text: line, gap: line ? 2 : 8 }));
  return { title: subject, language: 'fr', blocks: [{ text: subject, size: 12, bold: true, tag: 'H1' }, ...lines], symbols: [], texts: [] };
}

/** Hours in French words. @param {string} written @param {string | undefined} per */
function hoursIn(written, per) {
  return fr[`hours.${per}`]?.replace('{count}', written) ?? written;
}

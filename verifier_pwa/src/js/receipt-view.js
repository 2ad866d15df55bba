/**
 * “Reçu de contrôle”: what who checked declares, seen once more before it is signed on this device; then the PDF, and the date when it is asked for.
 * @module
 */

import { back, draftOf, field, style, tick, whose } from './after-parts.js';
import { readDay } from './compare.js';
import { button, element, fill } from './element.js';
import { FormError } from './errors.js';
import { say } from './messages.js';
import './messages.after.js';
import { deviceKey } from './receipt-keep.js';
import { makeReceipt } from './receipt-make.js';
import { CHANNELS, ANSWERS, CHECKED } from './receipt-read.js';
import { follows } from './text.js';
import { readBuild } from './update.js';
import { messageKey } from './words.js';

/** @typedef {import('./app.js').App} App */
/** @typedef {import('./after-parts.js').Draft} Draft */
/** @typedef {import('./lists.js').Judgement} Judgement */
/** @typedef {import('./receipt-make.js').Declared} Declared */

/** What may have been seen at the check. */
export const SEEN = ['original', 'person', 'permit'];

/**
 * @param {App} app
 * @param {Judgement} judgement of a paper whose claims are known
 * @param {{ digest: string, texts: string[] } | null} former the receipt that this one follows: its hash, 64 hexadecimal digits; its text, and those of the ones before
 * @param {{ another: () => void, signed: (text: string, kept: boolean) => Promise<void> }} ways `another` shows what else can be done; `signed` shows
 *   the receipt, its key kept on the device or not
 */
export async function openReceiptForm(app, judgement, former, ways) {
  const before = app.shell.screen;
  await style();
  if (app.shell.screen !== before) return;
  const draft = draftOf(judgement), { values } = draft;
  const said = element('div', { role: 'alert' }), warned = element('ul');
  const heading = element('h1', { tabindex: '-1' }, say(former ? 'receipt.suite' : 'after.way.receipt'));

  /** What speaks against who signs, drawn anew whenever something is declared. */
  function warn() {
    const differing = (draft.lines ?? []).filter(({ outcome, hire }) => hire && (outcome === 'different' || outcome === 'near'));
    fill(warned,
      ...differing.map(({ field: name, outcome }) => element('li', { 'data-differs': name }, `${say(`field.${name}`)} : ${say(`compare.outcome.${outcome}`)}`)),
      !draft.lines && element('li', { 'data-differs': 'none' }, say('receipt.not_compared')),
      ...SEEN.filter((name) => values[`seen_${name}`] !== 'yes').map((name) => element('li', { 'data-unseen': name }, say(`receipt.unseen.${name}`))));
  }

  const form = element('form', { class: 'card form', novalidate: true, onsubmit: (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!signing) void sign().finally(() => { signing = false; });
  } },
  element('fieldset', {}, element('legend', {}, say('receipt.who')),
    field(draft, 'company'), field(draft, 'company_siret', { attributes: { inputmode: 'numeric' } }), field(draft, 'checker', { hint: true })),
  ...seenFields(draft, warn),
  tick(draft, 'with_hire'),
  former !== null && element('fieldset', {}, element('legend', {}, say('receipt.request')),
    element('div', { class: 'form-pair' }, field(draft, 'sent_on', { hint: true }), field(draft, 'channel', { options: CHANNELS.map((one) => [one, one ? say(`receipt.channel.${one}`) : say('after.per.none')]) })),
    element('div', { class: 'form-pair' }, field(draft, 'reference'), field(draft, 'answer', { options: ANSWERS.map((one) => [one, say(`receipt.answer.${one}`)]) })),
    field(draft, 'answered_on', { hint: true }),
    element('div', { class: 'form-pair' }, field(draft, 'dpae_at', { hint: true }), field(draft, 'dpae_certificate'))),
  element('section', { class: 'form', 'data-warning': true },
    element('p', { class: 'strong' }, say('receipt.against')), warned, element('p', {}, say('receipt.not_instead')), element('p', {}, say('receipt.is_not'))),
  element('button', { type: 'submit', class: 'button button-main', 'data-action': 'sign' }, say('receipt.sign')), said);

  /** @param {string} code */
  const fault = (code) => fill(said, element('p', { class: 'form-fault', 'data-fault': code }, say(`receipt.fault.${code}`)));

  let signing = false; // a second tap asks for no second receipt

  async function sign() {
    signing = true;
    const declared = declaredBy(draft, former?.digest ?? null);
    if (typeof declared === 'string') {
      fault(declared);
      return;
    }
    fill(said, element('p', {}, say('receipt.signing')));
    await Promise.race([app.lists.check(), new Promise((resolve) => { setTimeout(resolve, REFRESH_MS); })]);
    const screen = app.shell.screen, judged = app.lists.judge(judgement.text), { trust, verdict } = judged;
    if (saysOther(judged, judgement)) {
      app.present(judgement.text); // newer lists say something else: that is seen first, and nothing signed
      return;
    }
    if (!trust || !CHECKED.includes(verdict.verdict)) {
      fault('no_lists');
      return;
    }
    try {
      const [key, { hash }] = await Promise.all([deviceKey(), readBuild()]);
      const { text } = await makeReceipt({ ...judged, trust }, declared, key, hash);
      if (app.shell.screen === screen) await ways.signed(text, key.kept);
    } catch (error) {
      fault(signingFault(error));
    }
  }

  warn();
  const node = element('section', { class: 'page', 'data-after': 'receipt' }, heading, whose(judgement), element('p', {}, say('receipt.lead')), form,
    back(app, judgement, button(say('after.other'), ways.another, { class: 'button', 'data-action': 'after' })));
  app.shell.show({ name: 'after', title: say('after.way.receipt'), node, heading, again: () => { void openReceiptForm(app, judgement, former, ways); } });
}

/** How long the lists may take to be asked for once more before it is signed. */
export const REFRESH_MS = 6_000;

/**
 * Whether newer lists say something else of a paper than what its person saw.
 * @param {Judgement} now
 * @param {Judgement} seen
 */
export function saysOther(now, seen) {
  return messageKey(now.verdict) !== messageKey(seen.verdict) || now.verdict.level !== seen.verdict.level;
}

/**
 * Why nothing was signed: the rest of the key `receipt.fault.…`. Throws what is no reason.
 * @param {unknown} error
 */
export function signingFault(error) {
  if (error instanceof FormError) return 'too_long';
  if (error instanceof DOMException || error instanceof TypeError) return 'failed';
  throw error;
}

/**
 * What was seen, to be declared; nothing is chosen beforehand.
 * @param {Pick<Draft, 'values'>} draft
 * @param {() => void} changed
 */
export function seenFields({ values }, changed) {
  return SEEN.map((name) => element('fieldset', {}, element('legend', {}, say(`receipt.seen.${name}`)),
    element('div', { class: 'form-pair' }, ...['yes', 'no', 'unsaid'].map((value) => element('label', { class: 'form-tick' },
      element('input', { type: 'radio', name: `seen_${name}`, value, checked: values[`seen_${name}`] === value, onchange: () => {
        values[`seen_${name}`] = value;
        changed();
      } }), element('span', {}, say(`receipt.said.${value}`)))))));
}

/**
 * What is declared, or the rest of the key `receipt.fault.…` that says what is missing.
 * @param {Draft} draft
 * @param {string | null} former
 * @returns {Declared | string}
 */
export function declaredBy({ values, lines }, former) {
  const trimmed = (/** @type {string} */ name) => (values[name] ?? '').normalize('NFC').replace(/\s+/g, ' ').trim();
  const name = trimmed('company'), person = trimmed('checker'), siret = trimmed('company_siret').replace(/ /g, '');
  if (!follows(name, 1, 80) || !follows(person, 0, 80)) return name ? 'text' : 'company';
  if (siret && !/^[0-9]{14}$/.test(siret)) return 'siret';
  const seen = (/** @type {string} */ one) => values[`seen_${one}`] ?? 'unsaid';
  const given = values.with_hire === 'yes' ? (lines ?? []).filter(({ hire }) => hire) : [];
  const hired = values.with_hire === 'yes' ? readDay(trimmed('first_day')) : null;
  const sent = readDay(trimmed('sent_on')), answered = readDay(trimmed('answered_on')), answer = values.answer || 'none_yet';
  const asked = former !== null && (trimmed('sent_on') || values.channel);
  if (asked && (!sent || !values.channel || (answer === 'none_yet') !== (trimmed('answered_on') === '') || (answer !== 'none_yet' && !answered) || !follows(trimmed('reference'), 0, 60))) return 'request';
  const certificate = former === null ? '' : trimmed('dpae_certificate'), at = former === null ? null : momentOf(trimmed('dpae_at'));
  if ((certificate !== '' || (former !== null && trimmed('dpae_at'))) && (at === null || !follows(certificate, 1, 40))) return 'dpae';
  return {
    name, person, siret: siret || undefined, original: seen('original'), met: seen('person'), permit: seen('permit'),
    compared: Object.fromEntries(given.map(({ field: one, outcome }) => [one, outcome])),
    hired_on: hired ?? undefined,
    request: asked && sent ? { sent_on: sent, channel: values.channel, reference: trimmed('reference'), answer, answered_on: answered ?? undefined } : undefined,
    dpae: at === null ? undefined : { at, certificate },
    former: former ?? undefined,
  };
}

/** A day and a time of this device, `05/01/2027 14:30`. @param {string} written @returns {number | null} UTC seconds */
function momentOf(written) {
  const [, day, hours, minutes] = /^(\S+) (?:à )?([01]?[0-9]|2[0-3])[:h]([0-5][0-9])$/.exec(written) ?? [];
  const iso = day ? readDay(day) : null;
  return iso ? new Date(`${iso}T${hours.padStart(2, '0')}:${minutes}:00`).getTime() / 1000 : null;
}

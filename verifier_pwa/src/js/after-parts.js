/**
 * What the screens after a verdict share: whose paper it is, the way back; the hire as it was typed, which lives as long as the page; fields of forms; their style.
 * @module
 */

import { button, element } from './element.js';
import { granted } from './errors.js';
import { say } from './messages.js';
import { sign } from './symbols.js';
import { number, verdictWords } from './words.js';

/** @typedef {import('./claims.js').RecordClaims} RecordClaims */
/** @typedef {import('./lists.js').Judgement} Judgement */

/**
 * What was typed for one paper: texts by the names of their fields, ticks by `yes` or nothing. `source` names the file that filled it, if one did;
 * `asked` is what was typed for the request to the préfet; `receipt` is the hash of the paper's newest receipt, 64 hexadecimal digits.
 * `card` says how the number of the residence permit was read, if it was not typed.
 * @typedef {{ text: string, values: Record<string, string>, source: string | null, card?: string | null,
 *   lines: import('./compare.js').Line[] | null, asked: Record<string, string> | null,
 *   receipt: string | null }} Draft
 */

/** Fields of the hire that may be kept for the next papers of an employer: nothing of a person. */
const KEPT = ['siret', 'contract', 'job', 'hours', 'per', 'first_day', 'last_day', 'workplace'];
const STORED_UNDER = 'wif.hire';

/** The draft of the paper that was looked at last: another paper begins anew. @type {Draft | null} */
let current = null;

/**
 * What was typed for a paper since the page opened; for a new paper what is kept for its employer.
 * @param {{ text: string, verdict: { claims: Pick<RecordClaims, 'employer'> | null } }} judgement
 * @returns {Draft}
 */
export function draftOf({ text, verdict: { claims } }) {
  if (current?.text !== text) current = { text, values: claims ? { ...keptFor(claims) } : {}, source: null, lines: null, asked: null, receipt: null };
  return current;
}

/** Whose papers are filled alike: the company, by its SIREN, else by its name. @param {Pick<RecordClaims, 'employer'>} claims */
function employerOf({ employer: { siret, name } }) {
  return siret ? siret.slice(0, 9) : name;
}

/**
 * What is kept for the employer of a paper; nothing where it is another's, or damaged.
 * @param {Pick<RecordClaims, 'employer'>} claims
 * @returns {Record<string, string>}
 */
export function keptFor(claims) {
  try {
    const { employer, values } = JSON.parse(storage()?.getItem(STORED_UNDER) ?? '{}');
    if (employer !== employerOf(claims)) return {};
    return Object.fromEntries(KEPT.filter((name) => typeof values[name] === 'string').map((name) => [name, values[name].slice(0, 200)]));
  } catch {
    return {}; // the storage is closed to us, or does not hold a hire
  }
}

/**
 * Keeps what may be kept, in the place of what was; null forgets it.
 * @param {Pick<RecordClaims, 'employer'>} claims
 * @param {Record<string, string> | null} values
 * @returns {boolean} whether the browser did so
 */
export function keepHire(claims, values) {
  try {
    const kept = values && Object.fromEntries(KEPT.filter((name) => values[name]).map((name) => [name, values[name]]));
    if (kept) storage()?.setItem(STORED_UNDER, JSON.stringify({ employer: employerOf(claims), values: kept }));
    else storage()?.removeItem(STORED_UNDER);
    return storage() !== null;
  } catch {
    return false; // full, or closed
  }
}

/** @returns {Storage | null} */
function storage() {
  return granted(() => globalThis.localStorage) ?? null;
}

/** @type {Promise<void> | null} */
let styled = null;

/** Brings the style of these screens; where it cannot be had they are plain. @returns {Promise<void>} */
export function style() {
  styled ??= new Promise((resolve) => {
    const link = element('link', { rel: 'stylesheet', href: import.meta.resolve('../after.css'), onload: () => resolve(), onerror: () => resolve() });
    document.head.append(link);
  });
  return styled;
}

/**
 * A field with its label, bound to a draft. `name` is also the rest of the keys `after.field.NAME` and, where there is one, `after.hint.NAME`.
 * @param {Pick<Draft, 'values'>} draft
 * @param {string} name
 * @param {{ hint?: boolean, list?: string[], options?: [string, string][], attributes?: Record<string, unknown>, changed?: () => void }} [more]
 * @returns {HTMLElement}
 */
export function field(draft, name, { hint = false, list, options, attributes = {}, changed } = {}) {
  const id = `after-${name}`;
  const common = {
    id, name, 'aria-describedby': hint ? `${id}-hint` : null,
    [options ? 'onchange' : 'oninput']: (/** @type {Event} */ { target }) => {
      draft.values[name] = /** @type {HTMLInputElement} */ (target).value;
      changed?.();
    },
  };
  const value = draft.values[name] ?? '';
  const control = options
    ? element('select', { ...common, ...attributes }, ...options.map(([option, words]) => element('option', { value: option, selected: option === value }, words)))
    : element('input', { type: 'text', autocomplete: 'off', spellcheck: 'false', maxlength: '200', value, list: list ? `${id}-list` : null, ...common, ...attributes });
  return element('div', { class: 'form-field' }, element('label', { for: id }, say(`after.field.${name}`)), control,
    hint && element('span', { class: 'hint', id: `${id}-hint` }, say(`after.hint.${name}`)),
    list && element('datalist', { id: `${id}-list` }, ...list.map((one) => element('option', { value: one }))));
}

/**
 * A box to tick, bound to a draft.
 * @param {Pick<Draft, 'values'>} draft
 * @param {string} name
 * @param {{ changed?: () => void }} [more]
 * @returns {HTMLElement}
 */
export function tick(draft, name, { changed } = {}) {
  return element('label', { class: 'form-tick' },
    element('input', { type: 'checkbox', name, checked: draft.values[name] === 'yes', onchange: (/** @type {Event} */ { target }) => {
      draft.values[name] = /** @type {HTMLInputElement} */ (target).checked ? 'yes' : '';
      changed?.();
    } }),
    element('span', {}, say(`after.field.${name}`)));
}

/**
 * Whose paper this is and what was said of it.
 * @param {Judgement} judgement
 */
export function whose(judgement) {
  const { claims } = judgement.verdict, { word, level } = verdictWords(judgement);
  return element('p', { class: 'strong', 'data-whose': true },
    claims && element('bdi', {}, [claims.family_name, claims.given_names].filter(Boolean).join(' ')), claims && ', ', claims && say('choice.item', { number: number(claims.number) }),
    ' – ', word, ' (', say(`level.${level}`), ')');
}

/**
 * The way back to the verdict, which is given anew.
 * @param {import('./app.js').App} app
 * @param {Judgement} judgement
 * @param {...import('./element.js').Child} more
 */
export function back(app, { text }, ...more) {
  return element('div', { class: 'buttons' }, ...more,
    button(say('after.back'), () => app.present(text), { class: 'button', 'data-action': 'back' }, sign('scan')));
}

/** How long the address of a saved file lives: some browsers read it late. */
const ADDRESS_KEPT_MS = 60_000;

/**
 * Saves a file of the person's.
 * @param {string} name
 * @param {BlobPart} content
 * @param {string} type
 */
export function saveFile(name, content, type) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = element('a', { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), ADDRESS_KEPT_MS);
}

/**
 * The signed fields, in the order and with the words of the printed attestation, each made to be compared with it.
 * Their texts come from a scanned code: hostile until proven otherwise, they only ever become text nodes inside `<bdi>`.
 * @module
 */

import { afterPaint, element, fill } from './element.js';
import { known, say } from './messages.js';
import { dayIn, department } from './places.js';
import { birthDate, count, day, number, shortDay } from './words.js';

/** @typedef {import('./claims.js').RecordClaims} RecordClaims */

/** The fields of each group, by their JSON names. */
const GROUPS = /** @type {const} */ ({
  holder: ['family_name', 'given_names', 'birth_date', 'nationality', 'residence_permit'],
  employment: ['employer.name', 'employer.siret', 'job', 'contract', 'hours', 'workplaces'],
  decision: ['kind', 'number', 'valid_from', 'valid_until', 'department', 'issued_at', 'replaces'],
});

/** What tells whose attestation it is: seen first, on every screen. */
const FACTS = ['family_name', 'given_names', 'employer.name', 'valid_until', 'number'];

/**
 * The words of one field, with what helps to compare it; null when the attestation holds none.
 * `raw` is the value as JSON names it, `also` another way of writing it, `pieces` the value cut for the eye, `later` a fuller text,
 * which takes long to find.
 * @typedef {{ text: string, raw: string, also?: string | null, pieces?: string[], later?: () => Promise<string> }} Written
 *
 * The name of a nationality by its three letters.
 * @typedef {(code: string) => string} Naming
 */

/**
 * @param {RecordClaims} claims
 * @param {string} name
 * @param {Naming} [naming]
 * @returns {Written | null}
 */
function write(claims, name, naming) {
  switch (name) {
    case 'employer.name': return plain(claims.employer.name);
    case 'employer.siret': return siret(claims.employer.siret);
    case 'birth_date': return { text: birthDate(claims.birth_date), raw: claims.birth_date, also: shortDay(claims.birth_date) };
    case 'nationality': return country(claims.nationality, naming);
    case 'kind': return { text: say(`kind.${claims.kind}`), raw: claims.kind };
    case 'contract': return { text: say(`contract.${claims.contract}`), raw: claims.contract };
    case 'number': return { text: number(claims.number), raw: claims.number };
    case 'replaces': return claims.replaces ? { text: number(claims.replaces), raw: claims.replaces } : null;
    case 'department': return { text: department(claims.department), raw: claims.department };
    case 'workplaces': return claims.workplaces ? { text: claims.workplaces.map(department).join(', '), raw: claims.workplaces.join(' ') } : null;
    case 'hours': return claims.hours ? hours(claims.hours) : null;
    case 'valid_from': return { text: day(claims.valid_from), raw: claims.valid_from, also: shortDay(claims.valid_from) };
    case 'valid_until': return { text: day(claims.valid_until), raw: claims.valid_until, also: shortDay(claims.valid_until) };
    case 'issued_at': return { text: day(dayIn(Date.parse(claims.issued_at) / 1000, claims.department)), raw: claims.issued_at };
    default: return plain(/** @type {Record<string, any>} */ (claims)[name]);
  }
}

/** @param {string | undefined} value @returns {Written | null} */
function plain(value) {
  return value === undefined ? null : { text: value, raw: value };
}

/** @param {string} code @param {Naming} [naming] @returns {Written} */
function country(code, naming) {
  if (naming) return { text: naming(code), raw: code };
  return { text: code, raw: code, later: () => import('./countries.js').then(({ nationality }) => nationality(code)) };
}

/** @param {string | undefined} digits @returns {Written | null} */
function siret(digits) {
  if (digits === undefined) return null;
  return { text: digits, raw: digits, pieces: [digits.slice(0, 3), digits.slice(3, 6), digits.slice(6, 9), digits.slice(9)] };
}

/** @param {{ count: number, per: string }} value @returns {Written} */
function hours(value) {
  return { text: say(`hours.${value.per}`, { count: count(value.count) }), raw: `${value.count} ${value.per}` };
}

/**
 * The value of a field alone, isolated from the direction of what surrounds it.
 * @param {string} name
 * @param {Written} written
 * @returns {HTMLElement}
 */
function value(name, { text, raw, pieces, later }) {
  const node = element('bdi', { 'data-field': name, 'data-value': raw });
  const show = (/** @type {string} */ words) => {
    node.className = words.length > 48 ? 'value value-long value-longest' : words.length > 28 ? 'value value-long' : 'value';
    fill(node, ...(pieces ? pieces.map((piece) => element('span', { class: 'piece' }, piece)) : [words]));
  };
  show(text);
  if (later) afterPaint(() => { later().then(show, () => null); }); // without it, what is signed stands there
  return node;
}

/**
 * @param {RecordClaims} claims
 * @param {string} name
 * @param {Naming} [naming]
 * @returns {HTMLElement | null}
 */
function row(claims, name, naming) {
  const written = write(claims, name, naming);
  if (!written && !known(`absent.${name}`)) return null;
  return element('div', { class: 'field' },
    element('dt', {}, say(`field.${name}`)),
    element('dd', {},
      written ? value(name, written) : element('span', { class: 'absent' }, say(`absent.${name}`)),
      written?.also && element('span', { class: 'also' }, written.also)));
}

/**
 * Whose attestation it is, in little room: the holder's name, the employer, the last day, the number.
 * @param {RecordClaims} claims
 * @returns {HTMLElement}
 */
export function facts(claims) {
  const one = (/** @type {string} */ name) => {
    const written = write(claims, name);
    return written ? value(name, written) : element('span', { class: 'absent' }, say(`absent.${name}`));
  };
  const fact = (/** @type {string} */ label, /** @type {string} */ kind, /** @type {import('./element.js').Child[]} */ ...values) => (
    element('div', { class: `fact fact-${kind}` }, element('dt', {}, label), element('dd', {}, ...values)));
  return element('dl', { class: 'facts' },
    fact(say('group.holder'), 'holder', one('family_name'), ' ', one('given_names')),
    fact(say('field.employer.name'), 'employer', one('employer.name')),
    fact(say('field.valid_until'), 'until', one('valid_until')),
    fact(say('field.number'), 'number', one('number')));
}

/**
 * The signed fields, in the order of the paper.
 * @param {RecordClaims} claims
 * @param {{ naming?: Naming, rest?: boolean }} [how] naming: names nationalities at once; without it, their names come after the first paint. rest: leave
 *   out what `facts` shows
 * @returns {HTMLElement}
 */
export function signedFields(claims, { naming, rest = false } = {}) {
  return element('div', { class: 'fields' }, ...Object.entries(GROUPS).map(([group, names]) => (
    element('section', { class: 'field-group' },
      element('h3', {}, say(`group.${group}`)),
      element('dl', {}, ...names.filter((name) => !rest || !FACTS.includes(name)).map((name) => row(claims, name, naming)))))));
}

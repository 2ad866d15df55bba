/**
 * The request to the préfet before a hire (Code du travail, L5221-8 and R5221-41 to R5221-44): its days, its text, a draft of an e-mail and
 * a calendar file, from the signed claims, what was typed of the hire, and the préfecture of the company's seat, which is asked and never
 * taken from a SIRET. It is about the regularity of the *stay*; no scan replaces it, and it replaces no work permit.
 *
 * Reads no clock and keeps nothing. Words come from the tables of messages given by the caller: the text that is sent is French, and
 * composed a second time with the reader's own table it is what stands beside. No address of a préfecture is known here.
 * @module
 */

import { calendarFile } from './icalendar.js';
import { department } from './places.js';
import { isDay, nextDay, workingDaysFrom, years } from './working-days.js';

/** R5221-42: jours ouvrables from the request to the first day of the hire at least, and from the préfet's receipt to the end of the time to answer. */
const DELAY = 2;
/** Characters of an address that some mail programs cut a draft behind. */
const LONG_ADDRESS = 2000;
const FINGERPRINT = /^[0-9a-f]{64}$/;
/** An address of an e-mail without anything that could begin another field (RFC 6068 §2); rarer forms are written by hand. */
const ADDRESS = /^[A-Za-z0-9.+_'-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$/;

/**
 * @typedef {Readonly<Record<string, string>>} Table messages by key
 * @typedef {import('./claims.js').RecordClaims} RecordClaims
 * @typedef {import('./working-days.js').Found} Found
 *
 * What is known of the hire; all of it but the claims was typed. Days are YYYY-MM-DD, texts at most a line.
 * @typedef {object} Facts
 * @property {Pick<RecordClaims, 'family_name' | 'given_names' | 'birth_date' | 'nationality' | 'number' | 'residence_permit'>} claims
 * @property {{ name: string, siret?: string, department: string, atHome?: boolean, by?: string, contact?: string }} employer the département
 *   of its seat, or of the home of a private employer (`atHome`); who signs; how to be reached
 * @property {{ first: string, last?: string, contract?: string, job?: string, hours?: string, place?: string }} hire contract, job, hours and
 *   place in words
 * @property {{ number?: string, kind?: string, until?: string }} [permit] of residence, as read on the original
 * @property {string} [nationality] in words, French
 * @property {string} [received] the day on which the préfet received the request
 * @property {string} [fingerprint] SHA-256 of the receipt of the check, 64 hexadecimal digits
 * @property {boolean} [jobseeker] the person is registered as one
 * @property {boolean} [agency] the employer is a temporary-work agency
 * @property {string} [former] the day on which an agency's earlier request for the same permit counted as done
 *
 * One thing to say: a key of the messages and what it is filled with. `unsure` where the rule itself is not certain.
 * @typedef {{ key: string, parameters?: Record<string, string | number>, unsure?: boolean }} Note
 *
 * @typedef {object} Plan
 * @property {'send' | 'exempt' | 'carried'} due whether the request is to be sent
 * @property {Found | null} latest the last day to send it (R5221-42); null where it is not due or the first day of the hire is not known
 * @property {Found | null} safer the last day for it to be received so that silence counts before the first day
 * @property {Found | null} earliest where it is too late: the first day of a hire for which it can still be sent today
 * @property {{ last: string, counts: string, unsure: string[] } | { outside: 'years' | 'place' } | null} silence the last day to answer, and the day
 *   from which silence counts as done; null where it is not due or the day of receipt is not known
 * @property {string[]} missing what the text leaves blank, each named by `request.field.` and this
 * @property {Note[]} notes in the order in which to show them
 */

/**
 * One line: no control or invisible character, no line break of any kind, at most 200 characters.
 * @param {unknown} value
 * @returns {string} empty when there is nothing
 */
function line(value) {
  if (typeof value !== 'string') return '';
  const plain = value.replace(/\p{Cs}/gu, '\ufffd').replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ').replace(/\p{Cf}/gu, '').replace(/\s+/g, ' ').trim();
  const characters = [...plain];
  return characters.length > 200 ? `${characters.slice(0, 199).join('')}…` : plain;
}

/**
 * @param {Table} table
 * @param {string} key throws RangeError when there is no such message
 * @param {Record<string, string | number>} [parameters]
 */
function say(table, key, parameters = {}) {
  if (!Object.hasOwn(table, key)) throw new RangeError(`There is no message ${key}.`);
  return table[key].replace(/\{(\w+)\}/g, (mark, name) => (Object.hasOwn(parameters, name) ? String(parameters[name]) : mark));
}

/** `2026-12-01` as `01/12/2026`, `1984-07` as `07/1984`. @param {string} iso */
function written(iso) {
  return iso.split('-').reverse().join('/');
}

/**
 * The days of the request, what is missing and what must be said.
 * @param {Facts} facts
 * @param {string} today YYYY-MM-DD, at the company's seat
 * @returns {Plan}
 */
export function plan(facts, today) {
  const { employer, hire, permit = {} } = facts;
  const place = employer.department;
  /** @type {Note[]} */
  const notes = [{ key: 'request.about' }, { key: 'request.not_the_scan' }];
  const due = dueOf(facts, notes);
  const reckoned = due === 'send' && isDay(hire.first);
  const latest = reckoned ? workingDaysFrom(hire.first, -DELAY, place) : null;
  const safer = reckoned ? workingDaysFrom(hire.first, -DELAY - 1, place) : null;
  const silence = due === 'send' && isDay(facts.received) ? silenceOf(facts.received, place, notes) : null;
  let earliest = null;
  if (due === 'send') {
    if (latest && 'day' in latest) {
      notes.push({ key: 'request.count', unsure: true });
      if (latest.day < today && !silence) {
        earliest = workingDaysFrom(workingDay(today, place), DELAY, place);
        notes.push({ key: hire.first <= today ? 'request.begun' : 'request.late', parameters: { day: written(latest.day) } });
      } else if (safer && 'day' in safer && safer.day < today && !silence) notes.push({ key: 'request.safer_past' });
    }
    if (silence && 'counts' in silence) {
      notes.push({ key: 'request.silence_is' });
      if (isDay(hire.first) && silence.counts > hire.first) notes.push({ key: 'request.silence_after_start', parameters: { day: written(silence.counts) } });
    }
    if (isDay(facts.received) && facts.received > today) notes.push({ key: 'request.received_later' });
    notes.push(...doubts([latest, safer, earliest, silence]));
    notes.push({ key: 'request.copy' }, { key: 'request.original' }, { key: 'request.more_pieces', unsure: true }, { key: 'request.student' });
  }
  const wanted = {
    name: employer.name, siret: employer.siret, seat: department(place) === place ? '' : place, by: employer.by, contact: employer.contact,
    permit: permit.number || facts.claims.residence_permit, first: isDay(hire.first) ? hire.first : '', contract: hire.contract, job: hire.job,
  };
  const missing = Object.entries(wanted).filter(([name, value]) => !line(value) && !(name === 'siret' && employer.atHome)).map(([name]) => name);
  return { due, latest, safer, earliest, silence, missing, notes };
}

/**
 * Whether it is due: R5221-43 for registered jobseekers, R5221-44 for agencies.
 * @param {Facts} facts
 * @param {Note[]} notes
 * @returns {Plan['due']}
 */
function dueOf(facts, notes) {
  if (facts.jobseeker) {
    notes.push({ key: 'request.exempt' });
    return 'exempt';
  }
  if (!facts.agency) return 'send';
  notes.push({ key: 'request.agency' });
  if (!isDay(facts.former)) return 'send';
  const until = facts.permit?.until;
  if (!isDay(until) || !isDay(facts.hire.first)) {
    notes.push({ key: 'request.agency.unknown', unsure: true });
    return 'send';
  }
  if (facts.hire.first > until || facts.former > until) {
    notes.push({ key: 'request.agency.over', parameters: { day: written(until) } });
    return 'send';
  }
  if (facts.former > facts.hire.first) {
    notes.push({ key: 'request.agency.later', parameters: { day: written(facts.former) } });
    return 'send';
  }
  notes.push({ key: 'request.agency.carried', parameters: { former: written(facts.former), day: written(until) } });
  if (!isDay(facts.hire.last) || facts.hire.last > until) notes.push({ key: 'request.agency.ends', parameters: { day: written(until) } });
  return 'carried';
}

/**
 * The day itself or the next jour ouvrable; the day itself where nothing can be reckoned, which is then said where it is reckoned from.
 * @param {string} day
 * @param {string} place
 */
function workingDay(day, place) {
  const found = workingDaysFrom(day, 0, place);
  return 'day' in found ? found.day : day;
}

/**
 * @param {string} received
 * @param {string} place
 * @param {Note[]} notes
 * @returns {NonNullable<Plan['silence']>}
 */
function silenceOf(received, place, notes) {
  const from = workingDaysFrom(received, 0, place);
  if ('outside' in from) return from;
  if (from.day !== received) notes.push({ key: 'request.received_closed', parameters: { day: written(from.day) }, unsure: true });
  const end = workingDaysFrom(from.day, DELAY, place);
  if ('outside' in end) return end;
  return { last: end.day, counts: nextDay(end.day), unsure: [...from.unsure, ...end.unsure] };
}

/**
 * What is not certain of days that were found, and why others were not.
 * @param {(Found | Plan['silence'])[]} found
 * @returns {Note[]}
 */
function doubts(found) {
  const [from, to] = years();
  /** @type {Note[]} */
  const notes = [];
  const unsure = found.flatMap((one) => (one && 'unsure' in one ? one.unsure : []));
  const why = found.flatMap((one) => (one && 'outside' in one ? [one.outside] : []));
  if (unsure.length) {
    notes.push({ key: 'request.unsure_days', parameters: { days: [...new Set(unsure)].sort().map(written).join(', ') }, unsure: true });
  }
  if (why.includes('years')) notes.push({ key: 'request.outside.years', parameters: { from, to }, unsure: true });
  if (why.includes('place')) notes.push({ key: 'request.outside.place', unsure: true });
  return notes;
}

/**
 * The text of the request in the language of a table; what is not known stands as a blank to fill in. Throws RangeError for a fingerprint
 * that is none, and for a table without these words.
 * @param {Facts} facts
 * @param {Table} table
 * @returns {{ subject: string, text: string }} text with line feeds
 */
export function letter(facts, table) {
  const { claims, employer, hire, permit = {}, fingerprint } = facts;
  if (fingerprint !== undefined && !FINGERPRINT.test(fingerprint)) throw new RangeError('A fingerprint is 64 hexadecimal digits.');
  /** @param {string} name @param {unknown} value */
  const field = (name, value) => say(table, 'request.field', {
    name: say(table, `request.field.${name}`), value: line(value) || say(table, 'request.blank'),
  });
  /** @param {string} name @param {unknown} value @returns {string[]} */
  const optional = (name, value) => (line(value) ? [field(name, value)] : []);
  /** @param {unknown} day */
  const date = (day) => (isDay(day) ? written(day) : '');
  const names = [claims.family_name, claims.given_names].map(line).filter(Boolean).join(' ');
  const seat = department(employer.department);
  const number = claims.number.replace(/^(\d{3})(\d{3})(\d{4})$/, '$1 $2 $3');
  const text = [
    say(table, employer.atHome ? 'request.text.to_home' : 'request.text.to', { department: seat === employer.department ? say(table, 'request.blank') : seat }),
    '',
    say(table, 'request.text.asked'),
    say(table, 'request.text.about'),
    ...(facts.agency ? [say(table, 'request.text.agency')] : []),
    '',
    say(table, 'request.text.employer'),
    field('name', employer.name), ...(employer.atHome ? optional('siret', employer.siret) : [field('siret', employer.siret)]),
    field('by', employer.by), field('contact', employer.contact),
    '',
    say(table, 'request.text.person'),
    field('person', names), field('birth', written(line(claims.birth_date))), field('nationality', facts.nationality || claims.nationality),
    ...optional('permit_kind', permit.kind), field('permit', permit.number || claims.residence_permit), ...optional('permit_until', date(permit.until)),
    '',
    say(table, 'request.text.hire'),
    field('first', date(hire.first)), ...optional('last', date(hire.last)), field('contract', hire.contract), field('job', hire.job),
    ...optional('hours', hire.hours), ...optional('place', hire.place),
    '',
    say(table, 'request.text.attestation', { number }),
    say(table, 'request.text.enclosed'),
    ...(fingerprint ? [say(table, 'request.text.fingerprint'), fingerprint] : []),
    say(table, 'request.text.acknowledge'),
    '',
    say(table, 'request.text.end'),
    line(employer.by) || say(table, 'request.blank'),
  ].join('\n');
  return { subject: say(table, 'request.subject', { person: names, day: date(hire.first) || say(table, 'request.blank') }), text };
}

/**
 * A draft of an e-mail (RFC 6068); nothing is sent by it.
 * @param {{ subject: string, text: string }} letter
 * @param {string} [to] the address, as typed; one that is not plain is left out
 * @returns {{ href: string, addressed: boolean, long: boolean }} `long`: some mail programs cut it, so that the text is better copied
 */
export function mailto({ subject, text }, to = '') {
  const addressed = ADDRESS.test(to.trim());
  /** @param {string} value */
  const quoted = (value) => encodeURIComponent(value.replace(/\p{Cs}/gu, '\ufffd')).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  const body = text.split('\n').map(quoted).join('%0D%0A');
  const address = addressed ? to.trim().split('@').map(quoted).join('@') : '';
  const href = `mailto:${address}?subject=${quoted(line(subject))}&body=${body}`;
  return { href, addressed, long: href.length > LONG_ADDRESS };
}

/**
 * The calendar file of a plan (RFC 5545): the last day to send the request with a reminder the morning before, or, once it was received, the
 * day from which silence counts as done. It names the employer and the number of the attestation and never the person, for calendars are
 * shared and copied to servers.
 * @param {Facts} facts
 * @param {Plan} plan
 * @param {Table} table
 * @param {{ uid: string, now: number }} made `uid`: random, letters, digits and hyphens; `now`: UTC seconds. Throws RangeError for another uid
 * @returns {string | null} null when there is no day to write down
 */
export function calendar(facts, { due, latest, silence }, table, { uid, now }) {
  if (due !== 'send') return null;
  const number = facts.claims.number.replace(/^(\d{3})(\d{3})(\d{4})$/, '$1 $2 $3');
  const parameters = { employer: line(facts.employer.name), number, first: isDay(facts.hire.first) ? written(facts.hire.first) : say(table, 'request.blank') };
  /** @type {import('./icalendar.js').Event[]} */
  const events = [];
  const event = (/** @type {string} */ name, /** @type {string} */ on, /** @type {boolean} */ reminded) => events.push({
    day: on, name, reminded, summary: say(table, `request.calendar.${name}`, parameters), more: say(table, `request.calendar.${name}.more`, parameters),
  });
  if (silence && 'counts' in silence) event('silence', silence.counts, false);
  else if (!silence && latest && 'day' in latest) event('send', latest.day, true);
  return events.length ? calendarFile(events, { uid, now }) : null;
}

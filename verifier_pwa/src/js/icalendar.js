/**
 * Calendar files (RFC 5545): whole days, which take no time of anybody's. No names of people belong in them: calendars are shared, and copied
 * to servers. Pure.
 * @module
 */

import { nextDay } from './working-days.js';

/**
 * `day` is YYYY-MM-DD; `name` tells the events of one file apart: letters, digits, hyphens; `summary` and `more` are words for a person;
 * `reminded`: at nine on the morning before.
 * @typedef {{ day: string, name: string, summary: string, more: string, reminded: boolean }} Event
 */

/**
 * The text of a calendar file, its lines ended by CR LF and folded at 75 bytes.
 * @param {readonly Event[]} events
 * @param {{ uid: string, now: number }} made `uid`: random, letters, digits and hyphens; `now`: UTC seconds. Throws RangeError for another uid
 * @returns {string}
 */
export function calendarFile(events, { uid, now }) {
  if (!/^[0-9A-Za-z-]{8,64}$/.test(uid)) throw new RangeError('A uid is 8 to 64 letters, digits and hyphens.');
  const stamp = new Date(now * 1000).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const lines = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Work In France//Verifier//FR'];
  for (const { day, name, summary, more, reminded } of events) {
    lines.push(
      'BEGIN:VEVENT', `UID:${uid}-${name}`, `DTSTAMP:${stamp}`, `DTSTART;VALUE=DATE:${compact(day)}`, `DTEND;VALUE=DATE:${compact(nextDay(day))}`,
      `SUMMARY:${escaped(summary)}`, `DESCRIPTION:${escaped(more)}`, 'TRANSP:TRANSPARENT', 'CLASS:PRIVATE',
    );
    if (reminded) lines.push('BEGIN:VALARM', 'ACTION:DISPLAY', 'TRIGGER:-PT15H', `DESCRIPTION:${escaped(summary)}`, 'END:VALARM');
    lines.push('END:VEVENT');
  }
  lines.push('END:VCALENDAR');
  return lines.map((one) => `${folded(one)}\r\n`).join('');
}

/** `20261201`. @param {string} iso */
function compact(iso) {
  return iso.replaceAll('-', '');
}

/** RFC 5545 §3.3.11. @param {string} text */
function escaped(text) {
  return text.replace(/[\\;,]/g, '\\$&').replace(/\r\n?|\n/g, '\\n');
}

/** RFC 5545 §3.1: at most 75 octets a line, and no character cut in two. @param {string} text */
function folded(text) {
  let whole = '', length = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0, octets = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (length + octets > 75) {
      whole += '\r\n ';
      length = 1;
    }
    whole += character;
    length += octets;
  }
  return whole;
}

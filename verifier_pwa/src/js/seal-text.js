/**
 * Reading a 2D-DOC: header, fields, signature, annex; the twin of issuer/seals/text.py. Judges nothing. A text is read as it came: nothing is
 * trimmed, no second reading is tried, and what does not follow the rules is an error. The bytes of a binary message come as characters
 * U+0000 to U+00FF; its fields and its type keep their numbers (`0x62`), for they are of another table than the text's, and its values their bytes.
 * What stands in several symbols is joined before (seal-parts.js).
 * @module
 */

import { toHex } from './bytes.js';
import { FIELD_RULES } from './seal-fields.js';

/** End of a field, end of a field that was cut, end of the message. */
const GS = '\x1d', RS = '\x1e', US = '\x1f';
/** Characters of a text header by its version. @type {Readonly<Record<string, number>>} */
const HEADER_LENGTHS = { '01': 22, '02': 22, '03': 24, '04': 26 };
/** Base32 characters of a signature, and its bytes: r then s of P-256, P-384, P-521. @type {Readonly<Record<number, number>>} */
const SIGNATURE_LENGTHS = { 103: 64, 154: 96, 212: 132 };
/** Characters or bytes beyond which nothing is read: what sixteen of the largest Data Matrix hold. */
const LONGEST = 16 * 2_335;
/** The one perimeter of which the table of fields is known; the other table of the specification names none. */
const PERIMETER = '01', BINARY_PERIMETER = 1;
/** What an authority of documents in use calls its certificates of tests. */
const TEST_CERTIFICATES = ['0000', '00000', 'TEST'];
/** The signature's field of a binary message, which no text holds. */
const MIXED = /\xff(?:\x40[^]{64}|\x60[^]{96}|\x84[^]{132})/;
const DAY = 86_400;
/** 2000-01-01 in UTC seconds, from which the days of a header count. */
const EPOCH = Date.UTC(2000, 0, 1) / 1000;

const HEADER = /^DC[0-9]{2}[A-Z]{2}[0-9A-Z]{2}[0-9A-Z]{4}[0-9A-F]{8}[0-9A-Z]{2}(?:[0-9A-Z]{2}(?:[A-Z]{2})?)?$/;
const CHARACTERS = /^[\x20-\x60\x7b-\x7e\x1d\x1e]*$/;
const IDENTIFIER = /^[0-9A-Z]{2}$/;
/** Bytes: DC, version, country 2, authority and certificate 6, two days of 3, type 1, perimeter 2. */
const BINARY_HEADER_LENGTH = 19;
/** The identifier of a signature; the length that two more bytes tell. */
const BINARY_SIGNATURE = 0xff, LONG_FORM = 0xff;
const NO_BINARY_DATE = 0xffffff;
/** C40 by value (ISO/IEC 16022 §5.2.5); shifts and the space are no part of a header. */
const C40 = '????0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const BASE32 = /^[A-Z2-7]+$/;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** @type {Readonly<Record<string, RegExp>>} */
const KINDS = { X: /^[^\x1d\x1e]*$/, A: /^[^0-9\x1d\x1e]*$/, N: /^-?[0-9]*(?:[.,][0-9]+)?$/, D: /^[0-9]{8}$/, H: /^[0-9A-F]{4}$/ };

/** A code that is no readable 2D-DOC. */
export class SealUnread extends Error {
  /** @override */
  name = 'SealUnread';

  /** @param {'malformed'|'unsupported'} code @param {string} why */
  constructor(code, why) {
    super(why);
    this.code = code;
  }
}

/**
 * One field: its identifier of two characters (`0x62` in a binary message), its value as it is signed, whether the value was cut. A binary value
 * is given by its bytes, `h'…'`.
 * @typedef {{ identifier: string, value: string, cut: boolean }} Field
 *
 * A 2D-DOC taken apart. `issued` and `signed` are the first UTC second of a day, or null; `message` is exactly what was signed, `signature` r
 * then s (64, 96 or 132 bytes); `annex` is what follows the signature: nobody signed it. `certificate` has 4 characters, in a binary message 5
 * hexadecimal digits.
 * @typedef {{ version: string, authority: string, certificate: string, issued: number|null, signed: number|null, type: string,
 *   perimeter: string, country: string, fields: Field[], message: Uint8Array, signature: Uint8Array, annex: Field[], binary: boolean }} Seal
 */

/**
 * Take a text apart. Throws SealUnread.
 * @param {string} text
 * @returns {Seal}
 */
export function readSeal(text) {
  if (text.length > LONGEST) throw new SealUnread('malformed', 'This code is longer than any 2D-DOC.');
  if (text.startsWith('\xdc')) return readBinary(text);
  const version = text.slice(2, 4);
  if (!/^DC[0-9]{2}/.test(text)) throw new SealUnread('malformed', 'This is not a 2D-DOC.');
  const length = HEADER_LENGTHS[version];
  if (length === undefined) throw new SealUnread('unsupported', `This 2D-DOC is of version ${version}, which is not read here.`);
  if (version === '04' && MIXED.test(text)) throw new SealUnread('unsupported', 'This 2D-DOC goes on in binary, which is not read here.');
  const end = text.indexOf(US);
  if (end < 0) throw new SealUnread('malformed', 'The signature is missing: a scanner may have dropped the control characters.');
  const message = text.slice(0, end), rest = text.slice(end + 1);
  const header = message.slice(0, length), body = message.slice(length);
  if (header.length !== length || !HEADER.test(header)) throw new SealUnread('malformed', 'The header breaks the format.');
  if (!['', PERIMETER].includes(header.slice(22, 24))) throw new SealUnread('unsupported', `The fields of perimeter ${header.slice(22, 24)} are not known here.`);
  if (!CHARACTERS.test(body)) throw new SealUnread('malformed', 'The message holds a character that no 2D-DOC has.');
  const mark = rest.indexOf(GS);
  const signature = mark < 0 ? rest : rest.slice(0, mark), annex = mark < 0 ? '' : rest.slice(mark + 1);
  if (mark >= 0 && version !== '04') throw new SealUnread('malformed', 'Something follows the signature.');
  if (!CHARACTERS.test(annex)) throw new SealUnread('malformed', 'The annex holds a character that no 2D-DOC has.');
  return {
    version,
    authority: header.slice(4, 8),
    certificate: header.slice(8, 12),
    issued: dayOf(header.slice(12, 16)),
    signed: dayOf(header.slice(16, 20)),
    type: header.slice(20, 22),
    perimeter: header.slice(22, 24),
    country: header.slice(24, 26),
    fields: readFields(body),
    message: new TextEncoder().encode(message),
    signature: unbase32(signature),
    annex: readFields(annex),
    binary: false,
  };
}

/**
 * @param {string} text
 * @returns {Seal}
 */
function readBinary(text) {
  const data = Uint8Array.from(text, (one) => one.charCodeAt(0));
  if (/[^\0-\xff]/.test(text)) throw new SealUnread('malformed', 'A binary 2D-DOC holds nothing but bytes.');
  if (data.length < BINARY_HEADER_LENGTH) throw new SealUnread('malformed', 'The header is cut short.');
  if (data[1] !== 4) throw new SealUnread('unsupported', `This binary 2D-DOC is of version ${data[1]}, which is not read here.`);
  const country = c40(data.subarray(2, 4)), name = c40(data.subarray(4, 10));
  if (!/^[A-Z]{3}$/.test(country) || !/^[A-Z]{2}[0-9A-Z]{2}[0-9A-F]{5}$/.test(name)) throw new SealUnread('malformed', 'The header breaks the format.');
  const perimeter = data[17] * 256 + data[18];
  if (perimeter !== BINARY_PERIMETER) throw new SealUnread('unsupported', `The types of perimeter ${perimeter} are not known here.`);
  const blocks = blocksOf(data, BINARY_HEADER_LENGTH), place = blocks.findIndex(({ identifier }) => identifier === BINARY_SIGNATURE);
  if (place < 0) throw new SealUnread('malformed', 'The signature is missing.');
  const { start: end, value: signature } = blocks[place];
  if (!Object.values(SIGNATURE_LENGTHS).includes(signature.length)) throw new SealUnread('malformed', 'The signature is of no known length.');
  return {
    version: '04',
    authority: name.slice(0, 4),
    certificate: name.slice(4),
    issued: binaryDay(data.subarray(10, 13)),
    signed: binaryDay(data.subarray(13, 16)),
    type: numbered(data[16]),
    perimeter: String(perimeter),
    country,
    fields: numberedFields(blocks.slice(0, place)),
    message: data.slice(0, end),
    signature,
    annex: numberedFields(blocks.slice(place + 1)),
    binary: true,
  };
}

/**
 * Whether a header says that its code is of tests: an authority `XX00`, or a certificate that is kept for them.
 * @param {Pick<Seal, 'authority' | 'certificate'>} seal
 */
export function isTest({ authority, certificate }) {
  return authority.endsWith('00') || TEST_CERTIFICATES.includes(certificate);
}

/** @param {number} byte */
function numbered(byte) {
  return `0x${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** @typedef {{ start: number, identifier: number, value: Uint8Array }} Block where it begins, and what it holds */

/**
 * The blocks of a binary message from a place on.
 * @param {Uint8Array} data
 * @param {number} at
 */
function blocksOf(data, at) {
  /** @type {Block[]} */
  const blocks = [];
  while (at < data.length) {
    const start = at, identifier = data[at];
    let size = data[at + 1] ?? 0;
    at += 2;
    if (size === LONG_FORM) {
      size = (data[at] ?? 0) * 256 + (data[at + 1] ?? 0);
      at += 2;
    }
    const value = data.slice(at, at + size);
    if (at > data.length || value.length !== size) throw new SealUnread('malformed', 'A field is cut short.');
    at += size;
    blocks.push({ start, identifier, value });
  }
  return blocks;
}

/**
 * Blocks as fields: none twice, none a second signature.
 * @param {Block[]} blocks
 * @returns {Field[]}
 */
function numberedFields(blocks) {
  const identifiers = blocks.map(({ identifier }) => identifier);
  if (new Set(identifiers).size !== identifiers.length) throw new SealUnread('malformed', 'A field stands twice.');
  if (identifiers.includes(BINARY_SIGNATURE)) throw new SealUnread('malformed', 'There is a second signature.');
  return blocks.map(({ identifier, value }) => ({ identifier: numbered(identifier), value: `h'${toHex(value)}'`, cut: false }));
}

/**
 * Letters and digits, three to two bytes. Anything else gives text that no header has.
 * @param {Uint8Array} data
 */
function c40(data) {
  const values = [];
  for (let at = 0; at < data.length; at += 2) {
    const number = data[at] * 256 + data[at + 1] - 1;
    values.push(Math.floor(number / 1600), Math.floor(number / 40) % 40, number % 40);
  }
  return values.map((value) => C40[value] ?? '?').join('');
}

/**
 * The first UTC second of the day of the number MMDDYYYY; null for FFFFFF. Throws SealUnread.
 * @param {Uint8Array} data
 */
function binaryDay(data) {
  const number = data[0] * 65_536 + data[1] * 256 + data[2];
  if (number === NO_BINARY_DATE) return null;
  const year = number % 10_000, month = Math.floor(number / 1_000_000), day = Math.floor(number / 10_000) % 100;
  if (year < 1 || month < 1 || day < 1 || !dayExists([day, month].map((part) => String(part).padStart(2, '0')).join('') + String(year).padStart(4, '0'))) {
    throw new SealUnread('malformed', 'The header bears a day that does not exist.');
  }
  return new Date(0).setUTCFullYear(year, month - 1, day) / 1000;
}

/**
 * The first UTC second of the day of four hexadecimal digits, days since 2000-01-01; null for `FFFF`.
 * @param {string} digits
 */
export function dayOf(digits) {
  return digits === 'FFFF' ? null : EPOCH + parseInt(digits, 16) * DAY;
}

/**
 * The fields of a message without its header. Throws SealUnread: an identifier unknown or twice, or a value against its rule.
 * @param {string} body
 * @returns {Field[]}
 */
function readFields(body) {
  /** @type {Field[]} */
  const found = [];
  let at = 0;
  while (at < body.length) {
    const identifier = body.slice(at, at + 2);
    if (!IDENTIFIER.test(identifier)) throw new SealUnread('malformed', 'What stands where a field begins is no identifier.');
    const rule = FIELD_RULES.get(identifier);
    if (!rule) throw new SealUnread('unsupported', `The field ${identifier} is not known here, so what follows cannot be told apart.`);
    if (found.some((field) => field.identifier === identifier)) throw new SealUnread('malformed', `The field ${identifier} stands twice.`);
    at += 2;
    let end = at;
    while (end < body.length && body[end] !== GS && body[end] !== RS && end - at < rule.most) end += 1;
    const value = body.slice(at, end), mark = body[end], separated = mark === GS || mark === RS;
    if (value.length < rule.least) throw new SealUnread('malformed', `The field ${identifier} is too short.`);
    if (separated && rule.least === rule.most) throw new SealUnread('malformed', `The field ${identifier} is followed by a separator that it does not have.`);
    if (!holdsKind(value, rule.kind)) throw new SealUnread('malformed', `The field ${identifier} does not hold what it must.`);
    found.push({ identifier, value, cut: mark === RS });
    at = end + (separated ? 1 : 0);
  }
  return found;
}

/** @param {string} value @param {string} kind */
function holdsKind(value, kind) {
  if (value === '' && kind !== 'D') return true;
  return KINDS[kind].test(value) && (kind !== 'D' || dayExists(value));
}

/**
 * Whether DDMMYYYY is a day; `00` for a day or month that is not known.
 * @param {string} day
 */
function dayExists(day) {
  const first = Number(day.slice(0, 2)), month = Number(day.slice(2, 4)), year = Number(day.slice(4));
  if (year < 1) return false;
  if (month === 0) return first === 0;
  const there = new Date(Date.UTC(2000, month - 1, first || 1));
  there.setUTCFullYear(year, month - 1, first || 1);
  return month <= 12 && there.getUTCMonth() === month - 1;
}

/**
 * The bytes of a signature: Base32 (RFC 4648 §6) without padding, unused bits 0. Throws SealUnread.
 * @param {string} text
 */
function unbase32(text) {
  const size = SIGNATURE_LENGTHS[text.length];
  if (size === undefined || !BASE32.test(text)) throw new SealUnread('malformed', 'The signature is not Base32 of a known length.');
  const bytes = new Uint8Array(size);
  let bits = 0, held = 0, at = 0;
  for (const letter of text) {
    held = (held << 5) | ALPHABET.indexOf(letter);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at] = held >> bits;
      held &= (1 << bits) - 1;
      at += 1;
    }
  }
  if (held !== 0) throw new SealUnread('malformed', 'The signature ends in bits that say nothing.');
  return bytes;
}

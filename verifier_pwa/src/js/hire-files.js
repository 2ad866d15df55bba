/**
 * Files that tell of hires: a DPAE (`FR_DUE_Upload`, XML) and tables of staff (CSV). Values stay the texts they are; `compare.js` reads them.
 *
 * The XML is read here, since our Trusted Types refuse DOMParser: well-formed elements and attributes, the five predefined entities and
 * numbers of characters. A document type, an entity of its own, or anything that is not well-formed refuses the file. Of a table, formulas
 * stay texts. Pure: bytes in, values out. Shown by `compare-view.js`.
 * @module
 */

import { asBytes } from './bytes.js';
import { WifError } from './errors.js';

/**
 * @typedef {import('./compare.js').Hire} Hire
 *
 * What a file says of one hire, and the line (from 1) where that begins.
 * @typedef {{ line: number, hire: Hire }} Hired
 *
 * @typedef {'too_large'|'empty'|'not_text'|'charset'|'xml_doctype'|'xml_entity'|'xml_broken'|'not_dpae'|'no_hire'|'twice'|'long_value'|'heads'
 *   |'head_twice'|'quote'|'width'|'too_many'} HireFault
 */

/** Every fault; its words are the messages `hires.FAULT`. @type {readonly HireFault[]} */
export const HIRE_FAULTS = Object.freeze(/** @type {const} */ ([
  'too_large', 'empty', 'not_text', 'charset', 'xml_doctype', 'xml_entity', 'xml_broken', 'not_dpae', 'no_hire', 'twice', 'long_value', 'heads',
  'head_twice', 'quote', 'width', 'too_many',
]));

/** A file that is not read. `line` from 1, null where no line is at fault; `what` names the field or the heading, as the file does. */
export class HiresRefused extends WifError {
  /** @param {HireFault} code @param {number|null} [at] @param {string|null} [what] */
  constructor(code, at = null, what = null) {
    super(`This file of hires is refused: ${code}${at === null ? '' : ` on line ${at}`}.`);
    this.code = code;
    this.line = at;
    this.what = what;
  }
}

/** Bytes of a file, hires in it, characters of a value, depth of elements. The page looks at the first before it reads a file. */
export const MOST_BYTES = 2 * 1024 * 1024;
const MOST_HIRES = 5000, MOST_VALUE = 200, MOST_DEPTH = 32;

/**
 * Reads a file of hires, whatever its name says. Throws HiresRefused.
 * @param {Uint8Array} bytes
 * @returns {{ kind: 'dpae'|'table', hires: Hired[] }} at least one hire
 */
export function readHires(bytes) {
  if (asBytes(bytes, 'a file').length > MOST_BYTES) throw new HiresRefused('too_large');
  const text = decoded(bytes);
  if (!text.trim()) throw new HiresRefused('empty');
  const isXml = text.trimStart().startsWith('<');
  const hires = isXml ? readDpae(text) : readTable(text);
  if (hires.length === 0) throw new HiresRefused('no_hire');
  return { kind: isXml ? 'dpae' : 'table', hires };
}

// Characters.

const NOT_TEXT = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/;
/** What French texts in windows-1252 do not hold between 0x80 and 0x9f: other signs there tell of another encoding. */
const NOT_WESTERN = /[\u0080-\u009f\u201a\u0192\u201e\u2020\u2021\u02c6\u2030\u0160\u2039\u017d\u02dc\u0161\u203a\u017e]/;
const DECLARED = /^\s*<\?xml\s[^>]{0,200}?\bencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']/;
/** Names of encodings in an XML declaration, all in capitals, that are read. The web's decoder of ISO-8859-1 is that of windows-1252. */
const WESTERN = ['ISO-8859-1', 'ISO-8859-15', 'LATIN1', 'LATIN-1', 'ISO8859-1', 'WINDOWS-1252', 'CP1252', 'US-ASCII'], UTF_8 = ['UTF-8', 'UTF8'];

/**
 * The text of a file: by its byte order mark, else UTF-8 where it is that, else windows-1252 where that makes sense. A declaration of XML
 * that the bytes contradict refuses the file; one of ISO-8859-1 over UTF-8 is taken for a slip, since no name is written `Ã©`.
 * @param {Uint8Array} bytes
 */
function decoded(bytes) {
  const wide = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null;
  const unicode = tried(wide ?? 'utf-8', bytes);
  const name = wide ? null : DECLARED.exec(new TextDecoder('windows-1252').decode(bytes.subarray(0, 400)).replace(/^ï»¿/, ''))?.[1].toUpperCase();
  if (name && !WESTERN.includes(name) && !UTF_8.includes(name)) throw new HiresRefused('charset', 1, name);
  const western = new TextDecoder(name === 'ISO-8859-15' ? 'iso-8859-15' : 'windows-1252').decode(bytes);
  const text = unicode ?? western;
  const fault = NOT_TEXT.exec(text);
  if (fault) throw new HiresRefused('not_text', lineAt(text, fault.index));
  if (unicode !== null) return unicode;
  if (wide) throw new HiresRefused('charset');
  const strange = (name && UTF_8.includes(name) ? /[\u0080-\uffff]/ : NOT_WESTERN).exec(western);
  if (strange) throw new HiresRefused('charset', lineAt(western, strange.index));
  return western;
}

/** @param {string} encoding @param {Uint8Array} bytes @returns {string|null} without its byte order mark; null for bytes that are not of it */
function tried(encoding, bytes) {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/**
 * The same for places that only grow, without counting twice.
 * @param {string} text
 * @returns {(place: number) => number}
 */
function lineCounter(text) {
  let counted = 0, line = 1;
  return (place) => {
    line += lineAt(text.slice(counted, place), place - counted) - 1;
    counted = place;
    return line;
  };
}

/** The line, from 1, of a place in a text. @param {string} text @param {number} place */
function lineAt(text, place) {
  return text.slice(0, place).split(/\r\n|[\r\n]/).length;
}

// The DPAE.

/** Elements by their names without prefix, and what they say; `true` where it is the employer's. @type {Readonly<Record<string, readonly [keyof Hire, boolean]>>} */
const DPAE = {
  'FR_Organization.SIRET.Identifier': ['siret', true],
  'FR_Organization.Designation.Text': ['employer_name', true],
  'FR_PersonIdentity.Surname.Text': ['family_name', false],
  'FR_PersonIdentity.ChristianName.Text': ['given_names', false],
  'FR_Birth.Date': ['birth_date', false],
  'FR_Contract.Nature.Code': ['contract', false],
  'FR_Contract.StartContract.Date': ['first_day', false],
  'FR_Contract.EndContract.Date': ['last_day', false],
};
const ROOT = 'FR_DUE_Upload', OF_ONE_EMPLOYER = 'FR_DuesGroup', EMPLOYER = 'FR_Employer', OF_ONE_HIRE = 'FR_EmployeeGroup';

/** @param {string} text @returns {Hired[]} */
function readDpae(text) {
  /** @type {Hired[]} */
  const hires = [];
  /** @type {Hire} */
  let employer = {};
  /** @type {Hired|null} */
  let hired = null;
  let first = 0;
  /** @type {string[]} */
  const path = [];
  const lineOf = lineCounter(text);
  for (const { kind, name, value, place } of elements(text)) {
    if (kind === 'open') {
      if (path.length === 0 && name !== ROOT) throw new HiresRefused('not_dpae', lineAt(text, place), name);
      path.push(name);
      if (name === OF_ONE_EMPLOYER) [employer, first] = [{}, hires.length];
      if (name !== OF_ONE_HIRE) continue;
      if (hired) throw new HiresRefused('twice', lineAt(text, place), name);
      hired = { line: lineOf(place), hire: {} };
      continue;
    }
    path.pop();
    const [key, isEmployers] = DPAE[name] ?? [];
    const into = isEmployers ? (path.includes(EMPLOYER) ? employer : null) : hired?.hire;
    if (key && into && value) {
      if (into[key] !== undefined) throw new HiresRefused('twice', lineAt(text, place), name);
      if (value.length > MOST_VALUE) throw new HiresRefused('long_value', lineAt(text, place), name);
      into[key] = value;
    }
    if (name === OF_ONE_HIRE && hired) {
      if (hires.length === MOST_HIRES) throw new HiresRefused('too_many', hired.line);
      if (Object.keys(hired.hire).length > 0) hires.push(hired);
      hired = null;
    }
    if (name === OF_ONE_EMPLOYER || name === ROOT) for (const one of hires.slice(first)) Object.assign(one.hire, employer);
  }
  return hires;
}

const NAME = '[A-Za-z_][A-Za-z0-9_.-]*', PREFIXED = `(?:${NAME}:)?${NAME}`;
/** One tag: its end's stroke, its name without prefix, its attributes, the stroke of an empty element. */
const TAG = new RegExp(`<(/?)(?:${NAME}:)?(${NAME})((?:\\s+${PREFIXED}\\s*=\\s*(?:"[^"<]*"|'[^'<]*'))*)\\s*(/?)>`, 'y');
const CDATA = '<![CDATA[';

/**
 * The elements of an XML document as they begin and end, without prefixes; `value`, at the end, is the text right inside. Throws
 * HiresRefused for what is not well-formed, and for every DTD.
 * @param {string} text
 * @returns {Generator<{ kind: 'open'|'close', name: string, value: string, place: number }>}
 */
function* elements(text) {
  /** @type {{ name: string, whole: string, parts: string[], place: number }[]} */
  const open = [];
  let at = text.length - text.trimStart().length, rooted = false;
  const broken = (/** @type {number} */ place) => new HiresRefused('xml_broken', lineAt(text, place));
  const past = (/** @type {string} */ end, /** @type {number} */ from) => {
    const found = text.indexOf(end, from);
    if (found < 0) throw broken(at);
    return found + end.length;
  };
  while (at < text.length) {
    if (text[at] !== '<') {
      const next = text.indexOf('<', at), end = next < 0 ? text.length : next;
      const between = text.slice(at, end);
      if (open.length === 0 && between.trim()) throw broken(end - between.trimStart().length);
      open.at(-1)?.parts.push(unescaped(between, (offset) => lineAt(text, at + offset)));
      at = end;
    } else if (text.startsWith('<?', at)) {
      at = past('?>', at + 2);
    } else if (text.startsWith('<!--', at)) {
      at = past('-->', at + 4);
    } else if (text.startsWith(CDATA, at)) {
      const end = past(']]>', at), inner = open.at(-1);
      if (!inner) throw broken(at);
      inner.parts.push(text.slice(at + CDATA.length, end - 3));
      at = end;
    } else if (text.startsWith('<!', at)) {
      throw new HiresRefused('xml_doctype', lineAt(text, at));
    } else {
      TAG.lastIndex = at;
      const tag = TAG.exec(text);
      if (!tag) throw broken(at);
      const [, ends, name, attributes, empty] = tag;
      if (attributes) unescaped(attributes, () => lineAt(text, at));
      const whole = tag[0].slice(ends ? 2 : 1).split(/[\s/>]/)[0];
      if (ends) {
        const inner = open.pop();
        if (inner?.whole !== whole || attributes || empty) throw broken(at);
        yield { kind: 'close', name, value: inner.parts.join('').replace(/\s+/g, ' ').trim(), place: inner.place };
      } else {
        if ((rooted && open.length === 0) || open.length >= MOST_DEPTH) throw broken(at);
        rooted = true;
        yield { kind: 'open', name, value: '', place: at };
        if (empty) yield { kind: 'close', name, value: '', place: at };
        else open.push({ name, whole, parts: [], place: at });
      }
      at = TAG.lastIndex;
    }
  }
  if (open.length > 0 || !rooted) throw broken(text.length);
}

/** XML 1.0 §4.6; every other entity is one that a DTD would define. */
const PREDEFINED = /** @type {Readonly<Record<string, string>>} */ ({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" });

/** @param {string} text @param {(offset: number) => number} line */
function unescaped(text, line) {
  return text.replace(/&(?:(amp|lt|gt|quot|apos)|#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6}));|&/g, (/** @type {string} */ _, name, decimal, hex, /** @type {number} */ offset) => {
    if (name) return PREDEFINED[name];
    const point = decimal ? Number(decimal) : hex ? Number.parseInt(hex, 16) : -1;
    const sign = point >= 9 && point <= 0x10_ffff && !(point >= 0xd800 && point <= 0xdfff) ? String.fromCodePoint(point) : null;
    if (sign === null || NOT_TEXT.test(sign)) throw new HiresRefused('xml_entity', line(offset));
    return sign;
  });
}

// Tables.

/** Headings, without case, accents and signs, and what their columns say. @type {Readonly<Record<string, string>>} */
const HEADS = {
  siret: 'siret | numero siret | n siret | siret employeur | siret de l employeur | employer siret',
  employer_name: 'employeur | nom de l employeur | raison sociale | entreprise | societe | denomination | employer | employer name | company',
  family_name: 'nom | nom de famille | nom de naissance | surname | last name | family name',
  given_names: 'prenom | prenoms | prenom s | first name | first names | given name | given names | forename | forenames',
  birth_date: 'date de naissance | naissance | ne le | nee le | ne e le | birth date | date of birth | dob',
  contract: 'contrat | type de contrat | nature du contrat | contract | contract type | type of contract',
  job: 'emploi | poste | metier | fonction | emploi occupe | intitule du poste | intitule de l emploi | job | job title | position',
  hours: 'heures | nombre d heures | nb heures | duree du travail | temps de travail | horaire | hours | working hours',
  'hours week': 'heures par semaine | heures hebdomadaires | heures semaine | h semaine | duree hebdomadaire | hours per week | weekly hours',
  'hours month': 'heures par mois | heures mensuelles | heures mois | h mois | duree mensuelle | hours per month | monthly hours',
  'hours year': 'heures par an | heures annuelles | heures an | duree annuelle | hours per year | annual hours',
  per: 'periode | heures par | periode des heures | unite | period | hours per',
  first_day: 'debut | date de debut | premier jour | date d embauche | embauche | date d entree | entree | debut du contrat | date de debut de contrat'
    + ' | first day | start date | start | hire date',
  last_day: 'fin | date de fin | dernier jour | date de sortie | sortie | fin du contrat | date de fin de contrat | last day | end date | end',
  workplace: 'lieu de travail | lieux de travail | departement de travail | departement du lieu de travail | code postal du lieu de travail | workplace'
    + ' | workplaces | place of work',
  residence_permit: 'titre de sejour | numero de titre de sejour | numero du titre de sejour | n titre de sejour | n de titre de sejour'
    + ' | numero du titre | residence permit | residence permit number',
};
const BY_HEAD = new Map(Object.entries(HEADS).flatMap(([key, spelled]) => spelled.split(' | ').map((one) => /** @type {[string, string]} */ ([one, key]))));
/** Headings that a table of staff has at the least. */
const ENOUGH_HEADS = 2;

/** @param {string} head @returns {string|undefined} */
function keyOf(head) {
  if (head.length > MOST_VALUE) return undefined;
  const words = head.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase().replace(/[°º]/g, ' ').replace(/[^a-z0-9]+/g, ' ').trim();
  return BY_HEAD.get(words.replace(/^no (?=siret|titre|de titre)/, 'n '));
}

/** @param {string} text @returns {Hired[]} */
function readTable(text) {
  const said = /^sep=([;,\t])(?:\r\n|[\r\n])/.exec(text);
  const start = said ? said[0].length : 0;
  const head = /[^\s][^\r\n]*/.exec(text.slice(start))?.[0] ?? '';
  const known = (/** @type {string} */ sign) => head.split(sign).filter((cell) => keyOf(cell.replace(/"/g, ''))).length;
  const delimiter = said ? said[1] : [';', ',', '\t'].reduce((best, sign) => (known(sign) > known(best) ? sign : best));
  /** @type {Hired[]} */
  const hires = [];
  /** @type {(string|undefined)[]|null} */
  let keys = null;
  /** @type {string[]} */
  let heads = [];
  for (const { line, cells } of rows(text, start, delimiter)) {
    if (cells.every((cell) => !cell.trim())) continue;
    if (!keys) {
      keys = cells.map(keyOf);
      checkHeads(keys, cells, line);
      heads = cells;
      continue;
    }
    if (hires.length === MOST_HIRES) throw new HiresRefused('too_many', line);
    if (cells.slice(keys.length).some((cell) => cell.trim())) throw new HiresRefused('width', line);
    const hire = hireOf(keys, heads, cells, line);
    if (Object.keys(hire).length > 0) hires.push({ line, hire });
  }
  return hires;
}

/** @param {(string|undefined)[]} keys @param {string[]} cells @param {number} line */
function checkHeads(keys, cells, line) {
  if (keys.filter(Boolean).length < ENOUGH_HEADS || !keys.includes('family_name')) throw new HiresRefused('heads', line);
  const roots = keys.map((key) => key?.split(' ')[0]);
  const twice = roots.findIndex((key, at) => key && roots.indexOf(key) < at);
  const own = keys.some((key) => key?.includes(' ')) ? keys.indexOf('per') : -1;
  const found = twice >= 0 ? twice : own;
  if (found >= 0) throw new HiresRefused('head_twice', line, cells[found].trim());
}

/** @param {(string|undefined)[]} keys @param {string[]} heads @param {string[]} cells @param {number} line @returns {Hire} */
function hireOf(keys, heads, cells, line) {
  /** @type {Record<string, string>} */
  const hire = {};
  keys.forEach((key, at) => {
    const value = (cells[at] ?? '').trim();
    if (!key || !value) return;
    if (value.length > MOST_VALUE) throw new HiresRefused('long_value', line, heads[at].trim());
    const [name, per] = key.split(' ');
    hire[name] = value;
    if (per) hire.per = per;
  });
  return hire;
}

/**
 * The rows of a table by RFC 4180, with the line on which each begins. A quotation mark inside a bare cell is a sign like others; one that
 * is never closed, or followed by anything but the end of its cell, refuses the file.
 * @param {string} text
 * @param {number} start
 * @param {string} delimiter
 * @returns {Generator<{ line: number, cells: string[] }>}
 */
function* rows(text, start, delimiter) {
  const bare = new RegExp(`[^${delimiter}\\r\\n]*`, 'y'), opening = / *"/y, rest = / */y;
  /** @param {RegExp} pattern @param {number} from @returns {number} where it ends; -1 where it does not stand there */
  const end = (pattern, from) => {
    pattern.lastIndex = from;
    return pattern.test(text) ? pattern.lastIndex : -1;
  };
  const lineOf = lineCounter(text);
  let at = start;
  while (at < text.length) {
    const cells = [], line = lineOf(at);
    for (;;) {
      const inner = end(opening, at);
      if (inner < 0) {
        const stop = end(bare, at);
        cells.push(text.slice(at, stop));
        at = stop;
      } else {
        let close = text.indexOf('"', inner);
        while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
        if (close < 0) throw new HiresRefused('quote', lineAt(text, at));
        cells.push(text.slice(inner, close).replace(/""/g, '"'));
        at = end(rest, close + 1);
      }
      if (text[at] !== delimiter) break;
      at += 1;
    }
    if (at < text.length && text[at] !== '\r' && text[at] !== '\n') throw new HiresRefused('quote', lineAt(text, at));
    at += text.startsWith('\r\n', at) ? 2 : 1;
    yield { line, cells };
  }
}

/**
 * What people paste, type, share, drop or open, read for the texts of attestations in it: with words around it, percent-encoded, wrapped by
 * a mail filter, broken over lines. Scanned texts never come here: they stay as strict as the format. Pure: the own addresses are an argument.
 *
 * Nothing is guessed: digits are taken as they stand, and an address counts only where it is one of ours. Where a person's blanks leave
 * open how far the digits go, the longest run that has the form of an attestation is taken, else the whole: one changed digit stays red.
 * @module
 */

import { decode } from './claims.js';
import { FormError, Unsupported } from './errors.js';
import { unpack } from './token.js';

/**
 * `texts`: the different texts of ours, as a QR code holds them, in the order found. `number`: whether there is none, but what looks like an
 * attestation's number.
 * @typedef {{ texts: string[], number: boolean }} Written
 */

/** Characters that are read; more is no text of a person's. */
const LONGEST = 200_000;
/** How often what is encoded or wrapped is opened, and how many forms of a text are looked at. */
const DEPTH = 4, FORMS = 60;
/** Digits of the shortest and the longest text that is looked at, and how many runs of pieces. */
const LEAST_DIGITS = 233, MOST_DIGITS = 2200, MOST_RUNS = 200;
/** Characters of a link before the one that is wrapped in it, lines that it is broken over, and addresses that are looked at in a text. */
const LONGEST_LINK = 2_000, MOST_LINES = 40, MOST_ADDRESSES = 500;

/** What nobody sees: soft hyphens, joiners, marks of direction, byte order marks. */
const INVISIBLE = /[\u00ad\u034f\u061c\u115f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]/g;
/** The same in UTF-8, percent-encoded or quoted-printable. */
const INVISIBLE_BYTES = /[%=]c2[%=]ad|[%=]e2[%=](?:80[%=](?:8[b-f]|a[a-e])|81[%=]a[0-9a-f])|[%=]ef[%=]bb[%=]bf/gi;
/** The end of a line of quoted-printable that goes on, RFC 2045 §6.7; and one that is as long as such lines are, which is no link that ends so. */
const SOFT_BREAK = /=[ \t]*\r?\n/g, LONG_SOFT_BREAK = /(?<=(?:^|\n)[^\n]{60,75})=[ \t]*\r?\n/g;
const FULL_WIDTH = /[\uff01-\uff5e]/g;
/** Where a word of a text ends: whatever stands before it belongs to something else. */
const EDGE = /[\s"'<>()[\]{}«»“”„‘’|`]/;
/** Stands before such a sign that was percent-encoded: within a link, it ended no word. */
const INNER = '\ue000';
/** What may stand between the digits of one text: blanks, marks of quotation and emphasis, hyphens at the end of a line, tags. */
const BETWEEN = `(?:[\\s>|*_\`\\\\${INNER}]|[-\\u2010=]\\r?\\n|<\\/?[a-zA-Z][^<>]{0,300}>)`;
const RUN = new RegExp(`[0-9]+(?:${BETWEEN}{1,40}[0-9]+)*`, 'y');
/** From the host to the `#`: a path or a question, as it comes to stand there. */
const WAY = '(?:/[a-z0-9._~/-]{0,200})?(?:\\?[a-z0-9._~/&=+%-]{0,500})?';

/** Who puts other people's links into their own: filters of mail, searches, messengers. */
const WRAPPERS = /^(?:[a-z0-9-]+\.)*(?:safelinks\.protection\.(?:outlook|office365)\.(?:com|us|cn)|teams\.cdn\.office\.net)$|^(?:www\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?$|^(?:urldefense(?:\.proofpoint)?\.com|urldefense\.us|lm?\.facebook\.com|l\.instagram\.com|www\.linkedin\.com|slack-redir\.net|linkprotect\.cudasvc\.com|secure-web\.cisco\.com|clicktime\.symantec\.com|(?:[a-z0-9-]+\.)*(?:protection\.sophos\.com|ctp\.trendmicro\.com|vadesecure\.com|hornetsecurity\.com)|outlook\.(?:office|office365|live)\.com|www\.bing\.com|web\.skype\.com|mail\.yandex\.[a-z]{2,3}|deref-(?:mail\.com|gmx\.(?:fr|com|net)|web\.de)|duckduckgo\.com|out\.reddit\.com|wa\.me|api\.whatsapp\.com|t\.me)$/i;

/** A page's name in the link of one of them. */
const PAGE = /\.(?:php|html?|jsx|aspx)$/i;

/**
 * The texts of ours in whatever was written, once each; where there are none, whether it is the number of an attestation alone.
 * @param {string} text anything
 * @param {readonly string[]} origins our addresses: lower case, no final slash
 * @returns {Written}
 */
export function readWritten(text, origins) {
  const start = text.slice(0, LONGEST).replace(INVISIBLE, '').replace(LONG_SOFT_BREAK, '').replace(FULL_WIDTH, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0));
  /** @type {Found[]} */
  const found = [];
  const addresses = addressPattern(origins);
  for (const form of forms(start)) gather(candidates(form, addresses, origins), found);
  if (found.length === 0) {
    for (const form of forms(start.replace(/[\s>|]+/g, ''))) gather(candidates(form, addresses, origins), found);
  }
  const texts = found.map(({ origin, digits }) => `${origin.toUpperCase()}/#${digits}`);
  return { texts, number: texts.length === 0 && isNumber(start) };
}

/**
 * The different texts of ours in what a person wrote.
 * @param {readonly string[]} forms the same in several forms
 * @param {readonly string[]} origins our addresses: lower case, no final slash
 */
export function textsIn(forms, origins) {
  return [...new Set(forms.flatMap((form) => readWritten(form, origins).texts))];
}

/**
 * One attestation's text in a form of what was written; `whole` when it has the form of one.
 * @typedef {{ origin: string, digits: string, whole: boolean }} Found
 */

/**
 * Adds what is new: a copy that was cut off is not, when the whole is there.
 * @param {Iterable<Found>} more
 * @param {Found[]} found
 */
function gather(more, found) {
  for (const one of more) {
    if (found.some(({ digits }) => digits.startsWith(one.digits))) continue;
    const cut = found.findIndex(({ digits, whole }) => !whole && one.digits.startsWith(digits));
    if (cut < 0) found.push(one);
    else found[cut] = one;
  }
}

/**
 * Every form of a text that is looked at: as it stands, then decoded and unwrapped, step by step.
 * @param {string} text
 * @returns {Iterable<string>}
 */
function forms(text) {
  const seen = new Set([text]);
  let level = [text];
  for (let depth = 0; depth < DEPTH && level.length > 0; depth += 1) {
    const next = [];
    for (const form of level) {
      for (const step of [fromHtml, fromTags, fromPercent, fromQuotedPrintable, fromProofpoint, fromBase64, fromMail, fromEscapes]) {
        const made = step(form);
        if (seen.size >= FORMS || seen.has(made)) continue;
        seen.add(made);
        next.push(made);
      }
    }
    level = next;
  }
  return seen;
}

const ENTITIES = /** @type {Readonly<Record<string, string>>} */ ({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", num: '#', sol: '/', colon: ':', period: '.', nbsp: ' ', shy: '', zwnj: '', zwj: '' });

/** @param {string} text */
function fromHtml(text) {
  return text.replace(/&(?:#(x?)([0-9a-f]{1,6})|([a-z]{2,6}));/gi, (all, hex, code, name) => {
    if (name) return ENTITIES[name.toLowerCase()] ?? all;
    const point = Number.parseInt(code, hex ? 16 : 10);
    return point <= 0x10_ffff ? String.fromCodePoint(point).replace(INVISIBLE, '') : all;
  });
}

/** Tags in the middle of an address. @param {string} text */
function fromTags(text) {
  return text.replace(/<\/?[a-z][^<>]{0,300}>/gi, '');
}

/** An address in the question of a filter's. @param {string} text */
function fromBase64(text) {
  return text.replace(/([?&][a-z]{1,4}=)(?:a1)?(aHR0c[A-Za-z0-9_+/-]{100,4000}=*)/g, (all, name, coded) => {
    try {
      return name + atob(coded.replace(/-/g, '+').replace(/_/g, '/').replace(/=+$/, ''));
    } catch {
      return all; // cut off
    }
  });
}

/** The texts of a mail as it was sent, RFC 2045 §6.8; not what is attached to it, which nobody has read. @param {string} text */
function fromMail(text) {
  const parts = text.split(/\r?\n\r?\n/);
  return parts.map((part, at) => {
    const head = parts[at - 1] ?? '';
    if (!/^content-transfer-encoding:\s*base64\s*$/im.test(head) || /^content-type:\s*(?!text\/)\S/im.test(head) || !/^[a-z0-9+/=\s]+/i.test(part)) return part;
    try {
      return atob(/^[a-z0-9+/\s]*/i.exec(part)?.[0].replace(/\s/g, '') ?? '');
    } catch {
      return part; // cut off
    }
  }).join('\n\n');
}

/** Backslashes of JSON, scripts and Markdown. @param {string} text */
function fromEscapes(text) {
  return text.replace(/\\u([0-9a-f]{4})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))).replace(INVISIBLE, '').replace(/\\(?=[!-/:-@[-`{-~])/g, '');
}

/** ASCII alone: nothing of an address is anything else. @param {string} text */
function fromPercent(text) {
  return text.replace(INVISIBLE_BYTES, '').replace(/%([2-7][0-9a-f]|0[ad9])/gi, (_, hex) => {
    const sign = String.fromCharCode(Number.parseInt(hex, 16));
    return EDGE.test(sign) ? INNER + sign : sign;
  });
}

/** RFC 2045 §6.7. @param {string} text */
function fromQuotedPrintable(text) {
  return text.replace(INVISIBLE_BYTES, '').replace(SOFT_BREAK, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** How many signs the sign after `**` stands for, from 2 on. */
const LENGTHS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The links of Proofpoint, second and third version: `-23` for `#`, `_` for `/`; `*` for the signs that follow in base64. @param {string} text */
function fromProofpoint(text) {
  return text
    .replace(/https?:\/\/urldefense\.proofpoint\.com\/v2\/url\?u=([^&\s"'<>]+)[^\s"'<>]*/gi, (_, link) => link.replace(/-([0-9A-F]{2})/gi, '%$1').replace(/_/g, '/'))
    .replace(/https?:\/\/urldefense\.(?:proofpoint\.com|com|us)\/v3\/__([^\s"'<>]+?)__;([A-Za-z0-9_-]*)[^\s"'<>]*/gi, (all, link, coded) => {
      /** @type {string} */
      let signs;
      try {
        signs = atob(coded.replace(/-/g, '+').replace(/_/g, '/'));
      } catch {
        return all; // cut off: what it stood for is not known
      }
      let at = 0;
      const take = (/** @type {number} */ count) => {
        at += count;
        return signs.slice(at - count, at);
      };
      return link.replace(/\*(?:\*([A-Za-z0-9_-]))?/g, (/** @type {string} */ __, /** @type {string | undefined} */ length) => take(length ? LENGTHS.indexOf(length) + 2 : 1))
        .replace(/^(https?:)\/(?!\/)/i, '$1//');
    });
}

/** @param {readonly string[]} origins @returns {RegExp} one of our addresses up to its `#`; the host is the first group */
function addressPattern(origins) {
  const hosts = origins.map((origin) => origin.replace(/^https?:\/\//, '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`(https?:/{1,2})?(${hosts.join('|') || '(?!)'})(?::443)?${WAY}\\\\?#[\\s${INNER}]{0,4}(?=[0-9])`, 'gi');
}

/**
 * @param {string} form
 * @param {RegExp} addresses
 * @param {readonly string[]} origins
 * @returns {Generator<Found>}
 */
function* candidates(form, addresses, origins) {
  let looked = 0;
  for (const match of form.matchAll(addresses)) {
    looked += 1;
    if (looked > MOST_ADDRESSES) return;
    if (isAnothers(form.slice(Math.max(0, match.index - LONGEST_LINK), match.index), match[1] !== undefined, origins)) continue;
    const origin = origins.find((one) => one.replace(/^https?:\/\//, '') === match[2].toLowerCase());
    RUN.lastIndex = match.index + match[0].length;
    const run = RUN.exec(form)?.[0] ?? '';
    if (origin) yield { origin, ...longest(run.split(new RegExp(`${BETWEEN}+`))) };
  }
}

/**
 * Whether an address that looks like ours is but a part of another's: of its name, its path, its question. Ours within the link of a filter
 * of mails is ours.
 * @param {string} before what stands before it, LONGEST_LINK characters at most
 * @param {boolean} schemed whether it begins by `https://`
 * @param {readonly string[]} origins
 */
function isAnothers(before, schemed, origins) {
  const start = linkStart(before);
  if (start === 0 && before.length === LONGEST_LINK) return true;
  const joined = plainly(before.slice(start)), words = joined.split(new RegExp(`${INNER}${EDGE.source}`));
  const hosts = [...new Set([words[0], words.at(-1)])].flatMap((word = '') => [...word.matchAll(NAMES)].map(([, named, alone]) => alone ?? named));
  if (!hosts.every((host) => WRAPPERS.test(host) || PAGE.test(host) || origins.some((one) => one.endsWith(`//${host.toLowerCase()}`)))) return true;
  if (schemed) return false;
  if (joined === '//') return false;
  return (hosts.length > 0 ? /[a-z0-9._~@/%-]$/i : /[a-z0-9._~@/%&=?#-]$/i).test(joined);
}

/** Whose a link is: what stands after its scheme, whatever it is, and what looks like the name of a host. */
const NAMES = /[a-z]:\/{1,2}(?:[^/?&#=@]*@)?([^/?&#=]*)|(?<![a-z0-9.-])((?:[a-z0-9-]+\.)+[a-z]{2,})(?=[/?&=]|:[0-9])/gi;

/**
 * Where the link begins of which an address that comes next would be a part: over lines, where one ends in the middle of it.
 * @param {string} before what stands before the address
 */
function linkStart(before) {
  let start = before.length - (/(?:[=/]|=3D)["'(|[{`]{1,9}$/.exec(before.slice(-12))?.[0].length ?? 1) + 1;
  for (let line = 0; line < MOST_LINES; line += 1) {
    while (start > 0 && (!EDGE.test(before[start - 1]) || before[start - 2] === INNER)) start -= 1;
    const begun = before.slice(start).slice(-4), near = before.slice(Math.max(0, start - 300), start);
    const numbers = /[a-z]:\/\/\[[0-9a-f:.]{2,45}\]$/i.exec(near); // an address of IPv6
    if (numbers) return start - numbers[0].length;
    const broken = begun === '' ? /(?:=|:\/\/[a-z0-9.-]{0,250}[.-])[\s>|]{1,20}$/i.test(near) : begun !== '//' && /[=/#&(]["']?$/.test(begun);
    const newline = broken && /(?<=\S)[ \t]{0,9}\r?\n[\s>|]{0,20}$/.exec(near.slice(-40));
    if (!newline) return start;
    start -= newline[0].length;
  }
  return start;
}

/** What stands before an address, without what hides its names. @param {string} text */
function plainly(text) {
  let plain = text;
  for (let depth = 0; depth < DEPTH; depth += 1) plain = fromEscapes(fromQuotedPrintable(fromPercent(fromHtml(plain))));
  return plain;
}

/**
 * The longest run of pieces, from the first on, that has the form of an attestation; all of them when none has.
 * @param {string[]} pieces digits
 * @returns {{ digits: string, whole: boolean }}
 */
function longest(pieces) {
  const all = pieces.join('').slice(0, MOST_DIGITS);
  const ends = [];
  let end = 0;
  for (const { length } of pieces) {
    end += length;
    if (end > MOST_DIGITS) break;
    if (end >= LEAST_DIGITS) ends.push(end);
  }
  const found = ends.slice(-MOST_RUNS).reverse().find((length) => isWhole(all.slice(0, length)));
  return found === undefined ? { digits: all, whole: false } : { digits: all.slice(0, found), whole: true };
}

/**
 * Whether digits have the form of a whole attestation of version 1, genuine or not.
 * @param {string} digits from the version digit on
 * @returns {boolean}
 */
export function isWhole(digits) {
  const parts = digits.startsWith('1') ? unpack(digits.slice(1)) : null;
  if (!parts) return false;
  try {
    decode(parts.payload);
    return true;
  } catch (error) {
    if (error instanceof Unsupported) return true;
    if (error instanceof FormError) return false;
    throw error;
  }
}

/** Whether a short text holds ten digits and no address. @param {string} text */
function isNumber(text) {
  if (text.length > 120 || /:\/\/|#/.test(text)) return false;
  return text.replace(/[^0-9]/g, '').length === 10 || /(?<![0-9])[0-9]{3}[ .-]?[0-9]{3}[ .-]?[0-9]{4}(?![0-9])/.test(text.replace(/\s/g, ' '));
}

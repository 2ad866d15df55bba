/**
 * Files that are given instead of scanned: chosen, dropped, pasted or shared pictures, PDFs and saved proofs. One at a time; the person
 * can always cancel.
 * @module
 */

import { toHex } from './bytes.js';
import { button, element } from './element.js';
import { known, say } from './messages.js';
import './messages.more.js';
import { sha256 } from './sha2.js';
import { claimsSeal, sealLines } from './text.js';
import { readWritten } from './written.js';

/** @typedef {import('./app.js').App} App */
/** @typedef {import('./reader.js').Reader} Reader */

/** Reads the files that a person gives, one after the other, and shows what was found. */
export class FileReading {
  #app;
  /** @type {AbortController | null} */
  #work = null;

  /** @param {App} app */
  constructor(app) {
    this.#app = app;
  }

  /** Whether a file is being read. */
  get working() { return this.#work !== null; }

  /**
   * Reads files one after the other: one leads to its verdict, several to a list.
   * @param {File[]} files at least one
   */
  async take(files) {
    if (this.#app.shell.screen?.files?.(files)) return;
    this.#work?.abort();
    const work = new AbortController(), stopping = new AbortController();
    this.#work = work;
    work.signal.addEventListener('abort', () => stopping.abort());
    const tell = await this.#showWork(files.length, work, stopping);
    /** @type {import('./pile.js').Given[]} */
    const all = [];
    for (const [at, file] of files.entries()) {
      tell(at, null);
      const found = await readFile(file, {
        reader: () => this.#app.reader(), signal: stopping.signal, origins: this.#app.lists.origins,
        progress: (page, pages) => tell(at, [page, pages]),
      });
      if (work.signal.aborted) return;
      if (stopping.signal.aborted) break; // what was being read is not read to its end
      all.push({ name: file.name, found });
    }
    this.#work = null;
    const documents = all.flatMap(({ found }) => found.document ?? []);
    if (documents.length === files.length && documents.length <= 2 && new Set(documents.map(({ form }) => form)).size === documents.length) {
      (await this.#app.later(() => import('./report-view.js')))?.openReport(this.#app, documents);
      return;
    }
    if (files.length > 1) {
      const part = await this.#app.later(() => import('./pile-view.js'));
      if (part && !work.signal.aborted) await part.openPile(this.#app, { given: all, left: files.length - all.length, hired: new Map(), judged: new Map() });
      return;
    }
    const [{ found }] = all;
    if (found.bundle) {
      await this.#openBundle(found.bundle);
      return;
    }
    if (found.texts.length > 0) await this.#app.choose(found.texts, found);
    else this.complain(found.trouble ?? 'none', found.parameters);
  }

  /** @param {string} text of a file of receipts */
  async #openBundle(text) {
    const part = await this.#app.later(() => Promise.all([import('./receipt-bundle.js'), import('./bundle-view.js')]));
    const bundle = part?.[0].readBundle(text);
    if (part && bundle) await part[1].openBundle(this.#app, bundle);
    else if (part) this.complain('bundle_broken');
  }

  /**
   * Shows that files are read, how far, and the ways to end it.
   * @param {number} count of files
   * @param {AbortController} work
   * @param {AbortController} stopping ends the reading alone: what was read is shown
   * @returns {Promise<(at: number, pages: [number, number] | null) => void>} tells which file is read, and its page of how many
   */
  async #showWork(count, work, stopping) {
    if (count > 1) await this.#app.later(() => Promise.all([import('./messages.pile.js'), import('./after-parts.js').then((parts) => parts.style())])); // as the list at the end
    const heading = element('h1', { tabindex: '-1' }, say('file.working'));
    const words = element('p', { class: 'working-words' }, say('file.working')), heard = element('p', { class: 'sr-only', role: 'status' }, say('file.working'));
    const bar = count > 1 && known('pile.progress')
      ? element('progress', { class: 'reading', max: count, value: 0, 'aria-label': say('pile.progress') }) : element('div', { class: 'progress', 'aria-hidden': 'true' });
    const cancel = button(say('file.cancel'), () => { void this.#app.scan(); }, { class: 'button' });
    const stop = count > 1 && known('pile.stop') && button(say('pile.stop'), () => stopping.abort(), { class: 'button', 'data-action': 'stop-reading' });
    const node = element('section', { class: 'page working' }, heading, bar, words, heard, element('div', { class: 'buttons' }, stop, cancel));
    this.#app.shell.show({ name: 'working', title: say('file.working'), node, heading, stop: () => this.#end(work) });
    return (at, pages) => {
      const file = count > 1 ? say('file.one_of', { file: at + 1, files: count }) : say('file.working');
      const page = pages && say('file.page', { page: pages[0], pages: pages[1] });
      words.textContent = count > 1 ? [file, page].filter(Boolean).join(' ') : page ?? file;
      if (bar instanceof HTMLProgressElement) bar.value = at;
      if (at % TOLD_EVERY === 0 && (count > 1 ? !pages : pages)) heard.textContent = words.textContent;
    };
  }

  /** Another screen has taken the place of the work's: it goes no further. @param {AbortController} work */
  #end(work) {
    work.abort();
    if (this.#work === work) this.#work = null;
  }

  /** Says that a number was given in place of a code, or the tail of one: neither gets a result. @param {'number' | 'tail'} what */
  sayDigits(what) {
    const heading = element('h1', { tabindex: '-1' }, say(`${what}.title`));
    const node = element('section', { class: 'page', 'data-trouble': what }, heading,
      element('p', { role: 'alert' }, say(`${what}.why`)), element('p', {}, say(`${what}.do`)),
      element('div', { class: 'buttons' }, button(say('nav.scan'), () => { void this.#app.scan(); }, { class: 'button button-main' })));
    this.#app.shell.show({ name: 'trouble', title: say(`${what}.title`), node, heading });
  }

  /**
   * Says why nothing was read, and what else can be done.
   * @param {string} trouble the rest of a key `file.…`, or `blocked`, `unreached`
   * @param {Record<string, string | number>} [parameters]
   */
  complain(trouble, parameters = {}) {
    const heading = element('h1', { tabindex: '-1' }, say('file.none.title'));
    const words = ['blocked', 'unreached', 'hidden'].includes(trouble) ? `${say(`camera.${trouble}`)} ${say(`camera.${trouble}.do`)}` : say(`file.${trouble}`, parameters);
    const node = element('section', { class: 'page', 'data-trouble': trouble }, heading, element('p', { role: 'alert' }, words),
      element('div', { class: 'buttons' },
        button(say('ways.file'), () => /** @type {HTMLInputElement} */ (document.querySelector('input[type=file]')).click(), { class: 'button' }),
        button(say('nav.scan'), () => { void this.#app.scan(); }, { class: 'button button-main' })));
    this.#app.shell.show({ name: 'trouble', title: say('file.none.title'), node, heading });
  }
}

/**
 * `texts` in the order found. `trouble` is a key of the messages `file.…` (or `blocked`), with its parameters. `hidden` are those of the texts that
 * stand in the bytes of the file while nothing that is drawn says them; `unread` tells that nothing drawn could be read, so that all of them do.
 * `bundle` is the text of a file of receipts; `document` a report of a round, or its date: its `digest` is SHA-256 in hexadecimal digits.
 * @typedef {{ texts: string[], hidden: string[], unread: boolean, trouble: string | null, parameters: Record<string, string | number>, bundle?: string, document?: Document }} Found
 * @typedef {{ form: 'report' | 'date', name: string, text: string, digest: string }} Document
 * @typedef {{ reader: () => Promise<Reader>, progress: (page: number, pages: number) => void, signal: AbortSignal, origins: readonly string[] }} ReadOptions
 */

const MEGABYTE = 1_000_000;
/** A person who hears the page is told of every so many files. */
const TOLD_EVERY = 25;
/** What stands in a file of receipts alone (receipt-bundle.js). */
const BUNDLE = '"work-in-france/receipts/1"';
/** What a report of a round, and its date, begin with (report-read.js). @type {readonly ['report' | 'date', RegExp][]} */
const DOCUMENTS = [['report', /^\s*\{\s*"form"\s*:\s*"work-in-france\/round\//], ['date', /^\s*\{\s*"form"\s*:\s*"work-in-france\/date\//]];
/** Bytes of a file that is still opened. */
const LARGEST = 80 * MEGABYTE;

/**
 * The text of a QR code, or of a receipt, in the bytes of a file: our own PDFs hold it uncompressed in their metadata, and the proofs that this
 * application saves hold it too.
 */
const CODE = /https?:\/\/[a-z0-9.-]{1,253}(?::[0-9]{1,5})?\/#[19][0-9]{232,2110}(?![0-9])/gi;

/** Pictures that some browsers open and others do not, by their first bytes (Latin-1). @type {[RegExp, string][]} */
const FORMATS = [
  [/^(?:II\*\0|MM\0\*)/, 'TIFF'], [/^....ftyp(?:hei[cxms]|hev[cx]|mif1|msf1)/s, 'HEIC'], [/^....ftypavi[fs]/s, 'AVIF'],
  [/^(?:\xff\x0a|\0\0\0\x0cJXL )/, 'JPEG XL'], [/^\0\0\0\x0cjP/, 'JPEG 2000'], [/^8BPS/, 'Photoshop'], [/^PK\x03\x04/, 'ZIP'],
];

/** @param {string[]} texts @param {string | null} [trouble] @param {Record<string, string | number>} [parameters] @returns {Found} */
const found = (texts, trouble = null, parameters = {}) => ({ texts, hidden: [], unread: false, trouble, parameters });

/**
 * The texts of the codes in one file: what is drawn on it is read, on every page, and held against what stands in its bytes.
 * @param {File} file
 * @param {ReadOptions} options
 * @returns {Promise<Found>}
 */
export async function readFile(file, options) {
  if (file.size > LARGEST) return found([], 'too_large', { size: LARGEST / MEGABYTE });
  let bytes;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return found([], 'not_a_picture'); // the file went away, or is a folder
  }
  const plain = textOf(bytes);
  if (plain !== null) {
    if (plain.includes(BUNDLE)) return { ...found([], 'bundle'), bundle: plain };
    const form = DOCUMENTS.find(([, begins]) => begins.test(plain))?.[0];
    if (form) return { ...found([], 'report'), document: { form, name: file.name, text: plain, digest: toHex(sha256(bytes)) } };
    const { texts } = readWritten(plain, options.origins);
    if (texts.length === 0 && claimsSeal(plain)) return found(sealLines(plain));
    return found(texts, texts.length > 0 ? null : 'not_a_picture');
  }
  const written = findTexts(bytes).filter((text) => readWritten(text, options.origins).texts.length > 0);
  const drawn = isPdf(bytes) ? await readPdf(bytes, options, written) : await readPicture(bytes, options);
  return compare(written, drawn);
}

/**
 * Holds what stands in a file's bytes against what is drawn on it.
 * @param {string[]} written texts of ours
 * @param {Found} drawn
 * @returns {Found}
 */
export function compare(written, drawn) {
  const known = new Set(drawn.texts.map(digits));
  const hidden = written.filter((text) => !known.has(digits(text)));
  return { ...drawn, texts: [...drawn.texts, ...hidden], hidden, unread: drawn.texts.length === 0 && hidden.length > 0 };
}

/** What a text of ours says, wherever it leads. @param {string} text */
function digits(text) {
  return text.slice(text.indexOf('#') + 1);
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {ReadOptions} options
 * @returns {Promise<Found>}
 */
async function readPicture(bytes, { reader }) {
  if (moves(bytes)) return found([], 'moving'); // one picture would be judged, another seen
  const { readings, trouble } = await (await reader()).readPicture(new Blob([bytes]));
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 16));
  const format = trouble === 'not_a_picture' ? FORMATS.find(([sign]) => sign.test(start))?.[1] : undefined;
  if (format) return found([], 'format', { format });
  if (trouble) return found([], trouble);
  return readings.length > 0 ? found(readings.map(({ text }) => text)) : found([], 'none');
}

/**
 * Whether a file of a picture holds several that a viewer shows one after the other: PNG with an `acTL` chunk, WebP with the animation flag, sequences of
 * AVIF and HEIC, GIF with more than one image. What browsers call latin1 is Windows-1252: no sign from 0x80 to 0x9f is asked of a decoded text.
 * @param {Uint8Array} bytes
 * @returns {boolean}
 */
export function moves(bytes) {
  const text = new TextDecoder('latin1').decode(bytes);
  if (bytes[0] === 0x89 && text.startsWith('PNG', 1)) return text.slice(0, text.indexOf('IDAT')).includes('acTL');
  if (/^RIFF....WEBPVP8X/s.test(text)) return ((bytes[20] ?? 0) & 2) !== 0;
  if (/^GIF8[79]a/.test(text)) return gifPictures(bytes) > 1;
  return /^....ftyp(?:avis|msf1|hevs|hevx)/s.test(text);
}

/** @param {Uint8Array} bytes of a GIF89a @returns {number} how many images it holds, 2 at most */
function gifPictures(bytes) {
  const at = (/** @type {number} */ place) => bytes[place] ?? 0;
  const table = (/** @type {number} */ flags) => (flags & 128 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  let [place, pictures] = [13 + table(at(10)), 0];
  while (pictures < 2 && (at(place) === 0x21 || at(place) === 0x2c)) {
    if (at(place) === 0x2c) {
      pictures += 1;
      place += 11 + table(at(place + 9));
    } else place += 2;
    while (at(place) > 0) place += at(place) + 1;
    place += 1;
  }
  return pictures;
}

/**
 * @param {Uint8Array} bytes
 * @param {ReadOptions} options
 * @param {string[]} written texts of ours that stand in the bytes: a page that shows one is of our making, and bears no other code
 * @returns {Promise<Found>}
 */
async function readPdf(bytes, { reader, progress, signal }, written) {
  const own = new Set(written.map(digits));
  /** @type {Set<string>} */
  const texts = new Set();
  /** @type {string | null} */
  let blocked = null;
  let PdfTrouble;
  try {
    const pages = await import('./pdf-pages.js');
    ({ PdfTrouble } = pages);
    const codes = await reader();
    const { pages: count, cut } = await pages.readPages(bytes.slice(), async (bitmap, page, all) => {
      progress(page, all);
      const { readings, trouble } = await codes.readBitmap(bitmap);
      blocked ??= trouble;
      for (const { text } of readings) texts.add(text);
      const seals = readings.filter(({ text }) => claimsSeal(text)).length; // beside one code, the other may be of finer modules
      return blocked !== null || (seals > 0 && seals < readings.length) || readings.some(({ text }) => own.has(digits(text)));
    }, signal);
    if (blocked) return found([...texts], blocked);
    if (cut) return found([...texts], 'pdf_too_long', { pages: count });
    return texts.size > 0 ? found([...texts]) : found([], 'none');
  } catch (error) {
    if (PdfTrouble && error instanceof PdfTrouble) return found([...texts], error.code);
    if (!PdfTrouble && error instanceof TypeError) return found([], 'pdf_offline'); // what draws pages is not on this phone yet
    throw error;
  }
}

/**
 * The text of a file that is nothing but text (a saved proof, a mail), null of any other. Whoever opens it sees the text.
 * @param {Uint8Array} bytes
 * @returns {string | null}
 */
function textOf(bytes) {
  if (isPdf(bytes) || bytes.subarray(0, 65_536).some((byte) => byte < 9)) return null;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return /<svg[\s>]/i.test(text) ? null : text; // a drawing
  } catch {
    return null;
  }
}

/**
 * Every different text of the form of an attestation's, in the order of the file. The bytes are taken as Latin-1.
 * @param {Uint8Array} bytes
 * @returns {string[]}
 */
function findTexts(bytes) {
  const text = new TextDecoder('latin1').decode(bytes);
  return [...new Set([...text.matchAll(CODE)].map(([found]) => found))];
}

/**
 * Whether a file begins as a PDF does: the sign may stand anywhere in the first kilobyte (ISO 32000-1, Annex H.3.4.1).
 * @param {Uint8Array} bytes
 * @returns {boolean}
 */
function isPdf(bytes) {
  return new TextDecoder('latin1').decode(bytes.subarray(0, 1024)).includes('%PDF-');
}

/**
 * Files that are given instead of scanned: texts of codes out of pictures, PDFs and saved proofs.
 * @module
 */

/** @typedef {import('./reader.js').Reader} Reader */

/**
 * `texts` in the order found. `trouble` is a key of the messages `intake.…` (or `blocked`), with its parameters.
 * @typedef {{ texts: string[], trouble: string | null, parameters: Record<string, number> }} Found
 * @typedef {{ reader: () => Promise<Reader>, progress: (page: number, pages: number) => void, signal: AbortSignal }} Means
 */

const MEGABYTE = 1_000_000;
/** Bytes of a file that is still opened. */
const LARGEST = 80 * MEGABYTE;

/**
 * The text of a QR code in the bytes of a file: our own PDFs hold it uncompressed in their metadata, and the proofs that this
 * application saves hold it too. So they are read without any engine, without a network.
 */
const CODE = /https?:\/\/[a-z0-9.-]{1,253}(?::[0-9]{1,5})?\/#1[0-9]{232,2110}(?![0-9])/gi;

/** @param {string[]} texts @param {string | null} [trouble] @param {Record<string, number>} [parameters] @returns {Found} */
const found = (texts, trouble = null, parameters = {}) => ({ texts, trouble, parameters });

/**
 * The texts of the codes in one file.
 * @param {Blob} file
 * @param {Means} means
 * @returns {Promise<Found>}
 */
export async function readFile(file, means) {
  if (file.size > LARGEST) return found([], 'too_large', { size: LARGEST / MEGABYTE });
  let bytes;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return found([], 'not_a_picture'); // the file went away, or is a folder
  }
  const texts = findTexts(bytes);
  if (texts.length > 0) return found(texts);
  if (isPdf(bytes)) return readPdf(bytes, means);
  const reader = await means.reader();
  const { readings, trouble } = await reader.readPicture(new Blob([bytes]));
  if (trouble) return found([], trouble);
  return readings.length > 0 ? found(readings.map(({ text }) => text)) : found([], 'none');
}

/**
 * @param {Uint8Array} bytes
 * @param {Means} means
 * @returns {Promise<Found>}
 */
async function readPdf(bytes, { reader, progress, signal }) {
  const { PdfTrouble, readPages } = await import('./pdf-pages.js');
  const codes = await reader();
  /** @type {Set<string>} */
  const texts = new Set();
  let blocked = false;
  try {
    const { pages, cut } = await readPages(bytes, async (bitmap, page, all) => {
      progress(page, all);
      const { readings, trouble } = await codes.readBitmap(bitmap);
      blocked ||= trouble === 'blocked';
      for (const { text } of readings) texts.add(text);
      return readings.length > 0 || blocked;
    }, signal);
    if (blocked) return found([], 'blocked');
    if (texts.size === 0) return cut ? found([], 'pdf_too_long', { pages }) : found([], 'none');
    return found([...texts]);
  } catch (error) {
    if (!(error instanceof PdfTrouble)) throw error;
    return found([], error.code);
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

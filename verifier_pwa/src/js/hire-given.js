/**
 * A file of hires that a person gives: read, or refused in words.
 * @module
 */

import { HiresRefused, MOST_BYTES, readHires } from './hire-files.js';
import { say } from './messages.js';
import './messages.after.js';

/** Names of files that tell of hires; any other is a paper. */
const OF_HIRES = /\.(?:xml|csv|tsv)$/i;
/** What a file chooser offers of them. */
export const ACCEPTED = '.xml,.csv,.tsv,text/xml,application/xml,text/csv';

/** Whether a file says by its name or type that it tells of hires. @param {File} file */
export function tellsOfHires({ name, type }) {
  return OF_HIRES.test(name) || /xml|csv/.test(type);
}

/**
 * The hires of one file, or why there are none: a code, and the words for it.
 * @param {File[]} files at least one
 * @returns {Promise<{ hires: import('./hire-files.js').Hired[] } | { fault: string, words: string }>}
 */
export async function hiresOf(files) {
  const [file] = files;
  if (files.length > 1) return { fault: 'too_many', words: say('after.file.one') };
  try {
    if (file.size > MOST_BYTES) throw new HiresRefused('too_large');
    return { hires: readHires(new Uint8Array(await file.arrayBuffer())).hires };
  } catch (error) {
    if (error instanceof DOMException) return { fault: 'gone', words: say('after.file.gone') };
    if (!(error instanceof HiresRefused)) throw error;
    const { code, line, what } = error;
    return { fault: code, words: say(`hires.${code}`, { line: line === null ? say('hires.no_line') : say('hires.line', { line }), what: what ?? '', size: MOST_BYTES / 1024 / 1024 }) };
  }
}

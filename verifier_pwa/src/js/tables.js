/**
 * Tables for spreadsheets: UTF-8 with its mark, semicolons, CRLF, as those of this country expect, and no cell that one takes for a
 * formula; the twin of issuer/web/export.py. Pure.
 * @module
 */

/** Texts after which a spreadsheet computes, full-width signs included, with or without apostrophes before (issuer/intake/tables.py). */
const FORMULA = /^'*[ \u00a0]*[=+\-@\t\r\n|%\uff1d\uff0b\uff0d\uff20]/;

/** A cell of a table, with an apostrophe before what a spreadsheet would reckon. @param {string} value */
function cell(value) {
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[;"\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * A table as CSV (RFC 4180) for spreadsheets in French: semicolons, a byte order mark, no cell that is taken for a formula.
 * @param {readonly (readonly string[])[]} rows the head first
 * @returns {string}
 */
export function csv(rows) {
  return `\ufeff${rows.map((row) => `${row.map(cell).join(';')}\r\n`).join('')}`;
}

/**
 * The text of a QR code in the bytes of a file: our own PDFs hold it uncompressed in their metadata, and the proofs that
 * this application saves hold it too. So they are read without any engine, without a network.
 * @module
 */

const CODE = /https?:\/\/[a-z0-9.-]{1,253}(?::[0-9]{1,5})?\/#1[0-9]{232,2110}(?![0-9])/gi;

/**
 * Every different text of the form of an attestation's, in the order of the file. The bytes are taken as Latin-1.
 * @param {Uint8Array} bytes
 * @returns {string[]}
 */
export function findTexts(bytes) {
  const text = new TextDecoder('latin1').decode(bytes);
  return [...new Set([...text.matchAll(CODE)].map(([found]) => found))];
}

/**
 * Whether a file begins as a PDF does: the sign may stand anywhere in the first kilobyte (ISO 32000-1, Annex H.3.4.1).
 * @param {Uint8Array} bytes
 * @returns {boolean}
 */
export function isPdf(bytes) {
  return new TextDecoder('latin1').decode(bytes.subarray(0, 1024)).includes('%PDF-');
}

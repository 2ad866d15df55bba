/**
 * Making a receipt of a check on the device (docs/format.md §9): the statement, its signature, what the service is asked, the text of
 * the symbol. Nothing leaves the device but a hash, and only when the person asks.
 * @module
 */

import { concat, fromHex, toHex } from './bytes.js';
import { decode, encode } from './cbor.js';
import { FormError } from './errors.js';
import { CHANNELS, ANSWERS, COMPARED, ORDER, OUTCOMES, RECEIPT_VERSION, SAID, judgeReceipt, receiptDigest, toSign } from './receipt-read.js';
import { sha256 } from './sha2.js';
import { splitText, unpack, wholeToken } from './token.js';

/** Where the service is asked, on the page's own origin; and how long it may take, in milliseconds. */
export const COUNTERSIGN = '/countersign', PATIENCE_MS = 8_000;
/** Bytes of an answer that are read, for one receipt. */
const LONGEST_ANSWER = 4_096;

/**
 * @typedef {import('./receipt-read.js').Reading} Reading
 * @typedef {import('./trust-content.js').TrustList} TrustList
 * @typedef {import('./status.js').StatusList} StatusList
 *
 * What was judged, and by what: as the page's judgement holds it.
 * @typedef {{ text: string, at: number, verdict: { verdict: string, level: string }, trust: TrustList, listed: StatusList|null }} Judged
 *
 * What who checked declares, in the words of receipt-read.js; days are YYYY-MM-DD, `former` 64 hexadecimal digits.
 * @typedef {{ siret?: string, name: string, person?: string, original: string, met: string, permit: string, compared?: Record<string, string>,
 *   hired_on?: string, request?: { sent_on: string, channel: string, reference?: string, answer: string, answered_on?: string },
 *   dpae?: { at: number, certificate: string }, former?: string }} Declared
 */

/**
 * The encoded statement. Throws FormError when the text holds no token, TypeError for a word that is not of the closed lists.
 * @param {Judged} judged
 * @param {Declared} declared
 * @param {Uint8Array} device the public key, 65 bytes, uncompressed
 * @param {string} build SHA-256 of the build, 64 hexadecimal digits
 * @param {Uint8Array} random 16 bytes
 * @returns {Uint8Array}
 */
export function statementBytes({ text, at, verdict, trust, listed }, declared, device, build, random) {
  const parts = unpack(splitText(text)?.rest.slice(1) ?? '');
  if (!parts) throw new FormError('This text holds no token.');
  const { request, dpae } = declared;
  const company = new Map(/** @type {[number, unknown][]} */ ([[1, declared.siret && Number(declared.siret)], [2, declared.name], [3, declared.person]]));
  const fields = new Map(/** @type {[number, unknown][]} */ ([
    [1, at],
    [2, [verdict.verdict, verdict.level]],
    [3, sha256(wholeToken(parts))],
    [4, [trust.version, sha256(trust.payload).slice(0, 16)]],
    [5, listed && [listed.number, listed.issuedAt, sha256(listed.cose).slice(0, 16)]],
    [6, fromHex(build).slice(0, 8)],
    [7, concat([2 + (device[64] & 1)], device.subarray(1, 33))],
    [8, random],
    [9, present(company)],
    [10, [declared.original, declared.met, declared.permit].map((word) => place(SAID, word))],
    [11, declared.compared && Object.keys(declared.compared).length ? comparedMap(declared.compared) : undefined],
    [12, declared.hired_on],
    [13, request && [request.sent_on, place(CHANNELS, request.channel), request.reference ?? '', place(ANSWERS, request.answer), request.answered_on ?? '']],
    [14, dpae && [dpae.at, dpae.certificate]],
    [15, declared.former && fromHex(declared.former)],
  ]));
  return encode(present(fields));
}

/**
 * The device's signature of a statement: ES256, s in the lower half of its range, so that a receipt has one form only.
 * @param {Uint8Array} statement
 * @param {CryptoKey} key a private key of P-256
 * @returns {Promise<Uint8Array>} 64 bytes
 */
export async function signStatement(statement, key) {
  const signature = new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, /** @type {BufferSource} */ (toSign(statement))));
  const s = BigInt(`0x${toHex(signature.subarray(32))}`);
  return s <= ORDER / 2n ? signature : concat(signature.subarray(0, 32), fromHex((ORDER - s).toString(16).padStart(64, '0')));
}

/**
 * The text of the receipt's symbol.
 * @param {string} origin in lower case
 * @param {Uint8Array} statement
 * @param {Uint8Array} signature
 * @param {import('./cbor.js').Item | null} counter the countersignature as the service gave it
 */
export function receiptText(origin, statement, signature, counter) {
  const carried = encode(counter === null ? [statement, signature] : [statement, signature, counter]);
  return `${origin.toUpperCase()}/#${RECEIPT_VERSION}${BigInt(`0x01${toHex(carried)}`)}`;
}

/**
 * A receipt of what was judged, signed by the device: the text of its symbol, and the hash that is countersigned. Throws as statementBytes does, and
 * DOMException where the browser does not sign.
 * @param {Judged} judged
 * @param {Declared} declared
 * @param {{ raw: Uint8Array, privateKey: CryptoKey }} key the device's
 * @param {string} build SHA-256 of the build, 64 hexadecimal digits
 */
export async function makeReceipt(judged, declared, { raw, privateKey }, build) {
  const statement = statementBytes(judged, declared, raw, build, crypto.getRandomValues(new Uint8Array(16)));
  const signature = await signStatement(statement, privateKey);
  return { text: receiptText(judged.trust.origins[0], statement, signature, null), digest: receiptDigest(statement, signature) };
}

/**
 * Have the service date a receipt: its text with a countersignature that was checked; null when it is not dated yet, whatever answered in
 * the service's place: nothing, a page of a portal, an error, another key.
 * @param {string} text of a receipt without a countersignature
 * @param {Uint8Array} statement
 * @param {Uint8Array} signature
 * @param {TrustList} trust
 * @param {typeof fetch} [ask]
 * @returns {Promise<string | null>}
 */
export async function dated(text, statement, signature, trust, ask = fetch) {
  const judgedBy = /** @type {Map<number, any>} */ (decode(statement)).get(5); // it names that one list: a symbol has no room for all
  const counter = await askForCounter(receiptDigest(statement, signature), judgedBy?.[0] ?? 0, ask);
  if (counter === null) return null;
  const made = receiptText(splitText(text)?.origin ?? '', statement, signature, counter);
  const { dating, word } = await judgeReceipt(made, null, trust);
  return word === 'paper_missing' && dating !== 'undated' ? made : null;
}

/**
 * Asks the service to countersign a hash; null where no countersignature answers. What it signed is still to be judged.
 * @param {Uint8Array} digest 32 bytes
 * @param {number} list the number of the status list that it is to name, 0 for none
 * @param {typeof fetch} ask
 * @returns {Promise<import('./cbor.js').Item | null>}
 */
export async function askForCounter(digest, list, ask) {
  try {
    const answer = await ask(COUNTERSIGN, {
      method: 'POST',
      body: /** @type {BodyInit} */ (concat(digest, [list >> 8, list & 255])),
      headers: { 'Content-Type': 'application/octet-stream' },
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (answer.status !== 200) return null;
    const data = new Uint8Array(await answer.arrayBuffer());
    if (data.length > LONGEST_ANSWER) return null;
    const rows = decode(data);
    return Array.isArray(rows) && rows.length === 1 ? rows[0] : null;
  } catch (error) {
    if (error instanceof FormError || error instanceof TypeError || error instanceof DOMException) return null;
    throw error;
  }
}

/** @param {Record<string, string>} compared */
function comparedMap(compared) {
  const labels = Object.entries(COMPARED);
  return new Map(Object.entries(compared).map(([name, outcome]) => {
    const label = labels.find(([, known]) => known === name);
    if (!label) throw new TypeError(`nothing is compared under the name ${name}`);
    return [Number(label[0]), place(OUTCOMES, outcome)];
  }));
}

/** The place of a word in its closed list. @param {readonly string[]} words @param {string} word */
function place(words, word) {
  const at = words.indexOf(word);
  if (at < 0 || word === '') throw new TypeError(`not a word of the list: ${word}`);
  return at;
}

/** The map without what is absent. @param {Map<number, unknown>} fields */
function present(fields) {
  return new Map([...fields].filter(([, value]) => value !== undefined && value !== null && value !== ''));
}

/**
 * What a trust list says, its CBOR form and its reading without trust (docs/format.md §3); the twin of keys/trust_content.py.
 * @module
 */

import { asBytes, equal, toHex } from './bytes.js';
import { decode, isUint } from './cbor.js';
import { DEPARTMENT } from './claims.js';
import { parseSign, protectedHeader } from './cose.js';
import { FormError, TrustRefused } from './errors.js';
import { follows } from './text.js';

/** Uses and the state of keys that matter here; state 1 is in use, 2 retired. */
export const USE_ATTESTATION = 1, USE_STATUS = 2, USE_RECEIPT = 3, STATE_REVOKED = 3;
/** Seconds a list may be issued after now. */
export const AT_MOST_AHEAD = 300;
/** Integer keys from here on are extensions: part of what is signed, and ignored unless this version knows them. */
const EXTENSIONS_FROM = 32;
/** The extension of an item of key 7: the longest life of that list, [ttl, lifetime] in seconds. */
const LONGEST = 32;
/** The extension of an item of key 6: the list of the genuine of a revoked key, [path, hash]. */
const GENUINE = 32;

const ORIGIN = /^(?:https:\/\/([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*)|http:\/\/(?:localhost|127\.0\.0\.1))(?::([1-9][0-9]{0,4}))?$/;
/** A path below an origin. */
export const PATH = /^(?!(?:.*\/)?\.\.?(?:\/|$))[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/;

/**
 * Who may sign trust lists, and how many of them it takes (key 5): threshold 1 … number of keys, distinct keys of 32 bytes.
 * @typedef {{ threshold: number, keys: Uint8Array[] }} RootSet
 *
 * One item of key 6. The window is UTC seconds, both ends included, for the iat of what the key signs; `kid` is 16
 * hexadecimal digits, `publicKey` 32 bytes; empty `departments` means all.
 * `genuine` is the list of the genuine of a revoked key: the path of its index, and the SHA-256 of that as hexadecimal digits.
 * @typedef {{ kid: string, publicKey: Uint8Array, use: number, notBefore: number, notAfter: number, state: number,
 *   authority: string, departments: string[], genuine?: { path: string, hash: string } }} TrustedKey
 *
 * One item of key 7: the list's number (1..999), its path relative to the origin, the kid of its key of use 2; where the roots
 * allow it a longer life than the format does, `longest`: ttl and lifetime in seconds.
 * @typedef {{ number: number, path: string, kid: string, longest?: [number, number] }} StatusListEntry
 *
 * The payload of a trust list, in words. Times are UTC seconds.
 * @typedef {{ version: number, issued: number, nextUpdate: number, expires: number, roots: RootSet,
 *   keys: TrustedKey[], statusLists: StatusListEntry[], origins: string[], demonstration: boolean }} TrustContent
 *
 * A trust list: plain data, fit for structured clone. `payload` and `cose` are its exact bytes; `buildTime` is the site's build
 * time in UTC seconds (0: none).
 * @typedef {TrustContent & { payload: Uint8Array, cose: Uint8Array, buildTime: number }} TrustList
 *
 * @typedef {import('./cbor.js').Item} Item
 */

const BODY = protectedHeader(null, 'application/wif-trust+cbor');

/**
 * Read a trust list without trusting it: its form alone. For a list that was accepted before, kept or built in: to check its keys and
 * signatures again would take a third of the time to a verdict. Throws TrustRefused `form`, TypeError for wrong types.
 * @param {Uint8Array} cose
 * @param {number} [buildTime] UTC seconds
 * @returns {TrustList}
 */
export function readTrust(cose, buildTime = 0) {
  if (!Number.isSafeInteger(buildTime)) throw new TypeError('the build time is an integer of UTC seconds');
  try {
    const sign = parseSign(cose);
    if (!equal(sign.protected, BODY)) throw new FormError('The protected header is not that of a trust list.');
    return { ...contentFrom(decode(sign.payload)), payload: sign.payload, cose: new Uint8Array(cose), buildTime };
  } catch (error) {
    throw error instanceof FormError ? new TrustRefused('form', error.message) : error;
  }
}

/**
 * @param {boolean} holds
 * @param {string} what
 * @returns {asserts holds}
 */
function require(holds, what) {
  if (!holds) throw new FormError(`It breaks the format: ${what}.`);
}

/**
 * Check a decoded payload against the tables; whether its keys are points is not looked into. Throws FormError naming the field.
 * @param {Item} value
 * @returns {TrustContent}
 */
function contentFrom(value) {
  const get = fields(value, 8, 9, 'the trust list');
  require([undefined, 1].includes(/** @type {number|undefined} */ (get(9))), 'the demonstration mark');
  const [version, issued, nextUpdate, expires] = [1, 2, 3, 4].map((label) => uint(get(label), `key ${label}`));
  const roots = get(5);
  require(Array.isArray(roots) && roots.length === 2, 'the roots');
  const [threshold, rootKeys] = roots;
  require(typeof threshold === 'number' && Array.isArray(rootKeys) && rootKeys.every((key) => key instanceof Uint8Array), 'the roots');
  const keys = list(get(6), 'the keys').flatMap(trustedKey);
  const statusLists = list(get(7), 'the status lists').map(statusEntry);
  for (const name of /** @type {const} */ (['number', 'path'])) require(distinct(statusLists.map((listed) => listed[name])), `a status list ${name} twice`);
  const signers = new Set(keys.filter((key) => key.use === USE_STATUS).map((key) => key.kid));
  require(statusLists.every((listed) => signers.has(listed.kid)), "a status list's kid");
  const origins = list(get(8), 'the origins');
  require(origins.length > 0 && origins.every(isOrigin) && distinct(origins), 'an origin');
  return {
    version, issued, nextUpdate, expires,
    roots: rootsInForm(threshold, /** @type {Uint8Array[]} */ (rootKeys)),
    keys, statusLists, origins: /** @type {string[]} */ (origins), demonstration: get(9) === 1,
  };
}

/**
 * A root set whose keys are not looked into: of a list that was accepted before, or that will be checked. Throws like rootSet, but
 * for keys that are no points.
 * @param {number} threshold
 * @param {Uint8Array[]} keys
 * @returns {RootSet}
 */
export function rootsInForm(threshold, keys) {
  const names = new Set(keys.map((key) => toHex(asBytes(key, 'a root key'))));
  if (!Number.isSafeInteger(threshold) || threshold < 1 || threshold > keys.length) throw new FormError('The threshold of a root set is between 1 and the number of its keys.');
  if (names.size !== keys.length) throw new FormError('A root key stands twice in the root set.');
  return { threshold, keys: [...keys] };
}

/**
 * An item of key 6; none when its use is a uint that is not defined: an extension, not looked into.
 * @param {Item} value
 * @returns {TrustedKey[]}
 */
function trustedKey(value) {
  if (value instanceof Map) {
    const use = value.get(3);
    if (isUint(use) && ![USE_ATTESTATION, USE_STATUS, USE_RECEIPT].includes(use)) return [];
  }
  return [keyInForm(value)];
}

/**
 * An item of key 6 of any use. Throws FormError naming the field.
 * @param {Item} value
 * @returns {TrustedKey}
 */
export function keyInForm(value) {
  const get = fields(value, 8, 8, 'a key');
  const kid = get(1), publicKey = get(2), authority = get(7), departments = get(8);
  const use = uint(get(3), "a key's use");
  const notBefore = uint(get(4), "a key's window");
  const notAfter = uint(get(5), "a key's window");
  require(notBefore <= notAfter, "a key's window");
  const state = uint(get(6), "a key's state");
  require(state >= 1 && state <= 3, "a key's state");
  require(kid instanceof Uint8Array && kid.length === 8, 'a kid');
  require(publicKey instanceof Uint8Array && publicKey.length === 32, 'a public key');
  require(follows(authority, 1, 120), "a key's authority");
  const codes = list(departments, "a key's départements");
  require(codes.every((code) => matches(DEPARTMENT, code)) && distinct(codes), "a key's départements");
  const named = get(GENUINE);
  const key = { kid: toHex(kid), publicKey, use, notBefore, notAfter, state, authority, departments: /** @type {string[]} */ (codes) };
  if (named === undefined) return key;
  require(Array.isArray(named) && named.length === 2, "a key's list of the genuine");
  const [path, hash] = named;
  require(matches(PATH, path) && hash instanceof Uint8Array && hash.length === 32, "a key's list of the genuine");
  return { ...key, genuine: { path, hash: toHex(hash) } };
}

/**
 * @param {Item} value
 * @returns {StatusListEntry}
 */
function statusEntry(value) {
  const get = fields(value, 3, 3, 'a status list');
  const number = uint(get(1), "a status list's number");
  const path = get(2), kid = get(3);
  require(number >= 1 && number <= 999, "a status list's number");
  require(matches(PATH, path), "a status list's path");
  require(kid instanceof Uint8Array, "a status list's kid");
  const life = get(LONGEST);
  if (life === undefined) return { number, path, kid: toHex(kid) };
  require(Array.isArray(life) && life.length === 2, "a status list's longest life");
  return { number, path, kid: toHex(kid), longest: [uint(life[0], "a status list's longest life"), uint(life[1], "a status list's longest life")] };
}

/**
 * A reader of the fields of a map whose keys 1..required are there, others up to `last` may be, and every further one is
 * an extension.
 * @param {Item} value
 * @param {number} required
 * @param {number} last
 * @param {string} where
 * @returns {(label: number) => Item|undefined}
 */
function fields(value, required, last, where) {
  require(value instanceof Map, where);
  for (let label = 1; label <= required; label++) require(value.has(label), `${where} without key ${label}`);
  for (const label of value.keys()) {
    require(typeof label !== 'string' && ((label >= 1 && label <= last) || label >= EXTENSIONS_FROM), `${where} with another key`);
  }
  return (label) => value.get(label);
}

/** @param {Item|undefined} value @param {string} where */
function list(value, where) {
  require(Array.isArray(value), where);
  return value;
}

/** @param {Item|undefined} value @param {string} where */
function uint(value, where) {
  require(isUint(value), where);
  return value;
}

/** @param {unknown[]} values */
function distinct(values) {
  return new Set(values).size === values.length;
}

/**
 * An origin in the one form that a browser gives it: the twin of is_origin in keys/trust_content.py.
 * @param {Item} value
 */
function isOrigin(value) {
  const found = typeof value === 'string' && ORIGIN.exec(value);
  if (!found) return false;
  const [, host = '', port = ''] = found;
  return host.length <= 253 && Number(port) <= 65_535 && port !== (host ? '443' : '80');
}

/**
 * @param {RegExp} rule
 * @param {Item|undefined} value
 * @returns {value is string}
 */
function matches(rule, value) {
  return typeof value === 'string' && rule.test(value);
}

/**
 * What the tests verify, made by other implementations than ours: signatures by Node's OpenSSL, CBOR by cborg, zlib by
 * Node. Nothing here calls the code under test. Every person and number is invented.
 */

import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';

const MODULES = new URL('../../verifier_pwa/node_modules/', import.meta.url);
export const { encode: cborgEncode, decode: cborgDecode } = await import(new URL('cborg/cborg.js', MODULES).href);
export const noble = await import(new URL('@noble/ed25519/index.js', MODULES).href);

export const ORIGIN = 'https://verif.workinfrance.example';
/** 2026-01-24T00:00:00Z: 26 days after the reference attestation was issued. */
export const NOW = 1769212800;
export const DAY = 86400;

export const bytes = (hex) => new Uint8Array(Buffer.from(hex, 'hex'));
export const hex = (data) => Buffer.from(data).toString('hex');
export const join = (...parts) => new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part))));
export const cbor = (value) => new Uint8Array(cborgEncode(value));

/** The public vectors beside the checkout: their parsed JSON, or null where they are not. */
export function publicVectors(name) {
  const file = new URL(`../../../shared/vectors/${name}.json`, import.meta.url);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}
export const ABSENT = 'skipped: the public vectors are not beside this checkout (../shared/vectors)';

/** A signer whose 32-byte seed repeats one byte. */
export function signer(byte) {
  const der = join(bytes('302e020100300506032b657004220420'), new Uint8Array(32).fill(byte));
  const key = createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' });
  const publicKey = new Uint8Array(createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32));
  const kid = new Uint8Array(createHash('sha256').update(publicKey).digest().subarray(0, 8));
  return { publicKey, kid, sign: (message) => new Uint8Array(sign(null, message, key)) };
}

export const ROOTS = [signer(1), signer(2), signer(3)];
export const OFFICE = signer(17);
export const LISTER = signer(18);

const sign1 = (by, typ, payload) => {
  const header = cbor(new Map([[1, -8], [4, by.kid], [16, typ]]));
  const signature = by.sign(cbor(['Signature1', header, new Uint8Array(), payload]));
  return { header, signature, whole: join([0xd2], cbor([header, new Map(), payload, signature])) };
};

/** The attestation map of the reference attestation (docs/format.md §6), with changes by key; undefined removes one. */
export function attestation(changes = {}) {
  const map = new Map([
    [1, 1], [2, 4829130571], [3, 'NGUYEN ÉPOUSE DUPONT'], [4, 'Thị Mai'], [5, '1996-03-14'], [6, 'VNM'],
    [7, 'SOCIÉTÉ EXEMPLE SAS'], [8, 81234567800013], [9, "Ingénieure d'études"], [10, 2], [11, [96400, 3]], [12, ['75']],
    [13, '9912345678'], [14, '75'], [15, [1, 524287]],
  ]);
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) map.delete(Number(key));
    else map.set(Number.isNaN(Number(key)) ? key : Number(key), value);
  }
  return map;
}

/** The payload around an attestation map: valid 2026-01-05 to 2026-12-31 in Paris. */
export function payload(map = attestation(), { expires = 1798758000, notBefore = 1767567600, issuedAt = 1767000000, more = [] } = {}) {
  return cbor(new Map([[4, expires], [5, notBefore], [6, issuedAt], [-65537, map], ...more]));
}

/** The QR text of kid, signature and payload. */
export function qrText(kid, signature, data, origin = ORIGIN) {
  return `${origin.toUpperCase()}/#1${BigInt(`0x01${hex(kid)}${hex(signature)}${hex(data)}`)}`;
}

/** The QR text of a signed payload. */
export function signedText(data = payload(), by = OFFICE) {
  return qrText(by.kid, sign1(by, 'application/wif+cwt', data).signature, data);
}

/** The whole COSE_Sign1 of a payload. */
export const token = (data = payload(), by = OFFICE) => sign1(by, 'application/wif+cwt', data).whole;

/** An entry of key 6 of a trust list, with changes by key. */
export function keyEntry(of, use, changes = {}) {
  const map = new Map([[1, of.kid], [2, of.publicKey], [3, use], [4, 1700000000], [5, 1900000000], [6, 1], [7, 'Préfecture de police, Paris'], [8, []]]);
  for (const [key, value] of Object.entries(changes)) value === undefined ? map.delete(Number(key)) : map.set(Number(key), value);
  return map;
}

/** The payload map of a trust list of version 5, with changes by key. */
export function trustMap(changes = {}) {
  const map = new Map([
    [1, 5], [2, NOW - 100], [3, NOW + 7 * DAY], [4, NOW + 30 * DAY], [5, [2, ROOTS.map((root) => root.publicKey)]],
    [6, [keyEntry(OFFICE, 1), keyEntry(LISTER, 2)]],
    [7, [new Map([[1, 1], [2, 'status-1.cose'], [3, LISTER.kid]])]],
    [8, [ORIGIN]],
  ]);
  for (const [key, value] of Object.entries(changes)) value === undefined ? map.delete(Number(key)) : map.set(Number(key), value);
  return map;
}

export const TRUST_HEADER = cbor(new Map([[16, 'application/wif-trust+cbor']]));

/** One COSE_Signature of a trust list's payload. */
export function rootSignature(by, data, { header = cbor(new Map([[1, -8], [4, by.kid]])), body = TRUST_HEADER } = {}) {
  return [header, new Map(), by.sign(cbor(['Signature', body, header, new Uint8Array(), data]))];
}

/** The tagged COSE_Sign of a trust list's payload map or bytes. */
export function trustCose(map = trustMap(), by = ROOTS.slice(0, 2)) {
  const data = map instanceof Map ? cbor(map) : map;
  return join([0xd8, 0x62], cbor([TRUST_HEADER, new Map(), data, by.map((root) => rootSignature(root, data))]));
}

/** The tagged COSE_Sign1 of a status list. `values` by index; the other entries are 0. */
export function statusCose({
  values = {}, size = 262144, uri = `${ORIGIN}/status-1.cose`, issuedAt = NOW - 50, expires = NOW + 7 * DAY, ttl = DAY, by = LISTER,
  lst, list, more = [],
} = {}) {
  const data = Buffer.alloc(size);
  for (const [index, value] of Object.entries(values)) data[index >> 2] |= value << ((index & 3) * 2);
  const claims = new Map([
    [2, uri], [4, expires], [6, issuedAt],
    [65533, list ?? new Map([['lst', lst ?? new Uint8Array(deflateSync(data))], ['bits', 2]])], [65534, ttl], ...more,
  ]);
  return sign1(by, 'application/statuslist+cwt', cbor(claims)).whole;
}

/** A pseudo-random generator (mulberry32): the same numbers at each run. `below(n)` gives 0 … n − 1. */
export function randomness(seed) {
  const next = () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
  const below = (n) => Math.floor((next() / 4294967296) * n);
  return { below, bytes: (length) => Uint8Array.from({ length }, () => below(256)) };
}

/**
 * The JavaScript side of the run over 2D-DOC. Reads one JSON value a line: a code, an array of symbols read beside each other, or `{"list": hex}`. Answers each with `word digest`, the digest
 * over the canonical JSON of everything that was said; an error that is not declared is answered as `error name`.
 */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { fromHex, toHex } from '../../verifier_pwa/src/js/bytes.js';
import { judgeSeal } from '../../verifier_pwa/src/js/seal-judge.js';
import { gather } from '../../verifier_pwa/src/js/seal-parts.js';
import { SealsRefused, acceptSeals, readSeals } from '../../verifier_pwa/src/js/seal-list.js';
import { acceptTrust, rootSet } from '../../verifier_pwa/src/js/trust.js';

const folder = new URL('../../tests/vectors/lists/', import.meta.url);
const read = (name) => new Uint8Array(readFileSync(new URL(name, folder)));
const index = JSON.parse(readFileSync(new URL('index.json', folder), 'utf8'));
const { file, accepted_at: now } = index.trust.seals;
const { trust } = acceptTrust(read(file), rootSet(index.pinned.threshold, index.pinned.keys.map(fromHex)), null, now);
const listed = readSeals(read('seals.cose'));
/** Codes that are judged at once. */
const TOGETHER = 64;

async function said(given) {
  if (Array.isArray(given)) {
    const codes = gather(given), found = await Promise.all(codes.map(({ text }) => judgeSeal(text, listed, now)));
    const word = found.some(({ verdict }) => verdict === 'authentic') ? 'authentic' : found[0].verdict;
    return [word, found.map((one, at) => [codes[at].read, codes[at].count, codes[at].clash, one.verdict, ...everything(one)])];
  }
  if (given.list !== undefined) {
    try {
      const { certificates, edition } = acceptSeals(fromHex(given.list), trust, null, now);
      return ['accepted', [edition, certificates.map(({ authority, identifier, publicKey, state }) => [authority, identifier, toHex(publicKey), state])]];
    } catch (error) {
      if (error instanceof SealsRefused) return ['refused', error.code];
      throw error;
    }
  }
  const found = await judgeSeal(given, listed, now);
  return [found.verdict, everything(found)];
}

function everything({ level, seal, certificate }) {
  const pairs = (fields) => fields.map(({ identifier, value, cut }) => [identifier, value, cut]);
  return [level, certificate && certificate.identifier, seal && [seal.version, seal.authority, seal.certificate, seal.issued, seal.signed, seal.type, seal.perimeter,
    seal.country, pairs(seal.fields), pairs(seal.annex), toHex(seal.message), toHex(seal.signature), seal.binary]];
}

async function answer(line) {
  try {
    const [word, everything] = await said(JSON.parse(line));
    return `${word} ${createHash('sha256').update(JSON.stringify(everything)).digest('hex').slice(0, 16)}\n`;
  } catch (error) {
    return `error ${error instanceof Error ? error.name : typeof error}\n`;
  }
}

let waiting = [];
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  waiting.push(answer(line));
  if (waiting.length < TOGETHER) continue;
  process.stdout.write((await Promise.all(waiting)).join(''));
  waiting = [];
}
process.stdout.write((await Promise.all(waiting)).join(''));

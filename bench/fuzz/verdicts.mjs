/**
 * The JavaScript side of the fuzz run. Reads one JSON value a line on standard input: a QR text, `{"trust": hex}` or
 * `{"status": hex}`. Answers each with a line `verdict level digest microseconds` (lists: `accepted - …` or
 * `refused code …`): the digest is SHA-256 over the canonical JSON of everything that was said, the microseconds are
 * CPU time. An error that is not declared is answered as `error name - microseconds`.
 */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { fromHex } from '../../verifier_pwa/src/js/bytes.js';
import { StatusRefused, TrustRefused } from '../../verifier_pwa/src/js/errors.js';
import { acceptStatus } from '../../verifier_pwa/src/js/status.js';
import { acceptTrust, rootSet } from '../../verifier_pwa/src/js/trust.js';
import { verify } from '../../verifier_pwa/src/js/verify.js';

const ATTEMPTS = 3;
/** Microseconds of CPU time from which on a text is judged again: what stays slow is the text's fault, not a compiler's. */
const SLOW = 20_000;

const folder = new URL('../../tests/vectors/lists/', import.meta.url);
const read = (name) => new Uint8Array(readFileSync(new URL(name, folder)));
const index = JSON.parse(readFileSync(new URL('index.json', folder), 'utf8'));
const now = index.trust.main.accepted_at;
const pinned = rootSet(index.pinned.threshold, index.pinned.keys.map(fromHex));
const { trust } = acceptTrust(read(index.trust.main.file), pinned, null, now);
const status = new Map(['one', 'two'].map((name) => {
  const { number, file } = index.status[name];
  return [number, acceptStatus(read(file), number, trust, null, now)];
}));

/** JSON with sorted keys and no spaces. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
}

const digest = (value) => createHash('sha256').update(value).digest('hex');

/** Everything that is said of one input: a word, a second word, and what the digest is taken of. */
function said(given) {
  try {
    if (given.trust !== undefined) {
      const { version, keys, origins } = acceptTrust(fromHex(given.trust), pinned, null, now).trust;
      return ['accepted', '-', [version, keys.map(({ kid }) => kid), origins]];
    }
    if (given.status !== undefined) {
      const { uri, issuedAt, expires, ttl, values } = acceptStatus(fromHex(given.status), 1, trust, null, now);
      return ['accepted', '-', [uri, issuedAt, expires, ttl, digest(values)]];
    }
  } catch (error) {
    if (error instanceof TrustRefused || error instanceof StatusRefused) return ['refused', error.code, []];
    throw error;
  }
  const { verdict, level, claims, key, statusAgeS, more, authority } = verify(given, trust, status, now);
  return [verdict, level, [verdict, level, claims, key, statusAgeS, more, authority]];
}

function judge(given) {
  const before = process.cpuUsage();
  let words;
  try {
    const [verdict, level, everything] = said(given);
    words = `${verdict} ${level} ${digest(canonical(everything)).slice(0, 16)}`;
  } catch (error) {
    words = `error ${error instanceof Error ? error.name : typeof error} -`;
  }
  const { user, system } = process.cpuUsage(before);
  return { words, spent: user + system };
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const given = JSON.parse(line);
  const { words, spent: first } = judge(given);
  let spent = first;
  for (let attempt = 1; attempt < ATTEMPTS && spent > SLOW; attempt += 1) spent = Math.min(spent, judge(given).spent);
  process.stdout.write(`${words} ${spent}\n`);
}

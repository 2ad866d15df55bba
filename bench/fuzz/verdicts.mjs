/**
 * The browser's core on a pipe: one JSON object a line in, one line out, so that a fuzzing run can put the same inputs to
 * both languages and compare.
 *
 *     node bench/fuzz/verdicts.mjs < cases.jsonl
 *
 * In, by its one distinguishing key (bytes in hexadecimal digits, times in UTC seconds):
 *
 *     {"hold": {"pinned": {"threshold", "keys"}, "trust": hex, "status": {"1": hex}, "now", "floor", "build_time"}}
 *                       what the following lines are judged with; answers "held"
 *     {"text": "…"}     the verdict on a QR text; "now" and "floor" may be given
 *     {"claims": hex}   decoding a payload
 *     {"cbor": hex}     decoding an item, and encoding it again
 *     {"trust": hex}    accepting a trust list over the held one
 *     {"status": hex}   accepting a status list 1 over the held one
 *     {"signature": [key, message, signature]}
 *
 * Out: the answer, a tab, and the microseconds it took. The answer is a verdict and its level, "read", "accepted", the
 * code of a refusal, "FormError", "Unsupported", "true" or "false". Anything undeclared is "CRASH" with its text, and the
 * exit code is 1.
 */

import { createInterface } from 'node:readline';

import { equal, fromHex } from '../../verifier_pwa/src/js/bytes.js';
import { decode, encode } from '../../verifier_pwa/src/js/cbor.js';
import { decode as decodeClaims, toJson } from '../../verifier_pwa/src/js/claims.js';
import { verifyStrict } from '../../verifier_pwa/src/js/ed25519.js';
import { StatusRefused, TrustRefused, WifError } from '../../verifier_pwa/src/js/errors.js';
import { rootSet } from '../../verifier_pwa/src/js/roots.js';
import { acceptStatus, readStatus } from '../../verifier_pwa/src/js/status.js';
import { acceptTrust, readTrust } from '../../verifier_pwa/src/js/trust.js';
import { verify } from '../../verifier_pwa/src/js/verify.js';

const held = { pinned: null, trust: null, status: new Map(), now: 0, floor: 0 };

const ANSWERS = {
  hold({ hold }) {
    held.pinned = hold.pinned ? rootSet(hold.pinned.threshold, hold.pinned.keys.map(fromHex)) : null;
    held.trust = hold.trust ? readTrust(fromHex(hold.trust), hold.build_time ?? 0) : null;
    held.status = new Map(Object.entries(hold.status ?? {}).map(([number, cose]) => [Number(number), readStatus(fromHex(cose), Number(number))]));
    held.now = hold.now;
    held.floor = hold.floor ?? 0;
    return 'held';
  },
  text({ text, now = held.now, floor = held.floor }) {
    const { verdict, level } = verify(text, held.trust, held.status, now, floor);
    return `${verdict} ${level}`;
  },
  claims({ claims }) {
    toJson(decodeClaims(fromHex(claims)));
    return 'read';
  },
  cbor({ cbor }) {
    const data = fromHex(cbor);
    if (!equal(encode(decode(data)), data)) throw new Error('encoded again, the item gives other bytes');
    return 'read';
  },
  trust({ trust }) {
    acceptTrust(fromHex(trust), held.pinned, held.trust, held.now);
    return 'accepted';
  },
  status({ status }) {
    acceptStatus(fromHex(status), 1, held.trust, held.status.get(1) ?? null, held.now);
    return 'accepted';
  },
  signature({ signature: [key, message, signature] }) {
    return String(verifyStrict(fromHex(key), fromHex(message), fromHex(signature)));
  },
};

/** The answer to one line's object. */
function answer(given) {
  const name = Object.keys(ANSWERS).find((key) => Object.hasOwn(given, key));
  if (!name) throw new Error('no such case');
  try {
    return ANSWERS[name](given);
  } catch (error) {
    if (error instanceof TrustRefused || error instanceof StatusRefused) return error.code;
    if (error instanceof WifError) return error.name;
    throw error;
  }
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const given = JSON.parse(line);
  const start = process.hrtime.bigint();
  let said;
  try {
    said = answer(given);
  } catch (error) {
    said = `CRASH ${String(error).replace(/\s+/g, ' ')}`;
    process.exitCode = 1;
  }
  const took = Number((process.hrtime.bigint() - start) / 1000n);
  if (!process.stdout.write(`${said}\t${took}\n`)) await new Promise((resume) => process.stdout.once('drain', resume));
}

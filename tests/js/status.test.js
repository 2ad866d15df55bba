import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { StatusRefused } from '../../verifier_pwa/src/js/errors.js';
import { acceptStatus, readStatus, statusAt, stillAccepted } from '../../verifier_pwa/src/js/status.js';
import { acceptTrust, rootSet } from '../../verifier_pwa/src/js/trust.js';
import {
  ABSENT, DAY, LISTER, NOW, OFFICE, ORIGIN, ROOTS, bytes, hex, join, keyEntry, publicVectors, randomness, signer, statusCose, token, trustCose, trustMap,
} from './made.js';

const PINNED = rootSet(2, ROOTS.map((root) => root.publicKey));
const trustOf = (changes = {}) => acceptTrust(trustCose(trustMap(changes)), PINNED, null, NOW).trust;
const TRUST = trustOf();
const OTHER = signer(19);
const accept = (cose, { number = 1, trust = TRUST, held = null, now = NOW } = {}) => acceptStatus(cose, number, trust, held, now);
const refused = (code, cose, given, what = '') => assert.throws(() => accept(cose, given), (error) => {
  assert.ok(error instanceof StatusRefused, `${what}: ${error}`);
  assert.equal(error.code, code, `${what}: ${error.message}`);
  assert.match(error.message, /^This (trust|status) list is refused: /);
  return true;
});
const lister = (changes) => ({ 6: [keyEntry(OFFICE, 1), keyEntry(LISTER, 2, changes), keyEntry(OTHER, 2)] });

test('an accepted list: its claims, its exact bytes, its values', () => {
  const cose = statusCose({ values: { 0: 1, 1: 2, 2: 3, 3: 0, 1048575: 3, 524287: 1 } });
  const listed = accept(cose);
  assert.deepEqual([listed.number, listed.uri, listed.kid], [1, `${ORIGIN}/status-1.cose`, hex(LISTER.kid)]);
  assert.deepEqual([listed.issuedAt, listed.expires, listed.ttl], [NOW - 50, NOW + 7 * DAY, DAY]);
  assert.equal(hex(listed.cose), hex(cose));
  assert.deepEqual([0, 1, 2, 3, 4, 524286, 524287, 1048574, 1048575].map((index) => statusAt(listed, index)), [1, 2, 3, 0, 0, 0, 1, 0, 3]);
  assert.equal(statusAt(listed, 1048576), null);
  assert.deepEqual(structuredClone(listed), listed);
  assert.deepEqual(readStatus(cose, 1), listed);
});

test('the accepted list keeps its own bytes', () => {
  for (const cose of [statusCose(), Buffer.from(statusCose())]) {
    const listed = accept(cose);
    const before = hex(listed.cose) + hex(listed.payload);
    cose.fill(0);
    assert.equal(hex(listed.cose) + hex(listed.payload), before);
    assert.equal(hex(listed.cose), hex(statusCose()));
  }
});

test('a short list holds its own indexes only', () => {
  const listed = accept(statusCose({ size: 32768, values: { 131071: 2 } }));
  assert.equal(statusAt(listed, 131071), 2);
  assert.equal(statusAt(listed, 131072), null);
  assert.equal(statusAt(listed, 2 ** 52), null);
});

test('form: 32,768 to 262,144 bytes, one whole zlib stream', () => {
  const zlib = (size) => new Uint8Array(deflateSync(new Uint8Array(size)));
  assert.equal(accept(statusCose({ size: 262144 })).values.length, 262144);
  refused('form', statusCose({ size: 32767 }));
  refused('form', statusCose({ size: 262145 }));
  refused('form', statusCose({ lst: zlib(50_000_000) }), {}, 'a bomb');
  refused('form', statusCose({ lst: join(zlib(40000), [0]) }), {}, 'bytes behind');
  refused('form', statusCose({ lst: zlib(40000).slice(0, -1) }), {}, 'cut short');
  refused('form', statusCose({ lst: new Uint8Array() }), {}, 'nothing');
});

test('form: exactly the claims of the profile', () => {
  const lst = new Uint8Array(deflateSync(new Uint8Array(40000)));
  const list = (...entries) => statusCose({ list: new Map(entries) });
  for (const [what, cose] of Object.entries({
    'one bit': list(['lst', lst], ['bits', 1]), 'eight bits': list(['lst', lst], ['bits', 8]), 'bits as text': list(['lst', lst], ['bits', '2']), 'no bits': list(['lst', lst]), 'no lst': list(['bits', 2]),
    'a text for lst': list(['lst', 'x'], ['bits', 2]), 'one more in the list': list(['a', 1], ['lst', lst], ['bits', 2]), 'no map': statusCose({ list: [lst, 2] }),
    'one claim more': statusCose({ more: [[70000, 1]] }), 'issuer for subject': statusCose({ more: [[1, 'x']] }),
    'a time as text': statusCose({ expires: '1' }), 'a negative time': statusCose({ issuedAt: -1 }), 'a ttl beyond 2^53': statusCose({ ttl: 2n ** 53n }), 'a uri of bytes': statusCose({ uri: new Uint8Array(3) }),
    'an attestation': token(), 'a trust list': trustCose(), html: new TextEncoder().encode('<!doctype html>'), nothing: new Uint8Array(),
    'a byte behind': join(statusCose(), [0]), 'cut short': statusCose().slice(0, -1),
    'another algorithm': bytes(hex(statusCose()).replace('a30127', 'a30126')), 'another type': bytes(hex(statusCose()).replace(hex(Buffer.from('statuslist+cwt')), hex(Buffer.from('statuslist+jwt')))),
  })) refused('form', cose, {}, what);
});

test('unlisted, signer, window, uri', () => {
  refused('unlisted', statusCose(), { number: 2 });
  refused('unlisted', statusCose(), { trust: trustOf({ 7: [] }) });
  refused('signer', statusCose({ by: OTHER }), { trust: trustOf(lister({})) }, 'another key of use 2');
  refused('signer', statusCose({ by: OFFICE }), {}, 'a key of use 1');
  refused('signer', statusCose(), { trust: trustOf(lister({ 6: 3 })) }, 'a revoked key');
  assert.ok(accept(statusCose(), { trust: trustOf(lister({ 6: 2 })) }), 'a retired key');
  assert.ok(accept(statusCose(), { trust: trustOf(lister({ 4: NOW - 50, 5: NOW - 50 })) }), 'both ends of the window');
  refused('window', statusCose(), { trust: trustOf(lister({ 4: NOW - 49 })) });
  refused('window', statusCose(), { trust: trustOf(lister({ 5: NOW - 51 })) });
  for (const uri of [`${ORIGIN}/status-2.cose`, `${ORIGIN}//status-1.cose`, 'https://other.example/status-1.cose', `${ORIGIN}/status-1.cose/`, '']) refused('uri', statusCose({ uri }), {}, uri);
  const two = trustOf({ 8: [ORIGIN, 'https://second.example'] });
  assert.ok(accept(statusCose({ uri: 'https://second.example/status-1.cose' }), { trust: two }), 'any listed origin');
});

test('signature: of these bytes, by this key', () => {
  const cose = statusCose();
  cose[cose.length - 1] ^= 1;
  refused('signature', cose);
  const other = statusCose({ values: { 5: 1 } });
  other.set(statusCose().slice(-64), other.length - 64);
  refused('signature', other, {}, "another list's signature");
});

test('future: issued 300 s ahead at most', () => {
  assert.ok(accept(statusCose({ issuedAt: NOW + 300 })));
  refused('future', statusCose({ issuedAt: NOW + 301 }));
});

test('rollback: later than the held one; the same bytes are nothing to do', () => {
  const held = accept(statusCose());
  assert.equal(accept(statusCose(), { held }), held);
  assert.equal(accept(statusCose({ issuedAt: NOW - 49 }), { held }).issuedAt, NOW - 49);
  refused('rollback', statusCose({ issuedAt: NOW - 51 }), { held });
  refused('rollback', statusCose({ values: { 7: 1 } }), { held }, 'the same time, other values');
});

test('an expired list is accepted: its revocations still count', () => {
  assert.ok(accept(statusCose({ expires: NOW - 10 })));
});

test('the first failing rule names the refusal', () => {
  const cose = statusCose({ by: OTHER, uri: 'x', issuedAt: NOW + 999 });
  cose[cose.length - 1] ^= 1;
  refused('signer', cose, { trust: trustOf(lister({})) });
  refused('window', statusCose({ uri: 'x', issuedAt: 1900000001 }));
  refused('uri', statusCose({ uri: 'x', issuedAt: NOW + 999 }));
});

test('stillAccepted: signer, window and address again under a new trust list', () => {
  const listed = accept(statusCose());
  assert.equal(stillAccepted(listed, TRUST), true);
  for (const changes of [{ 7: [] }, lister({ 6: 3 }), lister({ 5: NOW - 51 }), { 8: ['https://other.example'] }, { 6: [keyEntry(OTHER, 2)], 7: [new Map([[1, 1], [2, 'status-1.cose'], [3, OTHER.kid]])] }]) {
    assert.equal(stillAccepted(listed, trustOf(changes)), false);
  }
  assert.throws(() => stillAccepted(undefined, TRUST), TypeError);
});

test('100 damaged lists: a declared refusal each', () => {
  const random = randomness(10);
  const good = statusCose({ size: 32768 });
  for (let round = 0; round < 100; round++) {
    const cose = good.slice();
    cose[random.below(cose.length)] ^= 1 + random.below(255);
    assert.throws(() => accept(cose), StatusRefused);
  }
});

const lists = publicVectors('token-status-list');
test('the 2-bit list of the Token Status List draft', { skip: lists === null && ABSENT }, () => {
  const { entries, lst, nonzero } = lists.lists.find(({ bits }) => bits === 2);
  const listed = accept(statusCose({ lst: bytes(lst) }));
  const found = {};
  for (let index = 0; index < entries; index++) if (statusAt(listed, index)) found[index] = statusAt(listed, index);
  assert.deepEqual(found, nonzero);
  assert.equal(statusAt(listed, entries), null);
});

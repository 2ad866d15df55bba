import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { readTrust } from '../../verifier_pwa/src/js/trust-content.js';
import { TrustRefused } from '../../verifier_pwa/src/js/errors.js';
import { acceptTrust, rootSet, sameRoots } from '../../verifier_pwa/src/js/trust.js';
import {
  DAY, LISTER, NOW, OFFICE, ORIGIN, ROOTS, TRUST_HEADER, bytes, cbor, hex, join, keyEntry, randomness, rootSignature, signer, token, trustCose, trustMap,
} from './made.js';

const PINNED = rootSet(2, ROOTS.map((root) => root.publicKey));
const NEW_ROOTS = [signer(4), signer(5)];
const accept = (cose, { pinned = PINNED, held = null, now = NOW } = {}) => acceptTrust(cose, pinned, held, now);
const refused = (code, cose, given, what = '') => assert.throws(() => accept(cose, given), (error) => {
  assert.ok(error instanceof TrustRefused, `${what}: ${error}`);
  assert.equal(error.code, code, `${what}: ${error.message}`);
  assert.match(error.message, /^This (trust|status) list is refused: /);
  return true;
});
const hashed = (data) => createHash('sha256').update(data).digest().subarray(0, 8);
const signed = (changes, by) => trustCose(trustMap(changes), by);
const form = (what, changes) => refused('form', signed(changes), {}, what);
const whole = (data, rows, header = TRUST_HEADER) => join([0xd8, 0x62], cbor([header, new Map(), data, rows]));

test('an accepted list: its content, its exact bytes, the pinned roots', () => {
  const cose = trustCose();
  const { trust, pinned, changed } = acceptTrust(cose, PINNED, null, NOW, 1234);
  assert.equal(changed, true);
  assert.deepEqual(pinned, PINNED);
  assert.deepEqual([trust.version, trust.issued, trust.nextUpdate, trust.expires], [5, NOW - 100, NOW + 7 * DAY, NOW + 30 * DAY]);
  assert.deepEqual(trust.keys, [OFFICE, LISTER].map((of, at) => ({
    kid: hex(of.kid), publicKey: of.publicKey, use: at + 1, notBefore: 1700000000, notAfter: 1900000000, state: 1, authority: 'Préfecture de police, Paris', departments: [],
  })));
  assert.deepEqual(trust.statusLists, [{ number: 1, path: 'status-1.cose', kid: hex(LISTER.kid) }]);
  assert.deepEqual([trust.origins, trust.demonstration, trust.buildTime], [[ORIGIN], false, 1234]);
  assert.equal(hex(trust.cose), hex(cose));
  assert.equal(hex(trust.payload), hex(cbor(trustMap())));
  assert.deepEqual(structuredClone(trust), trust);
  assert.deepEqual(readTrust(cose, 1234), trust);
});

test('the accepted list keeps its own bytes', () => {
  for (const cose of [trustCose(), Buffer.from(trustCose())]) {
    const { trust } = accept(cose);
    const before = hex(trust.cose) + hex(trust.payload) + hex(trust.keys[0].publicKey);
    assert.equal(hex(trust.cose), hex(trustCose()));
    cose.fill(0);
    assert.equal(hex(trust.cose) + hex(trust.payload) + hex(trust.keys[0].publicKey), before);
  }
});

test('demonstration keys are marked', () => {
  assert.equal(accept(signed({ 9: 1 })).trust.demonstration, true);
  for (const value of [0, 2, '1', [1]]) form(`demonstration ${value}`, { 9: value });
});

test('threshold: two of three; one, one twice, strangers and bad signatures do not make two', () => {
  const data = cbor(trustMap());
  const rows = ROOTS.map((root) => rootSignature(root, data));
  const bad = [rows[1][0], new Map(), rows[0][2]];
  assert.equal(accept(whole(data, [rows[2], rows[0]])).changed, true);
  assert.equal(accept(whole(data, rows)).changed, true);
  assert.equal(accept(whole(data, [rootSignature(signer(9), data), bad, rows[0], rows[1]])).changed, true, 'others are ignored');
  for (const [what, list] of Object.entries({
    none: [], one: [rows[0]], 'one twice': [rows[0], rows[0]], 'one and a stranger': [rows[0], rootSignature(signer(9), data)], 'one and a bad one': [rows[0], bad],
    'an attestation key': [rows[0], rootSignature(OFFICE, data)],
    'another header: without the algorithm': [rows[0], rootSignature(ROOTS[1], data, { header: cbor(new Map([[4, ROOTS[1].kid]])) })],
    'another header: one field more': [rows[0], rootSignature(ROOTS[1], data, { header: cbor(new Map([[1, -8], [3, 0], [4, ROOTS[1].kid]])) })],
    'another header: algorithm −19': [rows[0], rootSignature(ROOTS[1], data, { header: cbor(new Map([[1, -19], [4, ROOTS[1].kid]])) })],
    'another body header': [rows[0], rootSignature(ROOTS[1], data, { body: new Uint8Array() })],
    'another payload': [rows[0], rootSignature(ROOTS[1], cbor(trustMap({ 1: 6 })))],
    'a signature of 63 bytes': [rows[0], [rows[1][0], new Map(), rows[1][2].slice(0, 63)]],
  })) refused('threshold', whole(data, list), {}, what);
});

test('rotation: the new set is pinned when both thresholds signed', () => {
  const rotation = { 1: 6, 5: [2, NEW_ROOTS.map((root) => root.publicKey)] };
  const { pinned, trust } = accept(signed(rotation, [ROOTS[0], ROOTS[2], ...NEW_ROOTS]));
  assert.deepEqual(pinned, rootSet(2, NEW_ROOTS.map((root) => root.publicKey)));
  assert.equal(trust.version, 6);
  refused('successor', signed(rotation, [ROOTS[0], ROOTS[2], NEW_ROOTS[0]]), {}, 'one new root of two');
  refused('successor', signed(rotation, ROOTS), {}, 'no new root');
  refused('threshold', signed(rotation, [ROOTS[0], ...NEW_ROOTS]), {}, 'one old root of two');
  refused('threshold', signed(rotation, NEW_ROOTS), {}, 'no old root');
  refused('threshold', signed({ 1: 7, 5: [2, ROOTS.map((root) => root.publicKey)] }, ROOTS), { pinned }, 'the old set afterwards');
  assert.equal(accept(signed({ ...rotation, 1: 7 }, NEW_ROOTS), { pinned, held: trust }).changed, true);
});

test('rotation: a verifier that slept through one follows a list with every set\'s signatures', () => {
  const third = [signer(6)];
  const data = { 1: 9, 5: [1, third.map((root) => root.publicKey)] };
  assert.equal(accept(signed(data, [...ROOTS, ...NEW_ROOTS, ...third])).pinned.threshold, 1);
});

test('another threshold over the same roots is another set; another order is not', () => {
  refused('successor', signed({ 5: [3, ROOTS.map((root) => root.publicKey)] }, ROOTS.slice(0, 2)));
  assert.equal(accept(signed({ 5: [3, ROOTS.map((root) => root.publicKey)] }, ROOTS)).pinned.threshold, 3);
  const { pinned } = accept(signed({ 5: [2, ROOTS.map((root) => root.publicKey).reverse()] }));
  assert.deepEqual(pinned, PINNED);
});

test('times: issued 300 s ahead at most, expired from its expiry on', () => {
  const at = (issued, expires) => signed({ 2: issued, 4: expires });
  assert.equal(accept(at(NOW + 300, NOW + 1)).changed, true);
  refused('future', at(NOW + 301, NOW + 1000));
  refused('expired', at(NOW - 100, NOW));
  refused('expired', at(NOW - 100, NOW - 1));
  assert.equal(accept(at(NOW - 100, NOW + 1)).changed, true);
});

test('versions: higher is new, equal with the same payload is nothing, equal with another or lower is refused', () => {
  const held = accept(trustCose()).trust;
  assert.equal(accept(signed({ 1: 6 }), { held }).trust.version, 6);
  const again = accept(trustCose(trustMap(), ROOTS), { held });
  assert.equal(again.changed, false);
  assert.equal(again.trust, held);
  assert.deepEqual(again.pinned, PINNED);
  refused('rollback', signed({ 1: 4 }), { held });
  refused('conflict', signed({ 2: NOW - 99 }), { held });
});

test('the first failing rule names the refusal', () => {
  const held = accept(trustCose()).trust;
  refused('threshold', signed({ 1: 4, 2: NOW + 999, 4: NOW - 1 }, [ROOTS[0]]), { held });
  refused('future', signed({ 1: 4, 2: NOW + 999, 4: NOW - 1 }), { held });
  refused('expired', signed({ 1: 4, 4: NOW - 1 }), { held });
  refused('key', signed({ 6: [keyEntry(OFFICE, 1, { 1: bytes('0000000000000000') }), keyEntry(LISTER, 2)] }, []), { held });
});

test('keys: each kid its key\'s hash, each key a prime-order point, none twice, roots included', () => {
  const key = (what, ...entries) => refused('key', signed({ 6: [...entries, keyEntry(LISTER, 2)] }), {}, what);
  key('a wrong kid', keyEntry(OFFICE, 1, { 1: signer(30).kid }));
  key('the same key twice', keyEntry(OFFICE, 1), keyEntry(OFFICE, 1));
  key('the same key for two uses', keyEntry(OFFICE, 1), keyEntry(OFFICE, 3));
  key('a root', keyEntry(ROOTS[2], 1));
  for (const encoded of ['01'.padEnd(64, '0'), 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a', '02'.padEnd(64, '0'), 'ee'.padEnd(62, 'f') + '7f']) {
    const publicKey = bytes(encoded);
    key(encoded, keyEntry({ publicKey, kid: new Uint8Array(hashed(publicKey)) }, 1));
  }
});

test('roots: threshold within the number, distinct, prime-order points of 32 bytes', () => {
  const [a, b] = ROOTS.map((root) => root.publicKey);
  for (const roots of [[0, [a, b]], [3, [a, b]], [1, []], [-1, [a]], [1n << 60n, [a]], [1, [a, a]], [1, [a.slice(1)]], [1, [bytes('01'.padEnd(64, '0'))]], ['1', [a]], [1, a], [1], [1, [a], 2], 1, [1, ['x']], a]) form(`roots ${roots}`, { 5: roots });
});

test('an entry of an undefined use is ignored whole, whatever it holds', () => {
  for (const use of [0, 4, 99, 2 ** 53 - 1]) {
    const { trust } = accept(signed({ 6: [new Map([[3, use]]), keyEntry(OFFICE, use, { 7: '\u202e', 9: 1 }), new Map([[3, use], ['x', 0]]), keyEntry(OFFICE, 1), keyEntry(LISTER, 2)] }));
    assert.equal(trust.keys.length, 2);
  }
  for (const use of [-1, '1', [1], 2n ** 60n, undefined]) form(`use ${use}`, { 6: [keyEntry(OFFICE, 1, { 3: use }), keyEntry(LISTER, 2)] });
});

test('extensions: integer keys from 32 on are ignored in the list and its entries; every other one is not', () => {
  const entry = (key) => [keyEntry(OFFICE, 1, { [key]: 'x' }), keyEntry(LISTER, 2)];
  const status = (key) => [new Map([[1, 1], [2, 'status-1.cose'], [3, LISTER.kid], [key, 'x']])];
  assert.equal(accept(signed({ 32: 'x', 99: [1], 6: entry(33), 7: status(33) })).trust.keys.length, 2);
  for (const key of [10, 31, 0, -1]) {
    form(`key ${key}`, { [key]: 1 });
    form(`key ${key} of an entry`, { 6: entry(key) });
    form(`key ${key} of a status list`, { 7: status(key) });
  }
  form('9 in an entry', { 6: entry(9) });
  form('4 in a status list', { 7: status(4) });
  form('a list of the genuine that is a text', { 6: entry(32) });
  form('a longest life that is a text', { 7: status(32) });
  const lasting = new Map([[1, 1], [2, 'status-1.cose'], [3, LISTER.kid], [32, [5, 6]]]);
  assert.deepEqual(accept(signed({ 7: [lasting] })).trust.statusLists[0].longest, [5, 6]);
  refused('form', trustCose(new Map([...trustMap(), ['x', 1]])));
});

test('fields: every required one, of its type and in its range', () => {
  for (let key = 1; key <= 8; key++) form(`without ${key}`, { [key]: undefined });
  for (let key = 1; key <= 8; key++) {
    form(`an entry without ${key}`, { 6: [keyEntry(OFFICE, 1, { [key]: undefined }), keyEntry(LISTER, 2)] });
    if (key <= 3) form(`a status list without ${key}`, { 7: [new Map([[1, 1], [2, 'status-1.cose'], [3, LISTER.kid]].filter(([own]) => own !== key))] });
  }
  for (const key of [1, 2, 3, 4]) for (const value of [-1, '1', [1], 2n ** 53n, new Uint8Array(1)]) form(`${key}: ${value}`, { [key]: value });
  for (const key of [6, 7, 8]) for (const value of [1, 'x', new Map(), new Uint8Array(1)]) form(`${key}: ${value}`, { [key]: value });
  const entry = (changes) => ({ 6: [keyEntry(OFFICE, 1, changes), keyEntry(LISTER, 2)] });
  for (const [key, values] of Object.entries({
    1: [OFFICE.kid.slice(1), join(OFFICE.kid, [0]), hex(OFFICE.kid), 1], 2: [OFFICE.publicKey.slice(1), 1, 'x'], 4: [-1, '1', 1900000001, 2n ** 60n], 5: [-1, '1', 1699999999],
    6: [0, 4, '1'], 7: ['', 'é'.repeat(121), ' x', 'x\u00a0y', 1], 8: [1, '75', ['75', '75'], ['2C'], ['750'], [75], ['2a']],
  })) for (const value of values) form(`entry ${key}: ${value}`, entry({ [key]: value }));
  assert.equal(accept(signed(entry({ 4: 5, 5: 5, 6: 3, 7: 'é'.repeat(120), 8: ['2A', '988', '75'] }))).trust.keys[0].state, 3);
});

test('status lists: none, or distinct numbers 1..999, plain relative paths, a key of use 2 in this list', () => {
  const list = (number, path = 'status-1.cose', kid = LISTER.kid) => new Map([[1, number], [2, path], [3, kid]]);
  assert.deepEqual(accept(signed({ 7: [] })).trust.statusLists, []);
  assert.equal(accept(signed({ 7: [list(1), list(999, 'a/b-2.cose')] })).trust.statusLists.length, 2);
  for (const entry of [list(0), list(1000), list('1'), list(1, ''), list(1, '/status-1.cose'), list(1, 'a//b'), list(1, 'a/'), list(1, 'a?b'), list(1, 'a b'), list(1, 1), list(1, 'x\n'), list(1, 'x', OFFICE.kid), list(1, 'x', signer(40).kid), list(1, 'x', 'x'), list(1, 'x', LISTER.kid.slice(1)), 1]) {
    form('a status list entry', { 7: [entry] });
  }
  form('a number twice', { 7: [list(1), list(1, 'other.cose')] });
});

test('origins: lower-case https, http for this machine only, no trailing slash', () => {
  for (const origin of ['https://a.example', 'https://a-b.example:8443', 'http://localhost:8001', 'http://127.0.0.1', 'http://localhost']) assert.deepEqual(accept(signed({ 8: [origin] })).trust.origins, [origin]);
  for (const origin of ['', 'https://', 'https://A.example', 'https://a.example/', 'http://a.example', 'http://localhost.example', 'http://127.0.0.2', 'https://a.example/#', 'https://é.example', 'https://a.example\n', 'https://u@a.example', 'https://a.example:', 'ftp://a.example', 1]) form(`origin ${origin}`, { 8: [origin] });
  form('no origin', { 8: [] });
  form('one bad origin of two', { 8: [ORIGIN, 'x'] });
});

test('other bytes are no trust list', () => {
  const good = trustCose();
  const data = cbor(trustMap());
  const rows = ROOTS.map((root) => rootSignature(root, data));
  for (const [what, cose] of Object.entries({
    nothing: new Uint8Array(), html: new TextEncoder().encode('<!doctype html><title>Portail</title>'), 'cut short': good.slice(0, -1), 'a byte behind': join(good, [0]),
    'an attestation': token(), 'the payload alone': data, 'another body header': whole(data, rows, cbor(new Map([[16, 'application/statuslist+cwt']]))),
    'no body header': whole(data, rows, new Uint8Array()), 'a payload that is no map': whole(cbor([1]), rows), 'a payload that is no CBOR': whole(bytes('ff'), rows),
    'a payload with bytes behind': whole(join(data, [0]), rows), 'true for the version': whole(bytes(hex(data).replace(/^(..)0105/, '$101f5')), rows),
  })) refused('form', cose, {}, what);
});

test('200 damaged lists: a declared refusal each', () => {
  const random = randomness(7);
  const good = trustCose();
  for (let round = 0; round < 200; round++) {
    const cose = good.slice();
    for (let times = 1 + random.below(3); times > 0; times--) cose[random.below(cose.length)] ^= 1 + random.below(255);
    if (hex(cose) === hex(good)) continue;
    assert.throws(() => accept(cose), TrustRefused);
  }
});

test('sameRoots: threshold and keys, in any order', () => {
  const [a, b, c] = ROOTS.map((root) => root.publicKey);
  assert.equal(sameRoots(rootSet(1, [a, b]), rootSet(1, [b, a])), true);
  for (const other of [rootSet(2, [a, b]), rootSet(1, [a]), rootSet(1, [a, b, c]), rootSet(1, [a, c])]) assert.equal(sameRoots(rootSet(1, [a, b]), other), false);
});

test('held and now of another type are a TypeError, even with a good list', () => {
  for (const held of [undefined, 0, 'x', {}, [], { payload: 'x' }]) assert.throws(() => acceptTrust(trustCose(), PINNED, held, NOW), TypeError);
  for (const now of [undefined, null, `${NOW}`, BigInt(NOW), NOW + 0.5, NaN]) assert.throws(() => acceptTrust(trustCose(), PINNED, null, now), TypeError);
});

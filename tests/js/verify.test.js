import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTrust } from '../../verifier_pwa/src/js/trust-content.js';
import { acceptStatus, readStatus } from '../../verifier_pwa/src/js/status.js';
import { acceptTrust, rootSet } from '../../verifier_pwa/src/js/trust.js';
import { LEVELS, VERDICTS } from '../../verifier_pwa/src/js/verdicts.js';
import { verify } from '../../verifier_pwa/src/js/verify.js';
import {
  DAY, LISTER, NOW, OFFICE, ORIGIN, ROOTS, attestation, cbor, hex, keyEntry, payload, qrText, randomness, signedText, signer, statusCose, trustCose, trustMap,
} from './made.js';

const PINNED = rootSet(2, ROOTS.map((root) => root.publicKey));
const VALUES = { 7: 1, 8: 2, 9: 3 };
const OTHER = signer(33);
/** Acceptance at the moment of issue, so that lists of any age can be held. */
const trustOf = (changes = {}, buildTime = 0) => readTrust(trustCose(trustMap(changes)), buildTime);
const TRUST = acceptTrust(trustCose(), PINNED, null, NOW).trust;
const LIST = acceptStatus(statusCose({ values: VALUES }), 1, TRUST, null, NOW);
const listOf = (given) => readStatus(statusCose({ values: VALUES, size: 262144, ...given }), 1);
const TEXT = signedText();
const textOf = (changes, around) => signedText(payload(attestation(changes), around));
const at = (index) => textOf({ 15: [1, index] });

const judge = (text, { trust = TRUST, status = new Map([[1, LIST]]), now = NOW, floor } = {}) => verify(text, trust, status, now, floor);
const says = (verdict, level, text, given, what) => {
  const said = judge(text, given);
  assert.deepEqual([said.verdict, said.level], [verdict, level], what ?? text.slice(0, 60));
  assert.ok(VERDICTS.includes(said.verdict) && LEVELS.includes(said.level));
  return said;
};

test('valid: everything that a verdict says', () => {
  assert.deepEqual(judge(TEXT), {
    verdict: 'valid', level: 'green', key: hex(OFFICE.kid), statusAgeS: 50, more: false, authority: 'Préfecture de police, Paris',
    claims: {
      kind: 'APT', number: '4829130571', family_name: 'NGUYEN ÉPOUSE DUPONT', given_names: 'Thị Mai', birth_date: '1996-03-14', nationality: 'VNM',
      employer: { name: 'SOCIÉTÉ EXEMPLE SAS', siret: '81234567800013' }, job: "Ingénieure d'études", contract: 'CDD', hours: { count: 964, per: 'year' },
      workplaces: ['75'], residence_permit: '9912345678', department: '75', status: { list: 1, index: 524287 },
      valid_from: '2026-01-05', valid_until: '2026-12-31', issued_at: '2025-12-29T09:20:00Z',
    },
  });
});

test('without any trust list: status_unknown before step 1, no claims', () => {
  for (const text of [TEXT, 'hello', '']) assert.deepEqual(judge(text, { trust: null }), { verdict: 'status_unknown', level: 'amber', claims: null, key: null, statusAgeS: null, more: false, authority: null });
});

test('step 1: foreign', () => {
  const rest = TEXT.slice(TEXT.indexOf('/#'));
  for (const text of [
    '', 'hello', 'https://example.org/', `https://other.example${rest}`, `${ORIGIN}.evil.example${rest}`, `${ORIGIN}/${rest}`, `${ORIGIN}:443${rest}`, `http${ORIGIN.slice(5)}${rest}`, ` ${TEXT}`,
    `${ORIGIN}/#`, `${ORIGIN}/#x`, `${ORIGIN}/# 1`, `${ORIGIN}/#/#1`, `${ORIGIN}/#+1`, `${ORIGIN}#1`, `${ORIGIN}/1`, TEXT.replace('VERIF', 'VERıF'), `${TEXT}é`, TEXT.replace('/#1', '/#１'), TEXT.replace('WORKINFRANCE', 'WOR\u212aINFRANCE'),
  ]) says('foreign', 'grey', text);
  says('foreign', 'grey', `${'a'.repeat(3e6)}/#1`, {}, 'a long text');
  assert.deepEqual(judge('hello').key, null);
});

test('step 1: upper, lower and mixed case of the origin are the same; any listed origin is ours', () => {
  says('valid', 'green', TEXT.replace('HTTPS://VERIF', 'https://Verif'));
  const trust = trustOf({ 8: ['https://second.example', ORIGIN] });
  says('valid', 'green', TEXT, { trust });
  says('valid', 'green', TEXT.replace('VERIF.WORKINFRANCE', 'SECOND'), { trust });
});

test('step 2: another format version is unsupported', () => {
  for (const digit of '023456789') says('unsupported', 'grey', TEXT.replace('/#1', `/#${digit}`));
  says('unsupported', 'grey', `${ORIGIN}/#2`);
  says('unsupported', 'grey', `${ORIGIN}/#2 anything`);
});

test('step 3: malformed', () => {
  for (const text of [
    `${ORIGIN}/#1`, `${ORIGIN}/#1x`, `${ORIGIN}/#1${'0'.repeat(400)}`, `${TEXT} `, `${TEXT}\n`, TEXT.slice(0, 200), `${TEXT}${'0'.repeat(1800)}`, `${TEXT}?utm=1`, `${TEXT}&x`, TEXT.replace('/#1', '/#1 '), TEXT.replace('/#1', '/#10'),
    `${TEXT}1`, `${TEXT}${'1'.repeat(1e6)}`, qrText(OFFICE.kid, new Uint8Array(64), new Uint8Array(23)), qrText(OFFICE.kid, new Uint8Array(64), new Uint8Array(801)),
  ]) {
    says('malformed', 'red', text);
    assert.equal(judge(text).key, null);
  }
});

test('step 4: unknown_key is red, amber once the trust list is past its next update', () => {
  const text = signedText(payload(), OTHER);
  assert.equal(says('unknown_key', 'red', text).key, hex(OTHER.kid));
  says('unknown_key', 'red', text, { now: TRUST.nextUpdate });
  says('unknown_key', 'amber', text, { now: TRUST.nextUpdate + 1 });
  says('unknown_key', 'red', signedText(payload(), LISTER), {}, 'a key of use 2');
  says('unknown_key', 'red', signedText(payload(), ROOTS[0]), {}, 'a root');
  const trust = trustOf({ 6: [keyEntry(OFFICE, 3), keyEntry(LISTER, 2)] });
  says('unknown_key', 'red', TEXT, { trust }, 'a key of use 3');
});

test('step 4: another key under our kid is not tried', () => {
  const forged = signedText(payload(), { ...OTHER, kid: OFFICE.kid });
  says('bad_signature', 'red', forged);
  says('unknown_key', 'red', signedText(payload(), { ...OFFICE, kid: OTHER.kid }));
});

test('step 5: bad_signature, before anything is decoded', () => {
  const digits = BigInt(TEXT.slice(TEXT.indexOf('/#') + 3));
  const prefix = TEXT.slice(0, TEXT.indexOf('/#') + 3);
  for (let bit = 0n; bit < 8n * BigInt(payload().length + 64); bit += 101n) assert.deepEqual(says('bad_signature', 'red', `${prefix}${digits ^ (1n << bit)}`).claims, null);
  says('bad_signature', 'red', qrText(OFFICE.kid, new Uint8Array(64), new Uint8Array(24)));
  const list = cbor(trustMap()).slice(0, 800);
  says('bad_signature', 'red', qrText(OFFICE.kid, OFFICE.sign(list), list), {}, 'signed without the structure');
});

test('step 6: invalid_claims and unsupported, signed as they are', () => {
  const signed = (data) => signedText(data);
  says('invalid_claims', 'red', signed(new Uint8Array(24)), {}, '6a: bytes behind a CBOR item');
  says('invalid_claims', 'red', signed(new Uint8Array(30).fill(0xf5)), {}, '6a: true');
  says('invalid_claims', 'red', signed(cbor('x'.repeat(40))), {}, 'a text');
  says('unsupported', 'grey', textOf({ 17: 1 }), {}, '6b');
  says('unsupported', 'grey', textOf({ 1: 4, 3: ' ' }), {}, '6b before 6c');
  says('invalid_claims', 'red', textOf({ 3: ' ' }), {}, '6c');
  says('invalid_claims', 'red', textOf({ 24: 1 }), {}, '6c: a key ≥ 24');
  says('invalid_claims', 'red', signed(payload(attestation(), { more: [[7, new Uint8Array(4)]] })), {}, '6c: one label more');
  for (const text of [textOf({ 17: 1 }), textOf({ 3: ' ' })]) assert.deepEqual([judge(text).claims, judge(text).authority, judge(text).key], [null, null, hex(OFFICE.kid)]);
});

test('step 7: untrusted_key shows no claims', () => {
  const trustWith = (changes) => trustOf({ 6: [keyEntry(OFFICE, 1, changes), keyEntry(LISTER, 2)] });
  const untrusted = (changes) => {
    const said = says('untrusted_key', 'red', TEXT, { trust: trustWith(changes) }, JSON.stringify(changes));
    assert.deepEqual([said.claims, said.authority, said.statusAgeS, said.key], [null, null, null, hex(OFFICE.kid)]);
  };
  untrusted({ 6: 3 });
  untrusted({ 4: 1767000001 });
  untrusted({ 5: 1766999999 });
  untrusted({ 8: ['76', '2A'] });
  for (const changes of [{ 6: 2 }, { 4: 1767000000, 5: 1767000000 }, { 8: ['76', '75'] }]) says('valid', 'green', TEXT, { trust: trustWith(changes) });
  says('untrusted_key', 'red', at(7), { trust: trustWith({ 6: 3 }) }, 'before the status');
});

test('step 8: revoked, replaced, suspended, with the claims', () => {
  assert.equal(says('revoked', 'red', at(7)).claims.status.index, 7);
  assert.equal(says('suspended', 'amber', at(8)).claims.family_name, 'NGUYEN ÉPOUSE DUPONT');
  assert.equal(says('replaced', 'red', at(9)).authority, 'Préfecture de police, Paris');
  says('revoked', 'red', at(7), { now: 0 }, 'before the clock');
  says('suspended', 'amber', at(8), { now: 0 }, 'before the clock');
  says('revoked', 'red', textOf({ 15: [1, 7] }, { expires: 1767567601 }), {}, 'before the expiry');
});

test('step 8: an expired list: 1 and 3 still count, 2 and 0 do not', () => {
  const status = new Map([[1, listOf({ expires: NOW })]]);
  says('revoked', 'red', at(7), { status });
  says('replaced', 'red', at(9), { status });
  says('status_unknown', 'amber', at(8), { status });
  says('status_unknown', 'amber', TEXT, { status });
  const lasting = new Map([[1, listOf({ expires: NOW + 1 })]]);
  says('suspended', 'amber', at(8), { status: lasting });
});

test('step 9: clock_wrong when now + 300 s is before floor, build time, an issue time of a list or of the token', () => {
  const issued = Math.max(TRUST.issued, LIST.issuedAt);
  says('valid', 'green', TEXT, { now: issued - 300 });
  says('clock_wrong', 'amber', TEXT, { now: issued - 301 });
  says('valid', 'green', TEXT, { floor: NOW + 300 });
  says('clock_wrong', 'amber', TEXT, { floor: NOW + 301 });
  says('valid', 'green', TEXT, { trust: trustOf({}, NOW + 300) });
  says('clock_wrong', 'amber', TEXT, { trust: trustOf({}, NOW + 301) });
  says('valid', 'green', TEXT, { trust: trustOf({ 2: NOW + 300 }) });
  says('clock_wrong', 'amber', TEXT, { trust: trustOf({ 2: NOW + 301 }) });
  const young = listOf({ issuedAt: NOW + 301 });
  says('clock_wrong', 'amber', TEXT, { status: new Map([[1, LIST], [2, { ...young, number: 2 }]]) }, 'another held list');
  says('valid', 'green', textOf({}, { issuedAt: NOW + 300 }));
  const said = says('clock_wrong', 'amber', textOf({}, { issuedAt: NOW + 301 }));
  assert.equal(said.claims.number, '4829130571');
});

test('step 9 comes before step 10', () => {
  says('clock_wrong', 'amber', textOf({}, { notBefore: NOW + 9999 }), { floor: NOW + 301 });
  says('clock_wrong', 'amber', textOf({}, { expires: 1767567601 }), { floor: NOW + 301 });
});

test('step 10: nbf ≤ now < exp', () => {
  says('not_yet_valid', 'red', textOf({}, { notBefore: NOW + 1 }));
  says('valid', 'green', textOf({}, { notBefore: NOW }));
  says('expired', 'red', textOf({}, { expires: NOW }));
  says('valid', 'green', textOf({}, { expires: NOW + 1 }));
  assert.equal(judge(textOf({}, { expires: NOW })).claims.valid_until, '2026-01-23');
  says('expired', 'red', textOf({}, { expires: NOW }), { status: new Map() }, 'before step 11');
});

test('step 11: status_unknown without a list, beyond its end, or with an expired one', () => {
  assert.equal(says('status_unknown', 'amber', TEXT, { status: new Map() }).statusAgeS, null);
  says('status_unknown', 'amber', textOf({ 15: [2, 0] }));
  const short = new Map([[1, listOf({ size: 32768 })]]);
  says('valid', 'green', at(131071), { status: short });
  says('status_unknown', 'amber', at(131072), { status: short });
  says('status_unknown', 'amber', TEXT, { trust: trustOf({ 4: NOW }) }, 'an expired trust list');
  says('valid', 'green', TEXT, { trust: trustOf({ 4: NOW + 1 }) });
  assert.equal(says('status_unknown', 'amber', TEXT, { now: LIST.expires }).claims.kind, 'APT');
});

test('step 12: green while the status list is within its ttl, else amber with its age', () => {
  says('valid', 'green', TEXT, { now: LIST.issuedAt + DAY });
  assert.equal(says('valid', 'amber', TEXT, { now: LIST.issuedAt + DAY + 1 }).statusAgeS, DAY + 1);
  const lasting = new Map([[1, listOf({ ttl: 3650 * DAY, expires: NOW + 3650 * DAY })]]);
  const until = lasting.get(1).issuedAt + 7 * DAY;
  says('valid', 'green', TEXT, { now: until, status: lasting });
  says('valid', 'amber', TEXT, { now: until + 1, status: lasting }, 'whatever the list says of itself');
});

test('additive claims: valid, and it says that there is more', () => {
  const said = says('valid', 'green', textOf({ 20: 'x', 23: 5 }));
  assert.equal(said.more, true);
  assert.deepEqual(Object.keys(said.claims), Object.keys(judge(TEXT).claims));
});

test('lists survive structured clone, as through a phone\'s store', () => {
  says('valid', 'green', TEXT, { trust: structuredClone(TRUST), status: structuredClone(new Map([[1, LIST]])) });
});

test('3,000 damaged texts: a verdict each, never valid', () => {
  const random = randomness(11);
  const alphabet = '0123456789/#:. aZé\n\u202e';
  const seen = new Set();
  for (let round = 0; round < 3000; round++) {
    const characters = [...(round % 3 ? TEXT : `${ORIGIN}/#1${'9'.repeat(round % 400)}`)];
    const where = round % 2 ? characters.length : 45;
    for (let times = 1 + random.below(2); times > 0; times--) {
      const place = random.below(where);
      const change = random.below(3);
      if (change === 0) characters.splice(place, 1);
      else if (change === 1) characters.splice(place, 0, alphabet[random.below(alphabet.length)]);
      else characters[place] = alphabet[random.below(alphabet.length)];
    }
    const text = characters.join('');
    if (text.toLowerCase() === TEXT.toLowerCase()) continue;
    const { verdict } = judge(text);
    seen.add(verdict);
    assert.ok(VERDICTS.includes(verdict) && verdict !== 'valid', text);
  }
  for (const verdict of ['foreign', 'unsupported', 'malformed', 'unknown_key', 'bad_signature']) assert.ok(seen.has(verdict), verdict);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, encode, toJson } from '../../verifier_pwa/src/js/claims.js';
import { FormError, Unsupported } from '../../verifier_pwa/src/js/errors.js';
import { dayIn, timeZone } from '../../verifier_pwa/src/js/places.js';
import { attestation, cbor, hex, join, payload } from './made.js';

const accepted = (changes, around) => decode(payload(attestation(changes), around));
const invalid = (data, what) => assert.throws(() => decode(data), (error) => error instanceof FormError && !(error instanceof Unsupported), what);
const unsupported = (data, what) => assert.throws(() => decode(data), Unsupported, what);
const show = (value) => JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? `${one}n` : one));

test('the reference attestation by its JSON names', () => {
  assert.deepEqual(toJson(decode(payload())), {
    kind: 'APT', number: '4829130571', family_name: 'NGUYEN ÉPOUSE DUPONT', given_names: 'Thị Mai', birth_date: '1996-03-14', nationality: 'VNM',
    employer: { name: 'SOCIÉTÉ EXEMPLE SAS', siret: '81234567800013' }, job: "Ingénieure d'études", contract: 'CDD', hours: { count: 964, per: 'year' },
    workplaces: ['75'], residence_permit: '9912345678', department: '75', status: { list: 1, index: 524287 },
    valid_from: '2026-01-05', valid_until: '2026-12-31', issued_at: '2025-12-29T09:20:00Z',
  });
});

test('the payload of the reference attestation encodes to itself', () => {
  assert.equal(hex(encode(decode(payload()))), hex(payload()));
});

test('absent claims have no key; leading zeros come back; numbers have no needless decimals', () => {
  const claims = toJson(accepted({ 4: undefined, 8: 5, 11: [15167, 2], 12: undefined, 13: undefined, 16: 1000000000 }));
  for (const name of ['given_names', 'workplaces', 'residence_permit']) assert.equal(name in claims, false);
  assert.equal(claims.employer.siret, '00000000000005');
  assert.deepEqual(claims.hours, { count: 151.67, per: 'month' });
  assert.equal(claims.replaces, '1000000000');
  const fewest = toJson(accepted({ 4: undefined, 8: undefined, 11: undefined, 12: undefined, 13: undefined }));
  assert.deepEqual(fewest.employer, { name: 'SOCIÉTÉ EXEMPLE SAS' });
  assert.equal('hours' in fewest, false);
  assert.equal('replaces' in fewest, false);
  assert.deepEqual(toJson(accepted({ 11: [1750, 1] })).hours, { count: 17.5, per: 'week' });
});

test('every word of kinds, contracts and periods', () => {
  const words = (key, numbers, read) => numbers.map((number) => read(toJson(accepted({ [key]: number }))));
  assert.deepEqual(words(1, [1, 2, 3], (c) => c.kind), ['APT', 'AT', 'AT-SAISONNIER']);
  assert.deepEqual(words(10, [1, 2, 3, 4, 5, 6, 7], (c) => c.contract), ['CDI', 'CDD', 'APPRENTISSAGE', 'PROFESSIONNALISATION', 'DOCTORAL', 'SAISONNIER', 'PROMESSE']);
  assert.deepEqual([1, 2, 3].map((unit) => toJson(accepted({ 11: [1, unit] })).hours.per), ['week', 'month', 'year']);
});

const WITHIN = {
  2: [1000000000, 9999999999], 3: ['a', 'a'.repeat(80)], 4: ['a', 'a'.repeat(80)], 5: ['1996', '1996-03', '1996-03-14', '0000-99-99'], 6: ['VNM', 'XXA', 'RKS', 'ZZZ'],
  7: ['a', 'a'.repeat(80)], 8: [0, 99999999999999], 9: ['a', 'a'.repeat(80)], 11: [[1, 1], [999999, 3]], 12: [['75'], ['2A', '2B', '971', '988', '01', '95', '00', '989']],
  13: ['a', 'a'.repeat(20)], 14: ['75', '2A', '2B', '971', '989', '970', '00'], 15: [[1, 0], [999, 1048575]], 16: [1000000000, 9999999999],
};
const BEYOND = {
  1: [-1, '1', [1], 2n ** 60n, new Uint8Array(1)], 2: [999999999, 10000000000, 0, -4829130571, '4829130571', 2n ** 60n],
  3: ['', 'a'.repeat(81), ' a', 'a\n', 'Иванов', 5, ['a'], '<\u202e>', 'e\u0301'], 4: ['', 'a'.repeat(81), 'a '], 5: ['', '96', '1996-3-14', '1996-03-14 ', '1996-03-14\n', '19960314', '1996-', '٢٠٢٦', 1996],
  6: ['', 'VN', 'VNMA', 'vnm', 'VNM\n', 'ÉÉÉ', 5], 7: ['', 'a'.repeat(81)], 8: [100000000000000, -1, '81234567800013', 2n ** 60n], 9: ['', 'a'.repeat(81)], 10: [-1, '2', 2n ** 60n],
  11: [[0, 1], [1000000, 1], [1], [1, 1, 1], [], 964, '964', [1, -1], [1, '1'], [1, 2n ** 60n], ['1', 1], [-1, 1]],
  12: [[], ['75', '75'], Array.from({ length: 9 }, (_, at) => `0${at + 1}`.slice(-2)), ['2C'], ['969'], ['7'], ['750'], [75], '75', ['2a'], ['75\n']],
  13: ['', 'a'.repeat(21), 9912345678], 14: ['', '7', '2C', '750', '2a', '960', '75\n', 75], 15: [[0, 1], [1000, 1], [1, 1048576], [1, -1], [1], [1, 2, 3], 1, [1, 2n ** 60n], ['1', 1]],
  16: [999999999, 10000000000, '4829130571'],
};
for (const key of new Set([...Object.keys(WITHIN), ...Object.keys(BEYOND)])) {
  test(`attestation key ${key}: both sides of each boundary`, () => {
    for (const value of WITHIN[key] ?? []) assert.ok(accepted({ [key]: value }), show(value));
    for (const value of BEYOND[key] ?? []) invalid(payload(attestation({ [key]: value })), show(value));
  });
}

test('every required key is required, every optional one is not', () => {
  for (const key of [1, 2, 3, 5, 6, 7, 9, 10, 14, 15]) invalid(payload(attestation({ [key]: undefined })), `without ${key}`);
  for (const key of [4, 8, 11, 12, 13, 16]) assert.ok(accepted({ [key]: undefined }), `without ${key}`);
});

test('claims of a later version are unsupported, even where another claim is wrong', () => {
  for (const value of [0, 4, 2 ** 53 - 1]) unsupported(payload(attestation({ 1: value })), `kind ${value}`);
  for (const value of [0, 8, 2 ** 53 - 1]) unsupported(payload(attestation({ 10: value })), `contract ${value}`);
  for (const value of [[1, 0], [1, 4], ['x', 4], [0, 2 ** 53 - 1]]) unsupported(payload(attestation({ 11: value })), `hours ${value}`);
  for (const key of [17, 18, 19]) unsupported(payload(attestation({ [key]: 'x' })), `key ${key}`);
  unsupported(payload(attestation({ 17: 0, 3: '' })));
  unsupported(payload(attestation({ 17: 0, 30: 1 })));
  unsupported(payload(attestation({ 17: 0 }), { notBefore: 2e9 }));
});

test('additive keys 20 to 23: uint, or text of 0 to 200; kept for the round trip', () => {
  for (const key of [20, 21, 22, 23]) {
    for (const value of [0, 2 ** 53 - 1, '', 'x', 'é'.repeat(200)]) assert.deepEqual(accepted({ [key]: value }).additional, new Map([[key, value]]));
    for (const value of [-1, 2n ** 53n, 'x'.repeat(201), ' x', [], new Uint8Array(1), new Map(), '\u202e']) invalid(payload(attestation({ [key]: value })), show(value));
  }
  assert.equal(accepted({}).additional.size, 0);
  assert.equal('20' in toJson(accepted({ 20: 'x' })), false);
});

test('any other key of the attestation is invalid', () => {
  for (const key of [0, 24, 25, 255, 65536, -1, -2, '1', 'kind', '']) {
    const map = attestation();
    map.set(key, 1);
    invalid(payload(map), `${key}`);
  }
  const map = attestation();
  map.set(2n ** 60n, 1);
  invalid(payload(map));
});

test('times: uints below the year 9999, nbf before exp', () => {
  assert.ok(accepted({}, { notBefore: 0, expires: 1, issuedAt: 0 }));
  assert.ok(accepted({}, { notBefore: 253370764798, expires: 253370764799, issuedAt: 253370764799 }));
  for (const around of [{ notBefore: 5, expires: 5 }, { notBefore: 6, expires: 5 }, { expires: 253370764800 }, { issuedAt: 253370764800 }, { issuedAt: -1 }, { notBefore: -1 }, { issuedAt: '1' }, { expires: 2n ** 60n }, { notBefore: [1] }]) {
    invalid(payload(attestation(), around), show(around));
  }
});

test('the payload has exactly its four labels', () => {
  for (const more of [[[1, 'issuer']], [[7, 1]], [[-1, 0]], [['x', 0]]]) invalid(payload(attestation(), { more }));
  for (const value of [0, 'x', [1, 2], new Uint8Array(30), new Map(), new Map([[4, 2], [5, 1], [6, 1], [-65537, 1]]), new Map([[4, 2], [5, 1], [-65537, attestation()]]), new Map([[4, 2], [5, 1], [6, 1]])]) invalid(cbor(value), show(value));
});

test('round trip: bytes behind, another order, a longer integer, an indefinite length, true for 1', () => {
  const good = payload();
  invalid(join(good, [0]), 'a byte behind');
  invalid(good.slice(0, -1), 'cut short');
  const text = hex(good);
  const broken = (from, to) => {
    assert.ok(text.includes(from), from);
    return new Uint8Array(Buffer.from(text.replace(from, to), 'hex'));
  };
  invalid(broken('0101021b', '01f5021b'), 'true for kind 1');
  invalid(broken('0a020b82', '0a18020b82'), 'contract 2 in two bytes');
  invalid(broken('0a020b82', '0af940000b82'), 'contract 2.0');
  invalid(broken('0c8162' + '3735', '0c9f62' + '3735' + 'ff'), 'an indefinite array');
  invalid(broken('623735' + '0f', '623735' + '0e'), 'a key twice');
});

test('days are those of the middle of the day in the zone of the deciding département', () => {
  const zones = {
    971: 'America/Guadeloupe', 972: 'America/Guadeloupe', 977: 'America/Guadeloupe', 978: 'America/Guadeloupe', 973: 'America/Cayenne', 974: 'Indian/Reunion',
    975: 'America/Miquelon', 976: 'Indian/Mayotte', 986: 'Pacific/Wallis', 987: 'Pacific/Tahiti', 988: 'Pacific/Noumea', 75: 'Europe/Paris', '2A': 'Europe/Paris', 979: 'Europe/Paris', constructor: 'Europe/Paris',
  };
  for (const [department, zone] of Object.entries(zones)) assert.equal(timeZone(department), zone, department);
  const midnights = { // of 2026-07-01 and 2026-10-01 there, in UTC, by the zones' offsets
    75: -2, 971: 4, 973: 3, 974: -4, 975: 2, 976: -3, 986: -12, 987: 10, 988: -11,
  };
  for (const [department, hours] of Object.entries(midnights)) {
    const notBefore = Date.UTC(2026, 6, 1) / 1000 + hours * 3600;
    const expires = Date.UTC(2026, 9, 1) / 1000 + hours * 3600;
    const shown = toJson(accepted({ 14: department, 12: undefined }, { notBefore, expires }));
    assert.deepEqual([shown.valid_from, shown.valid_until], ['2026-07-01', '2026-09-30'], department);
    for (const shift of [-3600, 3600]) {
      const moved = toJson(accepted({ 14: department, 12: undefined }, { notBefore: notBefore + shift, expires: expires + shift }));
      assert.deepEqual([moved.valid_from, moved.valid_until], ['2026-07-01', '2026-09-30'], `${department}, an hour off`);
    }
  }
});

test('days at the ends of time', () => {
  assert.equal(dayIn(-43199, '75'), '1969-12-31');
  assert.equal(dayIn(0, '987'), '1969-12-31');
  assert.equal(dayIn(253370764799 + 43200, '75'), '9999-01-01');
  assert.equal(toJson(accepted({}, { notBefore: 0, expires: 1, issuedAt: 253370764799 })).issued_at, '9998-12-31T23:59:59Z');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_DEPTH, decode, encode, isUint } from '../../verifier_pwa/src/js/cbor.js';
import { FormError } from '../../verifier_pwa/src/js/errors.js';
import { bytes, cborgDecode, cborgEncode, hex, join, payload, randomness, statusCose, trustCose } from './made.js';

/** cborg's strictest reading, then encoded again by it: the round-trip rule by another implementation. */
function byCborg(data) {
  const item = cborgDecode(data, { useMaps: true, strict: true, allowIndefinite: false, rejectDuplicateMapKeys: true, allowUndefined: false, allowInfinity: false, allowNaN: false, allowBigInt: true });
  assert.equal(hex(cborgEncode(item)), hex(data));
  return item;
}

const EXAMPLES = [
  ['00', 0], ['17', 23], ['1818', 24], ['18ff', 255], ['190100', 256], ['19ffff', 65535], ['1a00010000', 65536], ['1affffffff', 4294967295],
  ['1b0000000100000000', 4294967296], ['1b001fffffffffffff', 2 ** 53 - 1], ['1b0020000000000000', 2n ** 53n], ['1bffffffffffffffff', 2n ** 64n - 1n],
  ['20', -1], ['37', -24], ['3818', -25], ['3b001ffffffffffffe', -(2 ** 53 - 1)], ['3b001fffffffffffff', -(2n ** 53n)], ['3bffffffffffffffff', -(2n ** 64n)],
  ['40', new Uint8Array()], ['43010203', bytes('010203')], ['60', ''], ['63e282ac', '€'], ['64f0908080', '\u{10000}'], ['63efbbbf', '\ufeff'],
  ['80', []], ['8201820203', [1, [2, 3]]], ['a0', new Map()], ['a201022063616263', new Map([[1, 2], [-1, 'abc']])], ['a2616101626162f5'.slice(0, -2) + '02', new Map([['a', 1], ['ab', 2]])],
];

test('examples: both ways', () => {
  for (const [text, value] of EXAMPLES) {
    assert.deepEqual(decode(bytes(text)), value, text);
    assert.equal(hex(encode(value)), text);
  }
});

const REFUSED = {
  'nothing': '', 'a bare break': 'ff', 'false': 'f4', 'true': 'f5', 'null': 'f6', 'undefined': 'f7', 'a simple value': 'e0', 'a half float': 'f93c00',
  'a float': 'fa3f800000', 'a double': 'fb3ff0000000000000', 'a tag': 'c100', 'a long tag': 'd81200', 'true in an array': '81f5', 'null as a map value': 'a101f6',
  'an indefinite array': '9f01ff', 'an indefinite map': 'bf0101ff', 'an indefinite byte string': '5f4101ff', 'an indefinite text': '7f6161ff',
  '23 in two bytes': '1817', '255 in three': '1900ff', '65535 in five': '1a0000ffff', '2^32 − 1 in nine': '1b00000000ffffffff', '−24 in two': '3817',
  'a length longer than needed': '580101', 'an array length longer than needed': '980101', 'a map length longer than needed': 'b8010101',
  'reserved 28': '1c', 'reserved 29': '5d', 'reserved 30': '9e', 'unsorted keys': 'a202010101', 'a key twice': 'a201010102', 'text before integer': 'a2616101' + '0101',
  'a longer text first': 'a262616101616201', 'a byte string key': 'a1410101', 'an array key': 'a18001', 'a map key': 'a1a001', 'bytes after the item': '0000',
  'a head cut short': '19', 'an argument cut short': '1901', 'a byte string cut short': '4201', 'a text cut short': '6261', 'an array cut short': '8201',
  'a map cut short': 'a101', 'a map without its value': 'a1', 'a length of 2^64 − 1': '5bffffffffffffffff', 'an array of 2^64 − 1': '9bffffffffffffffff', 'a map of 2^64 − 1': 'bbffffffffffffffff',
  'a lone continuation byte': '6180', 'an overlong slash': '62c0af', 'a surrogate': '63eda080', 'beyond U+10FFFF': '64f4908080', 'an unfinished sequence': '62e282',
};
for (const [what, text] of Object.entries(REFUSED)) {
  test(`refused: ${what}`, () => assert.throws(() => decode(bytes(text)), FormError));
}

test('refused: reserved and indefinite heads, whatever comes behind', () => {
  for (let major = 0; major < 6; major++) {
    for (let info = 28; info < 32; info++) {
      for (const length of [0, 1, 2, 8, 16, 32, 64, 128]) assert.throws(() => decode(join([major * 32 + info], new Uint8Array(length))), FormError);
    }
  }
});

test('depth: eight containers are read, nine are not, whatever they are', () => {
  assert.equal(MAX_DEPTH, 8);
  for (const [open, close] of [['81', '00'], ['a101', '00'], ['81', '80']]) {
    const containers = close === '80' ? 7 : 8;
    assert.ok(decode(bytes(open.repeat(containers) + close)));
    assert.throws(() => decode(bytes(open.repeat(containers + 1) + close)), FormError);
  }
  assert.throws(() => decode(bytes('81'.repeat(100000))), FormError);
});

test('a leading U+FEFF is kept, and both forms of a text stay apart', () => {
  assert.equal(decode(bytes('66efbbbf616263')), '\ufeffabc');
});

test('a view into a larger buffer is read from its own start', () => {
  const whole = join(bytes('ffff'), payload(), bytes('ffff'));
  assert.deepEqual(decode(whole.subarray(2, whole.length - 2)), decode(payload()));
});

test('what was decoded does not change with the input', () => {
  for (const data of [bytes('43010203'), Buffer.from('43010203', 'hex')]) {
    const item = decode(data);
    data.fill(0);
    assert.deepEqual(item, bytes('010203'));
  }
});

test('encode refuses every other type', () => {
  for (const value of [true, null, undefined, 1.5, NaN, Infinity, 2 ** 53, {}, new Date(0), () => 0, Symbol('a'), new Set(), new Map([[new Uint8Array(), 1]]), new Map([[1.5, 1]]), new Map([[true, 1]])]) {
    assert.throws(() => encode(value), TypeError);
  }
  for (const value of [2n ** 64n, -(2n ** 64n) - 1n, '\ud800', 'a\udc00b']) assert.throws(() => encode(value), RangeError);
});

test('isUint: integers from 0 to 2^53 − 1, and nothing else', () => {
  for (const value of [0, 1, 2 ** 53 - 1]) assert.equal(isUint(value), true);
  for (const value of [-1, 2 ** 53, 1n, 2n ** 53n, 0.5, NaN, '1', true, null, undefined, []]) assert.equal(isUint(value), false);
});

/** A random item of the format's types. */
function item(random, depth = 0) {
  const kind = random.below(depth < 4 ? 7 : 5);
  if (kind === 0) return random.below(2) ? random.below(2 ** 32) : random.below(30);
  if (kind === 1) return -1 - random.below(2 ** 32);
  if (kind === 2) return 2n ** BigInt(53 + random.below(11)) + BigInt(random.below(1000));
  if (kind === 3) return random.bytes(random.below(40));
  if (kind === 4) return String.fromCodePoint(...Array.from({ length: random.below(30) }, () => [32 + random.below(95), 0xe9, 0x20ac, 0x1f600, 0xfeff][random.below(5)]));
  const items = Array.from({ length: random.below(6) }, () => item(random, depth + 1));
  if (kind === 5) return items;
  return new Map(items.map((one, at) => [random.below(2) ? at - 3 : `k${'x'.repeat(at)}${random.below(99)}`, one]));
}

/** Sorted as RFC 8949 §4.2.1 wants it, for cborg's maps, which it sorts by length first. */
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (!(value instanceof Map)) return value;
  return new Map([...value].map(([key, one]) => [key, sorted(one)]).sort(([a], [b]) => Buffer.compare(cborgEncode(a), cborgEncode(b))));
}

test('2,000 random values: cborg reads what we write, we read what cborg writes', () => {
  const random = randomness(4);
  for (let round = 0; round < 2000; round++) {
    const value = sorted(item(random));
    const data = encode(value);
    assert.equal(hex(cborgEncode(value, { mapSorter: () => 0 })), hex(data));
    assert.deepEqual(decode(data), value);
    assert.deepEqual([...entries(cborgDecode(data, { useMaps: true }))], [...entries(value)]);
  }
});

/** An item flattened, integers as text, so that numbers and BigInts compare by value; without a text's leading U+FEFF, which cborg drops. */
function* entries(value) {
  if (value instanceof Map) for (const [key, one] of value) yield* [`key ${key}`, ...entries(one)];
  else if (Array.isArray(value)) for (const one of value) yield* ['item', ...entries(one)];
  else yield value instanceof Uint8Array ? `h'${hex(value)}'` : typeof value === 'string' ? JSON.stringify(value.replace(/^\ufeff+/, '')) : `${value}`;
}

/** The types of the format, as cborg gives them: no float, boolean, null or tag. */
const ours = (value) => value instanceof Map
  ? [...value].every(([key, one]) => ['number', 'bigint', 'string'].includes(typeof key) && ours(one))
  : Array.isArray(value) ? value.every(ours)
    : value instanceof Uint8Array || ['bigint', 'string'].includes(typeof value) || (Number.isSafeInteger(value) && !Object.is(value, -0));

test('20,000 random and damaged inputs: only FormError escapes, and what we read cborg reads alike', () => {
  const random = randomness(5);
  const samples = [payload(), statusCose().subarray(1), trustCose().subarray(2), encode(new Map([[1, [1, 'é', new Uint8Array(5)]], ['b', 2n ** 60n]]))];
  let read = 0;
  for (let round = 0; round < 20000; round++) {
    let data = random.bytes(random.below(12));
    if (round % 2) {
      data = samples[random.below(samples.length)].slice(0, 400);
      for (let times = 1 + random.below(2); times > 0; times--) data[random.below(data.length)] = random.below(256);
    }
    let value;
    try {
      value = decode(data);
    } catch (error) {
      assert.ok(error instanceof FormError, `${hex(data)}: ${error}`);
      continue;
    }
    read++;
    assert.equal(hex(encode(value)), hex(data));
    assert.deepEqual([...entries(cborgDecode(data, { useMaps: true }))], [...entries(value)]);
  }
  assert.ok(read > 1000, `${read} were read`);
});

test('20,000 short inputs: what cborg finds deterministic and of our types, we read', () => {
  const random = randomness(6);
  let agreed = 0;
  for (let round = 0; round < 20000; round++) {
    const data = random.bytes(1 + random.below(6));
    let value;
    try {
      value = byCborg(data);
    } catch {
      continue;
    }
    if (!ours(value)) continue;
    agreed++;
    // cborg sorts length first; where that is another order than ours, its round trip is no witness.
    assert.deepEqual([...entries(decode(data))], [...entries(value)], hex(data));
  }
  assert.ok(agreed > 500, `${agreed} agreed`);
});

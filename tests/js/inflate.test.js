import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constants, deflateRawSync, deflateSync, inflateSync } from 'node:zlib';
import { FormError } from '../../verifier_pwa/src/js/errors.js';
import { inflate } from '../../verifier_pwa/src/js/inflate.js';
import { bytes, hex, join, publicVectors, ABSENT, randomness } from './made.js';

const LIMIT = 262144;
const refused = (data, what) => assert.throws(() => inflate(data, LIMIT), FormError, what);

/** What zlib makes of a stream, null when it refuses it or does not use every byte of it. */
function byZlib(data) {
  try {
    const { buffer, engine } = inflateSync(data, { info: true, maxOutputLength: LIMIT });
    return engine.bytesWritten === data.length ? buffer : null;
  } catch {
    return null;
  }
}

/** A stream whose blocks are written bit by bit, least significant first, text of 0 and 1 with spaces. */
function stream(bits, content = new Uint8Array()) {
  const packed = bits.replaceAll(' ', '').match(/.{1,8}/g).map((byte) => parseInt([...byte.padEnd(8, '0')].reverse().join(''), 2));
  let [a, b] = [1, 0];
  for (const byte of content) b = (b + (a = (a + byte) % 65521)) % 65521;
  return join([0x78, 0x9c], packed, [b >> 8, b & 255, a >> 8, a & 255]);
}

test('every level, strategy and window of zlib is read back', () => {
  const random = randomness(8);
  const samples = [new Uint8Array(), random.bytes(1), random.bytes(5000), new Uint8Array(LIMIT), Uint8Array.from({ length: 70000 }, () => (random.below(50) ? 0 : random.below(4)))];
  for (const data of samples) {
    for (const level of [0, 1, 6, 9]) {
      for (const strategy of [constants.Z_DEFAULT_STRATEGY, constants.Z_HUFFMAN_ONLY, constants.Z_RLE, constants.Z_FIXED]) {
        assert.equal(hex(inflate(deflateSync(data, { level, strategy, windowBits: 9 + (level % 7) }), LIMIT)), hex(data), `${data.length} bytes, level ${level}, strategy ${strategy}`);
      }
    }
  }
});

test('codes of every length up to 15 bits', () => {
  // With the end of the block, the symbols are as often as Fibonacci's numbers: their tree is as deep as one can be.
  let [a, b] = [1, 2];
  const data = Buffer.concat(Array.from({ length: 18 }, (_, symbol) => {
    const run = Buffer.alloc(a, symbol);
    [a, b] = [b, a + b];
    return run;
  }));
  const packed = new Uint8Array(deflateSync(data, { level: 9, memLevel: 9, strategy: constants.Z_HUFFMAN_ONLY }));
  assert.equal(hex(inflate(packed, LIMIT)), hex(data));
});

test('the limit: as many bytes are read, one more is refused, in every kind of block', () => {
  for (const level of [0, 9]) {
    for (const strategy of [constants.Z_DEFAULT_STRATEGY, constants.Z_HUFFMAN_ONLY]) {
      assert.equal(inflate(deflateSync(new Uint8Array(1000), { level, strategy }), 1000).length, 1000);
      assert.throws(() => inflate(deflateSync(new Uint8Array(1001), { level, strategy }), 1000), FormError);
    }
  }
  refused(deflateSync(new Uint8Array(20_000_000)), 'a bomb');
});

test('bytes after the stream, a stream cut anywhere, a wrong checksum, a dictionary, other wrappers', () => {
  const good = new Uint8Array(deflateSync(new TextEncoder().encode('attestation attestation')));
  assert.equal(inflate(good, LIMIT).length, 23);
  refused(join(good, [0]), 'a byte behind');
  refused(join(good, good), 'twice');
  for (let length = 0; length < good.length; length++) refused(good.slice(0, length), `cut at ${length}`);
  for (let at = good.length - 4; at < good.length; at++) {
    const bad = good.slice();
    bad[at] ^= 1;
    refused(bad, `checksum byte ${at}`);
  }
  refused(new Uint8Array(deflateSync(new Uint8Array(50), { dictionary: Buffer.from('attestation') })), 'a preset dictionary');
  refused(new Uint8Array(deflateRawSync(new Uint8Array(50))), 'no wrapper');
  for (const head of ['7800', '789d', '889c', '799c', '78bb', '1f8b']) refused(join(bytes(head), good.slice(2)), `header ${head}`);
});

test('every header of two bytes: as zlib', () => {
  const rest = new Uint8Array(deflateSync(new Uint8Array(10))).slice(2);
  for (let head = 0; head < 65536; head++) {
    const data = join([head >> 8, head & 255], rest);
    let read = true;
    try {
      inflate(data, LIMIT);
    } catch (error) {
      assert.ok(error instanceof FormError);
      read = false;
    }
    // The header asks for nothing that only a real stream shows: method 8, window to 32 KiB, no dictionary, a multiple of 31.
    assert.equal(read, (head >> 8 & 15) === 8 && head >> 12 <= 7 && !(head & 32) && head % 31 === 0, head.toString(16));
  }
});

test('blocks written by hand: what RFC 1951 forbids is refused, as by zlib', () => {
  const empty = '1 10 0000000';
  // Code lengths 1 and 18 by one bit each; 138 lengths of zero. Another 118 zeros make 256: then the end of the block and the only distance.
  const lengths = (literals, distances) => `1 01 ${literals} ${distances} 0111 000 000 100 ${'000 '.repeat(14)}100 1 1111111`;
  const single = lengths('00000', '00000');
  const cases = {
    'an empty fixed block': [empty, true], 'two of them': [`0 10 0000000 ${empty}`, true], 'block type 3': ['1 11', false],
    'literal/length 286': ['1 10 00110000 11000110 00000 0000000', false, [0]], 'distance 30': ['1 10 00110000 0000001 11110 00000000000000 0000000', false, [0, 0, 0, 0]],
    'a distance before the start': ['1 10 00110000 0000001 00001 0000000', false, [0, 0, 0, 0]],
    'a distance of one after one byte': ['1 10 00110000 0000001 00000 0000000', true, [0, 0, 0, 0]],
    'a stored block': ['1 00 00000 10000000 00000000 01111111 11111111 01000001', true, [130]], 'a stored block with a wrong length': ['1 00 00000 10000000 00000000 11111111 11111111 01000001', false],
    'dynamic: 286 lengths and 30 distances': [`${lengths('10111', '10111')} 1 1101011 0 1 0100100 0 1 0100100 0`, true],
    'dynamic: 287 lengths': [`${lengths('01111', '00000')} 1 1101011 0 1 1100100 0 0`, false], 'dynamic: 31 distances': [`${lengths('00000', '01111')} 1 1101011 0 0 1 1100100 0`, false],
    'dynamic: an incomplete code of two bits': [`1 01 00000 00000 0011 000 000 100 ${'000 '.repeat(12)}100 1 1111111 1 1101011 0 0 00`, false],
    'dynamic: an incomplete code for code lengths that would do': [`1 01 00000 00000 0111 000 000 010 ${'000 '.repeat(14)}100 10 1111111 10 1101011 0 0 0`, false],
    'dynamic: no code length at all': ['1 01 00000 00000 0000 000 000 000 000 0000000', false],
    'dynamic: an incomplete code of code lengths': ['1 01 00000 00000 0000 000 000 000 100 0000000', false],
    'dynamic: too many codes of code lengths': ['1 01 00000 00000 0000 100 100 100 100 0000000', false],
    'dynamic: a repeat of nothing': ['1 01 00000 00000 0000 100 000 000 100 000000', false],
    'dynamic: one symbol, one distance': [`${single} 1 1101011 0 0 0`, true], 'dynamic: the code that is not there': [`${single} 1 1101011 0 0 1`, false],
    'dynamic: no end of the block': [`${single} 1 0011011 0 0 0`, false], 'dynamic: more lengths than announced': [`${single} 1 1111111 0 0 0`, false],
  };
  for (const [what, [bits, good, content = []]] of Object.entries(cases)) {
    const data = stream(bits, Uint8Array.from(content));
    const witness = byZlib(data);
    assert.equal(witness !== null, good, `zlib, ${what}`);
    if (witness) assert.equal(hex(inflate(data, LIMIT)), hex(witness), what);
    else refused(data, what);
  }
});

test('damaged streams: exactly those that zlib reads whole are read, with the same bytes', () => {
  const random = randomness(9);
  const samples = [0, 1, 9].flatMap((level) => [constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED].map((strategy) => new Uint8Array(deflateSync(Uint8Array.from({ length: 300 }, () => random.below(random.below(9) + 1)), { level, strategy }))));
  let read = 0;
  for (let round = 0; round < 6000; round++) {
    const data = samples[round % samples.length].slice();
    for (let times = random.below(3); times > 0; times--) data[random.below(Math.min(data.length, 60))] ^= 1 << random.below(8);
    // With the checksum that the damaged stream would need, damage inside the blocks is not hidden behind it.
    try {
      const content = inflateSync(data.subarray(0, -4), { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: LIMIT });
      let [a, b] = [1, 0];
      for (const byte of content) b = (b + (a = (a + byte) % 65521)) % 65521;
      data.set([b >> 8, b & 255, a >> 8, a & 255], data.length - 4);
    } catch { /* zlib says no already */ }
    const witness = byZlib(data);
    if (witness) {
      read++;
      assert.equal(hex(inflate(data, LIMIT)), hex(witness));
    } else refused(data, hex(data));
  }
  assert.ok(read > 2000, `${read} were read`);
});

const lists = publicVectors('token-status-list');
test('the lists of the Token Status List draft inflate to their entries', { skip: lists === null && ABSENT }, () => {
  for (const { bits, entries, lst, nonzero } of lists.lists) {
    const values = inflate(bytes(lst), LIMIT);
    assert.equal(values.length * 8, entries * bits);
    const expected = new Uint8Array(values.length);
    for (const [index, value] of Object.entries(nonzero)) expected[Math.floor((index * bits) / 8)] |= value << ((index * bits) % 8);
    assert.ok(Buffer.from(values).equals(Buffer.from(expected)));
  }
});

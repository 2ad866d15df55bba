import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const SOURCES = new URL('../../verifier_pwa/src/js/', import.meta.url);
const load = (name) => import(new URL(name, SOURCES).href);

/** The core: these modules, these exports, and no others. */
const EXPORTS = {
  'bytes.js': ['asBytes', 'concat', 'equal', 'fromHex', 'toHex'],
  'cbor.js': ['MAX_DEPTH', 'decode', 'encode', 'isUint'],
  'claims.js': ['CONTRACTS', 'DEPARTMENT', 'KINDS', 'MAX_PAYLOAD', 'MIN_PAYLOAD', 'PERIODS', 'decode', 'encode', 'toJson'],
  'trust-content.js': ['AT_MOST_AHEAD', 'PATH', 'STATE_REVOKED', 'USE_ATTESTATION', 'USE_RECEIPT', 'USE_STATUS', 'keyInForm', 'readTrust', 'rootsInForm'],
  'cose.js': ['parseSign', 'parseSign1', 'protectedHeader', 'sign1Structure', 'signStructure'],
  'ed25519.js': ['isPrimeOrderPoint', 'judgesSignatures', 'kid', 'verifyChecked', 'verifyStrict'],
  'errors.js': ['FormError', 'StatusRefused', 'TrustRefused', 'Unsupported', 'WifError', 'granted'],
  'genuine.js': ['ENTRY_LENGTH', 'holdsToken'],
  'inflate.js': ['inflate'],
  'places.js': ['dayIn', 'department', 'timeZone'],
  'sha2.js': ['sha256', 'sha512'],
  'status.js': ['REPLACED', 'REVOKED', 'SUSPENDED', 'acceptStatus', 'lifeOf', 'readStatus', 'statusAt', 'stillAccepted'],
  'text.js': ['claimsPart', 'claimsSeal', 'follows', 'sealLines'],
  'token.js': ['signedBytes', 'splitText', 'unpack', 'wholeToken'],
  'trust.js': ['acceptTrust', 'rootSet', 'sameRoots'],
  'verdicts.js': ['LEVELS', 'VERDICTS'],
  'verify.js': ['verify'],
};

for (const [name, expected] of Object.entries(EXPORTS)) {
  test(`${name} exports exactly ${expected.join(', ')}`, async () => {
    assert.deepEqual(Object.keys(await load(name)).sort(), [...expected].sort());
  });
}

test('the core reads no clock, network, storage, page or randomness', () => {
  const edges = /Date\.now|new Date\(\)|performance\.|fetch\(|XMLHttpRequest|document\.|window\.|navigator\.|localStorage|indexedDB|Math\.random|getRandomValues|console\.|\bimport\(['"]/;
  for (const name of Object.keys(EXPORTS)) {
    const source = readFileSync(new URL(name, SOURCES), 'utf8').replace(/\/\*[^]*?\*\//g, '');
    assert.doesNotMatch(source, edges, name);
  }
});

test('the core imports itself and @noble/ed25519 only', () => {
  assert.ok(readdirSync(SOURCES).includes('verify.js'));
  for (const name of Object.keys(EXPORTS)) {
    const source = readFileSync(new URL(name, SOURCES), 'utf8').replace(/\/\*[^]*?\*\//g, '');
    for (const [, from] of source.matchAll(/\bfrom '([^']+)'/g)) {
      assert.ok(from === '@noble/ed25519' || Object.hasOwn(EXPORTS, from.replace('./', '')), `${name} imports ${from}`);
    }
  }
});

test('the fifteen verdicts and the four levels', async () => {
  const { VERDICTS, LEVELS } = await load('verdicts.js');
  assert.deepEqual(VERDICTS, [
    'foreign', 'unsupported', 'malformed', 'unknown_key', 'bad_signature', 'invalid_claims', 'untrusted_key', 'revoked',
    'replaced', 'suspended', 'clock_wrong', 'not_yet_valid', 'expired', 'status_unknown', 'valid',
  ]);
  assert.deepEqual(LEVELS, ['green', 'amber', 'red', 'grey']);
});

const NOT_BYTES = [undefined, null, 0, 1n, '', 'ab', [], [1, 2], {}, true, new ArrayBuffer(32), new DataView(new ArrayBuffer(32)), new Uint16Array(32), new Uint8ClampedArray(32)];
const NOT_TEXTS = [undefined, null, 0, 1n, [], {}, true, new Uint8Array(3), new String('a')];
const NOT_SECONDS = [undefined, null, '1', 1n, 1.5, NaN, Infinity, 2 ** 53, {}, [], true];
const B32 = new Uint8Array(32);
const B64 = new Uint8Array(64);

/** Calls that take one doubtful argument, and the values that are none of its type. */
const CALLS = {
  'cbor.js': [['decode', (f, x) => f(x), NOT_BYTES]],
  'claims.js': [['decode', (f, x) => f(x), NOT_BYTES]],
  'trust-content.js': [['readTrust', (f, x) => f(x), NOT_BYTES], ['readTrust', (f, x) => f(B32, x), NOT_SECONDS.filter((x) => x !== undefined)]],
  'cose.js': [
    ['parseSign1', (f, x) => f(x), NOT_BYTES], ['parseSign', (f, x) => f(x), NOT_BYTES],
    ['protectedHeader', (f, x) => f(x, 'a'), NOT_BYTES.filter((x) => x !== null)],
    ['sign1Structure', (f, x) => f(x, B32), NOT_BYTES], ['sign1Structure', (f, x) => f(B32, x), NOT_BYTES],
    ['signStructure', (f, x) => f(x, B32, B32), NOT_BYTES], ['signStructure', (f, x) => f(B32, x, B32), NOT_BYTES], ['signStructure', (f, x) => f(B32, B32, x), NOT_BYTES],
  ],
  'ed25519.js': [
    ['kid', (f, x) => f(x), [...NOT_BYTES, new Uint8Array(31), new Uint8Array(33)]], ['isPrimeOrderPoint', (f, x) => f(x), NOT_BYTES],
    ['verifyStrict', (f, x) => f(x, B32, B64), NOT_BYTES], ['verifyStrict', (f, x) => f(B32, x, B64), NOT_BYTES], ['verifyStrict', (f, x) => f(B32, B32, x), NOT_BYTES],
    ['verifyChecked', (f, x) => f(x, B32, B64), NOT_BYTES], ['verifyChecked', (f, x) => f(B32, x, B64), NOT_BYTES], ['verifyChecked', (f, x) => f(B32, B32, x), NOT_BYTES],
  ],
  'inflate.js': [['inflate', (f, x) => f(x, 10), NOT_BYTES]],
  'places.js': [['timeZone', (f, x) => f(x), NOT_TEXTS], ['dayIn', (f, x) => f(0, x), NOT_TEXTS]],
  'sha2.js': [['sha256', (f, x) => f(x), NOT_BYTES], ['sha512', (f, x) => f(x), NOT_BYTES]],
  'status.js': [
    ['acceptStatus', (f, x) => f(x, 1, { statusLists: [] }, null, 0), NOT_BYTES],
    ['acceptStatus', (f, x) => f(B32, x, { statusLists: [] }, null, 0), [...NOT_SECONDS, -1]],
    ['acceptStatus', (f, x) => f(B32, 1, { statusLists: [] }, x, 0), [undefined, 0, 'a', {}, []]],
    ['acceptStatus', (f, x) => f(B32, 1, { statusLists: [] }, null, x), NOT_SECONDS],
    ['readStatus', (f, x) => f(x, 1), NOT_BYTES], ['readStatus', (f, x) => f(B32, x), [...NOT_SECONDS, -1]],
    ['statusAt', (f, x) => f({ values: B32 }, x), [...NOT_SECONDS, -1]],
  ],
  'token.js': [
    ['splitText', (f, x) => f(x), NOT_TEXTS], ['unpack', (f, x) => f(x), NOT_TEXTS],
    ['signedBytes', (f, x) => f(x, B32), NOT_BYTES], ['signedBytes', (f, x) => f(B32, x), NOT_BYTES],
  ],
  'trust.js': [
    ['rootSet', (f, x) => f(1, x), [undefined, null, 0, 'ab', {}, B32, [null], ['ab'], [[1]]]],
    ['acceptTrust', (f, x) => f(B32, x, null, 0), [undefined, null, 0, 'a', {}, [], { threshold: 1, keys: 'ab' }, { threshold: 1, keys: ['ab'] }]],
  ],
  'verify.js': [
    ['verify', (f, x) => f(x, null, new Map(), 0), NOT_TEXTS],
    ['verify', (f, x) => f('a', x, new Map(), 0), [undefined, 0, 'a', [], {}, true, B32, { origins: 'a' }, { origins: [] }]],
    ['verify', (f, x) => f('a', null, x, 0), [undefined, null, {}, [], 'a', 0, new Set()]],
    ['verify', (f, x) => f('a', null, new Map(), x), NOT_SECONDS],
    ['verify', (f, x) => f('a', null, new Map(), 0, x), NOT_SECONDS.filter((x) => x !== undefined)],
  ],
};

for (const [name, calls] of Object.entries(CALLS)) {
  test(`${name} refuses arguments of another type with a TypeError`, async () => {
    const module = await load(name);
    for (const [called, call, wrong] of calls) {
      for (const value of wrong) assert.throws(() => call(module[called], value), TypeError, `${called} took ${typeof value} ${String(value)}`);
    }
  });
}

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { isPrimeOrderPoint, kid, verifyChecked, verifyStrict } from '../../verifier_pwa/src/js/ed25519.js';
import { ABSENT, bytes, hex, join, noble, publicVectors, randomness, signer } from './made.js';

const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const P = 2n ** 255n - 19n;
const { Point } = noble;
const IDENTITY = bytes('0100000000000000000000000000000000000000000000000000000000000000');
/** A point of order 8 (RFC 7748's curve in Edwards form; its multiples are the eight points of small order). */
const ORDER_8 = bytes('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a');

const little = (value) => Uint8Array.from({ length: 32 }, (_, at) => Number((value >> BigInt(8 * at)) & 255n));
const number = (data) => BigInt(`0x${hex(data.slice().reverse())}`);
const sha512 = (...parts) => createHash('sha512').update(join(...parts)).digest();
noble.hashes.sha512 = (data) => new Uint8Array(sha512(data));

/** docs/format.md §1.1 word for word, by the library's own strict verification and order checks. */
function byTheLibrary(publicKey, message, signature) {
  const good = (encoded) => {
    try {
      const point = Point.fromBytes(encoded, false);
      return point.isTorsionFree() && !point.isSmallOrder();
    } catch {
      return false;
    }
  };
  return publicKey.length === 32 && signature.length === 64 && number(signature.slice(32)) < L
    && good(publicKey) && good(signature.slice(0, 32)) && noble.verify(signature, message, publicKey, { zip215: false });
}

/** A signature by a scalar, with additions to its key and to its R: for points that no honest signer makes. */
function crafted(message, { toA = Point.ZERO, toR = Point.ZERO, a = 12345n, r = 67890n } = {}) {
  const A = Point.BASE.multiply(a).add(toA).toBytes();
  const R = (r === 0n ? Point.ZERO : Point.BASE.multiply(r)).add(toR).toBytes();
  const k = number(new Uint8Array(sha512(R, A, message))) % L;
  return { A, signature: join(R, little((r + k * a) % L)) };
}

const MESSAGE = new TextEncoder().encode('attestation');

test('a signature by OpenSSL holds; with any byte changed it does not', () => {
  const by = signer(9);
  const signature = by.sign(MESSAGE);
  assert.equal(verifyStrict(by.publicKey, MESSAGE, signature), true);
  for (let at = 0; at < 64; at += 3) {
    const other = signature.slice();
    other[at] ^= 1;
    assert.equal(verifyStrict(by.publicKey, MESSAGE, other), false, `signature byte ${at}`);
  }
  for (let at = 0; at < MESSAGE.length; at++) {
    const other = MESSAGE.slice();
    other[at] ^= 0x80;
    assert.equal(verifyStrict(by.publicKey, other, signature), false, `message byte ${at}`);
  }
  assert.equal(verifyStrict(signer(10).publicKey, MESSAGE, signature), false);
});

test('RFC 8032 §7.1, test 2', () => {
  const key = bytes('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c');
  const signature = bytes('92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00');
  assert.equal(verifyStrict(key, bytes('72'), signature), true);
  assert.equal(verifyStrict(key, bytes('73'), signature), false);
});

test('random keys and messages: every signature of OpenSSL holds', () => {
  const random = randomness(3);
  for (let round = 0; round < 40; round++) {
    const by = signer(random.below(256));
    const message = random.bytes(random.below(300));
    assert.equal(verifyStrict(by.publicKey, message, by.sign(message)), true);
  }
});

test('wrong lengths are false, not errors', () => {
  const by = signer(9);
  const signature = by.sign(MESSAGE);
  for (const length of [0, 32, 63, 65]) assert.equal(verifyStrict(by.publicKey, MESSAGE, join(signature, [0]).slice(0, length)), false);
  for (const length of [0, 31, 33]) assert.equal(verifyStrict(join(by.publicKey, [0]).slice(0, length), MESSAGE, signature), false);
  assert.equal(verifyChecked(by.publicKey.slice(1), MESSAGE, signature), false);
});

test('S + L and S = L are refused though the equation holds', () => {
  const { A, signature } = crafted(MESSAGE);
  assert.equal(verifyStrict(A, MESSAGE, signature), true);
  const s = number(signature.slice(32));
  assert.equal(verifyStrict(A, MESSAGE, join(signature.slice(0, 32), little(s + L))), false);
  assert.equal(verifyStrict(A, MESSAGE, join(signature.slice(0, 32), little(L))), false);
});

test('an R that is the identity is refused though the equation holds', () => {
  const { A, signature } = crafted(MESSAGE, { r: 0n });
  assert.equal(hex(signature.slice(0, 32)), hex(IDENTITY));
  assert.equal(verifyStrict(A, MESSAGE, signature), false);
});

test('R or A with a component of small order is refused though the cofactored equation holds', () => {
  const small = Point.fromBytes(ORDER_8, false);
  const [two, four] = [small.double().double(), small.double()];
  let cofactored = 0;
  for (const [toA, toR] of [[Point.ZERO, small], [small, Point.ZERO], [small, small.negate()], [two, Point.ZERO], [Point.ZERO, two], [two, two],
    [four, Point.ZERO], [Point.ZERO, four], [four, four.negate()]]) {
    const { A, signature } = crafted(MESSAGE, { toA, toR });
    if (noble.verify(signature, MESSAGE, A, { zip215: true })) cofactored++;
    assert.equal(verifyStrict(A, MESSAGE, signature), false);
  }
  assert.equal(cofactored, 9);
});

test('prime-order points: the base point is one; the identity, small orders, mixed orders and non-canonical forms are not', () => {
  assert.equal(isPrimeOrderPoint(Point.BASE.toBytes()), true);
  assert.equal(isPrimeOrderPoint(signer(1).publicKey), true);
  const small = Point.fromBytes(ORDER_8, false);
  let multiple = small;
  for (let order = 0; order < 8; order++, multiple = multiple.add(small)) assert.equal(isPrimeOrderPoint(multiple.toBytes()), false);
  for (const part of [small, small.double(), small.double().double()]) assert.equal(isPrimeOrderPoint(Point.BASE.add(part).toBytes()), false);
  assert.equal(isPrimeOrderPoint(bytes('003789297ce02defa2f4bc7635d1d7ce99b96d76eb91d31f905101674ddab720')), false, 'libsodium took it for good');
  assert.equal(isPrimeOrderPoint(little(P + 1n)), false, 'y = p + 1 for y = 1');
  assert.equal(isPrimeOrderPoint(little(2n)), false, 'y = 2 is on no point');
  assert.equal(isPrimeOrderPoint(bytes('01'.padEnd(62, '0') + '80')), false, 'x = 0 with its sign bit');
  for (const length of [0, 31, 33]) assert.equal(isPrimeOrderPoint(new Uint8Array(length)), false);
});

test('Buffers are bytes too, and none is changed', () => {
  const by = signer(9);
  const given = [by.publicKey, MESSAGE, by.sign(MESSAGE)].map((data) => Buffer.from(data));
  const before = given.map(hex);
  assert.equal(verifyStrict(...given), true);
  assert.equal(verifyStrict(...given), true);
  assert.deepEqual(kid(given[0]), by.kid);
  assert.deepEqual(given.map(hex), before);
});

test('a changed key array is another key: what is kept of a key goes by its bytes', () => {
  const [one, two] = [signer(20), signer(21)];
  const place = one.publicKey.slice();
  assert.equal(verifyChecked(place, MESSAGE, one.sign(MESSAGE)), true);
  place.set(two.publicKey);
  assert.equal(verifyChecked(place, MESSAGE, one.sign(MESSAGE)), false);
  assert.equal(verifyChecked(place, MESSAGE, two.sign(MESSAGE)), true);
});

test('more keys than are kept: the first still verifies', () => {
  for (let byte = 100; byte < 180; byte++) assert.equal(verifyChecked(signer(byte).publicKey, MESSAGE, signer(byte).sign(MESSAGE)), true);
  assert.equal(verifyChecked(signer(100).publicKey, MESSAGE, signer(100).sign(MESSAGE)), true);
});

test('kid: the first 8 bytes of SHA-256 of the key', () => {
  const { publicKey, kid: expected } = signer(5);
  assert.deepEqual(kid(publicKey), expected);
});

const wycheproof = publicVectors('wycheproof-ed25519');
test('Wycheproof: exactly the valid cases are accepted', { skip: wycheproof === null && ABSENT }, (t) => {
  let total = 0, accepted = 0;
  for (const group of wycheproof.testGroups) {
    const key = bytes(group.publicKey.pk);
    for (const { tcId, msg, sig, result } of group.tests) {
      total++;
      const verdict = verifyStrict(key, bytes(msg), bytes(sig));
      if (verdict) accepted++;
      assert.equal(verdict, result === 'valid', `Wycheproof ${tcId}`);
      assert.equal(verdict, byTheLibrary(key, bytes(msg), bytes(sig)), `Wycheproof ${tcId}, against the library`);
    }
  }
  t.diagnostic(`Wycheproof: ${accepted} of ${total} accepted`);
  assert.deepEqual([total, accepted], [151, 88]);
});

const speccheck = publicVectors('speccheck');
test('speccheck: none is accepted', { skip: speccheck === null && ABSENT }, (t) => {
  for (const [at, { message, pub_key: key, signature }] of speccheck.entries()) {
    assert.equal(verifyStrict(bytes(key), bytes(message), bytes(signature)), false, `speccheck ${at}`);
    assert.equal(byTheLibrary(bytes(key), bytes(message), bytes(signature)), false, `speccheck ${at}, against the library`);
  }
  t.diagnostic(`speccheck: 0 of ${speccheck.length} accepted`);
  assert.equal(speccheck.length, 12);
});

const cctv = publicVectors('cctv-ed25519-even');
test('CCTV: what has a low order or a non-canonical encoding is refused', { skip: cctv === null && ABSENT }, (t) => {
  let accepted = 0;
  for (const { number: id, key, sig, msg, flags } of cctv) {
    const message = new TextEncoder().encode(msg);
    const expected = !(flags ?? []).some((flag) => /low_order|non_canonical/.test(flag));
    const verdict = verifyStrict(bytes(key), message, bytes(sig));
    if (verdict) accepted++;
    assert.equal(verdict, expected, `CCTV ${id}: ${flags}`);
    assert.equal(verdict, byTheLibrary(bytes(key), message, bytes(sig)), `CCTV ${id}, against the library`);
  }
  t.diagnostic(`CCTV: ${accepted} of ${cctv.length} accepted`);
  assert.equal(cctv.length, 457);
});

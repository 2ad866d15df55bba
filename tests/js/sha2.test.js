import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { sha256, sha512 } from '../../verifier_pwa/src/js/sha2.js';
import { hex, randomness } from './made.js';

const other = (name, data) => createHash(name).update(data).digest('hex');

test('the digests of FIPS 180-4: the empty message and "abc"', () => {
  const abc = new TextEncoder().encode('abc');
  assert.equal(hex(sha256(abc)), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  assert.equal(hex(sha256(new Uint8Array())), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  assert.equal(
    hex(sha512(abc)),
    'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
  );
});

test('every length around the blocks gives the digest of OpenSSL', () => {
  const random = randomness(1);
  for (let length = 0; length <= 400; length++) {
    const message = random.bytes(length);
    assert.equal(hex(sha256(message)), other('sha256', message), `SHA-256 of ${length} bytes`);
    assert.equal(hex(sha512(message)), other('sha512', message), `SHA-512 of ${length} bytes`);
  }
});

test('a message inside a larger buffer, and a long one', () => {
  const buffer = randomness(2).bytes(70000);
  const message = buffer.subarray(3, 69990);
  assert.equal(hex(sha256(message)), other('sha256', message));
  assert.equal(hex(sha512(message)), other('sha512', message));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verify } from '../../verifier_pwa/src/js/verify.js';
import { isPrimeOrderPoint, judgesSignatures, verifyStrict } from '../../verifier_pwa/src/js/ed25519.js';
import { noble, signer } from './made.js';

/** Each as a library with that fault would behave; the module under test then first meets it. */
noble.Point.prototype.isTorsionFree = () => true;
const { equals, toBytes } = noble.Point.prototype;

test('a library that takes crooked points for good gives no key at all, not even a good one', () => {
  const by = signer(4);
  assert.equal(isPrimeOrderPoint(by.publicKey), false);
  assert.equal(verifyStrict(by.publicKey, new Uint8Array(), by.sign(new Uint8Array())), false);
});

test('a library that miscounts verifies nothing: the answer is that nothing is known, never a colour', () => {
  noble.Point.prototype.toBytes = function () { return this.constructor.BASE.equals(this) ? toBytes.call(this) : new Uint8Array(32); };
  assert.equal(judgesSignatures(), false);
  Object.assign(noble.Point.prototype, { equals, toBytes });
  const trust = { origins: ['https://a.example'], keys: [] };
  const { verdict, level } = verify('HTTPS://A.EXAMPLE/#11', trust, new Map(), 0);
  assert.deepEqual([verdict, level], ['status_unknown', 'amber']);
});

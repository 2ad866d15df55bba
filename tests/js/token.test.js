import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSign, parseSign1 } from '../../verifier_pwa/src/js/cose.js';
import { FormError } from '../../verifier_pwa/src/js/errors.js';
import { signedBytes, splitText, unpack } from '../../verifier_pwa/src/js/token.js';
import { OFFICE, bytes, cbor, hex, payload, qrText, signedText, token, trustCose } from './made.js';

const SIGNATURE = new Uint8Array(64).fill(7);
const digitsOf = (text) => text.slice(text.indexOf('/#') + 3);

test('the reference attestation: the fixed bytes, and the text gives back the whole token', () => {
  const whole = token();
  assert.equal(hex(whole.slice(0, 9)), 'd2845822a30127' + '0448');
  assert.equal(hex(whole.slice(17, 38)), '10' + '73' + Buffer.from('application/wif+cwt').toString('hex'));
  const text = signedText();
  assert.match(text, /^HTTPS:\/\/VERIF\.WORKINFRANCE\.EXAMPLE\/#1[1-9][0-9]+$/);
  const parts = unpack(digitsOf(text));
  assert.equal(hex(parts.kid), hex(OFFICE.kid));
  assert.equal(hex(parts.payload), hex(payload()));
  assert.equal(hex(parts.signature), hex(whole.slice(-64)));
});

test('the signed bytes are the Sig_structure that other libraries sign', () => {
  const header = cbor(new Map([[1, -8], [4, OFFICE.kid], [16, 'application/wif+cwt']]));
  assert.equal(hex(signedBytes(OFFICE.kid, payload())), hex(cbor(['Signature1', header, new Uint8Array(), payload()])));
});

test('splitText: ASCII, the first /#, the origin in lower case', () => {
  assert.deepEqual(splitText('HTTPS://A.EXAMPLE/#1'), { origin: 'https://a.example', rest: '1' });
  assert.deepEqual(splitText('a/#b/#c'), { origin: 'a', rest: 'b/#c' });
  assert.deepEqual(splitText('/#'), { origin: '', rest: '' });
  for (const text of ['', 'a', 'a#1', 'a/1', 'é/#1', 'a/#１', 'a/#1\u0130', '\u212a/#1']) assert.equal(splitText(text), null, text);
});

test('payload lengths: 24 and 800 are read, 23 and 801 are not', () => {
  for (const [length, read] of [[23, false], [24, true], [800, true], [801, false]]) {
    const data = new Uint8Array(length).fill(9);
    const parts = unpack(digitsOf(qrText(OFFICE.kid, SIGNATURE, data)));
    assert.equal(parts !== null, read, `${length} bytes`);
    if (parts) assert.deepEqual([hex(parts.kid), hex(parts.signature), hex(parts.payload)], [hex(OFFICE.kid), hex(SIGNATURE), hex(data)]);
  }
});

test('the first byte is 01 and nothing else', () => {
  for (const first of ['02', '0f', '10', '11', '1f', '80', 'ff']) {
    assert.equal(unpack(`${BigInt(`0x${first}${'55'.repeat(72 + 100)}`)}`), null, first);
  }
  assert.notEqual(unpack(`${BigInt(`0x01${'55'.repeat(72 + 100)}`)}`), null);
  assert.equal(unpack(`${BigInt(`0x01000${'5'.repeat(2 * 172)}`)}`), null, 'an odd number of digits');
});

test('digits: ASCII, no sign, space, leading zero or final newline; between 232 and 2,101 of them', () => {
  const good = digitsOf(signedText());
  for (const bad of ['', '1', `0${good}`, `+${good}`, `-${good}`, ` ${good}`, `${good} `, `${good}\n`, `${good}\0`, good.replace(/.$/, '٣'), good.replace(/..$/, '1_'), `${good}n`, good.replace(/^./, '1e'), '1'.repeat(231), '1'.repeat(2102), '9'.repeat(2101), '1'.repeat(1e6)]) {
    assert.equal(unpack(bad), null, bad.slice(0, 20));
  }
});

test('COSE_Sign1: one form only', () => {
  const { protected: header, payload: data, signature } = parseSign1(token());
  const array = [header, new Map(), data, signature];
  const tagged = (tag, value) => bytes(tag + hex(cbor(value)));
  for (const [what, bad] of Object.entries({
    'no tag': cbor(array), 'another tag': tagged('d1', array), 'the tag in two bytes': tagged('d812', array), nothing: new Uint8Array(), 'the tag alone': bytes('d2'),
    'an unprotected header': tagged('d2', [header, new Map([[4, OFFICE.kid]]), data, signature]), 'three fields': tagged('d2', array.slice(0, 3)),
    'five fields': tagged('d2', [...array, 1]), 'a text for the payload': tagged('d2', [header, new Map(), 'x', signature]), 'a map': tagged('d2', new Map()),
    'a map for the header': tagged('d2', [new Map(), new Map(), data, signature]), 'an array for the unprotected header': tagged('d2', [header, [], data, signature]),
    'a text for the signature': tagged('d2', [header, new Map(), data, 'x']), 'a byte behind': bytes(`${hex(token())}00`), 'a trust list': trustCose(),
  })) assert.throws(() => parseSign1(bad), FormError, what);
});

test('COSE_Sign: one form only', () => {
  const whole = hex(trustCose());
  const { protected: header, payload: data, signatures } = parseSign(bytes(whole));
  assert.equal(signatures.length, 2);
  const rows = signatures.map((one) => [one.protected, new Map(), one.signature]);
  const tagged = (value) => bytes(`d862${hex(cbor(value))}`);
  assert.equal(hex(tagged([header, new Map(), data, rows])), whole);
  for (const bad of [
    tagged([header, new Map(), data, rows[0]]), tagged([header, new Map(), data, 1]), tagged([header, new Map(), 'x', rows]), tagged([header, new Map([[1, 1]]), data, rows]),
    tagged([header, new Map(), data, [[...rows[0], 1]]]), tagged([header, new Map(), data, [[rows[0][0], new Map([[1, 1]]), rows[0][2]]]]),
    tagged([header, new Map(), data, [[rows[0][0], new Map(), 'x']]]), bytes(whole.replace(/^d862/, 'd2')), bytes(whole.slice(4)), token(), bytes(`${whole}00`),
  ]) assert.throws(() => parseSign(bad), FormError);
});

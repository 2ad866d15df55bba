/** 2D-DOC: the vectors that tests/seals/test_seals.py reads, and the public reference codes where they are present. */

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

import { fromHex, toHex } from '../../verifier_pwa/src/js/bytes.js';
import { FIELD_RULES, missingFields } from '../../verifier_pwa/src/js/seal-fields.js';
import { SEAL_VERDICTS, judgeSeal } from '../../verifier_pwa/src/js/seal-judge.js';
import { SealsRefused, acceptSeals, readSeals } from '../../verifier_pwa/src/js/seal-list.js';
import { Held, gather } from '../../verifier_pwa/src/js/seal-parts.js';
import { readSeal } from '../../verifier_pwa/src/js/seal-text.js';
import { acceptTrust, rootSet } from '../../verifier_pwa/src/js/trust.js';

const folder = new URL('../vectors/', import.meta.url);
const bytes = (path) => new Uint8Array(readFileSync(new URL(path, folder)));
const json = (path) => JSON.parse(readFileSync(new URL(path, folder), 'ascii'));
const index = json('lists/index.json');
const { texts, gatherings, lists } = json('seals.json');
const listed = readSeals(bytes('lists/seals.cose'));
const byIdentifier = (fields) => Object.fromEntries(fields.map(({ identifier, value }) => [identifier, value]));
const pinned = rootSet(index.pinned.threshold, index.pinned.keys.map(fromHex));
const under = (name) => acceptTrust(bytes(`lists/${index.trust[name].file}`), pinned, null, index.trust[name].accepted_at).trust;

describe('texts', () => {
  for (const row of texts) {
    test(`${row.id}: ${row.comment}`, async () => {
      const found = await judgeSeal(row.text, row.listed ? listed : null, row.now);
      assert.deepEqual([found.verdict, found.level], [row.expect.verdict, row.expect.level]);
      if (row.expect.fields) {
        assert.deepEqual(byIdentifier(found.seal.fields), row.expect.fields);
        assert.deepEqual(byIdentifier(found.seal.annex), row.expect.annex);
      }
    });
  }
  test('the words are the closed list', () => {
    assert.deepEqual(new Set(texts.map((row) => row.expect.verdict)), new Set(Object.keys(SEAL_VERDICTS)));
  });
});

describe('symbols of several', () => {
  for (const row of gatherings) {
    test(`${row.id}: ${row.comment}`, async () => {
      const found = await Promise.all(gather(row.texts).map(async (one) => ({ ...one, verdict: (await judgeSeal(one.text, listed, index.trust.seals.accepted_at)).verdict })));
      assert.deepEqual(found, row.expect);
    });
  }
});

describe('symbols read one after the other', () => {
  const [parts] = gatherings.filter((row) => row.id === 'text-3').map((row) => row.texts), other = gatherings.find((row) => row.id === 'clash').texts[2];
  const whole = gatherings.find((row) => row.id === 'text-3').expect[0].text;
  const read = (held, texts, now) => held.take(texts, now).map((one) => [one.text === whole ? 'whole' : 'part', one.read]);
  test('are joined once all are there, and again when they are drawn anew', () => {
    const held = new Held();
    assert.deepEqual(read(held, [parts[2]], 0), [['part', [3]]]);
    assert.deepEqual(read(held, [parts[2]], 1), [['part', [3]]]);
    assert.deepEqual(read(held, [parts[0]], 100), [['part', [1, 3]]]);
    assert.deepEqual(read(held, [parts[1]], 200), [['whole', [1, 2, 3]]]);
    assert.deepEqual(read(held, [parts[1]], 201), [['part', [2]]]);
  });
  test('are forgotten after a while, and by a whole code', () => {
    for (const [between, late] of [[[], 281], [['DC04'], 101]]) {
      const held = new Held();
      read(held, parts.slice(0, 2), 100);
      if (between.length) read(held, between, 100);
      assert.deepEqual(read(held, [parts[2]], late), [['part', [3]]]);
    }
  });
  test('of another document of the same name begin anew', () => {
    const [first, second] = gatherings.find((row) => row.id === 'text-2').texts, held = new Held();
    read(held, [first], 0);
    assert.deepEqual(held.take([other], 1).map((one) => [one.text, one.clash]), [[other, false]]);
    assert.deepEqual(held.take([second], 2).map((one) => [one.read, one.text === whole]), [[[1, 2], false]]);
  });
});

describe('lists', () => {
  for (const row of lists) {
    test(`${row.id}: ${row.comment}`, () => {
      const held = row.held ? readSeals(fromHex(row.held)) : null;
      const accept = () => acceptSeals(fromHex(row.list), under(row.trust), held, row.now);
      if (row.expect.accepted) assert.equal(toHex(accept().cose), row.list);
      else assert.throws(accept, (error) => error instanceof SealsRefused && error.code === row.expect.code);
    });
  }
});

const reference = new URL('../../../shared/vectors/2d-doc.json', import.meta.url);
test('every public reference code is read and its signature holds', { skip: !existsSync(reference) && 'the public vectors are not beside this checkout' }, async () => {
  const { certificate, codes } = JSON.parse(readFileSync(reference, 'utf-8'));
  const publicKey = fromHex(certificate.spki).slice(-65);
  const certificates = [{ authority: 'FR00', identifier: '0001', publicKey, notBefore: 0, notAfter: 4_000_000_000, state: 1, issuer: 'Essais', types: [] }];
  assert.equal(codes.length, 56);
  for (const code of codes) {
    assert.equal(new TextDecoder().decode(readSeal(code.message).message), code.signed);
    assert.equal((await judgeSeal(code.message, { ...listed, certificates }, 0)).verdict, 'test', code.type_name);
    const wrong = code.message.replace(/.$/, (letter) => (letter === 'A' ? 'Q' : 'A'));
    assert.notEqual((await judgeSeal(wrong, { ...listed, certificates }, 0)).verdict, 'test', code.type_name);
  }
});

test('the table of fields is that of issuer/seals/fields.py', () => {
  const python = readFileSync(new URL('../../issuer/seals/fields.py', import.meta.url), 'utf-8');
  const lines = [...FIELD_RULES].map(([identifier, { least, most, kind, name }]) => `${identifier} ${least} ${most === Infinity ? 0 : most} ${kind} ${name}`);
  assert.ok(python.includes(`TABLE = """\\\n${lines.join('\n')}\n"""`));
});

test('mandatory entries that a permit lacks are named', () => {
  const permit = ['6L', '5N', '5Q', '5R', '5S', '62', '61', '69', '6A', '67', '5T', '55', '5U', '50', '5M'];
  const fields = (names, contract = '0') => names.map((identifier) => ({ identifier, value: identifier === '5T' ? contract : 'X' }));
  const without = (...gone) => permit.filter((name) => !gone.includes(name));
  assert.deepEqual(missingFields('15', fields(permit)), []);
  assert.deepEqual(missingFields('15', fields(without('5U'), '1')), []);
  assert.deepEqual(missingFields('15', fields(without('5U', '61'))), ['61', '5U']);
  assert.deepEqual(missingFields('15', fields([...without('50', '5M'), '5O'])), ['5P']);
  assert.deepEqual(missingFields('13', []), []);
});

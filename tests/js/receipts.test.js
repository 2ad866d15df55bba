/** Receipts of checks: the vectors that tests/attestation/test_receipt.py reads. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

import { fromHex, toHex } from '../../verifier_pwa/src/js/bytes.js';
import { decode, encode } from '../../verifier_pwa/src/js/cbor.js';
import { FormError } from '../../verifier_pwa/src/js/errors.js';
import { judgeBundle, readBundle } from '../../verifier_pwa/src/js/receipt-bundle.js';
import { dated, receiptText, signStatement, statementBytes } from '../../verifier_pwa/src/js/receipt-make.js';
import { CHECKED, LEVELS, RECEIPT_WORDS, judgeReceipt, receiptDigest } from '../../verifier_pwa/src/js/receipt-read.js';
import { REPORT_FORM, REPORT_WORDS, judgeDate, readReport } from '../../verifier_pwa/src/js/report-read.js';
import { sha256 } from '../../verifier_pwa/src/js/sha2.js';
import { acceptStatus } from '../../verifier_pwa/src/js/status.js';
import { acceptTrust, rootSet } from '../../verifier_pwa/src/js/trust.js';
import * as verdicts from '../../verifier_pwa/src/js/verdicts.js';

const folder = new URL('../vectors/', import.meta.url);
const json = (path) => JSON.parse(readFileSync(new URL(path, folder), 'ascii'));
const rows = json('receipts.json'), index = json('lists/index.json');
const pinned = rootSet(index.pinned.threshold, index.pinned.keys.map(fromHex));
const under = (name) => {
  const { file, accepted_at: at } = index.trust[name];
  return acceptTrust(new Uint8Array(readFileSync(new URL(`lists/${file}`, folder))), pinned, null, at).trust;
};

describe('receipts', () => {
  for (const row of rows) {
    test(`${row.id}: ${row.comment}`, async () => {
      const { receipt, ...found } = await judgeReceipt(row.text, row.paper === null ? null : fromHex(row.paper), under(row.trust));
      assert.deepEqual({ ...found, statement: receipt && receipt.statement }, row.expect);
    });
  }
  test('the words are the closed list', () => {
    assert.deepEqual(new Set(rows.map((row) => row.expect.word)), new Set(RECEIPT_WORDS));
    assert.deepEqual([...CHECKED], verdicts.VERDICTS.filter((word) => !['foreign', 'unsupported', 'malformed'].includes(word)));
    assert.deepEqual([...LEVELS], [...verdicts.LEVELS]);
  });
});

describe('files of receipts, and dates of reports', () => {
  for (const row of json('bundles.json')) {
    test(`${row.id}: ${row.comment}`, async () => {
      const bundle = readBundle(row.file), readings = bundle && await judgeBundle(bundle, under(row.trust));
      assert.deepEqual(readings && readings.map(({ word, since, until, dating }) => ({ word, since, until, dating })), row.expect);
    });
  }
  const dates = json('dates.json');
  for (const row of dates) {
    test(`the date ${row.id}: ${row.comment}`, () => {
      const { word, time } = judgeDate(row.date, sha256(new TextEncoder().encode(row.report)), under(row.trust));
      assert.deepEqual({ word, time }, row.expect);
    });
  }
  test('the words on a date are the closed list', () => {
    assert.deepEqual(new Set(dates.map((row) => row.expect.word)), new Set(REPORT_WORDS));
  });
  test('a report is read whatever stands in it', () => {
    assert.deepEqual(readReport(dates[0].report), { place: 'Chantier de la gare', company: '', siret: '', inspector: '', began: '', last: '', count: 0, texts: [] });
    const odd = { form: REPORT_FORM, declared: null, papers: [null, 1, { text: 1 }, { text: 'A' }, { text: 'A' }, { text: '' }] };
    assert.deepEqual(readReport(JSON.stringify(odd)), { place: '', company: '', siret: '', inspector: '', began: '', last: '', count: 6, texts: ['A'] });
    for (const text of ['', 'null', '[]', '{}', JSON.stringify({ ...odd, papers: {} }), JSON.stringify({ ...odd, form: 'work-in-france/round/2' })]) assert.equal(readReport(text), null, text);
  });
});

describe('making', async () => {
  const trust = under('receipts');
  const statuses = json('lists/index.json').status.one;
  const listed = acceptStatus(new Uint8Array(readFileSync(new URL(`lists/${statuses.file}`, folder))), 1, trust, null, statuses.accepted_at);
  const paper = rows[0].paper;
  const text = json('verify/12-valid.json').find((row) => row.expect.verdict === 'valid' && row.trust === 'main').text;
  const judged = { text, at: 1_770_000_000, verdict: { verdict: 'valid', level: 'green' }, trust, listed };
  const declared = {
    siret: '01234567800013', name: 'SOCIÉTÉ EXEMPLE SAS', person: 'Claude EXEMPLE', original: 'yes', met: 'unsaid', permit: 'no',
    compared: { 'employer.siret': 'near', dates: 'same' }, hired_on: '2026-02-04',
    request: { sent_on: '2026-02-02', channel: 'online', answer: 'none_yet' }, former: 'ab'.repeat(32),
  };
  const { privateKey, publicKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
  const device = new Uint8Array(await crypto.subtle.exportKey('raw', publicKey));
  const make = async (more = {}) => {
    const statement = statementBytes(judged, { ...declared, ...more }, device, '00'.repeat(32), crypto.getRandomValues(new Uint8Array(16)));
    const signature = await signStatement(statement, privateKey);
    return { statement, signature, text: receiptText('https://verif.workinfrance.example', statement, signature, null) };
  };

  test('what is made is read back, in its one form, whichever half s falls into', async () => {
    for (let round = 0; round < 24; round++) {
      const made = await make();
      const found = await judgeReceipt(made.text, null, trust);
      assert.equal(found.word, 'paper_missing');
      assert.equal(toHex(found.receipt.digest), toHex(receiptDigest(made.statement, made.signature)));
      const { company, seen, compared, request, hired_on: hired, former } = found.receipt.statement;
      assert.deepEqual(company, { siret: '01234567800013', name: 'SOCIÉTÉ EXEMPLE SAS', person: 'Claude EXEMPLE' });
      assert.deepEqual(seen, { original: 'yes', person: 'unsaid', permit: 'no' });
      assert.deepEqual(compared, { dates: 'same', 'employer.siret': 'near' });
      assert.deepEqual([request.channel, hired, former], ['online', '2026-02-04', 'ab'.repeat(32)]);
    }
  });

  test('a word that is in no list, or a text without a token, makes no receipt', async () => {
    await assert.rejects(make({ original: 'perhaps' }), TypeError);
    await assert.rejects(make({ compared: { nationality: 'same' } }), TypeError);
    assert.throws(() => statementBytes({ ...judged, text: 'https://elsewhere.example' }, declared, device, '00'.repeat(32), new Uint8Array(16)), FormError);
  });

  test('not dated yet, whatever answers in the place of the service', async () => {
    const made = await make();
    const other = json('receipts.json').find((row) => row.id === 'reference');
    const answers = [
      () => Promise.reject(new TypeError('no network')),
      () => Promise.reject(new DOMException('too long', 'TimeoutError')),
      () => new Response('<html>Sign in to the hotel</html>', { headers: { 'Content-Type': 'text/html' } }),
      () => new Response('', { status: 404 }), () => new Response('', { status: 405 }), () => new Response('', { status: 501 }), () => new Response('', { status: 503 }),
      () => new Response(new Uint8Array(100_000)), () => new Response(new Uint8Array()), () => new Response(new Uint8Array([0x80])),
      () => new Response(encode([[new Uint8Array(8), 1, [[1, 1, new Uint8Array(16)]], new Uint8Array(64)]])),
      () => new Response(encode([encodedCounter(other.text)])),
    ];
    for (const answer of answers) assert.equal(await dated(made.text, made.statement, made.signature, trust, async () => answer()), null);
    assert.ok(paper);
  });
});

/** The countersignature of another receipt, as its symbol carries it. */
function encodedCounter(text) {
  const hex = BigInt(text.split('/#9')[1]).toString(16);
  return decode(fromHex(hex.slice(1)))[2];
}

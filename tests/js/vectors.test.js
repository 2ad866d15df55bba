/** The vectors of tests/vectors: the same files that tests/attestation/test_vectors.py reads. */

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';

import { fromHex, toHex } from '../../verifier_pwa/src/js/bytes.js';
import { FormError, StatusRefused, TrustRefused } from '../../verifier_pwa/src/js/errors.js';
import { readGenuine, readIndex } from '../../verifier_pwa/src/js/genuine-read.js';
import { acceptStatus, readStatus, statusAt, stillAccepted } from '../../verifier_pwa/src/js/status.js';
import { acceptTrust, rootSet } from '../../verifier_pwa/src/js/trust.js';
import { LEVELS, VERDICTS } from '../../verifier_pwa/src/js/verdicts.js';
import { verify } from '../../verifier_pwa/src/js/verify.js';

const folder = new URL('../vectors/', import.meta.url);
const bytes = (path) => new Uint8Array(readFileSync(new URL(path, folder)));
const json = (path) => JSON.parse(readFileSync(new URL(path, folder), 'ascii'));
const index = json('lists/index.json');
const roots = ({ threshold, keys }) => rootSet(threshold, keys.map(fromHex));
const comparable = (set) => [set.threshold, ...set.keys.map(toHex).sort()];

const kept = new Map();

/** The value of `make`, made once for each name. */
function once(name, make) {
  if (!kept.has(name)) kept.set(name, make());
  return kept.get(name);
}

function heldTrust(name, buildTime = 0) {
  const entry = index.trust[name];
  return once(`${name} ${buildTime}`, () =>
    acceptTrust(bytes(`lists/${entry.file}`), roots(index.pinned), null, entry.accepted_at, buildTime).trust);
}

function heldStatus(name, trust) {
  const entry = index.status[name];
  return once(`${name} under ${trust}`, () =>
    acceptStatus(bytes(`lists/${entry.file}`), entry.number, heldTrust(trust), null, entry.accepted_at));
}

function heldGenuine(name) {
  const { index: file, parts, hash } = index.genuine[name];
  return once(`genuine ${name}`, () => [hash, readGenuine(readIndex(bytes(`lists/${file}`), hash), parts.map((part) => bytes(`lists/${part}`)))]);
}

describe('lists of the genuine', () => {
  for (const row of json('genuine.json')) {
    test(`${row.id}: ${row.comment}`, () => {
      const read = () => readGenuine(readIndex(fromHex(row.index), row.hash), row.parts.map(fromHex));
      if (row.expect.accepted) assert.equal(read().entries.length, row.expect.count * 12);
      else assert.throws(read, FormError);
    });
  }
});

const verifyFiles = readdirSync(new URL('verify/', folder)).sort();
const verifyCases = verifyFiles.flatMap((name) => json(`verify/${name}`));
const trustCases = json('trust.json');
const statusCases = json('status.json');

describe('verify', () => {
  for (const row of verifyCases) {
    test(`${row.id}: ${row.comment}`, () => {
      const trust = row.trust === null ? null : heldTrust(row.trust, row.build_time);
      const status = new Map(row.status.map((name) => [index.status[name].number, heldStatus(name, row.trust)]));
      const { statusAgeS, ...rest } = verify(row.text, trust, status, row.now, row.floor, new Map((row.genuine ?? []).map(heldGenuine)));
      assert.deepEqual({ ...rest, status_age_s: statusAgeS }, row.expect);
    });
  }
});

describe('trust list', () => {
  for (const row of trustCases) {
    test(`${row.id}: ${row.comment}`, () => {
      const pinned = roots(row.pinned);
      const held = row.held === null ? null : acceptTrust(fromHex(row.held), pinned, null, row.held_now).trust;
      const accept = () => acceptTrust(fromHex(row.list), pinned, held, row.now);
      if (!row.expect.accepted) {
        assert.throws(accept, (error) => error instanceof TrustRefused && error.code === row.expect.code);
        return;
      }
      const { trust, changed, pinned: next } = accept();
      assert.deepEqual([changed, trust.version], [row.expect.changed, row.expect.version]);
      assert.deepEqual(comparable(next), comparable(roots(row.expect.pinned)));
    });
  }
});

describe('status list', () => {
  for (const row of statusCases) {
    test(`${row.id}: ${row.comment}`, () => {
      const trust = heldTrust(row.trust);
      const held = row.held === null ? null : acceptStatus(fromHex(row.held), row.number, trust, null, row.held_now);
      const accept = () => acceptStatus(fromHex(row.list), row.number, trust, held, row.now);
      if (!row.expect.accepted) {
        assert.throws(accept, (error) => error instanceof StatusRefused && error.code === row.expect.code);
        return;
      }
      const list = accept();
      const values = Object.keys(row.expect.values).map((place) => [place, statusAt(list, Number(place))]);
      assert.equal(list.issuedAt, row.expect.issued_at);
      assert.deepEqual(Object.fromEntries(values), row.expect.values);
    });
  }
  test('a held list is dropped when the trust list no longer bears it', () => {
    for (const row of statusCases.filter(({ expect }) => ['unlisted', 'signer', 'window', 'uri'].includes(expect.code))) {
      assert.equal(stillAccepted(readStatus(fromHex(row.list), row.number), heldTrust(row.trust)), false, row.id);
    }
    assert.equal(stillAccepted(heldStatus('one', 'main'), heldTrust('main')), true);
  });
});

test('there are enough vectors, and they know exactly the closed lists', () => {
  assert.ok(verifyCases.length >= 80 && trustCases.length >= 25 && statusCases.length >= 20);
  assert.ok(verifyCases.filter(({ expect }) => expect.verdict !== 'valid').length >= 60);
  assert.deepEqual(new Set(verifyCases.map(({ expect }) => expect.verdict)), new Set(VERDICTS));
  assert.deepEqual(new Set(verifyCases.map(({ expect }) => expect.level)), new Set(LEVELS));
});

describe('golden attestations and lists verify for ever', () => {
  for (const name of readdirSync(new URL('golden/', folder)).filter((file) => file.endsWith('.json')).sort()) {
    const golden = json(`golden/${name}`);
    test(name, () => {
      const { trust } = acceptTrust(fromHex(golden.trust), roots(golden.pinned), null, golden.accepted_at);
      const status = new Map(golden.status.map(({ number, list }) =>
        [number, acceptStatus(fromHex(list), number, trust, null, golden.accepted_at)]));
      for (const row of golden.cases) {
        const { statusAgeS, ...rest } = verify(row.text, trust, status, row.now);
        assert.deepEqual({ ...rest, status_age_s: statusAgeS }, row.expect, row.id);
      }
    });
  }
});

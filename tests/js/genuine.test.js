/** The list of the genuine of a revoked key, as a phone fetches it: all of it or nothing, and what it changes in a verdict. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { fromHex } from '../../verifier_pwa/src/js/bytes.js';
import { askForLists } from '../../verifier_pwa/src/js/lists-fetched.js';
import { rootSet } from '../../verifier_pwa/src/js/trust.js';
import { verify } from '../../verifier_pwa/src/js/verify.js';

const folder = new URL('../vectors/', import.meta.url);
const bytes = (path) => new Uint8Array(readFileSync(new URL(`lists/${path}`, folder)));
const json = (path) => JSON.parse(readFileSync(new URL(path, folder), 'ascii'));
const index = json('lists/index.json');
const rows = Object.fromEntries(json('verify/07-genuine.json').map((row) => [row.id, row]));
const { now, text } = rows['genuine-listed'];

const FILES = {
  '/trust.cose': bytes('trust-genuine.cose'),
  '/status-1.cose': bytes('status-one.cose'),
  '/genuine/d0.cbor': bytes('genuine-main.cbor'),
  '/genuine/d0.cbor.1': bytes('genuine-main.1.bin'),
};

/** What a phone holds after asking a site that serves these files. */
async function asked(files, held = { pinned: rootSet(2, index.pinned.keys.map(fromHex)), trust: null, status: new Map(), floor: 0, genuine: new Map() }) {
  const seen = [];
  const fetch = async (path) => {
    seen.push(path);
    return path in files ? new Response(files[path]) : new Response('', { status: 404 });
  };
  const { holdings, result } = await askForLists(held, 0, { fetch, now: () => now });
  return { holdings, result, seen };
}

const word = ({ trust, status, floor, genuine }, id = 'genuine-listed') => {
  const { verdict, level } = verify(rows[id].text, trust, status, now, floor, genuine);
  return `${verdict} ${level}`;
};

test('the list comes after trust and status lists, and lifts the revocation of what stands in it', async () => {
  const { holdings, seen } = await asked(FILES);
  assert.deepEqual(seen.slice(-2), ['/genuine/d0.cbor', '/genuine/d0.cbor.1']);
  assert.equal(word(holdings), 'valid green');
  assert.equal(word(holdings, 'genuine-forged'), 'untrusted_key red');
  const again = await asked(FILES, holdings);
  assert.ok(!again.seen.some((path) => path.startsWith('/genuine')), 'what is held is not asked for again');
});

test('without all of it: amber, no claims; it is asked for again', async () => {
  const part = FILES['/genuine/d0.cbor.1'].slice();
  part[3] ^= 1;
  for (const changes of [{ '/genuine/d0.cbor': undefined }, { '/genuine/d0.cbor.1': undefined }, { '/genuine/d0.cbor.1': part }, { '/genuine/d0.cbor': part }]) {
    const files = Object.fromEntries(Object.entries({ ...FILES, ...changes }).filter(([, data]) => data));
    const { holdings, result } = await asked(files);
    assert.equal(word(holdings), 'untrusted_key amber');
    assert.equal(verify(text, holdings.trust, holdings.status, now, 0, holdings.genuine).claims, null);
    assert.ok(['refused', 'server'].includes(result.outcome));
    assert.equal(word((await asked(FILES, holdings)).holdings), 'valid green');
  }
});

test('a trust list that names none drops it', async () => {
  const { holdings } = await asked(FILES);
  const other = bytes('trust-main.cose');
  const { holdings: after } = await asked({ '/trust.cose': other }, { ...holdings, trust: null });
  assert.equal(after.genuine.size, 0);
  assert.equal(word(after), 'untrusted_key red');
});

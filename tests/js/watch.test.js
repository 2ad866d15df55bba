/** The watch and the bundle of receipts: their rules at both sides of each boundary, and what a store or a file may hold. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { bundleDigest, readBundle } from '../../verifier_pwa/src/js/receipt-bundle.js';
import { csv } from '../../verifier_pwa/src/js/tables.js';
import { findings, known, names, readWatched, shifted, standing, watchable, watched } from '../../verifier_pwa/src/js/watch.js';

const TODAY = '2028-02-28'; // before a leap day
const paper = (more = {}) => ({ list: 1, index: 5, number: '4829130571', last: '2028-12-31', label: '', state: 0, told: 0, ...more });
/** A list in which one index has a value. */
const lists = (index, value) => {
  const values = new Uint8Array(32_768);
  values[index >> 2] = value << ((index % 4) * 2);
  return new Map([[1, { values }]]);
};
const only = (more, status = lists(5, 0)) => findings([paper(more)], status, TODAY)[0];

test('a state is new when it is another than the one known, whichever way', () => {
  assert.deepEqual([0, 1, 2, 3].map((value) => only({}, lists(5, value)).changed), [null, 'revoked', 'suspended', 'replaced']);
  assert.deepEqual([0, 1, 2, 3].map((value) => only({ state: 2 }, lists(5, value)).changed), ['restored', 'revoked', null, 'replaced']);
});

test('without a list, or beyond its end, nothing is known and nothing is new', () => {
  for (const found of [only({}, new Map()), only({ index: 131_072 })]) assert.deepEqual([found.state, found.changed, found.news], [null, null, false]);
  assert.equal(known([only({ state: 2 }, new Map())])[0].state, 2, 'what was known stays');
});

test('thirty days before the end it is told, the last day counted, and once only', () => {
  const told = (last, more = {}) => { const { left, ending, news } = only({ last, ...more }); return [left, ending, news]; };
  assert.deepEqual(told('2028-03-30'), [31, 0, false]);
  assert.deepEqual(told('2028-03-29'), [30, 1, true]);
  assert.deepEqual(told('2028-03-29', { told: 1 }), [30, 1, false]);
  assert.deepEqual(told('2028-02-28', { told: 1 }), [0, 1, false]);
  assert.deepEqual(told('2028-02-27', { told: 1 }), [-1, 2, true], 'over is another news');
  assert.equal(known([only({ last: '2028-02-27' })])[0].told, 2);
});

test('entries go thirty days after the last day, over a leap day', () => {
  assert.deepEqual(standing([paper({ last: '2028-01-29' }), paper({ last: '2028-01-28' })], TODAY).map(({ last }) => last), ['2028-01-29']);
  assert.deepEqual([shifted('2028-02-28', 1), shifted('2028-03-30', -30), shifted('2028-01-01', -1)], ['2028-02-29', '2028-02-29', '2027-12-31']);
});

test('what is new comes first, changes before ends, then by the last day', () => {
  const papers = [paper({ index: 1, last: '2028-12-31' }), paper({ index: 2, last: '2028-03-01' }), paper({ index: 3, last: '2028-11-30' }), paper({ index: 5, last: '2028-12-30' })];
  assert.deepEqual(findings(papers, lists(5, 1), TODAY).map((one) => one.paper.index), [5, 2, 3, 1]);
});

test('only papers that may still change are watched, and no name is kept of them', () => {
  const claims = { status: { list: 1, index: 5 }, number: '4829130571', valid_until: '2028-12-31', family_name: 'NGUYEN', given_names: 'Mai', employer: { name: 'X' } };
  const verdicts = ['valid', 'suspended', 'not_yet_valid', 'status_unknown', 'clock_wrong', 'revoked', 'replaced', 'expired', 'untrusted_key', 'bad_signature'];
  assert.deepEqual(verdicts.filter((verdict) => watchable({ verdict, claims })), verdicts.slice(0, 5));
  assert.equal(watchable({ verdict: 'status_unknown', claims: null }), false);
  assert.deepEqual(watched(claims, 'Cuisine', lists(5, 2)), { list: 1, index: 5, number: '4829130571', last: '2028-12-31', label: 'Cuisine', state: 2, told: 0 });
});

test('a label that names a holder is found without case, accents and what stands around', () => {
  const claims = [{ family_name: 'NGUYEN ÉPOUSE DUPONT', given_names: 'Thị Mai' }, { family_name: 'ØSTERGÅRD' }];
  for (const label of ['nguyen', 'M. Dupont, cuisine', 'poste de mai', 'thi', 'Østergård']) assert.equal(names(label, claims), true, label);
  for (const label of ['', 'Cuisine 12', 'Chantier Dupontel', 'de', '4829130571']) assert.equal(names(label, claims), false, label);
});

test('whatever the store holds, only entries come out', () => {
  const junk = [null, 1, {}, paper({ list: '1' }), paper({ state: 4 }), paper({ state: -1 }), paper({ number: '1' }), paper({ last: '2028-13-01' }), paper({ last: 'x' }), paper({ label: 3 }), paper({ index: 1.5 })];
  assert.deepEqual(readWatched([...junk, paper()]), [paper()]);
  for (const stored of [undefined, null, 'x', {}, 3]) assert.deepEqual(readWatched(stored), []);
});

test('a table holds no formula, whatever stands before the sign', () => {
  for (const cell of ['=1', '+1', '-1', '@a', '\t=1', ' =1', '\u00a0=1', '\'=1', '＝1', '|a', '%a']) assert.equal(csv([[cell]]).slice(1, 3).includes('\'') || csv([[cell]]).startsWith('\ufeff"\''), true, cell);
  assert.equal(csv([['a;b', 'c"d', 'e']]), '\ufeff"a;b";"c""d";e\r\n');
});

test('a file of receipts is one in form, or none at all', () => {
  const good = { form: 'work-in-france/receipts/1', items: [{ file: 'a', paper: 'b', receipt: 'c' }], digests: ['ab'.repeat(32)], counters: ['83'] };
  const page = (json) => `<!doctype html><html><body><p>x</p><script type="application/json" id="receipts">${json}</script></body></html>`;
  assert.deepEqual(readBundle(JSON.stringify(good)), { items: good.items, digests: good.digests, counters: good.counters });
  assert.deepEqual(readBundle(page(JSON.stringify(good)))?.items, good.items);
  const bad = [{ form: 'other' }, { items: [] }, { items: 'x' }, { items: [null] }, { items: [{ file: 'a', paper: 'b' }] }, { items: [{ file: 'a', paper: 'b', receipt: 'c'.repeat(5000) }] },
    { digests: ['AB'.repeat(32)] }, { digests: ['ab'] }, { digests: null }, { counters: ['8'] }, { counters: [1] }];
  for (const more of bad) assert.equal(readBundle(JSON.stringify({ ...good, ...more })), null, JSON.stringify(more).slice(0, 60));
  for (const text of ['', '{', 'null', '3', '[]', page('{')]) assert.equal(readBundle(text), null, text);
});

test('the hash of a list depends on each hash and on their order', () => {
  const [one, other] = ['00'.repeat(32), '01'.repeat(32)];
  const all = [[one, other], [other, one], [one], [one, one], []].map((digests) => bundleDigest(digests).toString());
  assert.equal(new Set(all).size, all.length);
});

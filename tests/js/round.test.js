import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BLANK, KEPT_S, counts, differencesOf, earlierOf, endOf, ordered, reportJson, shownLevel, wordKey } from '../../verifier_pwa/src/js/round-model.js';

const CLAIMS = { family_name: 'NGUYEN', given_names: 'Mai', birth_date: '1996-03-14', employer: { name: 'SOCIÉTÉ EXEMPLE SAS', siret: '81234567800013' } };
const paper = (rank, more = {}) => ({ ...BLANK, key: `k${rank}`, rank, at: 1_770_000_000 + rank, kind: 'ours', verdict: 'valid', word: 'valid', level: 'green', ...more });
const ROUND = { id: 'x', place: 'Lyon', company: '', siret: '', inspector: '', began: 1_770_000_000, last: 1_770_000_100, next: 4, saved: null, dated: null };

test('the employer is compared with the company visited, by its SIRET first', () => {
  const differs = (siret, company = '') => differencesOf(CLAIMS, { siret, company });
  assert.deepEqual(differs(''), []);
  assert.deepEqual(differs('81234567800013', 'Another name'), [], 'the same SIRET: the name may be written in any way');
  assert.deepEqual(differs('81234567800021'), ['siret_siren']);
  assert.deepEqual(differs('50000000000009', 'AUTRE'), ['siret']);
  assert.deepEqual(differs('81234567800014'), ['siret_key'], 'no SIRET: nothing is compared');
  assert.deepEqual(differs('', 'Société exemple SAS'), []);
  assert.deepEqual(differs('', 'Boulangerie'), ['employer_words'], 'a name alone is never another');
  assert.deepEqual(differencesOf({ ...CLAIMS, employer: { name: 'X' } }, { siret: '81234567800013', company: '' }), ['not_signed']);
});

test('a paper of another employer is never shown green; its verdict stays', () => {
  assert.equal(shownLevel(paper(1)), 'green');
  for (const one of ['siret', 'siret_siren', 'siret_key', 'not_signed', 'employer_words']) assert.equal(shownLevel(paper(1, { differs: [one] })), 'amber', one);
  assert.equal(shownLevel(paper(1, { level: 'red', differs: ['siret'] })), 'red');
});

test('counts by word, the worst first; amber and green of one verdict apart; seals and people apart', () => {
  const papers = [
    paper(1), paper(2), paper(3, { verdict: 'revoked', word: 'revoked', level: 'red' }), paper(4, { word: 'valid_amber', level: 'amber' }),
    paper(5, { kind: 'none', word: 'none', level: 'grey' }), paper(6, { kind: 'seal', word: 'authentic', level: 'amber' }),
  ];
  assert.deepEqual(counts(papers).map(({ key, count }) => [key, count]), [
    ['verdict.revoked.word', 1], ['verdict.valid_amber.word', 1], ['seal.verdict.authentic.word', 1], ['round.kind.none', 1], ['verdict.valid.word', 2],
  ]);
  assert.equal(wordKey({ kind: 'left', word: 'left' }), 'round.kind.left');
  assert.deepEqual(ordered(papers, 'worst').map(({ rank }) => rank), [3, 6, 4, 5, 2, 1]);
  assert.deepEqual(ordered(papers, 'latest').map(({ rank }) => rank), [6, 5, 4, 3, 2, 1]);
});

test('an earlier paper of the same person is named; people without a birth date never are', () => {
  const who = { family_name: 'NGUYEN', given_names: 'Mai', birth_date: '1996-03-14' };
  const papers = [paper(1, who), paper(2, { ...who, birth_date: '1996-03-15' }), paper(3, who), paper(4, { kind: 'none' }), paper(5, { kind: 'none' })];
  assert.deepEqual(papers.map((one) => earlierOf(one, papers)), [0, 0, 1, 0, 0]);
});

test('kept for 72 hours after the last paper', () => {
  assert.equal(endOf(ROUND) - ROUND.last, 72 * 3600);
  assert.equal(KEPT_S, 259_200);
});

test('the same round gives the same report, whatever the order of its papers; a change gives another', () => {
  const made = { software: '0.1.0', demonstration: false }, papers = [paper(1, { text: 'A' }), paper(2, { kind: 'left', verdict: 'left', level: 'grey', note: 'par la cour' })];
  const written = reportJson(ROUND, papers, made);
  assert.equal(reportJson(ROUND, [...papers].reverse(), made), written);
  assert.notEqual(reportJson(ROUND, [papers[0], { ...papers[1], note: '' }], made), written);
  assert.equal(reportJson({ ...ROUND, saved: 'f'.repeat(64), next: 9 }, papers, made), written, 'having saved it changes nothing');
  const { papers: [first, second], form, demonstration } = JSON.parse(written);
  assert.deepEqual([form, demonstration, first.text, first.level], ['work-in-france/round/1', undefined, 'A', 'green']);
  assert.deepEqual(second, { rank: 2, at: '2026-02-02T02:40:02Z', kind: 'left', verdict: 'left', note: 'par la cour' }, 'no level is given to what a person says');
});

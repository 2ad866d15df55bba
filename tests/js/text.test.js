import assert from 'node:assert/strict';
import { test } from 'node:test';
import { follows } from '../../verifier_pwa/src/js/text.js';

const ok = (text) => follows(text, 1, 80);

test('names that must pass', () => {
  for (const text of [
    'NGUYEN ÉPOUSE DUPONT', 'Thị Mai', 'SOCIÉTÉ EXEMPLE SAS', "Ingénieure d'études", 'Ōtani', 'Łukasz', 'Þór', 'Ðorđe', 'İpek', 'ı', 'O’Brien', 'ʻOkina', 'Kaʼiulani',
    'A–B — C‐D', '« entre guillemets »'.replaceAll(' ', ' '), '“x”', '100 €', '№ 5', 'S.A.R.L. [x] {y} ~ ^ ` | \\', 'x…', 'M̃', 'Ẁ', '¡Hola!', '½ temps', '!', '~', 'ǃ'.replace('ǃ', '!'), 'R̥̄',
  ]) assert.equal(ok(text.normalize('NFC')), true, text);
});

test('every code point: exactly the repertoire of the format may stand alone', () => {
  const others = new Set([0x2bb, 0x2bc, 0x2010, 0x2011, 0x2013, 0x2014, 0x2018, 0x2019, 0x201c, 0x201d, 0x2026, 0x20ac, 0x2116]);
  const within = (code, from, to) => code >= from && code <= to;
  for (let code = 0; code <= 0x10ffff; code++) {
    if (within(code, 0xd800, 0xdfff)) continue;
    const text = String.fromCodePoint(code);
    const expected = text.normalize('NFC') === text && (
      within(code, 0x21, 0x7e) || (within(code, 0xa1, 0xbf) && code !== 0xad)
      || (within(code, 0xc0, 0x2af) && code !== 0xd7 && code !== 0xf7 && !within(code, 0x1c0, 0x1c3))
      || within(code, 0x1e00, 0x1eff) || others.has(code)
    );
    if (follows(text, 1, 80) !== expected) assert.fail(`U+${code.toString(16)}: ${!expected}`);
  }
});

test('both sides of each boundary of the ranges', () => {
  for (const code of [0x21, 0x7e, 0xa1, 0xac, 0xae, 0xbf, 0xc0, 0xd6, 0xd8, 0xf6, 0xf8, 0x1bf, 0x1c4, 0x2af, 0x2bb, 0x2bc, 0x1e00, 0x1eff, 0x2010, 0x2011, 0x2013, 0x2014, 0x2018, 0x2019, 0x201c, 0x201d, 0x2026, 0x20ac, 0x2116]) {
    assert.equal(ok(`a${String.fromCodePoint(code)}b`), true, code.toString(16));
  }
  for (const code of [0x00, 0x09, 0x0a, 0x0d, 0x1f, 0x7f, 0x85, 0xa0, 0xad, 0xd7, 0xf7, 0x1c0, 0x1c3, 0x2b0, 0x2ba, 0x2bd, 0x370, 0x1dff, 0x1f00, 0x200b, 0x200d, 0x200f, 0x2012, 0x2015, 0x2017, 0x201a, 0x201b, 0x201e, 0x2025, 0x2027, 0x202e, 0x202f, 0x2066, 0x20ab, 0x20ad, 0x2115, 0x2117, 0xfeff, 0xff21, 0x1f600, 0xe0041]) {
    assert.equal(ok(`a${String.fromCodePoint(code)}b`), false, code.toString(16));
  }
});

test('spaces: one between words; none before, behind or doubled', () => {
  assert.equal(ok('a b'), true);
  for (const text of [' ', ' a', 'a ', 'a  b', 'a\u00a0b', '  ']) assert.equal(ok(text), false, JSON.stringify(text));
});

test('marks: two at most, directly after a letter', () => {
  assert.equal(ok('q\u0302\u0323'.normalize('NFC')), true);
  assert.equal(ok('q\u0300'), true);
  assert.equal(ok('q\u036f'), true);
  for (const text of ['\u0300', ' \u0300', '1\u0300', '-\u0300', '\u02bb\u0300', '\u02bc\u0300', 'q\u034f', 'q\u0300\u0301\u0302', 'a \u0301', 'q\u0370', '\u00bf\u0300']) {
    assert.equal(ok(text.normalize('NFC')), false, JSON.stringify(text));
  }
  assert.equal(ok('\u0253\u0300'), true, 'after a letter beyond U+00FF');
  assert.equal(ok('\u1e9f\u0300'), true, 'after a letter of U+1E00–1EFF');
});

test('NFC: the composed form only', () => {
  assert.equal(ok('é'), true);
  assert.equal(ok('e\u0301'), false);
  assert.equal(ok('q\u0323\u0302'), true);
  assert.equal(ok('q\u0302\u0323'), false, 'marks in another order than NFC');
  assert.equal(ok('\u212b'), false, 'the ångström sign');
  assert.equal(ok('q\u0340'), false, 'a mark that NFC replaces');
});

test('length: counted in code points, both ends included', () => {
  assert.equal(follows('', 0, 200), true);
  assert.equal(follows('', 1, 80), false);
  assert.equal(follows('é'.repeat(80), 1, 80), true);
  assert.equal(follows('é'.repeat(81), 1, 80), false);
  assert.equal(follows('q\u0300'.repeat(40), 1, 80), true);
  assert.equal(follows('q\u0300'.repeat(40) + 'a', 1, 80), false);
});

test('other types are no texts', () => {
  for (const value of [undefined, null, 1, ['a'], { length: 1 }, new Uint8Array(1), 10n]) assert.equal(follows(value, 0, 80), false);
});

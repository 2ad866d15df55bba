import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ScannedKeys, takeLink } from '../../verifier_pwa/src/js/input.js';
import { readWritten } from '../../verifier_pwa/src/js/written.js';
import { ORIGIN, signedText } from './made.js';

const TEXT = signedText();

// The keys of the two layouts as their makers print them, position by position: what is pressed for a sign, and what a key writes.
const ROWS = [
  ['Backquote Digit1 Digit2 Digit3 Digit4 Digit5 Digit6 Digit7 Digit8 Digit9 Digit0 Minus Equal', '`1234567890-=', '~!@#$%^&*()_+', '²&é"\'(-è_çà)=', ' 1234567890°+'],
  ['KeyQ KeyW KeyE KeyR KeyT KeyY KeyU KeyI KeyO KeyP', 'qwertyuiop', 'QWERTYUIOP', 'azertyuiop', 'AZERTYUIOP'],
  ['KeyA KeyS KeyD KeyF KeyG KeyH KeyJ KeyK KeyL Semicolon Quote', 'asdfghjkl;\'', 'ASDFGHJKL:"', 'qsdfghjklmù', 'QSDFGHJKLM%'],
  ['KeyZ KeyX KeyC KeyV KeyB KeyN KeyM Comma Period Slash', 'zxcvbnm,./', 'ZXCVBNM<>?', 'wxcvbn,;:!', 'WXCVBN?./§'],
];
const layout = (plain, shifted) => new Map(ROWS.flatMap((row) => row[0].split(' ').map((code, at) => [code, [row[plain][at], row[shifted][at]]])));
const LAYOUTS = { us: layout(1, 2), fr: layout(3, 4) };

/** The events of a scanner set for one layout on a device of another. */
function keys(text, scanner, device, { capsLock = false, gaps = () => 5 } = {}) {
  const events = [];
  let time = 1000;
  [...text].forEach((sign, at) => {
    time += gaps(at);
    if (scanner === 'fr' && (sign === '#' || sign === ']')) {
      events.push({ code: sign === '#' ? 'Digit3' : 'Minus', key: 'Dead', shiftKey: false, altKey: true, timeStamp: time });
      return;
    }
    const [code, [plain]] = [...LAYOUTS[scanner]].find(([, signs]) => signs.includes(sign)) ?? ['BracketRight', [sign]];
    const shiftKey = plain !== sign;
    let key = LAYOUTS[device].get(code)?.[shiftKey ? 1 : 0] ?? sign;
    if (capsLock && /[a-z]/i.test(key)) key = key === key.toUpperCase() ? key.toLowerCase() : key.toUpperCase();
    else if (capsLock && device === 'fr' && code.startsWith('Digit')) key = LAYOUTS.fr.get(code)[shiftKey ? 0 : 1];
    events.push({ code, key, shiftKey, altKey: false, timeStamp: time });
  });
  return events;
}

function read(events) {
  const scanned = new ScannedKeys();
  for (const event of events) scanned.press(event);
  return [...new Set(scanned.take().flatMap((reading) => readWritten(reading, [ORIGIN]).texts))];
}

for (const scanner of ['us', 'fr']) {
  for (const device of ['us', 'fr']) {
    for (const capsLock of [false, true]) {
      test(`a scanner set for ${scanner} is read on ${device}${capsLock ? ' with Caps Lock' : ''}`, () => {
        assert.deepEqual(read(keys(TEXT, scanner, device, { capsLock })), [TEXT]);
        assert.deepEqual(read(keys(`]Q1${TEXT}`, scanner, device, { capsLock })), [TEXT]);
      });
    }
  }
}

test('a scanner may rest once an address has begun, and no tail is left alone before', () => {
  assert.deepEqual(read(keys(TEXT, 'us', 'us', { gaps: (at) => (at > 6 && at % 90 === 0 ? 500 : 5) })), [TEXT]);
  const scanned = new ScannedKeys();
  for (const event of keys(TEXT, 'us', 'us', { gaps: (at) => (at === 300 ? 4000 : 5) })) scanned.press(event);
  assert.match(scanned.take()[0], /^[0-9]+$/); // what is left is digits alone, which nobody judges
});

test('a typist is no scanner', () => {
  const scanned = new ScannedKeys();
  for (const event of keys('bonjour tout le monde', 'fr', 'fr', { gaps: () => 90 })) scanned.press(event);
  assert.equal(scanned.press({ code: 'Enter', key: 'Enter', shiftKey: false, altKey: false, timeStamp: 1e6 }), false);
});

test('a link is taken from the fragment or the path, and leaves address and history', () => {
  const left = [];
  const history = { replaceState: (...given) => left.push(given[2]) };
  const at = (path) => takeLink(new URL(path, ORIGIN), history);
  assert.equal(at('/#123'), `${ORIGIN}/#123`);
  assert.equal(at('/%23123'), `${ORIGIN}/%23123`);
  assert.equal(at('/%2523123?x=1'), `${ORIGIN}/%2523123?x=1`);
  assert.deepEqual(left, ['/', '/', '/']);
  for (const path of ['/', '/#', '/some/page', '/%23', '/%23contact']) assert.equal(at(path), null, path);
  assert.equal(takeLink(new URL('file:///tmp/verificateur.html#123'), history), null, 'a page of a disk may not rewrite its address');
  assert.equal(left.length, 3);
});

for (const device of ['us', 'fr']) {
  test(`the control characters of a 2D-DOC come through a scanner set for us on ${device}, once one has begun`, () => {
    const pressed = (code, timeStamp) => ({ code, key: LAYOUTS[device].get(code)?.[0] ?? '$', timeStamp });
    const scanned = new ScannedKeys();
    assert.equal(scanned.control(pressed('BracketRight', 990)), false); // the browser's own
    const head = keys('DC04FR62NGUYEN', 'us', device);
    for (const event of head) scanned.press(event);
    const end = head.at(-1).timeStamp;
    assert.equal(scanned.control(pressed('BracketRight', end + 10)), true);
    for (const event of keys('61MAI', 'us', device)) scanned.press({ ...event, timeStamp: event.timeStamp - 1000 + end + 10 });
    assert.equal(scanned.control(pressed('Minus', end + 60)), true);
    assert.ok(scanned.take().includes('DC04FR62NGUYEN\x1d61MAI\x1f'));
  });
}

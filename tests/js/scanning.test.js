// The loop between camera and reader: what it takes for a frozen camera, and when it tries curled paper.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Scanning } from '../../verifier_pwa/src/js/scanning.js';

const settle = () => new Promise((resolve) => { setImmediate(resolve); });

/** A camera and a reader that the test moves by hand; `clock` is what performance.now() gives. */
function stage(context) {
  const made = { clock: 0, told: [], asked: [], frame: () => {}, answer: () => {} };
  context.mock.method(performance, 'now', () => made.clock);
  context.mock.timers.enable({ apis: ['setInterval'] });
  globalThis.document = /** @type {any} */ ({ visibilityState: 'visible' });
  const video = { videoWidth: 1920, requestVideoFrameCallback: (next) => { made.frame = next; } };
  const reader = { readVideo: (_, several, curled) => new Promise((resolve) => {
    made.asked.push(curled);
    made.answer = (texts = []) => resolve({ readings: texts.map((text) => ({ text })), trouble: null });
  }) };
  const tell = (name) => (...what) => made.told.push([name, ...what]);
  made.scanning = new Scanning(/** @type {any} */ (video), /** @type {any} */ (reader), (text) => text.startsWith('ours'),
    { found: tell('found'), seen: () => {}, frozen: tell('frozen'), blocked: tell('blocked') });
  made.scanning.start();
  return made;
}

test('a reader that takes its time, as while the engine loads, is no frozen camera', async (context) => {
  const scene = stage(context);
  scene.frame();
  await settle();
  scene.clock = 9_000;
  context.mock.timers.tick(9_000);
  assert.deepEqual(scene.told, []);
  scene.answer(['ours']);
  await settle();
  assert.deepEqual(scene.told, [['found', ['ours']]]);
  scene.scanning.stop();
});

test('a picture that does not come is a frozen camera', async (context) => {
  const scene = stage(context);
  scene.clock = 5_000;
  context.mock.timers.tick(5_000);
  assert.equal(scene.told[0][0], 'frozen');
  scene.scanning.stop();
});

test('curled paper is tried after a while, never at once after the engine came, and less often the longer it takes', async (context) => {
  const scene = stage(context);
  const read = async (at, took) => {
    scene.clock = at;
    scene.frame();
    await settle();
    scene.clock = at + took;
    scene.answer();
    await settle();
  };
  await read(0, 6_000); // the engine loads
  await read(6_100, 10);
  await read(9_000, 2_000);
  await read(12_000, 10);
  await read(18_900, 10);
  await read(19_100, 10);
  assert.deepEqual(scene.asked, [false, false, true, false, false, true]);
  scene.scanning.stop();
});

// The loop between camera and reader: what it takes for a frozen camera, and how it looks again at what it cannot read.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOOKS } from '../../verifier_pwa/src/js/looks.js';
import { Scanning } from '../../verifier_pwa/src/js/scanning.js';

const settle = () => new Promise((resolve) => { setImmediate(resolve); });

/** A camera and a reader that the test moves by hand; `clock` is what performance.now() gives. */
function stage(context) {
  const made = { clock: 0, told: [], asked: [], frame: () => {}, answer: () => {} };
  context.mock.method(performance, 'now', () => made.clock);
  context.mock.timers.enable({ apis: ['setInterval', 'setTimeout'] });
  globalThis.document = /** @type {any} */ ({ visibilityState: 'visible' });
  const video = made.video = { videoWidth: 1920, requestVideoFrameCallback: (next) => { made.frame = next; } };
  const reader = { readVideo: (_, turn) => new Promise((resolve) => {
    made.asked.push(turn);
    made.answer = (texts = []) => resolve({ readings: texts.map((text) => ({ text })), trouble: null });
  }), readBeside: async () => ['DC04 of the same frame'] };
  const tell = (name) => (...what) => made.told.push([name, ...what]);
  made.scanning = new Scanning(/** @type {any} */ (video), /** @type {any} */ (reader), (text) => text.startsWith('ours'),
    { found: (texts, beside) => { made.told.push(['found', texts]); made.beside = beside; }, seen: () => {}, frozen: tell('frozen'), blocked: tell('blocked') });
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
  scene.frame();
  await settle();
  scene.answer();
  await settle();
  scene.clock = 5_000;
  context.mock.timers.tick(5_000);
  assert.equal(scene.told[0][0], 'frozen');
  scene.scanning.stop();
});

test('where the browser never tells of a new picture, pictures are read all the same, and the camera is not taken for frozen', async (context) => {
  const scene = stage(context);
  for (let second = 1; second <= 9; second += 1) {
    scene.clock = second * 1_000;
    context.mock.timers.tick(1_000);
    await settle();
    scene.answer();
    await settle();
  }
  assert.ok(scene.asked.length >= 9, `${scene.asked.length} read`);
  assert.deepEqual(scene.told, []);
  scene.scanning.stop();
});

test('a camera that gives no picture at all is a frozen one, whatever the browser tells', async (context) => {
  const scene = stage(context);
  scene.video.videoWidth = 0;
  for (let second = 1; second <= 6; second += 1) {
    scene.clock = second * 1_000;
    context.mock.timers.tick(1_000);
    await settle();
  }
  assert.equal(scene.told[0][0], 'frozen');
  scene.scanning.stop();
});

/** Nine seconds in which no new picture is told of, and the reader answers at once. */
async function untold(context, scene, eachSecond) {
  for (let second = 1; second <= 9; second += 1) {
    eachSecond(second);
    scene.clock = second * 1_000;
    context.mock.timers.tick(1_000);
    await settle();
    scene.answer();
    await settle();
  }
  scene.scanning.stop();
}

test('a camera that stands still from its first picture is a frozen one: the browser counts no other', async (context) => {
  const scene = stage(context);
  scene.video.getVideoPlaybackQuality = () => ({ totalVideoFrames: 1 });
  await untold(context, scene, () => {});
  assert.deepEqual(scene.told, [['frozen'], ['frozen']]);
  assert.ok(scene.scanning.pictures < 2, 'and no picture counts as new: several such starts are a camera that failed');
});

test('pictures that the browser counts and does not tell of are no frozen camera', async (context) => {
  const scene = stage(context);
  let shown = 0;
  scene.video.getVideoPlaybackQuality = () => ({ totalVideoFrames: shown });
  await untold(context, scene, (second) => { shown = second * 15; });
  assert.deepEqual(scene.told, []);
  assert.equal(scene.scanning.pictures, 8);
});

test('where the browser counts none, a picture that looks the same for seconds is a frozen camera, and one that changes is not', async (context) => {
  let light = 100;
  globalThis.OffscreenCanvas = /** @type {any} */ (class {
    getContext() { return { drawImage: () => {}, getImageData: () => ({ data: new Uint8ClampedArray(16).fill(light) }) }; }
  });
  context.after(() => { delete globalThis.OffscreenCanvas; });
  for (const still of [true, false]) {
    const scene = stage(context);
    await untold(context, scene, (second) => { light = still ? 100 : 100 + second; });
    assert.equal(scene.told.length, still ? 2 : 0);
    context.mock.restoreAll();
    context.mock.timers.reset();
  }
});

test('frames left unread are looked at again in every way in turn, bent paper last, and less often the longer that takes', async (context) => {
  const scene = stage(context);
  const read = async (at, took) => {
    scene.clock = at;
    scene.frame();
    await settle();
    scene.clock = at + took;
    scene.answer();
    await settle();
  };
  for (let frame = 0; frame < LOOKS.length; frame += 1) await read(frame, 0);
  await read(100, 2_000);
  for (let frame = 0; frame <= LOOKS.length; frame += 1) await read(3_000 + frame, 0);
  const turns = LOOKS.map((_, turn) => turn);
  assert.deepEqual(scene.asked, [...turns, LOOKS.length, ...turns, null]);
  for (let frame = 0; frame <= LOOKS.length; frame += 1) await read(11_000 + frame, 0);
  assert.equal(scene.asked.at(-1), LOOKS.length);
  scene.scanning.stop();
});

/** Frames of these texts, one after the other; what was told, and the seals told after it. */
async function heard(context, frames) {
  const scene = stage(context);
  for (const texts of frames) {
    scene.frame();
    await settle();
    scene.answer(texts);
    await settle();
  }
  scene.scanning.stop();
  return [scene.told.map(([, texts]) => texts), await scene.beside];
}

test('one of ours is told at once, and the frame is looked at for a seal after that', async (context) => {
  assert.deepEqual(await heard(context, [[], ['ours']]), [[['ours']], ['DC04 of the same frame']]);
});

test('one of ours beside a seal is told with it', async (context) => {
  assert.deepEqual(await heard(context, [['ours', 'DC04 a seal']]), [[['ours', 'DC04 a seal']], []]);
});

test('a seal waits two frames for one of ours, which may stand beside it', async (context) => {
  assert.deepEqual(await heard(context, [['DC04 a seal'], [], ['ours']]), [[['ours', 'DC04 a seal']], []]);
});

test('a seal alone is told after two frames more', async (context) => {
  assert.deepEqual(await heard(context, [['DC04 a seal'], []]), [[], undefined]);
});

test('a seal alone is told then, whether or not it is seen again', async (context) => {
  assert.deepEqual(await heard(context, [['DC04 a seal'], [], ['another']]), [[['another', 'DC04 a seal']], []]);
});

test('what was read begins the ways again', async (context) => {
  const scene = stage(context);
  for (const texts of [[], [], ['another'], []]) {
    scene.frame();
    await settle();
    scene.answer(texts);
    await settle();
  }
  assert.deepEqual(scene.asked, [0, 1, 2, 0]);
  scene.scanning.stop();
});

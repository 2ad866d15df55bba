/**
 * What a picture of this screen lacks: a clock that ticks, an age that grows, a band that moves.
 * @module
 */

import { element } from './element.js';
import { say } from './messages.js';
import { ago, clock } from './words.js';

/** Seconds after which a result should be asked for again. */
const OLD_S = 600;
const TICK_MS = 500;

/**
 * @param {number} at when the verdict was given, UTC seconds
 * @param {() => number} now UTC seconds
 * @returns {{ strip: HTMLElement, stop: () => void }}
 */
export function liveStrip(at, now) {
  const time = element('span', { class: 'live-clock' });
  const age = element('span', { class: 'live-age' });
  const strip = element('div', { class: 'live', role: 'group', 'aria-label': say('live.label') },
    element('div', { class: 'live-band', 'aria-hidden': 'true' }),
    element('div', { class: 'live-line' }, time, age),
    element('p', { class: 'live-proof' }, say('live.proof')));

  function tick() {
    const since = now() - at;
    time.textContent = clock(now());
    age.textContent = since >= OLD_S ? say('live.old') : say('live.checked', { ago: ago(Math.max(0, since)) });
    strip.classList.toggle('live-old', since >= OLD_S);
  }
  tick();
  const timer = setInterval(tick, TICK_MS);
  return { strip, stop: () => clearInterval(timer) };
}

/**
 * Vibration and sound of a verdict, each with its own pattern for a level: felt and heard without looking.
 * @module
 */

import { settings } from './settings.js';

/** Milliseconds of vibration, pause, vibration… @type {Readonly<Record<string, number[]>>} */
const VIBRATIONS = { green: [120], amber: [120, 90, 120], red: [400, 120, 400], grey: [60, 60, 60, 60, 60], same: [40] };

/** Notes: frequency in hertz and length in seconds. @type {Readonly<Record<string, [number, number][]>>} */
const NOTES = { green: [[880, 0.09], [1320, 0.16]], amber: [[660, 0.14], [660, 0.14]], red: [[330, 0.22], [220, 0.34]], grey: [[440, 0.12]], same: [[520, 0.05]] };
const LOUDNESS = 0.18;

/** @type {AudioContext | null} */
let audio = null;

/**
 * Signals a verdict's level as far as the settings and the device allow.
 * @param {string} level or `same`, for a paper that was counted already
 */
export function signal(level) {
  const { sound, vibration } = settings();
  if (vibration && navigator.userActivation?.hasBeenActive) navigator.vibrate?.(VIBRATIONS[level]);
  if (sound && navigator.userActivation?.hasBeenActive) play(NOTES[level]);
}

/** @param {[number, number][]} notes */
function play(notes) {
  if (typeof AudioContext === 'undefined') return;
  audio ??= new AudioContext();
  let at = audio.currentTime + 0.02;
  for (const [frequency, length] of notes) {
    const tone = audio.createOscillator();
    const gain = audio.createGain();
    tone.frequency.value = frequency;
    gain.gain.setValueAtTime(LOUDNESS, at);
    gain.gain.exponentialRampToValueAtTime(0.001, at + length);
    tone.connect(gain).connect(audio.destination);
    tone.start(at);
    tone.stop(at + length);
    at += length + 0.03;
  }
}

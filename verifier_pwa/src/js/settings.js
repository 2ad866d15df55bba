/**
 * What the person chose: language, sound, vibration, appearance, lens. It stays on this device; nothing else is kept here.
 * @module
 */

import { granted } from './errors.js';

/**
 * `lens` is the device id of the chosen camera, '' while the application chooses.
 * @typedef {{ language: 'fr' | 'en', sound: boolean, vibration: boolean, theme: 'auto' | 'light' | 'dark', lens: string,
 *   installAsked: number }} Settings
 */

const STORED_UNDER = 'wif.settings';

/** @type {Readonly<Settings>} */
const DEFAULTS = Object.freeze({ language: 'fr', sound: true, vibration: true, theme: 'auto', lens: '', installAsked: 0 });

/** @type {Readonly<Record<string, readonly unknown[]>>} */
const CHOICES = { language: ['fr', 'en'], theme: ['auto', 'light', 'dark'] };

/** @type {Settings} */
let current = { ...DEFAULTS };

/**
 * Reads the stored settings; what is missing, damaged or out of reach (private mode) has its default.
 * @param {Pick<Storage, 'getItem'> | null} storage
 * @returns {Readonly<Settings>}
 */
export function readSettings(storage) {
  current = { ...DEFAULTS };
  let stored;
  try {
    stored = JSON.parse(storage?.getItem(STORED_UNDER) ?? '{}');
  } catch {
    return current; // the storage is closed to us, or does not hold our settings: the defaults serve
  }
  for (const [name, standard] of Object.entries(DEFAULTS)) {
    const value = stored?.[name];
    if (typeof value === typeof standard && (!CHOICES[name] || CHOICES[name].includes(value))) Object.assign(current, { [name]: value });
  }
  return current;
}

/** The settings in use. @returns {Readonly<Settings>} */
export function settings() {
  return current;
}

/**
 * Changes some settings, for now and for the next time if the storage allows it.
 * @param {Partial<Settings>} changes
 * @param {Pick<Storage, 'setItem'> | null} storage
 * @returns {boolean} whether they will be there next time
 */
export function changeSettings(changes, storage) {
  current = { ...current, ...changes };
  try {
    storage?.setItem(STORED_UNDER, JSON.stringify(current));
    return storage !== null;
  } catch {
    return false; // full or closed storage: the settings hold until the page closes
  }
}

/** The storage of this device, or null where the browser keeps it closed. @returns {Storage | null} */
export function settingsStorage() {
  return granted(() => globalThis.localStorage) ?? null;
}

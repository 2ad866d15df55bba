/**
 * Which camera to open: pure, from what the browser tells of each.
 * @module
 */

/** @typedef {{ deviceId: string, label: string }} Lens */

/** Words of the languages of phones for a camera that looks away from the person. */
const REAR = /back|rear|environment|arri[eè]re|dorsal|trasera|traseira|rück|posterior|achter|задн/i;
const FRONT = /front|user|avant|frontal|selfie|vorder|voorzijde|передн/i;
/** Of an iPhone's rear cameras, those of several lenses change to the one that focuses close by. */
const SEVERAL = /triple|dual wide|double grand-angle|trois objectifs/i;
/** Lenses that do not focus on a paper held in the hand. */
const UNFIT = /ultra|tele|télé|depth|profondeur|infrared|\bir\b|macro/i;

/**
 * The lenses in the order in which they promise to read a paper; equal ones in the order given.
 * @template {Lens} T
 * @param {readonly T[]} lenses
 * @returns {T[]}
 */
export function byPromise(lenses) {
  const score = (/** @type {Lens} */ { label }) => (
    (REAR.test(label) ? 4 : FRONT.test(label) ? -4 : 0) + (SEVERAL.test(label) ? 2 : 0) - (UNFIT.test(label) ? 3 : 0));
  return lenses.map((lens, at) => ({ lens, at, points: score(lens) }))
    .sort((one, other) => other.points - one.points || one.at - other.at)
    .map(({ lens }) => lens);
}

/**
 * What to ask the browser for.
 * @param {string} deviceId '' for the rear camera of the browser's choice
 * @returns {MediaStreamConstraints}
 */
export function wishes(deviceId) {
  return {
    audio: false,
    video: {
      ...(deviceId ? { deviceId: { exact: deviceId } } : { facingMode: { ideal: 'environment' } }),
      width: { ideal: 1920 }, height: { ideal: 1080 }, frameRate: { ideal: 30 },
    },
  };
}

/**
 * Whether a camera says that it focuses by itself; cameras that say nothing (iOS, desktop) are believed to.
 * @param {{ focusMode?: string[] }} capabilities
 * @returns {boolean}
 */
export function focuses({ focusMode }) {
  return focusMode === undefined || focusMode.length === 0 || focusMode.includes('continuous');
}

/**
 * The message of a refused or failed camera.
 * @param {unknown} error what getUserMedia rejected with
 * @param {{ secure: boolean, supported: boolean }} surroundings
 * @returns {'insecure' | 'none' | 'refused' | 'busy' | 'failed'} the rest of a key `camera.…`
 */
export function troubleOf(error, { secure, supported }) {
  if (!secure) return 'insecure';
  if (!supported) return 'none';
  switch (error instanceof Error || error instanceof DOMException ? error.name : '') {
    case 'NotAllowedError': case 'SecurityError': return 'refused';
    case 'NotFoundError': case 'OverconstrainedError': case 'DevicesNotFoundError': return 'none';
    case 'NotReadableError': case 'AbortError': case 'TrackStartError': return 'busy';
    default: return 'failed';
  }
}

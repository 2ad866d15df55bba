/**
 * The camera: chosen among the lenses, opened, tuned, watched and released. Knows nothing of codes.
 * @module
 */

/** @typedef {{ deviceId: string, label: string }} Lens */
/** @typedef {{ torch: boolean, zoom: { min: number, max: number, step: number, value: number } | null }} Tools */
/** @typedef {MediaTrackCapabilities & { focusMode?: string[], torch?: boolean, zoom?: { min: number, max: number, step: number } }} Capabilities */

/** Words of the languages of phones for a camera that looks away from the person. */
const REAR = /back|rear|environment|arri[eè]re|dorsal|trasera|traseira|rück|posterior|achter|задн/i;
const FRONT = /front|user|avant|frontal|selfie|vorder|voorzijde|передн/i;
/** Of an iPhone's rear cameras, those of several lenses change to the one that focuses close by. */
const SEVERAL = /triple|dual wide|double grand-angle|trois objectifs/i;
/** Lenses that do not focus on a paper held in the hand. */
const UNFIT = /ultra|tele|télé|depth|profondeur|infrared|\bir\b|macro/i;

/** Other lenses that are tried when the first cannot focus. */
const MOST_TRIALS = 3;

/** Why the camera is not on: `code` is the rest of a key `camera.…`. */
export class CameraTrouble extends Error {
  /** @param {'insecure' | 'none' | 'refused' | 'busy' | 'failed'} code */
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/** Events: `ended` when the device or the system took the camera away. */
export class Camera extends EventTarget {
  /** @type {MediaStream | null} */
  stream = null;
  torchOn = false;

  /** @returns {MediaStreamTrack | null} */
  get track() { return this.stream?.getVideoTracks()[0] ?? null; }

  get on() { return this.track?.readyState === 'live'; }

  /** The device id of the lens in use. */
  get lens() { return this.track?.getSettings().deviceId ?? ''; }

  /**
   * What will keep the camera from opening, as far as the browser tells without asking the person; null when nothing.
   * @returns {Promise<'insecure' | 'none' | 'refused' | null>}
   */
  async foreseen() {
    const supported = Boolean(navigator.mediaDevices?.getUserMedia);
    if (!supported || !globalThis.isSecureContext) return globalThis.isSecureContext ? 'none' : 'insecure';
    const devices = await navigator.mediaDevices.enumerateDevices();
    if (!devices.some(({ kind }) => kind === 'videoinput')) return 'none';
    try {
      const { state } = await navigator.permissions.query({ name: /** @type {PermissionName} */ ('camera') });
      return state === 'denied' ? 'refused' : null;
    } catch {
      return null; // a browser that does not know this permission's name: asking for the camera will tell
    }
  }

  /**
   * Opens the camera, if it is not on: the chosen lens, or the rear one that focuses. Throws CameraTrouble.
   * @param {string} chosen device id, '' to let the application choose
   * @returns {Promise<MediaStream>}
   */
  async open(chosen) {
    if (this.stream && this.on) return this.stream;
    this.close();
    let stream = await this.#request(wishes(chosen), chosen !== '');
    if (!chosen) stream = await this.#withFocus(stream);
    this.stream = stream;
    this.track?.addEventListener('ended', () => { if (stream === this.stream) this.dispatchEvent(new Event('ended')); });
    await this.#tune({ focusMode: 'continuous' }, ({ focusMode }) => focusMode?.includes('continuous') ?? false);
    return stream;
  }

  /**
   * @param {MediaStreamConstraints} constraints
   * @param {boolean} specific whether a lens was named, which may be gone: then any will do
   * @returns {Promise<MediaStream>}
   */
  async #request(constraints, specific = false) {
    const supported = Boolean(navigator.mediaDevices?.getUserMedia);
    try {
      if (!supported) throw new CameraTrouble('none');
      return await navigator.mediaDevices.getUserMedia(constraints);
    } catch (error) {
      const code = troubleOf(error, { secure: globalThis.isSecureContext, supported });
      if (specific && code === 'none') return this.#request(wishes(''));
      throw new CameraTrouble(code);
    }
  }

  /**
   * Keeps the stream when its lens focuses; otherwise tries the other rear lenses and keeps the first that does.
   * @param {MediaStream} first
   * @returns {Promise<MediaStream>}
   */
  async #withFocus(first) {
    const track = first.getVideoTracks()[0];
    const { deviceId, facingMode } = track.getSettings();
    if (focuses(capabilitiesOf(track)) || facingMode === 'user') return first;
    const others = byPromise(await this.lenses()).filter((lens) => lens.deviceId !== deviceId).slice(0, MOST_TRIALS);
    track.stop(); // most phones open one camera at a time
    for (const other of others) {
      try {
        const stream = await this.#request(wishes(other.deviceId));
        if (focuses(capabilitiesOf(stream.getVideoTracks()[0]))) return stream;
        stream.getVideoTracks()[0].stop();
      } catch (error) {
        if (!(error instanceof CameraTrouble)) throw error; // a lens that does not open is passed over
      }
    }
    return this.#request(wishes(deviceId ?? ''), true);
  }

  /** The cameras of this device, the most promising first. @returns {Promise<MediaDeviceInfo[]>} */
  async lenses() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return byPromise(devices.filter(({ kind, deviceId }) => kind === 'videoinput' && deviceId !== ''));
  }

  /** What this lens can do. @returns {Tools} */
  get tools() {
    const capabilities = this.track ? capabilitiesOf(this.track) : {};
    const value = /** @type {{ zoom?: number }} */ (this.track?.getSettings() ?? {}).zoom;
    const { zoom } = capabilities;
    return { torch: capabilities.torch === true, zoom: zoom && zoom.max > zoom.min ? { ...zoom, value: value ?? zoom.min } : null };
  }

  /**
   * Turns the torch on or off.
   * @param {boolean} on
   */
  async setTorch(on) {
    this.torchOn = await this.#tune({ torch: on }, ({ torch }) => torch === true) && on;
  }

  /** @param {number} zoom within the range of `tools` */
  async setZoom(zoom) {
    await this.#tune({ zoom }, (capabilities) => capabilities.zoom !== undefined);
  }

  /**
   * Applies one setting, if the lens has it. Returns whether it took it.
   * @param {Record<string, unknown>} setting
   * @param {(capabilities: Capabilities) => boolean} able
   * @returns {Promise<boolean>}
   */
  async #tune(setting, able) {
    const { track } = this;
    if (!track || !able(capabilitiesOf(track))) return false;
    try {
      await track.applyConstraints(/** @type {MediaTrackConstraints} */ ({ advanced: [setting] }));
      return true;
    } catch (error) {
      if (!(error instanceof DOMException || error instanceof TypeError || (error instanceof Error && error.name === 'OverconstrainedError'))) throw error;
      return false; // the lens claimed what it cannot do: the picture goes on without it
    }
  }

  /** Releases the camera: its light goes out. */
  close() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.torchOn = false;
  }
}

/** @param {MediaStreamTrack} track @returns {Capabilities} */
function capabilitiesOf(track) {
  return /** @type {Capabilities} */ (track.getCapabilities?.() ?? {});
}

/**
 * The lenses in the order in which they promise to read a paper; equal ones in the order given.
 * @template {Lens} T
 * @param {readonly T[]} lenses
 * @returns {T[]}
 */
function byPromise(lenses) {
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
function wishes(deviceId) {
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
function focuses({ focusMode }) {
  return focusMode === undefined || focusMode.length === 0 || focusMode.includes('continuous');
}

/**
 * The message of a refused or failed camera.
 * @param {unknown} error what getUserMedia rejected with
 * @param {{ secure: boolean, supported: boolean }} surroundings
 * @returns {'insecure' | 'none' | 'refused' | 'busy' | 'failed'} the rest of a key `camera.…`
 */
function troubleOf(error, { secure, supported }) {
  if (!secure) return 'insecure';
  if (!supported) return 'none';
  switch (error instanceof Error || error instanceof DOMException ? error.name : '') {
    case 'NotAllowedError': case 'SecurityError': return 'refused';
    case 'NotFoundError': case 'OverconstrainedError': case 'DevicesNotFoundError': return 'none';
    case 'NotReadableError': case 'AbortError': case 'TrackStartError': return 'busy';
    default: return 'failed';
  }
}

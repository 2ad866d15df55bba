/**
 * Texts and files that arrive without the camera: the link in the address, what is chosen, dropped, pasted, typed, or keyed in by a
 * handheld scanner. Heard wherever the page is, from its first moment on, whatever it is busy with.
 * @module
 */

/** Characters of the shortest text worth judging without being asked: an address and 232 digits. */
const WHOLE = 240;
/** Characters that come in one go: a paste, or a program that fills the field. */
const BURST = 8;
const PAUSE_MS = 500;
/** A scanner's keys follow each other faster than any typist's; once an address has begun, slow ones may rest. */
const KEY_GAP_MS = 60, RESTING_MS = 2_500;
/** Without a key at its end, a scan is over after this, if it is whole; what is not whole gets all of RESTING_MS. */
const OVER_MS = 600;
const SHORTEST_SCAN = 12;

/**
 * Takes what a link brings out of the address, after `#` or after `/%23`: out of the address bar and of the history as soon as it is read.
 * @param {Location} location
 * @param {History} history
 * @returns {string | null} the whole address
 */
export function takeLink(location, history) {
  const { hash, origin, pathname, protocol, search } = location;
  if (protocol === 'file:') return null; // the kit's page, whose address may not be rewritten
  const inPath = /^\/%(?:25)*23[0-9%]/i.test(pathname);
  if ((hash === '' || hash === '#') && !inPath) return null;
  history.replaceState(null, '', '/');
  return inPath ? `${origin}${pathname}${search}${hash}` : `${origin}/${hash}`;
}

/**
 * Listens to the page.
 * @param {Document} page
 * @param {{ files: (files: File[]) => void, text: (texts: string[]) => void }} take gets at least one file, or the forms in which a text came
 */
export function watchInput(page, take) {
  const input = /** @type {HTMLInputElement} */ (page.querySelector('input[type=file]'));
  const receive = () => {
    const files = [...input.files ?? []];
    input.value = ''; // the same file may be chosen again
    if (files.length > 0) take.files(files);
  };
  /** @param {DataTransfer | null} data emptied by the browser when its event is over */
  const transfer = (data) => {
    const files = [...data?.files ?? []];
    const texts = ['text/plain', 'text/uri-list', 'text/html'].map((kind) => data?.getData(kind) ?? '').filter((text) => text.trim() !== '');
    if (files.length > 0) take.files(files);
    else if (texts.length > 0) take.text(texts);
  };
  input.addEventListener('change', receive);
  page.addEventListener('dragover', (event) => {
    event.preventDefault();
    page.body.classList.add('dropping');
  });
  page.addEventListener('dragleave', (event) => { if (!event.relatedTarget) page.body.classList.remove('dropping'); });
  page.addEventListener('drop', (event) => {
    event.preventDefault();
    page.body.classList.remove('dropping');
    transfer(event.dataTransfer);
  });
  page.addEventListener('paste', (event) => {
    if (event.clipboardData?.files.length || !isField(event.target)) transfer(event.clipboardData);
  });
  receive(); // a file may have been chosen before this listened
}

/** @param {EventTarget | null} target */
function isField(target) {
  return target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement;
}

/**
 * Makes a field send what it holds: on Enter, at once when it was filled in one go, after a pause when it holds a whole text. What a
 * handheld scanner pressed in it goes along.
 * @param {HTMLTextAreaElement} field
 * @param {(texts: string[]) => void} send gets the text of the field, which is not blank, then other readings of the same keys
 */
export function watchField(field, send) {
  let length = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let burst = false; // what comes in one go may be told of line by line
  const act = () => {
    clearTimeout(timer);
    burst = false;
    if (!field.value.trim()) return;
    const [plain, ...others] = scanned.take();
    send([field.value, ...(/[\x1d-\x1f]/.test(plain) ? [plain] : []), ...others]);
  };
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      act();
    }
  });
  field.addEventListener('input', () => {
    const grown = field.value.length - length;
    length = field.value.length;
    clearTimeout(timer);
    burst ||= grown >= BURST;
    if (burst) timer = setTimeout(act, 0);
    else if (length >= WHOLE && field.value.includes('#') && !scanned.begun) timer = setTimeout(act, PAUSE_MS);
  });
}

/** The characters of a United States keyboard, which most scanners imitate, by the key they press. @type {Readonly<Record<string, string>>} */
const UNITED_STATES = Object.freeze({ Slash: '/', Period: '.', Semicolon: ';', Minus: '-', Equal: '=', NumpadDivide: '/', NumpadDecimal: '.' });
/** @type {Readonly<Record<string, string>>} */
const UNITED_STATES_SHIFTED = Object.freeze({ 3: '#', Semicolon: ':', Slash: '?', Minus: '_', Equal: '+', 2: '@', 5: '%', 7: '&' });
/** The same of a French keyboard, where its signs and letters stand elsewhere. @type {Readonly<Record<string, string>>} */
const FRENCH = Object.freeze({ A: 'q', Q: 'a', Z: 'w', W: 'z', Semicolon: 'm', M: ',', Comma: ';', Period: ':', Slash: '!', 6: '-', 8: '_', Equal: '=', 1: '&', NumpadDivide: '/', NumpadDecimal: '.' });
/** @type {Readonly<Record<string, string>>} */
const FRENCH_SHIFTED = Object.freeze({ A: 'Q', Q: 'A', Z: 'W', W: 'Z', Semicolon: 'M', M: '?', Comma: '.', Period: '/', Equal: '+' });

/** The keys that a scanner presses with Ctrl for the control characters of a 2D-DOC: GS, RS, US. @type {Readonly<Record<string, string>>} */
const CONTROLS = Object.freeze({ ']': '\x1d', BracketRight: '\x1d', '^': '\x1e', Digit6: '\x1e', _: '\x1f', Minus: '\x1f' });

/** @typedef {Pick<KeyboardEvent, 'code' | 'shiftKey' | 'altKey'>} Pressed */

/** @param {string} code @returns {string} the letter or digit of a key, else its code */
const keyName = (code) => code.replace(/^(Digit|Key|Numpad)(?=.$)/, '');

/**
 * What a key would have written on a United States keyboard; '' for a key that writes nothing there.
 * @param {Pressed} event
 * @returns {string}
 */
export function unitedStatesKey({ code, shiftKey, altKey }) {
  if (altKey) return '';
  const name = keyName(code);
  if (shiftKey && Object.hasOwn(UNITED_STATES_SHIFTED, name)) return UNITED_STATES_SHIFTED[name];
  if (/^[A-Z0-9]$/.test(name)) return shiftKey || /[0-9]/.test(name) ? name : name.toLowerCase();
  return UNITED_STATES[name] ?? '';
}

/**
 * What a key would have written on a French keyboard, whatever Caps Lock does there; '' for a key that writes nothing.
 * @param {Pressed} event
 * @returns {string}
 */
export function frenchKey({ code, shiftKey, altKey }) {
  const name = keyName(code);
  if (altKey) return name === '3' ? '#' : name === '0' ? '@' : '';
  if (/^Digit/.test(code)) return shiftKey ? name : FRENCH[name] ?? '';
  if (/^Numpad[0-9]$/.test(code)) return name;
  const moved = (shiftKey ? FRENCH_SHIFTED : FRENCH)[name];
  if (moved !== undefined) return moved;
  return /^[A-Z]$/.test(name) ? (shiftKey ? name : name.toLowerCase()) : '';
}

/**
 * The keys of a handheld scanner, read three ways: as they were written, and as a scanner set for a United States or a French keyboard meant
 * them. Keys that do not follow each other as a scanner's do begin anew.
 */
export class ScannedKeys {
  #readings = ['', '', ''];
  #last = -Infinity;

  /** Whether an address has begun, or a 2D-DOC or a part of one: from then on a scanner may rest. */
  get begun() { return this.#readings.some((reading) => /https?:|^DC0[0-9]|^E[0-9A-Z]{3}[0-9A-F][1-9A-F]/i.test(reading)); }

  /** How many keys were pressed. */
  get length() { return Math.max(...this.#readings.map(({ length }) => length)); }

  /** The different readings, the plain one first. @returns {string[]} */
  get readings() { return [...new Set(this.#readings)]; }

  /**
   * @param {Pressed & Pick<KeyboardEvent, 'key' | 'timeStamp'>} event
   * @returns {boolean} whether the key ends a scan
   */
  press(event) {
    if (event.timeStamp - this.#last > (this.begun ? RESTING_MS : KEY_GAP_MS)) this.#readings = ['', '', ''];
    this.#last = event.timeStamp;
    if (event.key === 'Enter' || event.key === 'Tab') return this.length >= SHORTEST_SCAN;
    const plain = event.key.length === 1 && !event.altKey ? event.key : '';
    this.#readings = [plain, unitedStatesKey(event), frenchKey(event)].map((sign, at) => this.#readings[at] + sign);
    return false;
  }

  /**
   * A control character, as a scanner presses it. Nothing is taken before a scan has begun: the key is the browser's then.
   * @param {Pick<KeyboardEvent, 'code' | 'key' | 'timeStamp'>} event
   * @returns {boolean} whether it was taken
   */
  control({ code, key, timeStamp }) {
    const sign = CONTROLS[key] ?? CONTROLS[code];
    if (!sign || !this.begun || timeStamp - this.#last > KEY_GAP_MS * 4) return false;
    this.#last = timeStamp;
    this.#readings = this.#readings.map((reading) => reading + sign);
    return true;
  }

  /** Gives the readings away. @returns {string[]} */
  take() {
    const { readings } = this;
    this.#readings = ['', '', ''];
    return readings;
  }
}

const scanned = new ScannedKeys();

/**
 * Listens to a handheld scanner wherever the focus is. A scanner set for another keyboard than this device's writes other characters: the
 * keys it pressed give further readings.
 * @param {Document} page
 * @param {{ send: (readings: string[]) => void, whole: (readings: string[]) => boolean }} take `send` gets the readings of one scan, the plain
 *   one first; `whole` says whether one of them holds a whole text of ours. Digits without an address are the tail of a scan: nothing is said of them.
 */
export function watchScanner(page, { send, whole }) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const end = () => {
    clearTimeout(timer);
    const readings = scanned.take();
    if (!readings.some((reading) => /^\s*[0-9]+\s*$/.test(reading))) send(readings);
  };
  const over = () => {
    if (whole(scanned.readings)) end();
    else timer = setTimeout(() => { if (scanned.readings.some((reading) => reading.includes('#'))) end(); }, RESTING_MS - OVER_MS);
  };
  page.addEventListener('keydown', (event) => {
    if (event.ctrlKey && !event.altKey && scanned.control(event)) {
      event.preventDefault();
      return;
    }
    if (event.target instanceof HTMLSelectElement || event.metaKey || (event.ctrlKey && !event.altKey) || event.isComposing) return;
    const inField = isField(event.target);
    const ended = scanned.press(event);
    clearTimeout(timer);
    if (ended && !inField) {
      event.preventDefault();
      end();
    } else if (scanned.begun) {
      timer = setTimeout(over, OVER_MS);
      if (event.key === ' ' && !inField) event.preventDefault();
    }
  });
}

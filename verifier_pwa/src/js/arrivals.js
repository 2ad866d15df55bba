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
/** A scanner's keys follow each other faster than any typist's. */
const KEY_GAP_MS = 60;
const SHORTEST_SCAN = 12;

/**
 * Takes the text of a link out of the address, after `#`, if there is one: out of the address bar and of the history as soon as it is read.
 * @param {Location} location
 * @param {History} history
 * @returns {string | null} the whole text, as a QR code holds it
 */
export function takeLink(location, history) {
  const { hash, origin } = location;
  if (hash === '' || hash === '#') return null;
  history.replaceState(null, '', '/');
  return `${origin}/${hash}`;
}

/**
 * Listens to the page.
 * @param {Document} page
 * @param {{ files: (files: File[]) => void, text: (text: string) => void }} take gets at least one file, or a text that is not empty
 */
export function watchArrivals(page, take) {
  const input = /** @type {HTMLInputElement} */ (page.querySelector('input[type=file]'));
  const receive = () => {
    const files = [...input.files ?? []];
    input.value = ''; // the same file may be chosen again
    if (files.length > 0) take.files(files);
  };
  /** @param {DataTransfer | null} data emptied by the browser when its event is over */
  const transfer = (data) => {
    const files = [...data?.files ?? []];
    const text = cleanText(data?.getData('text/plain') ?? '');
    if (files.length > 0) take.files(files);
    else if (text) take.text(text);
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
 * The text of a QR code from what a person or a scanner put in a field: blanks and line breaks of mails and PDFs left out.
 * @param {string} typed
 * @returns {string}
 */
export function cleanText(typed) {
  return typed.replace(/[\s\u200b-\u200d\u2060\ufeff]+/gu, '');
}

/**
 * Makes a field send what it holds: on Enter, at once when it was filled in one go, after a pause when it holds a whole text.
 * @param {HTMLTextAreaElement} field
 * @param {(text: string) => void} send gets a text that is not empty
 */
export function watchField(field, send) {
  let length = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const act = () => {
    clearTimeout(timer);
    const text = cleanText(field.value);
    if (text) send(text);
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
    if (grown >= BURST) timer = setTimeout(act, 0);
    else if (length >= WHOLE && field.value.includes('#')) timer = setTimeout(act, PAUSE_MS);
  });
}

/** The characters of a United States keyboard, which most scanners imitate, by the key they press. @type {Readonly<Record<string, string>>} */
const UNITED_STATES = Object.freeze({ Slash: '/', Period: '.', Semicolon: ';', Minus: '-', Equal: '=' });
const SHIFTED = Object.freeze({ 3: '#', Semicolon: ':', Slash: '?', Minus: '_', Equal: '+', 2: '@', 5: '%', 7: '&' });

/**
 * What a key would have written on a United States keyboard; '' for a key that writes nothing there.
 * @param {Pick<KeyboardEvent, 'code' | 'shiftKey'>} event
 * @returns {string}
 */
export function unitedStatesKey({ code, shiftKey }) {
  const name = code.replace(/^(Digit|Key|Numpad)(?=.$)/, '');
  if (shiftKey && Object.hasOwn(SHIFTED, name)) return SHIFTED[/** @type {keyof typeof SHIFTED} */ (name)];
  if (/^[A-Z0-9]$/.test(name)) return shiftKey || /[0-9]/.test(name) ? name : name.toLowerCase();
  return UNITED_STATES[name] ?? '';
}

/**
 * Listens to a handheld scanner wherever the focus is, fields apart. A scanner set for another keyboard than this
 * device's writes other characters: the keys it pressed give a second reading.
 * @param {Document} page
 * @param {(readings: string[]) => void} send gets one or two readings of the same scan, the plain one first
 */
export function watchScanner(page, send) {
  let plain = '', pressed = '', last = 0;
  page.addEventListener('keydown', (event) => {
    const { target, timeStamp, key } = event;
    if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (timeStamp - last > KEY_GAP_MS) plain = pressed = '';
    last = timeStamp;
    if ((key === 'Enter' || key === 'Tab') && plain.length >= SHORTEST_SCAN) {
      event.preventDefault();
      const readings = [...new Set([cleanText(plain), cleanText(pressed)])];
      plain = pressed = '';
      send(readings);
    } else if (key.length === 1) {
      plain += key;
      pressed += unitedStatesKey(event);
      if (plain.length > 1 && key === ' ') event.preventDefault();
    }
  });
}

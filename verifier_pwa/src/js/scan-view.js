/**
 * The first screen: the camera, and the other ways in beneath it; and the choice when several attestations were found at once.
 * @module
 */

import { watchField } from './input.js';
import { CameraTrouble } from './camera.js';
import { button, element, fill } from './element.js';
import { say } from './messages.js';
import { Scanning } from './scanning.js';
import { changeSettings, settings, settingsStorage } from './settings.js';
import { sign } from './symbols.js';
import { clock, number, verdictWords } from './words.js';

/** @typedef {import('./camera.js').Camera} Camera */
/** @typedef {import('./reader.js').Reader} Reader */
/** @typedef {import('./lists.js').Judgement} Judgement */

/** When to offer help to somebody whose paper does not read. */
const HINT_MS = 6_000, SLOW_MS = 15_000;
/** A video that does not say in this time that it plays is taken as it is; a camera that gave no more than a few pictures is opened again so many times. */
const PLAY_MS = 3_000, FEW = 5, RESTARTS = 2;
/** A paper that was not seen for so long has left the view. */
const GONE_MS = 2_000;

/**
 * @typedef {object} ScanOptions
 * @property {(() => Promise<HTMLElement>) | null} beneath what is offered beneath the ways in; refused where it is not on this phone yet
 * @property {Camera} camera
 * @property {Reader} reader
 * @property {string | null} foreseen what will keep the camera from opening: it is said at once, nothing is tried
 * @property {(text: string) => boolean} ours
 * @property {(texts: string[], beside: Promise<string[]>) => void} found
 * @property {(texts: string[]) => void} typed what a person wrote, in one or several forms
 * @property {(files: File[]) => void} files
 * @property {() => void} chooseFile
 *
 * `same` says that the paper in view is the one that was just verified, for as long as it is seen. `tell` says what is still missing, until the camera sees
 * something else.
 * @typedef {import('./shell.js').Screen & { open: () => Promise<void>, tell: (words: string) => void, same: (last: Judgement, show: () => void) => void }} ScanScreen
 */

/**
 * The screen with the camera. Nothing is opened before `open`.
 * @param {ScanOptions} options
 * @returns {ScanScreen}
 */
export function scanView(options) {
  const { camera } = options;
  const video = element('video', { playsinline: true, muted: true, autoplay: true, 'aria-label': say('scan.view'), tabindex: '-1' });
  video.muted = true; // the attribute alone does not count for an element made by code
  const words = element('p', { class: 'aim', role: 'status' }, say('scan.starting'));
  const tools = element('div', { class: 'tools' });
  const finder = element('div', { class: 'finder', 'data-camera': options.foreseen ? 'off' : 'starting' },
    video, element('div', { class: 'finder-frame', 'aria-hidden': 'true' }), tools);
  const heading = element('h1', { class: 'scan-title', tabindex: '-1' }, say('scan.title'));
  const node = element('div', { class: 'scan' }, element('section', { class: 'scan-camera' }, heading, finder, words), waysIn(options));
  const scanning = new Scanning(video, options.reader, options.ours, {
    found: options.found,
    seen: (seen) => finder.classList.toggle('finder-seen', seen),
    frozen: thaw,
    blocked: (why) => trouble(why),
  });
  /** @type {ReturnType<typeof setTimeout>[]} */
  let hints = [];
  let alive = true;
  let pictures = 0, restarts = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let gone;

  /** @param {'starting' | 'on' | 'off'} state */
  function mark(state) {
    finder.dataset.camera = state;
    hints.forEach(clearTimeout);
    hints = state === 'on' ? [setTimeout(() => fill(words, say('scan.hint')), HINT_MS), setTimeout(() => fill(words, say('scan.slow')), SLOW_MS)] : [];
  }

  /** @param {string} code the rest of a key `camera.…` */
  function trouble(code) {
    scanning.stop();
    camera.close();
    mark('off');
    fill(tools);
    const retry = code === 'blocked' ? null : button(say(code === 'off' ? 'scan.start' : 'action.retry'), () => { void open(); }, { class: 'button button-main' }, sign('lens'));
    fill(words, element('strong', {}, say(`camera.${code}`)), ' ', say(`camera.${code}.do`), retry);
  }

  async function open() {
    if (camera.on && finder.dataset.camera === 'on') return;
    mark('starting');
    fill(words, say('scan.starting'));
    try {
      const stream = await camera.open(settings().lens);
      if (!alive) return;
      video.srcObject = stream;
      await Promise.race([video.play(), new Promise((resolve) => { setTimeout(resolve, PLAY_MS); })]);
      if (!alive) return;
      mark('on');
      fill(words, say('scan.aim'));
      scanning.start();
      void drawTools();
    } catch (error) {
      if (!alive) return;
      if (error instanceof CameraTrouble) trouble(error.code);
      else if (error instanceof DOMException) trouble('failed');
      else throw error;
    }
  }

  /** The picture stands still: another stream, unless several gave none, or but a few. */
  function thaw() {
    const moved = scanning.pictures > pictures + FEW;
    pictures = scanning.pictures;
    restarts = moved ? 0 : restarts + 1;
    if (restarts > RESTARTS) trouble('failed');
    else void restart();
  }

  async function restart() {
    camera.close();
    finder.dataset.camera = 'starting';
    await open();
  }

  async function drawTools() {
    const { torch, zoom } = camera.tools;
    const lenses = await camera.lenses();
    if (!alive) return;
    fill(tools, torch && torchSwitch(camera), zoom && zoomSlider(camera, zoom), lenses.length > 1 && lensPicker(lenses, camera.lens, (deviceId) => {
      changeSettings({ lens: deviceId }, settingsStorage());
      void restart();
    }));
  }

  const onVisibility = () => {
    if (document.visibilityState === 'hidden') {
      scanning.stop();
      camera.close();
      mark('off');
    } else {
      void open();
    }
  };
  const onEnded = () => trouble('off');
  options.beneath?.().then((made) => node.lastElementChild?.after(made), () => null);
  if (options.foreseen) trouble(options.foreseen);
  document.addEventListener('visibilitychange', onVisibility);
  camera.addEventListener('ended', onEnded);

  /** @param {Judgement} last @param {() => void} show */
  function same(last, show) {
    const known = gone !== undefined;
    clearTimeout(gone);
    gone = setTimeout(() => {
      gone = undefined;
      mark('on');
      fill(words, say('scan.aim'));
    }, GONE_MS);
    if (known) return;
    hints.forEach(clearTimeout);
    fill(words, element('span', { 'data-same': true }, say('scan.same', { time: clock(last.at).slice(0, 5) }), ' – ', element('strong', {}, verdictWords(last).word)),
      button(say('scan.same.show'), show, { class: 'button', 'data-action': 'show-again' }));
  }

  return {
    same,
    tell(said) {
      if (words.textContent === said) return; // said once to who hears the page
      hints.forEach(clearTimeout);
      fill(words, element('strong', { 'data-symbols': true }, said));
    },
    name: 'scan', title: say('scan.title'), node, heading,
    async open() { if (!options.foreseen) await open(); },
    stop() {
      alive = false;
      clearTimeout(gone);
      mark('off');
      scanning.stop();
      video.srcObject = null;
      document.removeEventListener('visibilitychange', onVisibility);
      camera.removeEventListener('ended', onEnded);
    },
  };
}

/**
 * The switch of the torch; the same under the viewfinder and under a verdict.
 * @param {Camera} camera
 * @returns {HTMLButtonElement}
 */
export function torchSwitch(camera) {
  const made = button(say('scan.torch'), () => {
    void camera.setTorch(!camera.torchOn).then(() => made.setAttribute('aria-pressed', String(camera.torchOn)));
  }, { class: 'button button-tool', 'data-action': 'torch', 'aria-pressed': String(camera.torchOn) }, sign('torch'));
  return made;
}

/**
 * @param {Camera} camera
 * @param {NonNullable<import('./camera.js').Tools['zoom']>} zoom
 */
function zoomSlider(camera, { min, max, step, value }) {
  return element('label', { class: 'tool' }, element('span', {}, say('scan.zoom')),
    element('input', { type: 'range', min, max, step: step || 'any', value, oninput: (/** @type {Event} */ { target }) => {
      void camera.setZoom(Number(/** @type {HTMLInputElement} */ (target).value));
    } }));
}

/**
 * @param {MediaDeviceInfo[]} lenses
 * @param {string} current device id
 * @param {(deviceId: string) => void} choose
 */
function lensPicker(lenses, current, choose) {
  return element('label', { class: 'tool' }, element('span', {}, say('scan.lens')),
    element('select', { onchange: (/** @type {Event} */ { target }) => choose(/** @type {HTMLSelectElement} */ (target).value) },
      ...lenses.map(({ deviceId, label }, at) => element('option', { value: deviceId, selected: deviceId === current },
        label || say('scan.lens.number', { number: at + 1 })))));
}

/**
 * The ways in without a camera: a file, or a text.
 * @param {Pick<ScanOptions, 'typed' | 'files' | 'chooseFile'>} options
 * @returns {HTMLElement}
 */
export function waysIn({ typed, files, chooseFile }) {
  const said = element('p', { class: 'ways-said', role: 'status' });
  const field = element('textarea', {
    id: 'code-text', rows: '2', 'data-action': 'text', autocomplete: 'off', autocapitalize: 'off', autocorrect: 'off', spellcheck: 'false',
    'aria-describedby': 'code-text-hint', enterkeyhint: 'go', maxlength: '200000',
  });
  watchField(field, typed);
  const send = () => {
    if (field.value.trim()) typed([field.value]);
    else said.textContent = say('ways.text.empty');
  };
  const paste = async () => {
    const { pictures, texts } = await clipboard();
    if (pictures.length > 0) files(pictures);
    else if (texts.length > 0) typed(texts);
    else said.textContent = say('ways.paste.nothing');
  };
  return element('section', { class: 'ways card' },
    element('h2', {}, say('ways.title')),
    button(say('ways.file'), chooseFile, { class: 'button button-wide', 'data-action': 'file' }, sign('file')),
    element('p', { class: 'hint' }, say('ways.file.hint')),
    navigator.clipboard && button(say('ways.paste'), () => { void paste(); }, { class: 'button button-wide', 'data-action': 'paste' }),
    element('label', { for: 'code-text' }, say('ways.text')),
    element('div', { class: 'field-line' }, field, button(say('ways.text.send'), send, { class: 'button', 'data-action': 'send' })),
    element('p', { class: 'hint', id: 'code-text-hint' }, say('ways.text.hint')), said);
}

/**
 * What the clipboard holds; nothing where the browser or the person keeps it closed.
 * @returns {Promise<{ pictures: File[], texts: string[] }>}
 */
async function clipboard() {
  /** @type {File[]} */
  const pictures = [];
  const texts = [];
  try {
    for (const item of await navigator.clipboard.read()) {
      for (const type of item.types) {
        const content = await item.getType(type);
        if (type.startsWith('image/')) pictures.push(new File([content], 'image', { type }));
        else if (type.startsWith('text/')) texts.push(await content.text());
      }
    }
  } catch {
    texts.push(await navigator.clipboard.readText().catch(() => '')); // a browser without read(), or whose person says no
  }
  return { pictures, texts: texts.filter((text) => text.trim() !== '') };
}

/**
 * The screen on which one of several attestations is chosen.
 * @param {Judgement[]} judgements
 * @param {(judgement: Judgement) => void} choose
 * @returns {import('./shell.js').Screen}
 */
export function choiceView(judgements, choose) {
  const heading = element('h1', { tabindex: '-1' }, say('choice.title'));
  const node = element('section', { class: 'page', 'data-choice': true }, heading, element('p', {}, say('choice.lead')),
    element('ul', { class: 'choices' }, ...judgements.map((judgement) => element('li', {}, choice(judgement, choose)))));
  return { name: 'choice', title: say('choice.title'), node, heading };
}

/**
 * @param {Judgement} judgement
 * @param {(judgement: Judgement) => void} choose
 */
function choice(judgement, choose) {
  const { claims } = judgement.verdict;
  const made = button('', () => choose(judgement), { class: 'choice', 'data-action': 'choose' });
  made.replaceChildren(
    element('span', { class: 'choice-name' }, claims
      ? element('bdi', {}, [claims.family_name, claims.given_names].filter(Boolean).join(' '))
      : say('choice.unread')),
    element('span', { class: 'choice-number' }, claims ? say('choice.item', { number: number(claims.number) }) : ''),
    element('span', { class: 'choice-word' }, verdictWords(judgement).word),
    sign('next'));
  return made;
}

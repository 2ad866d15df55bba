/**
 * What happens after what: texts come in from everywhere and leave as verdicts on the screen.
 * @module
 */

import { cleanText, takeLink, watchArrivals, watchScanner } from './arrivals.js';
import { afterPaint, fill } from './element.js';
import { language, speak } from './messages.js';
import { changeSettings, settings, settingsStorage } from './settings.js';
import { Shell, standingBar } from './shell.js';
import { site } from './site.js';
import { splitText } from './token.js';
import { messageKey, verdictView, verdictWords } from './verdict-view.js';

/** @typedef {import('./lists.js').Judgement} Judgement */
/** @typedef {import('./lists.js').Lists} Lists */
/** @typedef {import('./camera.js').Camera} Camera */
/** @typedef {import('./reader.js').Reader} Reader */

/** The ages on the screen and the verdict are looked at again this often: time passes, lists grow old. */
const EVERY_MS = 20_000;
/** How long the camera stays open behind a verdict: the next scan is near, or the torch is needed to compare. */
const REST_MS = 60_000, REST_LIT_MS = 300_000;
/** The frame of the page is drawn, the first verdict shown: now the rest may download. */
const SETTLE_MS = 1_500;

/** Events: `screen` when another screen is shown. */
export class App extends EventTarget {
  /** The judgement on the screen, if any. @type {Judgement | null} */
  #judgement = null;
  /** @type {ReturnType<typeof verdictView> | null} */
  #view = null;
  /** @type {Camera | null} */
  #camera = null;
  /** @type {Promise<Reader> | null} */
  #reader = null;
  /** Settled once the engine of codes is loaded, if it was asked for. @type {Promise<unknown>} */
  #warm = Promise.resolve();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #rest;
  /** @type {import('./update.js').Updates | null} */
  updates = null;
  /** Verdicts shown since the page opened. */
  verdicts = 0;
  /** @type {import('./file-desk.js').FileDesk | null} */
  #desk = null;
  /** Counts what was asked for: a screen that comes late, after another was asked for, is not shown. */
  #turn = 0;

  /**
   * @param {Lists} lists
   * @param {() => number} now UTC seconds
   */
  constructor(lists, now) {
    super();
    this.lists = lists;
    this.now = now;
    this.shell = new Shell({
      scan: () => { void this.scan(); }, settings: () => { void this.openSettings(); },
      about: () => { void this.openAbout(); }, language: () => { void this.changeLanguage(language() === 'fr' ? 'en' : 'fr'); },
    }, site.demonstration || lists.trust?.demonstration === true);
    this.bar = standingBar(lists, now);
    this.#draw();
    lists.addEventListener('change', () => this.#reconsider());
    lists.addEventListener('checked', () => this.bar.update());
    setInterval(() => this.#reconsider(), EVERY_MS);
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden') this.#camera?.close();
      else this.#reconsider();
    });
    globalThis.addEventListener('hashchange', () => {
      const link = takeLink(location, history);
      if (link !== null) this.present(link);
    });
    watchArrivals(document, { files: (files) => { void this.receive(files); }, text: (text) => this.present(text) });
    watchScanner(document, (readings) => this.present(readings.find(this.ours) ?? readings[0]));
  }

  /** Draws the frame around the screens in the language in use. */
  #draw() {
    this.shell.draw();
    this.bar = standingBar(this.lists, this.now);
    this.shell.notice('standing', this.bar.node);
  }

  /** Whether a text is of one of our addresses. @param {string} text */
  ours = (text) => {
    const found = splitText(text);
    return found !== null && (this.lists.trust?.origins ?? site.origins).includes(found.origin);
  };

  /** Whether nothing was asked for yet. */
  get untouched() {
    return this.#turn === 0;
  }

  /** Whether a scan is under way that nothing may interrupt. */
  get busy() {
    return this.#judgement !== null || (this.#desk?.working ?? false);
  }

  /**
   * Shows the verdict on a text.
   * @param {string} text
   * @param {Judgement} [judgement] when it was judged already
   */
  present(text, judgement = this.lists.judge(text)) {
    this.#show(judgement, false);
  }

  /**
   * @param {Judgement} judgement
   * @param {boolean} changed whether newer lists gave another verdict than the one on the screen
   */
  #show(judgement, changed) {
    this.#turn += 1;
    this.#judgement = judgement;
    const view = verdictView(judgement, {
      again: () => { void this.scan(); },
      keep: async () => (await import('./evidence.js')).saveEvidence(this.#judgement ?? judgement),
      refresh: () => { void this.bar.refresh(); },
      now: this.now,
      changed,
      lamp: this.#camera?.on && this.#camera.tools.torch ? this.#lamp(this.#camera) : null,
    });
    this.#view = view;
    const { word, sentence } = verdictWords(judgement);
    this.shell.show({
      name: 'verdict', title: word, node: view.node, heading: view.heading,
      stop: () => {
        view.stop();
        this.#judgement = this.#view = null;
        this.bar.update(null);
      },
    });
    this.#judgement = judgement;
    this.#view = view;
    this.verdicts += 1;
    this.bar.update(judgement.listed);
    this.shell.announce(`${word}. ${sentence}`);
    afterPaint(() => { void import('./signals.js').then(({ signal }) => signal(judgement.verdict.level)); }); // seen first: sounds take a while
    this.#restCamera();
  }

  /** Judges the text on the screen again: the time has passed, or newer lists came. */
  #reconsider() {
    this.bar.update();
    const before = this.#judgement;
    if (!before) return;
    const judgement = this.lists.judge(before.text);
    const same = messageKey(judgement.verdict) === messageKey(before.verdict) && judgement.verdict.level === before.verdict.level;
    if (!same) this.#show(judgement, true);
    else if (judgement.listed !== before.listed || judgement.trust !== before.trust) {
      this.#judgement = judgement;
      this.#view?.update(judgement);
      this.bar.update(judgement.listed);
    }
  }

  /** Keeps the camera for the next scan for a while, then releases it. */
  #restCamera() {
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => { if (this.#judgement) this.#camera?.close(); }, this.#camera?.torchOn ? REST_LIT_MS : REST_MS);
  }

  /** @param {Camera} camera */
  #lamp(camera) {
    const holder = document.createElement('div');
    void import('./scan-view.js').then(({ torchSwitch }) => fill(holder, torchSwitch(camera)));
    return holder;
  }

  /** The reader of codes, loaded with its engine at its first use. @returns {Promise<Reader>} */
  reader() {
    this.#reader ??= import('./reader.js').then(({ Reader }) => {
      const reader = new Reader();
      this.#warm = reader.warm();
      return reader;
    });
    return this.#reader;
  }

  /** Goes to the camera. */
  async scan() {
    clearTimeout(this.#rest);
    const turn = this.#turn += 1;
    const first = this.shell.screen === null;
    const [{ scanView }, { Camera }, reader] = await Promise.all([import('./scan-view.js'), import('./camera.js'), this.reader()]);
    this.#camera ??= new Camera();
    const foreseen = this.#camera.on ? null : await this.#camera.foreseen();
    if (turn !== this.#turn) return;
    const screen = scanView({
      camera: this.#camera, reader, foreseen, ours: this.ours,
      found: (texts) => { void this.choose(texts); },
      typed: (text) => this.present(text),
      chooseFile: () => /** @type {HTMLInputElement} */ (document.querySelector('input[type=file]')).click(),
      lens: () => settings().lens,
      rememberLens: (lens) => { changeSettings({ lens }, settingsStorage()); },
    });
    this.shell.show(screen, { focus: !first });
    this.dispatchEvent(new Event('screen'));
    void screen.open(); // the person may take any time to allow the camera
  }

  /**
   * One text: its verdict. Several of ours: the list to choose from. None of ours: the verdict on the first.
   * @param {string[]} texts at least one
   */
  async choose(texts) {
    const ours = texts.filter(this.ours);
    if (ours.length < 2) {
      this.present(ours[0] ?? texts[0]);
      return;
    }
    const turn = this.#turn += 1;
    const { choiceView } = await import('./scan-view.js');
    if (turn !== this.#turn) return;
    const judgements = ours.map((text) => this.lists.judge(text));
    this.shell.show(choiceView(judgements, ({ text }) => this.present(text)));
    this.#restCamera();
  }

  /**
   * Reads files.
   * @param {File[]} files at least one
   */
  async receive(files) {
    const turn = this.#turn += 1;
    const desk = await this.desk();
    if (turn === this.#turn) await desk.take(files);
  }

  /** Reads what another application shared with this one. */
  async receiveShared() {
    history.replaceState(null, '', '/');
    const { takeShared } = await import('./update.js');
    const shared = await takeShared();
    if (shared?.files.length) await this.receive(shared.files);
    else if (shared?.text) this.present(linkIn(shared.text));
    else (await this.desk()).complain('share_empty');
  }

  /** Where files are read. @returns {Promise<import('./file-desk.js').FileDesk>} */
  async desk() {
    const { FileDesk } = await import('./file-desk.js');
    this.#desk ??= new FileDesk(this);
    return this.#desk;
  }

  async openSettings() {
    const turn = this.#turn += 1;
    const { settingsView } = await import('./settings-view.js');
    if (turn !== this.#turn) return;
    this.#camera?.close();
    this.shell.show(settingsView(this));
  }

  async openAbout() {
    const turn = this.#turn += 1;
    const { aboutView } = await import('./about-view.js');
    if (turn !== this.#turn) return;
    this.#camera?.close();
    this.shell.show(aboutView(this.lists));
  }

  /**
   * Changes the language, and says the screen again in it.
   * @param {'fr' | 'en'} chosen
   */
  async changeLanguage(chosen) {
    changeSettings({ language: chosen }, settingsStorage());
    await speak(chosen);
    this.#draw();
    const name = this.shell.screen?.name;
    if (this.#judgement) this.#show(this.#judgement, false);
    else if (name === 'settings') await this.openSettings();
    else if (name === 'about') await this.openAbout();
    else await this.scan();
  }

  /** Starts what could wait for the first screen: lists, the worker. */
  settleIn() {
    this.lists.start();
    void this.#warm.then(() => setTimeout(() => { void import('./upkeep.js').then(({ keepUp }) => keepUp(this)); }, SETTLE_MS));
  }
}

/**
 * The link in a shared text, which may have words around it.
 * @param {string} text
 * @returns {string}
 */
function linkIn(text) {
  return /https?:\/\/\S+\/#\d\S*/i.exec(text)?.[0] ?? cleanText(text);
}

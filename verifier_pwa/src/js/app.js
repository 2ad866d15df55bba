/**
 * What happens after what: texts come in from everywhere and leave as verdicts on the screen.
 * @module
 */

import { takeLink, watchInput, watchScanner } from './input.js';
import { afterPaint, element, fill } from './element.js';
import { language, say, speak, withWords } from './messages.js';
import { changeSettings, settingsStorage } from './settings.js';
import { Shell, standingBar } from './shell.js';
import { site } from './site.js';
import { claimsPart, claimsSeal, sealLines } from './text.js';
import { splitText } from './token.js';
import { verdictView } from './verdict-view.js';
import { messageKey, verdictWords } from './words.js';

/** @typedef {import('./lists.js').Judgement} Judgement */
/** @typedef {import('./lists.js').Lists} Lists */
/** @typedef {import('./camera.js').Camera} Camera */
/** @typedef {import('./reader.js').Reader} Reader */

/** The ages on the screen and the verdict are looked at again this often: time passes, lists grow old. */
const EVERY_MS = 20_000;
/** How long the camera stays open behind a verdict: the next scan is near, or the torch is needed to compare. */
const REST_MS = 60_000, REST_LIT_MS = 300_000;
/** How long a paper is known for the one that was just verified, seconds: as long as its result may stand (verdict-view.js). */
const KNOWN_S = 600;
/** The frame of the page is drawn, the first verdict shown: now the rest may download. */
const SETTLE_MS = 1_500;

/**
 * How a text came. changed: newer lists gave another verdict than the one on the screen. coded: whether it is that of a code, of which a proof can be
 * kept. doubt: why a file says less than a paper (words.js). others: what else the same file says. seals: 2D-DOC beside it.
 * again: the screen is drawn anew, which nobody asked for.
 * @typedef {{ changed?: boolean, again?: boolean, coded?: boolean, doubt?: import('./words.js').Doubt, others?: Judgement[], seals?: string[] }} How
 */

/** Events: `screen` when another screen is shown. */
export class App extends EventTarget {
  /** The judgement on the screen, if any. @type {Judgement | null} */
  #judgement = null;
  /** How it came. @type {How} */
  #how = {};
  /** @type {typeof import('./written.js') | null} */
  #writing = null;
  /** The last one that was: the same paper before the camera says no more than that. @type {Judgement | null} */
  #last = null;
  /** @type {ReturnType<typeof verdictView> | null} */
  #view = null;
  /** @type {Camera | null} */
  camera = null;
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
  /** @type {import('./files.js').FileReading | null} */
  #fileReading = null;
  /** The receipt of a check whose paper is looked for. @type {string | null} */
  receipt = null;
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
      if (document.visibilityState === 'hidden') this.camera?.close();
      else this.#reconsider();
    });
    globalThis.addEventListener('hashchange', () => {
      const link = takeLink(location, history);
      if (link !== null) void this.read([link]);
    });
    watchInput(document, { files: (files) => { void this.receive(files); }, text: (texts) => { void this.read(texts); } });
    watchScanner(document, {
      send: (readings) => { void this.read(readings); },
      whole: (readings) => this.#writing?.textsIn(readings, this.lists.origins).some((text) => this.#writing?.isWhole(text.slice(text.indexOf('#') + 1))) ?? false,
    });
  }

  /** What reads what people write, brought after the first screen, or with the first text. */
  async #loadWriting() {
    this.#writing ??= await this.later(() => import('./written.js'));
    return this.#writing;
  }

  /**
   * Reads what a person wrote, pasted, opened or shared; a scanned code never comes here.
   * @param {string[]} forms the same in several forms, the plain one first
   */
  async read(forms) {
    if (this.shell.screen?.texts?.(forms)) return;
    const turn = this.#turn += 1, writing = await this.#loadWriting();
    if (turn !== this.#turn || !writing) return;
    const texts = writing.textsIn(forms, this.lists.origins);
    const seals = forms.filter(claimsSeal);
    if (texts.length > 0) void this.choose(texts);
    else if (seals.length > 0) void this.seals(sealLines(seals.find((form) => form.includes('\x1f')) ?? seals[0]));
    else if (forms.some((form) => writing.readWritten(form, this.lists.origins).number)) void this.#sayDigits('number');
    else if (/^[0-9\s]{11,2300}$/.test(forms[0].trim())) void this.#sayDigits('tail');
    else this.#show(this.lists.judge(forms[0].replace(/\s+/g, '')), { coded: false });
  }

  /** A number was given in place of a code, or digits without the address that they follow. @param {'number' | 'tail'} what */
  async #sayDigits(what) {
    const turn = this.#turn += 1;
    const reading = await this.fileReading();
    if (turn === this.#turn) reading?.sayDigits(what);
  }

  /** Draws the frame around the screens in the language in use. */
  #draw() {
    this.shell.draw();
    if (this.lists.strange) void this.warn();
    this.bar = standingBar(this.lists, this.now);
    this.shell.notice('standing', this.bar.node);
  }

  /** Says that the keys of this site are not those that this phone knows. */
  async warn() {
    const { anchorsWarning } = await import('./anchors-view.js');
    this.shell.notice('anchors', anchorsWarning(this));
  }

  /** Whether a text is of one of our addresses. @param {string} text */
  ours = (text) => {
    const found = splitText(text);
    return found !== null && this.lists.origins.includes(found.origin);
  };

  /** Whether nothing was asked for yet. */
  get untouched() {
    return this.#turn === 0;
  }

  /** Whether a scan is under way that nothing may interrupt. */
  get busy() {
    return this.#judgement !== null || this.shell.screen?.name === 'verdict' || (this.#fileReading?.working ?? false);
  }

  /**
   * Shows the verdict on a text.
   * @param {string} text
   * @param {Judgement} [judgement] when it was judged already
   */
  present(text, judgement = this.lists.judge(text)) {
    if (isReceipt(text)) void this.receipts([text]);
    else this.#show(judgement);
  }

  /**
   * @param {Judgement} judgement
   * @param {How} [how]
   */
  #show(judgement, how = {}) {
    if (!how.again) this.#turn += 1; // what the person asked for meanwhile still comes
    const { changed = false, coded = true, doubt = null, others = [], seals = [] } = how;
    this.#how = { coded, doubt, others, seals };
    if (coded && !doubt) this.#last = judgement;
    const view = verdictView(judgement, {
      again: () => { void this.scan(); },
      app: coded && !doubt ? this : null,
      refresh: () => { void this.bar.refresh(); },
      now: this.now,
      changed,
      doubt,
      others,
      lamp: this.camera?.on && this.camera.tools.torch ? this.#lamp(this.camera) : null,
    });
    const { word, sentence, level } = verdictWords(judgement, doubt);
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
    afterPaint(() => sound(level)); // seen first: sounds take a while
    this.#restCamera();
    if (seals.length > 0) void this.later(() => import('./seal-view.js')).then((part) => part?.sealsBeside(this, view.node, seals));
  }

  /**
   * Shows the State's seals, which have a screen of their own.
   * @param {string[]} texts at least one
   */
  async seals(texts) {
    const turn = this.#turn += 1;
    const part = await this.later(() => import('./seal-view.js'));
    const screen = await part?.sealScreen(this, texts);
    if (turn !== this.#turn || !screen) return;
    this.shell.show(screen);
    this.verdicts += 1;
    this.shell.announce(screen.said);
    sound(screen.level);
    this.#restCamera();
  }

  /**
   * Shows the receipt of a check, beside its paper where that came along.
   * @param {string[]} texts one of them a receipt's
   */
  async receipts(texts) {
    const turn = this.#turn += 1;
    const part = await this.later(() => import('./after-view.js'));
    if (turn === this.#turn) void part?.openReceipt(this, texts.filter(isReceipt), texts.find((text) => !isReceipt(text)) ?? null);
  }

  /** Judges the text on the screen again: the time has passed, or newer lists came. */
  #reconsider() {
    this.bar.update();
    const before = this.#judgement;
    if (!before) return;
    const judgement = this.lists.judge(before.text);
    if (!sameResult(judgement, before)) this.#show(judgement, { ...this.#how, changed: true, again: true });
    else if (judgement.listed !== before.listed || judgement.trust !== before.trust) {
      this.#judgement = judgement;
      this.#view?.update(judgement);
      this.bar.update(judgement.listed);
    }
  }

  /** Keeps the camera for the next scan for a while, then releases it. */
  #restCamera() {
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => { if (this.shell.screen?.name === 'verdict') this.camera?.close(); }, this.camera?.torchOn ? REST_LIT_MS : REST_MS);
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
    this.camera ??= new Camera();
    const foreseen = this.camera.on ? null : await this.camera.foreseen();
    if (turn !== this.#turn) return;
    const screen = scanView({
      beneath: () => withWords(() => import('./round-entry.js')).then(({ roundButton }) => roundButton(this)),
      camera: this.camera, reader, foreseen, ours: this.ours,
      found: (texts, beside) => { if (texts.some((text) => text !== this.receipt)) this.#seen(texts, beside, screen); }, // a receipt's own code may still be in view
      typed: (texts) => { void this.read(texts); },
      files: (files) => { void this.receive(files); },
      chooseFile: () => /** @type {HTMLInputElement} */ (document.querySelector('input[type=file]')).click(),
    });
    this.shell.show(screen, { focus: !first });
    this.dispatchEvent(new Event('screen'));
    void screen.open(); // the person may take any time to allow the camera
  }

  /**
   * What the camera read: the paper that was just verified is said to be that; everything else is judged.
   * @param {string[]} texts at least one
   * @param {Promise<string[]>} beside seals that are found in the same frame yet
   * @param {import('./scan-view.js').ScanScreen} screen
   */
  #seen(texts, beside, screen) {
    const ours = texts.filter(this.ours);
    if (ours.length === 0 && texts.some(claimsPart)) {
      void this.#symbols(texts, screen);
      return;
    }
    const last = this.#last;
    if (this.receipt || !last || ours.length !== 1 || ours[0] !== last.text || this.now() - last.at > KNOWN_S || this.now() < last.at) {
      void this.choose(texts).then(() => this.#addSeals(beside));
      return;
    }
    const judgement = this.lists.judge(last.text);
    if (!sameResult(judgement, last)) this.#show(judgement, { changed: true });
    else screen.same(last, () => this.#show(judgement));
  }

  /**
   * Tells beside the verdict on the screen of seals that were found after it was shown.
   * @param {Promise<string[]>} beside
   */
  async #addSeals(beside) {
    const turn = this.#turn, seals = await beside;
    if (seals.length === 0 || turn !== this.#turn || !this.#view) return;
    this.#how = { ...this.#how, seals };
    const part = await this.later(() => import('./seal-view.js'));
    if (turn === this.#turn && this.#view) part?.sealsBeside(this, this.#view.node, seals);
  }

  /**
   * Symbols of a 2D-DOC of several: the camera goes on until it has seen them all.
   * @param {string[]} texts
   * @param {import('./scan-view.js').ScanScreen} screen
   */
  async #symbols(texts, screen) {
    const turn = this.#turn, part = await this.later(() => import('./seal-view.js'));
    if (!part || turn !== this.#turn) return;
    const codes = part.gatherNow(this, texts.filter(claimsSeal)), lacking = part.lackingWords(codes);
    if (lacking) screen.tell(lacking);
    else void this.seals(codes.map(({ text }) => text));
  }

  /**
   * One text: its verdict. Several of ours: the list to choose from. None of ours: the verdict on the first. What a file hides is never taken
   * for what it shows: where the two differ, both are told, and the verdict is the worse.
   * @param {string[]} texts at least one
   * @param {Pick<import('./files.js').Found, 'hidden' | 'unread' | 'trouble'>} [found] what is known of them when they are of a file
   */
  async choose(texts, { hidden, unread, trouble } = { hidden: [], unread: false, trouble: null }) {
    const ours = texts.filter(this.ours), seals = texts.filter(claimsSeal);
    if (ours.length > 0 && this.receipt) ours.push(this.receipt);
    if (ours.some(isReceipt)) return this.receipts(ours);
    /** @type {How} */
    const how = { doubt: unread ? 'unread' : trouble ? 'partly' : null, seals };
    if (hidden.length > 0 && !unread) {
      const drawn = texts.filter((text) => !hidden.includes(text));
      const answers = [...drawn.filter(this.ours), ...hidden];
      if (answers.length === hidden.length) answers.unshift(drawn[0]);
      const [worst, ...others] = answers.map((text) => this.lists.judge(text)).sort((one, other) => gravity(other) - gravity(one));
      this.#show(worst, { doubt: 'differs', others, seals });
      return;
    }
    if (ours.length === 0 && seals.length > 0) return this.seals(seals);
    if (ours.length < 2) return this.#show(this.lists.judge(ours[0] ?? texts[0]), how);
    const turn = this.#turn += 1;
    const { choiceView } = await import('./scan-view.js');
    if (turn !== this.#turn) return;
    const judgements = ours.map((text) => this.lists.judge(text));
    this.shell.show(choiceView(judgements, (judgement) => this.#show(judgement, how)));
    this.#restCamera();
  }

  /**
   * Reads files.
   * @param {File[]} files at least one
   */
  async receive(files) {
    const turn = this.#turn += 1;
    const reading = await this.fileReading();
    if (turn === this.#turn) await reading?.take(files);
  }

  /** Reads what another application shared with this one. */
  async receiveShared() {
    history.replaceState(null, '', '/');
    const { takeShared } = await import('./update.js');
    const shared = await takeShared();
    if (shared?.files.length) await this.receive(shared.files);
    else if (shared?.text) await this.read([shared.text]);
    else (await this.fileReading())?.complain('share_empty');
  }

  /** What reads given files; null while it is not on the phone. @returns {Promise<import('./files.js').FileReading | null>} */
  async fileReading() {
    const part = await this.later(() => import('./files.js'));
    if (part) this.#fileReading ??= new part.FileReading(this);
    return this.#fileReading;
  }

  /**
   * A part of the page that is kept later (docs/verifier.md); null, which is said on the screen, while it cannot be had.
   * @template Part
   * @param {() => Promise<Part>} load
   * @returns {Promise<Part | null>}
   */
  async later(load) {
    try {
      return await withWords(load);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      this.shell.notice('missing', element('p', { class: 'notice', role: 'alert' }, say('later.missing')));
      return null;
    }
  }

  openSettings() {
    return this.#open(() => import('./settings-view.js'), (part) => part.settingsView(this));
  }

  openAbout() {
    return this.#open(() => import('./about-view.js'), (part) => part.aboutView(this.lists));
  }

  /**
   * @template Part
   * @param {() => Promise<Part>} load
   * @param {(part: Part) => import('./shell.js').Screen} view
   */
  async #open(load, view) {
    const turn = this.#turn += 1;
    const part = await this.later(load);
    if (turn !== this.#turn || !part) return;
    this.camera?.close();
    this.shell.show(view(part));
  }

  /**
   * Changes the language, and says the screen again in it.
   * @param {'fr' | 'en'} chosen
   */
  async changeLanguage(chosen) {
    if (!await this.later(async () => { if (!await speak(chosen)) throw new TypeError(chosen); return chosen; })) return;
    changeSettings({ language: chosen }, settingsStorage());
    this.#draw();
    const { again, name } = this.shell.screen ?? {};
    if (this.#judgement) this.#show(this.#judgement, this.#how);
    else if (name === 'settings') await this.openSettings();
    else if (name === 'about') await this.openAbout();
    else if (again) again();
    else await this.scan();
  }

  /** Starts what could wait for the first screen: lists, the worker. */
  settleIn() {
    this.lists.start();
    import('./written.js').then((part) => { this.#writing = part; }, () => null); // whoever needs it says what is wrong when it does not come
    const settle = () => setTimeout(() => { void import('./installation.js').then(({ watchInstallation }) => watchInstallation(this)); }, SETTLE_MS);
    void this.#warm.then(settle, settle);
  }
}

/** Sounds and vibrates as a level does. @param {Parameters<import('./signals.js').signal>[0]} level */
function sound(level) {
  import('./signals.js').then(({ signal }) => signal(level), () => null);
}

/** @param {string} text */
const isReceipt = (text) => text.includes('/#9');

/** How little a result speaks for a paper. @param {Judgement} judgement */
function gravity({ verdict: { level } }) {
  return ['green', 'amber', 'grey', 'red'].indexOf(level);
}

/** Whether two judgements say the same. @param {Judgement} one @param {Judgement} other */
function sameResult({ verdict: one }, { verdict: other }) {
  return messageKey(one) === messageKey(other) && one.level === other.level;
}

/**
 * The frame around every screen: name, language, notices, sections, the change from screen to screen; and the bar that always says, in
 * words, how old the lists of this device are and whether it is ready without a network.
 * @module
 */

import { afterPaint, button, element, fill } from './element.js';
import { known, language, say } from './messages.js';
import { lifeOf } from './status.js';
import { sign } from './symbols.js';
import { AT_MOST_AHEAD } from './trust-content.js';
import { ago, dayOf } from './words.js';

/** @typedef {import('./lists.js').Lists} Lists */
/** @typedef {import('./status.js').StatusList} StatusList */

/**
 * A screen: `title` names it, `heading` receives the focus, `stop` ends what lives in it, `again` shows it in another language,
 * `files` takes given files that are its own and says whether they were; `texts` what was typed, pasted or sent by a handheld scanner.
 * @typedef {{ name: string, title: string, node: HTMLElement, heading: HTMLElement, stop?: () => void, again?: () => void,
 *   files?: (files: File[]) => boolean, texts?: (forms: string[]) => boolean }} Screen
 * @typedef {{ scan: () => void, settings: () => void, about: () => void, language: () => void }} Acts
 */

/** @param {string} selector @returns {HTMLElement} */
const part = (selector) => /** @type {HTMLElement} */ (document.querySelector(selector));

/** The frame around every screen: navigation, notices, what a screen reader is told. */
export class Shell {
  #acts;
  #demonstration;
  /** @type {Screen | null} */
  screen = null;
  /** @type {Map<string, HTMLElement>} */
  #notices = new Map();

  /**
   * @param {Acts} acts what the buttons of the frame do
   * @param {boolean} demonstration
   */
  constructor(acts, demonstration) {
    this.#acts = acts;
    this.#demonstration = demonstration;
    part('[data-skip]').addEventListener('click', (event) => {
      event.preventDefault(); // a fragment is a scanned code here, never a place in the page
      part('main').focus();
    });
    globalThis.addEventListener('popstate', () => {
      // Back leads to the camera. A fragment in the address is a link that was just opened: it has its own way.
      if (location.hash === '' && this.screen?.name !== 'scan') this.#acts.scan();
    });
  }

  /** Draws the frame in the language in use. */
  draw() {
    part('[data-skip]').textContent = say('app.skip');
    part('.brand-name').textContent = say('app.name');
    part('.notices').setAttribute('aria-label', say('app.notices'));
    part('input[type=file]').setAttribute('aria-label', say('ways.file'));
    const other = language() === 'fr' ? 'en' : 'fr';
    fill(part('.top-actions'), button(say('app.other_language'), this.#acts.language, { class: 'button button-top', lang: other, 'data-action': 'language', 'aria-label': say('app.other_language.label') }));
    const tabs = part('.tabs');
    tabs.setAttribute('aria-label', say('app.sections'));
    fill(tabs, this.#tab('scan', 'scan'), this.#tab('settings', 'settings'), this.#tab('about', 'about'));
    if (this.#demonstration) {
      this.notice('demo', element('p', { class: 'notice notice-demo', 'data-demo': true },
        sign('warning'), element('span', {}, element('strong', {}, say('demo.title')), ` – ${say('demo.meaning')}`)));
    }
  }

  /**
   * @param {'scan' | 'settings' | 'about'} name
   * @param {'scan' | 'settings' | 'about'} picture
   */
  #tab(name, picture) {
    const here = this.screen?.name === name;
    return button(say(`nav.${name}`), () => this.#acts[name](), { class: 'tab', 'data-action': name, 'aria-current': here ? 'page' : null }, sign(picture));
  }

  /**
   * Shows a notice above the screen, in the place of the one of the same name; null takes it away.
   * @param {string} name
   * @param {HTMLElement | null} node
   */
  notice(name, node) {
    const before = this.#notices.get(name);
    if (!node) {
      before?.remove();
      this.#notices.delete(name);
      return;
    }
    if (before) before.replaceWith(node);
    else part('.notices').append(node);
    this.#notices.set(name, node);
  }

  /**
   * Shows a screen in the place of the last.
   * @param {Screen} screen
   * @param {{ focus?: boolean }} [options] focus: whether the heading takes it (not at the very first screen)
   */
  show(screen, { focus = true } = {}) {
    const before = this.screen;
    before?.stop?.();
    if (before?.name === 'scan' && screen.name !== 'scan') history.pushState(null, '', '/');
    this.screen = screen;
    document.body.dataset.screen = screen.name;
    this.notice('missing', null);
    document.title = say('app.title', { page: screen.title });
    fill(part('main'), screen.node);
    for (const tab of document.querySelectorAll('.tab')) {
      if (/** @type {HTMLElement} */ (tab).dataset.action === screen.name) tab.setAttribute('aria-current', 'page');
      else tab.removeAttribute('aria-current');
    }
    if (before) globalThis.scrollTo(0, 0);
    if (!focus) return;
    const take = () => screen.heading.focus({ preventScroll: true });
    if (before) take();
    else afterPaint(take); // at the very first, focus would have the page laid out twice as long in one go
  }

  /**
   * Says something at once to a person who does not see the screen.
   * @param {string} words
   */
  announce(words) {
    part('[data-announce]').textContent = words;
  }
}

/**
 * Which of the five states the lists are in, the worst of them; `clock` when this device's clock is behind what it has seen.
 * @param {Pick<Lists, 'trust' | 'status' | 'floor'>} lists
 * @param {StatusList | null} listed the status list that matters now; null: the oldest held
 * @param {number} now UTC seconds
 * @returns {'good' | 'old' | 'expired' | 'none' | 'clock'}
 */
function standing({ trust, status, floor }, listed, now) {
  const held = listed ?? oldest(status);
  if (!trust || !held) return 'none';
  if (now + AT_MOST_AHEAD < Math.max(floor, trust.buildTime, trust.issued, held.issuedAt)) return 'clock';
  const { ttl, expires } = lifeOf(held, trust);
  if (now >= trust.expires || now >= expires) return 'expired';
  return now > trust.nextUpdate || now - held.issuedAt > ttl ? 'old' : 'good';
}

/**
 * The status list that was issued first; null where there is none.
 * @param {ReadonlyMap<number, StatusList>} status
 * @returns {StatusList | null}
 */
export function oldest(status) {
  return [...status.values()].reduce((/** @type {StatusList | null} */ first, list) => (first && first.issuedAt <= list.issuedAt ? first : list), null);
}

/**
 * What the last question to the network gave, in words.
 * @param {import('./lists-fetched.js').Result} result
 * @returns {string}
 */
export function resultWords({ outcome, code }) {
  switch (outcome) {
    case 'updated': return say('fresh.done');
    case 'current': return say('fresh.same');
    case 'portal': return say('fresh.captive');
    case 'refused': return say('fresh.refused', { reason: code && known(`refused.${code}`) ? say(`refused.${code}`) : String(code) });
    case 'timeout': return say('fresh.timeout');
    case 'server': return say('fresh.server');
    default: return say(navigator.onLine ? 'fresh.unreached' : 'fresh.offline');
  }
}

/**
 * The bar of ages. `update` draws it anew; `listed` is the status list of the attestation on the screen, if any.
 * @param {Lists} lists
 * @param {() => number} now UTC seconds
 * @returns {{ node: HTMLElement, update: (listed?: StatusList | null) => void, refresh: () => Promise<void> }}
 */
export function standingBar(lists, now) {
  /** @type {StatusList | null} */
  let shown = null;
  const state = element('span', { class: 'standing-state' });
  const status = element('span', { class: 'standing-age' });
  const trust = element('span', { class: 'standing-age' });
  const ready = element('span', { class: 'standing-ready' });
  const said = element('span', { class: 'standing-said', role: 'status' });
  const ask = button(say('action.refresh'), () => { void refresh(); }, { class: 'button button-icon', 'data-action': 'refresh-lists' }, sign('refresh'));
  const node = element('section', { class: 'standing', 'aria-label': say('fresh.label') },
    element('div', { class: 'standing-words' }, element('p', {}, state, status, trust, ready), said), ask);

  /** @param {StatusList | null} [listed] */
  function update(listed = shown) {
    shown = listed;
    const held = listed ?? oldest(lists.status);
    const level = standing(lists, listed, now());
    node.dataset.standing = level;
    fill(state, sign(level === 'good' ? 'fresh' : 'warning'), say(`fresh.${level}`));
    age(status, 'status', held && now() - held.issuedAt);
    age(trust, 'trust', lists.trust && now() - lists.trust.issued);
    ready.textContent = readiness(lists);
  }

  async function refresh() {
    said.textContent = say('fresh.refreshing');
    node.classList.add('standing-busy');
    said.textContent = resultWords(await lists.checkAnew());
    node.classList.remove('standing-busy');
    update();
  }
  update();
  return { node, update, refresh };
}

/**
 * @param {HTMLElement} node
 * @param {'status' | 'trust'} which
 * @param {number | null} seconds
 */
function age(node, which, seconds) {
  node.toggleAttribute(`data-${which}-age`, seconds !== null);
  if (seconds !== null) node.setAttribute(`data-${which}-age`, String(seconds));
  node.textContent = seconds === null ? say(`fresh.${which}.none`) : say(`fresh.${which}`, { age: ago(seconds) });
}

/** @param {Lists} lists */
function readiness(lists) {
  if (lists.lost) return say('ready.lost');
  if (lists.readySince === null) return say(lists.refused === 'unsupported' ? 'ready.refused' : lists.refused ? 'ready.no' : 'ready.preparing');
  return lists.laterMissing ? say('ready.later') : say('ready.yes', { since: dayOf(lists.readySince) });
}

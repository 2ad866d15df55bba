/**
 * The frame around every screen: name, language, notices, ages of the lists, sections; and the change from screen to screen.
 * @module
 */

import { button, element, fill } from './element.js';
import { language, say } from './messages.js';
import { sign } from './symbols.js';

/**
 * A screen: `title` names it, `heading` receives the focus, `stop` ends what lives in it.
 * @typedef {{ name: string, title: string, node: HTMLElement, heading: HTMLElement, stop?: () => void }} Screen
 * @typedef {{ scan: () => void, settings: () => void, about: () => void, language: () => void }} Acts
 */

/** @param {string} selector @returns {HTMLElement} */
const part = (selector) => /** @type {HTMLElement} */ (document.querySelector(selector));

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
    document.title = say('app.title', { page: screen.title });
    fill(part('main'), screen.node);
    for (const tab of document.querySelectorAll('.tab')) {
      if (/** @type {HTMLElement} */ (tab).dataset.action === screen.name) tab.setAttribute('aria-current', 'page');
      else tab.removeAttribute('aria-current');
    }
    globalThis.scrollTo(0, 0);
    if (focus) screen.heading.focus({ preventScroll: true });
  }

  /**
   * Says something at once to a person who does not see the screen.
   * @param {string} words
   */
  announce(words) {
    part('[data-announce]').textContent = words;
  }
}

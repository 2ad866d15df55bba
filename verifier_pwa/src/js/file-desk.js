/**
 * Where files are read: chosen, dropped, pasted or shared ones. One at a time; the person can always cancel.
 * @module
 */

import { button, element } from './element.js';
import { readFile } from './intake.js';
import { say } from './messages.js';

/** @typedef {import('./app.js').App} App */

export class FileDesk {
  #app;
  /** @type {AbortController | null} */
  #work = null;

  /** @param {App} app */
  constructor(app) {
    this.#app = app;
  }

  /** Whether a file is being read. */
  get working() { return this.#work !== null; }

  /**
   * Reads files one after the other, until one holds a code.
   * @param {File[]} files at least one
   */
  async take(files) {
    this.#work?.abort();
    const work = new AbortController();
    this.#work = work;
    const words = element('p', { role: 'status', class: 'working-words' }, say('intake.working'));
    this.#showWork(words, work);
    const texts = [];
    let last = null;
    for (const file of files) {
      last = await readFile(file, {
        reader: () => this.#app.reader(), signal: work.signal,
        progress: (page, pages) => { words.textContent = say('intake.page', { page, pages }); },
      });
      if (work.signal.aborted) return;
      texts.push(...last.texts);
    }
    this.#work = null;
    if (texts.length > 0) await this.#app.choose([...new Set(texts)]);
    else if (last?.trouble) this.complain(last.trouble, last.parameters);
  }

  /**
   * @param {HTMLElement} words
   * @param {AbortController} work
   */
  #showWork(words, work) {
    const heading = element('h1', { tabindex: '-1' }, say('intake.working'));
    const cancel = button(say('intake.cancel'), () => { void this.#app.scan(); }, { class: 'button' });
    const node = element('section', { class: 'page working' }, heading, element('div', { class: 'progress', 'aria-hidden': 'true' }), words, cancel);
    this.#app.shell.show({ name: 'working', title: say('intake.working'), node, heading, stop: () => this.#end(work) });
  }

  /** Another screen has taken the place of the work's: it goes no further. @param {AbortController} work */
  #end(work) {
    work.abort();
    if (this.#work === work) this.#work = null;
  }

  /**
   * Says why nothing was read, and what else can be done.
   * @param {string} trouble the rest of a key `intake.…`, or `blocked`
   * @param {Record<string, number>} [parameters]
   */
  complain(trouble, parameters = {}) {
    const heading = element('h1', { tabindex: '-1' }, say('intake.none.title'));
    const words = trouble === 'blocked' ? `${say('camera.blocked')} ${say('camera.blocked.do')}` : say(`intake.${trouble}`, parameters);
    const node = element('section', { class: 'page', 'data-trouble': trouble }, heading, element('p', { role: 'alert' }, words),
      element('div', { class: 'buttons' },
        button(say('ways.file'), () => /** @type {HTMLInputElement} */ (document.querySelector('input[type=file]')).click(), { class: 'button' }),
        button(say('nav.scan'), () => { void this.#app.scan(); }, { class: 'button button-main' })));
    this.#app.shell.show({ name: 'trouble', title: say('intake.none.title'), node, heading });
  }
}

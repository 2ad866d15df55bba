/**
 * The verifier in one file, opened from a disk: the application without camera, network or memory. Lists are those that the page brings, and
 * newer ones that the person gives as files; both are accepted by the same rules as fetched ones.
 * @module
 */

import { App } from '../js/app.js';
import { button, element, fill } from '../js/element.js';
import { openLists } from '../js/lists.js';
import { language, learn, say, speak } from '../js/messages.js';
import { waysIn } from '../js/scan-view.js';
import { readSettings, settingsStorage } from '../js/settings.js';
import { resultWords } from '../js/shell.js';
import { site } from '../js/site.js';
import { moment } from '../js/words.js';
import { broughtLists } from './kit-parts.js';
import { en, fr } from './kit-words.js';

/** Bytes of a list file that is still looked at; what asks for lists takes no more. */
const LARGEST = 1_048_576;
/** The name of a published list, `(1)` or ` - Copie` of a browser or a system left aside. */
const LIST = /^(trust|status-[1-9][0-9]{0,2})(?: ?\([0-9]{1,3}\)| - Cop(?:ie|y)(?: \([0-9]{1,3}\))?)?\.cose$/i;
const GENUINE = /^[0-9a-f]{16}-[0-9a-f]{8}\.cbor(?:\.[1-9][0-9]?)?$/i;

/** @param {string} name @returns {string | null} the name under which a list is published; null for the file of something else */
function listName(name) {
  const list = LIST.exec(name);
  if (list) return `${list[1].toLowerCase()}.cose`;
  return GENUINE.test(name) ? name.toLowerCase() : null;
}

/** Whether a file is meant as a list, of whatever name. @param {File} file */
const meantAsList = ({ name }) => /\.(?:cose|cbor(?:\.[0-9]+)?)$/i.test(name);

/** The clock of this device, UTC seconds. */
const now = () => Math.floor(Date.now() / 1000);

/** @type {Map<string, Uint8Array<ArrayBuffer>>} */
const files = broughtLists();

/**
 * Answers a question for a list from what the person gave and the page brings; what is held already stands for itself.
 * @param {RequestInfo | URL} path
 * @returns {Promise<Response>}
 */
async function answer(path) {
  const name = String(path).split('/').at(-1) ?? '';
  const number = /^status-([0-9]+)\.cose$/.exec(name)?.[1];
  const held = name === 'trust.cose' ? lists.trust?.cose : lists.status.get(Number(number))?.cose;
  const bytes = files.get(name) ?? held;
  return bytes ? new Response(/** @type {Uint8Array<ArrayBuffer>} */ (bytes)) : new Response(null, { status: 404 });
}

const { language: chosen, theme } = readSettings(settingsStorage());
if (theme !== 'auto') document.documentElement.dataset.theme = theme;
const lists = await openLists({ now, fetch: answer, store: null });
await speak(chosen);
await learn({ fr: async () => fr, en: async () => en });

/** Takes lists as if they had been fetched. */
const takeLists = lists.check.bind(lists);
const chooser = /** @type {HTMLInputElement} */ (document.querySelector('[data-lists]'));
const said = element('p', { class: 'kit-said', role: 'status', 'data-lists-said': true });

class Kit extends App {
  /** The first screen, where the application has its camera. @override */
  async scan() {
    const first = this.shell.screen === null;
    const heading = element('h1', { class: 'scan-title', tabindex: '-1' }, say('kit.title'));
    const node = element('div', { class: 'page' }, heading, element('p', {}, say('kit.lead')),
      waysIn({
        typed: (texts) => this.read(texts), files: (given) => { void this.receive(given); },
        chooseFile: () => /** @type {HTMLInputElement} */ (document.querySelector('[data-files]')).click(),
      }),
      listCard());
    this.shell.show({ name: 'kit', title: say('kit.title'), node, heading }, { focus: !first });
  }

  /** Lists are taken over, everything else is read. @param {File[]} given @override */
  async receive(given) {
    const meant = given.filter(meantAsList), others = given.filter((file) => !meantAsList(file));
    if (meant.length > 0) await receiveLists(meant);
    if (others.length > 0) await super.receive(others);
    else if (this.shell.screen?.name !== 'kit' && !this.busy) await this.scan();
  }
}

/** The lists in use, and the way to newer ones. */
function listCard() {
  const { trust, status } = lists;
  return element('section', { class: 'card' },
    element('h2', {}, say('kit.lists.title')),
    element('p', {}, trust ? say('kit.lists.trust', { version: trust.version, date: moment(trust.issued) }) : say('kit.lists.none')),
    element('ul', {}, ...[...status.values()].map(({ number, issuedAt }) => element('li', {}, say('kit.lists.status', { number, date: moment(issuedAt) })))),
    element('p', {}, say('kit.lists.how', { origin: lists.origins[0] ?? '' })),
    button(say('action.refresh'), () => { void app.bar.refresh(); }, { class: 'button button-wide', 'data-action': 'lists' }),
    said,
    element('p', { class: 'hint' }, say('kit.built', { date: moment(site.buildTime), version: site.version })));
}

/**
 * Takes the files of lists that a person gave, and says what became of them.
 * @param {File[]} given at least one
 * @returns {Promise<import('../js/lists-fetched.js').Result>}
 */
async function receiveLists(given) {
  const before = new Map(files);
  /** @type {string[]} */
  const strange = [];
  for (const file of given) {
    const name = listName(file.name);
    const bytes = name && file.size > 0 && file.size <= LARGEST ? await file.arrayBuffer().catch(() => null) : null; // it may have gone away
    if (name && bytes) files.set(name, new Uint8Array(bytes));
    else strange.push(file.name);
  }
  const result = await takeLists();
  if (result.outcome === 'refused') { // what is not acceptable stands in nobody's way the next time
    files.clear();
    before.forEach((bytes, name) => files.set(name, bytes));
  }
  const words = [];
  if (strange.length < given.length) words.push(`${resultWords(result)}${result.outcome === 'refused' || result.outcome === 'server' ? ` (${result.list})` : ''}`);
  if (strange.length > 0) words.push(say('kit.lists.strange', { names: strange.join(', ') }));
  fill(said, words.join(' '));
  app.shell.announce(words.join(' '));
  app.bar.update();
  if (app.shell.screen?.name === 'kit') document.querySelector('.card + .card')?.replaceWith(listCard());
  return result;
}

/** Asks the person for lists. */
lists.check = () => new Promise((resolve) => {
  const none = () => resolve({ outcome: 'offline', list: 'trust', code: null, at: now() });
  chooser.oncancel = none;
  chooser.onchange = () => {
    const given = [...chooser.files ?? []];
    chooser.value = '';
    if (given.length > 0) receiveLists(given).then(resolve, none);
    else none();
  };
  chooser.click();
});

const app = new Kit(lists, now);
const began = performance.now();
await takeLists(); // every signature, and the lists of the genuine, before anything is judged
performance.measure('wif-lists', { start: began });
await app.scan();
document.documentElement.dataset.kit = language();

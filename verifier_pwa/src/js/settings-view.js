/**
 * The settings, and the state of lists and off-line use.
 * @module
 */

import { button, element } from './element.js';
import { language, say, withWords } from './messages.js';
import './messages.more.js';
import { changeSettings, settings, settingsStorage } from './settings.js';
import { oldest, resultWords } from './shell.js';
import { signal } from './signals.js';
import { sign } from './symbols.js';
import { appleSteps } from './installation.js';
import { dayOf, moment } from './words.js';

/** @typedef {import('./app.js').App} App */

/**
 * The screen of the settings, each kept as it is changed.
 * @param {App} app
 * @returns {import('./shell.js').Screen}
 */
export function settingsView(app) {
  const heading = element('h1', { tabindex: '-1' }, say('settings.title'));
  const node = element('div', { class: 'page' }, heading,
    element('section', { class: 'card' },
      toggle('sound', () => signal('green')), toggle('vibration', () => signal('green')),
      choice('language', ['fr', 'en'], language(), (chosen) => { void app.changeLanguage(/** @type {'fr' | 'en'} */ (chosen)); }),
      choice('theme', ['auto', 'light', 'dark'], settings().theme, wear),
      element('p', { class: 'hint' }, say('settings.kept'))),
    listsCard(app),
    element('section', { class: 'card' }, element('h2', {}, say('install.title')), element('p', {}, say('install.why')), appleSteps()));
  const watch = element('section', { class: 'card', hidden: true, 'data-settings-watch': true });
  node.append(watch);
  void withWords(() => import('./watch-view.js')).then(({ watchCard }) => watchCard(app, watch), () => null); // not on this phone yet
  return { name: 'settings', title: say('settings.title'), node, heading };
}

/**
 * @param {'sound' | 'vibration'} name
 * @param {() => void} tried
 */
function toggle(name, tried) {
  return element('label', { class: 'setting' },
    element('input', { type: 'checkbox', role: 'switch', checked: settings()[name], 'data-setting': name, onchange: (/** @type {Event} */ { target }) => {
      changeSettings({ [name]: /** @type {HTMLInputElement} */ (target).checked }, settingsStorage());
      tried();
    } }),
    element('span', {}, say(`settings.${name}`)));
}

/**
 * @param {'language' | 'theme'} name
 * @param {string[]} values
 * @param {string} current
 * @param {(value: string) => void} choose
 */
function choice(name, values, current, choose) {
  const words = (/** @type {string} */ value) => (name === 'language' ? { fr: 'Français', en: 'English' }[value] : say(`settings.theme.${value}`));
  return element('label', { class: 'setting setting-choice' },
    element('span', {}, say(`settings.${name}`)),
    element('select', { 'data-setting': name, onchange: (/** @type {Event} */ { target }) => choose(/** @type {HTMLSelectElement} */ (target).value) },
      ...values.map((value) => element('option', { value, selected: value === current, lang: name === 'language' ? value : null }, words(value)))));
}

/** @param {string} theme */
function wear(theme) {
  changeSettings({ theme: /** @type {'auto' | 'light' | 'dark'} */ (theme) }, settingsStorage());
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

/** @param {App} app */
function listsCard(app) {
  const { lists } = app;
  const said = element('p', { role: 'status' });
  const { trust } = lists;
  const status = oldest(lists.status);
  const refresh = async () => {
    said.textContent = say('fresh.refreshing');
    said.textContent = resultWords(await lists.checkAnew());
  };
  const seals = element('li', { 'data-settings-seals': true, hidden: true });
  void withWords(() => import('./seal-view.js')).then(async ({ sealsAge }) => {
    seals.textContent = await sealsAge(app);
    seals.hidden = false;
  }, () => null); // not on this phone yet: nothing is said of it
  return element('section', { class: 'card' },
    element('h2', {}, say('settings.lists')),
    element('ul', { class: 'plain' },
      element('li', {}, lists.lost ? say('ready.lost') : lists.readySince === null ? say('ready.no') : say('ready.yes', { since: dayOf(lists.readySince) }),
        lists.readySince !== null && lists.laterMissing ? ` – ${say('later.some', { count: lists.laterMissing })}` : null),
      element('li', {}, trust ? say('keep.list.trust', { version: trust.version, date: moment(trust.issued) }) : say('fresh.trust.none')),
      element('li', {}, status ? say('keep.list.status', { number: status.number, date: moment(status.issuedAt) }) : say('fresh.status.none')),
      seals),
    button(say('action.refresh'), () => { void refresh(); }, { class: 'button' }, sign('refresh')), said);
}

/**
 * The application as it stands on this phone: ready off line or not, the offer of a new version, the offer to install.
 * @module
 */

import { button, element } from './element.js';
import { say, withWords } from './messages.js';
import { changeSettings, settings, settingsStorage } from './settings.js';
import { sign } from './symbols.js';
import { startUpdates } from './update.js';

/** @typedef {import('./app.js').App} App */
/** @typedef {Event & { prompt: () => Promise<unknown> }} InstallOffer */

/** A person who said “later” is asked again after this. */
const ASK_AGAIN_S = 14 * 86_400;
/** Verdicts seen before the application is worth installing. */
const VERDICTS_SEEN = 1;

/**
 * Starts the service worker, and shows what it tells and offers.
 * @param {App} app
 */
export function watchInstallation(app) {
  const updates = startUpdates({ busy: () => app.busy, lists: app.lists });
  app.updates = updates;
  const ready = () => {
    document.documentElement.dataset.offline = 'ready';
    app.bar.update();
  };
  const later = () => {
    if (app.lists.laterMissing === 0) document.documentElement.dataset.later = 'ready';
    import('./seal-keep.js').then(({ followSeals }) => followSeals(app.lists), () => null); // asked for when all that comes first is there
  };
  updates.addEventListener('later', later);
  if (updates.ready) ready();
  updates.addEventListener('ready', ready);
  const refused = () => {
    app.lists.refused = updates.problem;
    if (app.lists.readySince === null) document.documentElement.dataset.offline = 'refused';
    app.bar.update();
  };
  updates.addEventListener('problem', refused);
  if (updates.problem) refused();
  updates.addEventListener('waiting', () => app.shell.notice('update', updateOffer(app)));
  if (updates.waiting) app.shell.notice('update', updateOffer(app));
  offerInstall(app);
  withWords(() => import('./round-entry.js')).then(({ rememberRound }) => rememberRound(app), () => null); // not on this phone yet: nothing is under way
  withWords(() => import('./watch-look.js')).then(({ followWatch }) => followWatch(app), () => null); // not on this phone yet: so nothing is watched
}

/** @param {App} app */
function updateOffer(app) {
  const other = app.updates?.otherRoots === true;
  return element('section', { class: other ? 'notice notice-alarm' : 'notice notice-offer', 'data-offer': 'update', 'aria-label': say('update.title') },
    element('p', {}, say('update.title')),
    other && element('p', { role: 'alert', 'data-anchors': 'waiting' }, element('strong', {}, say('update.other_roots'))),
    element('div', { class: 'buttons' },
      button(say('update.action'), () => { void app.updates?.accept(); }, { class: 'button button-small', 'data-action': 'update' }, sign('refresh')),
      button(say('update.later'), () => app.shell.notice('update', null), { class: 'button button-small button-quiet' })));
}

/** Whether the application runs from the home screen. */
function installed() {
  return matchMedia('(display-mode: standalone)').matches || /** @type {{ standalone?: boolean }} */ (navigator).standalone === true;
}

/** Whether this is Safari on a phone or tablet of Apple's, where only the person can install. */
function isAppleTouch() {
  return /iP(hone|ad|od)/.test(navigator.userAgent) || (/Mac/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);
}

/**
 * Offers to install once a verdict has shown what the application is good for, and between two verdicts.
 * @param {App} app
 */
function offerInstall(app) {
  if (installed() || app.now() - settings().installAsked < ASK_AGAIN_S) return;
  /** @type {InstallOffer | null} */
  let offer = null;
  let shown = false;
  const later = () => {
    changeSettings({ installAsked: app.now() }, settingsStorage());
    app.shell.notice('install', null);
  };
  const show = () => {
    const good = app.verdicts >= VERDICTS_SEEN && !app.busy && app.updates?.ready;
    if (shown || !good || !(offer || isAppleTouch())) return;
    shown = true;
    app.shell.notice('install', installNotice(offer, later));
  };
  globalThis.addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    offer = /** @type {InstallOffer} */ (event);
    show();
  });
  globalThis.addEventListener('appinstalled', later);
  app.addEventListener('screen', show);
  app.updates?.addEventListener('ready', show);
}

/**
 * @param {InstallOffer | null} offer the browser's own, where it has one
 * @param {() => void} later
 */
function installNotice(offer, later) {
  return element('section', { class: 'notice notice-offer', 'data-offer': 'install', 'aria-label': say('install.title') },
    element('p', {}, element('strong', {}, say('install.title')), ' – ', say('install.why')),
    offer ? null : appleSteps(),
    element('div', { class: 'buttons' },
      offer && button(say('install.action'), () => { void offer.prompt().then(later); }, { class: 'button button-small', 'data-action': 'install' }),
      button(say('install.later'), later, { class: 'button button-small button-quiet' })));
}

/** The steps on Apple's phones, and the warning about their two storages. @returns {HTMLElement} */
export function appleSteps() {
  return element('div', { class: 'apple-steps' },
    element('p', {}, say('install.ios')),
    element('ol', {}, ...[1, 2, 3].map((step) => element('li', {}, say(`install.ios.${step}`)))),
    element('p', { class: 'strong' }, say('install.ios.warning')));
}

/**
 * Opens the application: a link's verdict before anything else, else the camera; then what can wait.
 * @module
 */

import { App } from './app.js';
import { takeLink } from './fragment.js';
import { openLists } from './lists.js';
import { speak } from './messages.js';
import { readSettings, settingsStorage } from './settings.js';

/** The clock of this device, UTC seconds. */
const now = () => Math.floor(Date.now() / 1000);

const link = takeLink(location, history);
const shared = new URLSearchParams(location.search).has('shared');
const { language, theme } = readSettings(settingsStorage());
if (theme !== 'auto') document.documentElement.dataset.theme = theme;

const [lists] = await Promise.all([openLists({ now }), speak(language)]);
const app = new App(lists, now);
if (link !== null) app.present(link);
else if (shared) await app.receiveShared();
else if (app.untouched) await app.scan();
app.settleIn();

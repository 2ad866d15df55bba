/**
 * Opens the application: a link's verdict before anything else, else the camera; then what can wait.
 * @module
 */

import { App } from './app.js';
import { takeLink } from './input.js';
import { afterPaint } from './element.js';
import { openLists } from './lists.js';
import { speak } from './messages.js';
import { readSettings, settingsStorage } from './settings.js';
import { splitText } from './token.js';

/** The clock of this device, UTC seconds. */
const now = () => Math.floor(Date.now() / 1000);
/** Gives the browser its turn: between long steps it hears taps. */
const breath = () => new Promise((resolve) => { setTimeout(resolve); });

const opening = openLists({ now }); // the storage answers while the rest is read
const link = takeLink(location, history);
const shared = new URLSearchParams(location.search).has('shared');
const { language, theme } = readSettings(settingsStorage());
if (theme !== 'auto') document.documentElement.dataset.theme = theme;

const [lists] = await Promise.all([opening, speak(language)]);
await breath();
const { origin, rest } = splitText(link ?? '') ?? {};
// A link as it was printed needs no reader of what people write (written.js), which takes it for the same text.
const judgement = origin && rest && lists.origins.includes(origin) && /^[0-9]{233,2200}$/.test(rest) ? lists.judge(`${origin.toUpperCase()}/#${rest}`) : null;
await breath(); // before anything is drawn: a frame between would only come before the verdict
const app = new App(lists, now);
const late = takeLink(location, history); // opened before the page listened
if (lists.strange) await app.warn(); // before anything else
if (judgement) app.present(judgement.text, judgement);
else if (link !== null) await app.read([link]);
else if (shared) await app.receiveShared();
else if (app.untouched) await app.scan();
if (late !== null) await app.read([late]);
afterPaint(() => app.settleIn()); // seen first

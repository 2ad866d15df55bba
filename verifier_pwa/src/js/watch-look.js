/**
 * Looks at the watched papers whenever the application is opened and whenever newer lists came, and says above the screen what changed. Asks
 * nothing of anybody: the lists are those that every phone has.
 * @module
 */

import { button, element } from './element.js';
import { say, withWords } from './messages.js';
import { findings } from './watch.js';
import { today, watchedPapers } from './watch-keep.js';

/** @typedef {import('./app.js').App} App */
/** @typedef {import('./watch.js').Finding} Finding */

/** Papers that are named above the screen; the others are counted. */
const NAMED = 3;

/** What was said last, and put off by the person: it is not said again. */
let putOff = '';

/**
 * Looks from now on. Call it once, when the first screen is there.
 * @param {App} app
 */
export function followWatch(app) {
  const look = () => { void tellNews(app); };
  app.lists.addEventListener('change', look);
  look();
}

/**
 * Says what is new of the watched papers, or takes it away when nothing is.
 * @param {App} app
 */
export async function tellNews(app) {
  const papers = await watchedPapers(app.now());
  const news = findings(papers, app.lists.status, today(app.now())).filter((one) => one.news);
  if (news.length === 0) {
    app.shell.notice('watch', null);
    return;
  }
  const { newsWords } = await withWords(() => import('./watch-view.js'));
  const said = JSON.stringify(news.map(({ paper, changed, ending }) => [paper.list, paper.index, changed, ending]));
  if (said === putOff) return;
  const show = () => app.shell.notice('watch', notice(app, news, newsWords, () => { putOff = said; }));
  // A verdict is read first: what is said above it would push it away.
  if (app.shell.screen?.name === 'verdict') app.addEventListener('screen', () => { void tellNews(app); }, { once: true });
  else if (app.shell.screen?.name !== 'watch') show();
}

/**
 * @param {App} app
 * @param {Finding[]} news
 * @param {(found: Finding) => string} words
 * @param {() => void} later
 */
function notice(app, news, words, later) {
  return element('section', { class: 'notice notice-offer', 'data-offer': 'watch', 'aria-label': say('watch.news') },
    element('div', { role: 'alert' }, element('p', { class: 'strong' }, say('watch.news')),
      element('ul', {}, ...news.slice(0, NAMED).map((found) => element('li', { 'data-news': found.changed ?? 'ending' }, words(found))),
        news.length > NAMED && element('li', {}, news.length - NAMED === 1 ? say('watch.news.one') : say('watch.news.more', { count: news.length - NAMED })))),
    element('div', { class: 'buttons' },
      button(say('watch.news.see'), () => { void app.later(() => import('./watch-view.js')).then((part) => part?.openWatch(app)); }, { class: 'button button-small', 'data-action': 'see-watch' }),
      button(say('update.later'), () => {
        later();
        app.shell.notice('watch', null);
      }, { class: 'button button-small button-quiet' })));
}

/**
 * What this application is, and how to tell whether it is the genuine one.
 * @module
 */

import { fromHex, toHex } from './bytes.js';
import { element, fill } from './element.js';
import { say } from './messages.js';
import './messages.more.js';
import { sha256 } from './sha2.js';
import { site } from './site.js';
import { readBuild } from './update.js';
import { moment } from './words.js';

/** @typedef {import('./lists.js').Lists} Lists */

/**
 * Hexadecimal digits in groups of four, which the eye can follow.
 * @param {string} hex
 */
function fingerprint(hex) {
  return element('code', { class: 'fingerprint', 'data-fingerprint': hex }, ...(hex.match(/.{1,4}/g) ?? []).map((group) => element('span', { class: 'piece' }, group)));
}

/**
 * @param {string} label
 * @param {...import('./element.js').Child} value
 */
function row(label, ...value) {
  return element('div', { class: 'detail' }, element('dt', {}, say(label)), element('dd', {}, ...value));
}

/**
 * The screen about the application: its build, its roots, its lists, what is kept on this device.
 * @param {Lists} lists
 * @returns {import('./shell.js').Screen}
 */
export function aboutView(lists) {
  const heading = element('h1', { tabindex: '-1' }, say('about.title'));
  const build = element('dd', {}, say('about.files.loading'));
  const files = element('div', { class: 'files' }, element('p', {}, say('about.files.loading')));
  void describeBuild(build, files);
  const roots = site.roots.map((root) => toHex(sha256(fromHex(root))));
  const node = element('div', { class: 'page about' }, heading,
    element('section', { class: 'card' },
      (site.demonstration || lists.trust?.demonstration) && element('p', { class: 'strong' }, say('about.demonstration')),
      element('p', {}, say('about.what')), element('p', {}, say('about.privacy')), element('p', {}, say('about.not'))),
    element('section', { class: 'card' },
      element('h2', {}, say('about.genuine')), element('p', {}, say('about.genuine.how')),
      element('dl', {},
        row('about.address', element('code', {}, location.origin)),
        row('about.version', site.version),
        row('about.built', site.buildTime ? moment(site.buildTime) : say('details.none')),
        element('div', { class: 'detail' }, element('dt', {}, say('about.build')), build),
        row('about.roots', element('ul', { class: 'plain' }, ...roots.map((hex) => element('li', {}, fingerprint(hex)))),
          element('p', {}, say('about.threshold', { threshold: site.threshold, count: roots.length })))),
      element('details', {}, element('summary', {}, say('about.files')), files)),
    element('section', { class: 'card' },
      element('h2', {}, say('about.stored')),
      element('ul', {}, ...['files', 'lists', 'settings', 'hire', 'receipts', 'watch', 'round'].map((what) => element('li', {}, say(`about.stored.${what}`)))),
      element('p', { class: 'strong' }, say('about.stored.never'))),
    element('p', { class: 'hint' }, say('about.licence')));
  return { name: 'about', title: say('about.title'), node, heading };
}

/**
 * @param {HTMLElement} hash where the fingerprint of the application goes
 * @param {HTMLElement} files where those of its files go
 */
async function describeBuild(hash, files) {
  try {
    const { hash: whole, build } = await readBuild();
    fill(hash, fingerprint(whole));
    fill(files, element('ul', { class: 'plain file-list' }, ...Object.entries(build.files).map(([path, digest]) => element('li', {},
      element('span', {}, path), ' ', element('code', {}, digest)))));
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof SyntaxError || error instanceof DOMException)) throw error;
    fill(hash, say('about.files.failed'));
    fill(files, element('p', {}, say('about.files.failed')));
  }
}

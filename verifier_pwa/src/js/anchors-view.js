/**
 * The warning that this site brings other root keys than this phone knows, while nothing signed by those leads there: a new ceremony that was told by
 * another way, or somebody who took the site over. The person decides; until then the keys that the phone knows judge.
 * @module
 */

import { fromHex, toHex } from './bytes.js';
import { button, element, fill } from './element.js';
import { say } from './messages.js';
import { sha256 } from './sha2.js';
import { site } from './site.js';
import { sign } from './symbols.js';

/**
 * The warning, with what the person can do.
 * @param {import('./app.js').App} app
 * @returns {HTMLElement}
 */
export function anchorsWarning(app) {
  const acts = element('div', { class: 'buttons' });
  const node = element('section', { class: 'notice notice-alarm', role: 'alert', 'data-anchors': 'changed' },
    element('p', {}, sign('warning'), ' ', element('strong', {}, say('anchors.title'))),
    element('p', {}, say('anchors.why')),
    element('p', {}, say('anchors.new'), ' ', ...site.roots.map((root) => element('code', { class: 'long' }, toHex(sha256(fromHex(root)))))),
    acts);
  const ask = () => fill(acts,
    button(say('anchors.keep'), () => app.shell.notice('anchors', null), { class: 'button button-small', 'data-action': 'anchors-keep' }),
    button(say('anchors.take'), sure, { class: 'button button-small button-quiet', 'data-action': 'anchors-take' }));
  const sure = () => fill(acts,
    element('p', {}, element('strong', {}, say('anchors.sure', { address: location.host }))),
    button(say('anchors.back'), ask, { class: 'button button-small' }),
    button(say('anchors.yes'), () => { void take(); }, { class: 'button button-small button-quiet', 'data-action': 'anchors-yes' }));
  async function take() {
    if (await app.lists.acceptAnchors()) app.shell.notice('anchors', null);
    else fill(acts, element('p', {}, say('later.missing')));
  }
  ask();
  return node;
}

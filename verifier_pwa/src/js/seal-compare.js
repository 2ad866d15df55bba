/**
 * Comparing a 2D-DOC of type 15 with a hire: the form and the lines of compare-view.js, by what such a seal signs.
 * @module
 */

import { button, element } from './element.js';
import { compareSeal, holdersAmong } from './compare.js';
import { openComparison } from './compare-view.js';
import { say } from './messages.js';
import { sealWords } from './seal-values.js';
import { sign } from './symbols.js';

/**
 * @param {import('./app.js').App} app
 * @param {string} text of the seal
 * @param {import('./seal-judge.js').SealVerdict} found whose fields a known certificate signed
 */
export async function openSealComparison(app, text, found) {
  /** @type {Record<string, string>} */
  const fields = Object.fromEntries(found.seal?.fields.map(({ identifier, value }) => [identifier, value]) ?? []);
  const holder = [fields[62], fields[61]].filter(Boolean).join(' '), { word } = sealWords(found);
  await openComparison(app, {
    text, claims: { employer: { siret: fields[50], name: fields['5M'] ?? '' } }, lead: say('seal.hire.lead'), permits: false,
    compare: (hire) => compareSeal(fields, hire), holders: (hires) => holdersAmong(fields, hires, compareSeal),
    whose: () => element('p', { class: 'strong', 'data-whose': true }, element('bdi', {}, holder), ', 2D-DOC – ', word, ' (', say(`level.${found.level}`), ')'),
    back: () => element('div', { class: 'buttons' }, button(say('after.back'), () => { void app.seals([text]); }, { class: 'button', 'data-action': 'back' }, sign('scan'))),
  });
}

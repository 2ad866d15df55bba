/**
 * The number of the residence permit on the comparison's form: typed, pasted or scanned as the lines of the card, or read off a picture of a code on it.
 * What was read is said beside the field; what cannot be read changes nothing that was typed.
 * @module
 */

import { field } from './after-parts.js';
import { button, element, fill } from './element.js';
import { say } from './messages.js';
import './messages.after.js';
import { looksLikeZone, readPermit } from './permit.js';
import { judgeSeal } from './seal-judge.js';
import { heldSeals } from './seal-keep.js';
import { gather } from './seal-parts.js';
import { line, sealWords } from './seal-values.js';
import { sign } from './symbols.js';
import { claimsSeal, sealLines } from './text.js';

/** @typedef {import('./after-parts.js').Draft} Draft */
/** @typedef {import('./app.js').App} App */

/** Fields of a 2D-DOC that a permit may be known by, the surest first: lines of the card, number of the person, of the document, of the visa. */
const NUMBERS = ['6F', '6Q', '6Z', '66', '6R'];
/** Words on a seal under which its number is compared: it proves nothing of the card, and is said beside the word. */
const READ = ['authentic', 'certificate_expired', 'certificate_unknown', 'test'];
/** A number as a code holds it. */
const NUMBER = /^[A-Z0-9]{6,20}$/i;

/**
 * The field of the residence permit's number, with the ways of reading it off the card.
 * @param {App} app
 * @param {Draft} draft
 * @param {(numbers: string[]) => string} choose the one of several that is to be compared
 * @param {() => void} taken the field was filled
 */
export function permitField(app, draft, choose, taken) {
  const said = element('p', { role: 'status', 'data-card': true }, draft.card ?? '');
  const part = field(draft, 'residence_permit', { hint: true, attributes: { autocapitalize: 'characters' }, changed: () => {
    draft.card = null;
    fill(said);
  } });
  const input = /** @type {HTMLInputElement} */ (part.querySelector('input'));

  /** @param {string} value @param {string | null} how it was read, in words */
  function put(value, how) {
    draft.values.residence_permit = input.value = value;
    draft.card = how;
    fill(said, how);
  }

  /** @param {string} code the rest of a key @param {string} [sentence] */
  const fault = (code, sentence = '') => fill(said, element('span', { class: 'form-fault', role: 'alert', 'data-fault': `card_${code}` }, say(`after.card.fault.${code}`, { sentence })));

  /** @param {string[]} texts of a 2D-DOC's symbols */
  async function ofSeal(texts) {
    const [symbols] = gather(texts), found = { ...await judgeSeal(symbols.text, await heldSeals(app.lists), app.now()), symbols }, { sentence } = sealWords(found);
    if (!found.seal || !READ.includes(found.verdict)) {
      fault('seal', `${sentence}.`);
      return;
    }
    const { fields } = found.seal;
    const given = NUMBERS.flatMap((wanted) => fields.filter(({ identifier, value }) => identifier === wanted && value)).flatMap((one) => {
      const read = readPermit(one.value);
      return read.form === 'fault' ? [] : read.numbers.map((number) => ({ number, name: line(one).label }));
    });
    if (given.length === 0) {
      fault('no_number');
      return;
    }
    const number = choose(given.map((one) => one.number));
    put(number, say('after.card.seal', { name: given.find((one) => one.number === number)?.name ?? '', sentence: `${sentence}.` }));
    taken();
  }

  /** @param {File} picture */
  async function ofPicture(picture) {
    const { readings } = await (await app.reader()).readPicture(picture), texts = readings.map(({ text }) => text).filter(Boolean);
    const seals = texts.filter(claimsSeal), number = texts.find((text) => NUMBER.test(text.trim()) && /[0-9]/.test(text)), zone = texts.find(looksLikeZone);
    if (seals.length > 0) await ofSeal(seals);
    else if (zone ?? number) {
      put((zone ?? number ?? '').trim(), say('after.card.code'));
      taken();
    } else fault(texts.length > 0 ? 'other' : 'none');
  }

  /** Lines of a card, one after the other or all at once; what still comes of one that was read is let go. @param {string} zone */
  function takeLines(zone) {
    const before = draft.values.residence_permit ?? '', joined = `${before} ${zone}`, begins = readPermit(zone).form === 'zone';
    const goesOn = !begins && looksLikeZone(before) && looksLikeZone(joined);
    if (!begins && !goesOn && draft.card) return;
    put(goesOn ? joined : zone, null);
    taken();
  }

  const choosePicture = element('input', { type: 'file', class: 'sr-only', tabindex: '-1', accept: 'image/*', capture: 'environment', 'data-picture': 'card', 'aria-label': say('after.card.do'), onchange: () => {
    const [picture] = choosePicture.files ?? [];
    if (picture) void ofPicture(picture);
    choosePicture.value = '';
  } });
  return {
    node: element('div', { class: 'form' }, part, said, choosePicture,
      element('div', { class: 'buttons' }, button(say('after.card.do'), () => choosePicture.click(), { class: 'button', 'data-action': 'card' }, sign('lens'))),
      element('p', { class: 'hint' }, say('after.card.hint'))),

    /** After a comparison: lines of a card that are read give place to the number that was compared. @param {import('./compare.js').Line | undefined} compared */
    settle(compared) {
      const read = readPermit(draft.values.residence_permit ?? ''), same = compared?.outcome === 'same';
      if (read.form !== 'zone' || (read.lacking && !same)) return;
      put(same && compared.hire?.form === 'text' ? compared.hire.text : read.numbers[0], say('after.card.zone', { numbers: read.numbers.join(', ') }));
    },

    /**
     * What a handheld reader keyed in, or somebody pasted: lines of a card, one by one or all at once, or a 2D-DOC.
     * @param {string[]} forms
     * @returns {boolean} whether it was that
     */
    texts(forms) {
      const seals = forms.filter(claimsSeal), zone = forms.find(looksLikeZone);
      if (seals.length > 0) void ofSeal(sealLines(seals.find((form) => form.includes('\x1f')) ?? seals[0]));
      else if (zone) takeLines(zone.trim());
      return seals.length > 0 || zone !== undefined;
    },
  };
}

/**
 * The screen of a 2D-DOC: the State's seal, never taken for one of ours. The word first; what cannot be known; what is signed; apart from it,
 * and marked, what nobody signed; what to compare.
 * @module
 */

import { button, element, fill } from './element.js';
import { say } from './messages.js';
import { askForSeals, heldSeals } from './seal-keep.js';
import { missingFields } from './seal-fields.js';
import { judgeSeal } from './seal-judge.js';
import { Held, gather } from './seal-parts.js';
import { grouped, line, sealWords, typeName, workRight } from './seal-values.js';
import { emblem, sign } from './symbols.js';
import { liveStrip } from './verdict-view.js';
import { ago, day, moment } from './words.js';

/** @typedef {import('./app.js').App} App */
/** @typedef {import('./seal-judge.js').SealVerdict & { symbols?: import('./seal-parts.js').Gathered }} SealVerdict */
/** @typedef {import('./seal-judge.js').SealWord} SealWord */
/** @typedef {import('./seal-list.js').SealList} SealList */

/** The sign of each word, among those of symbols.js. @type {Readonly<Record<SealWord, string>>} */
const EMBLEMS = Object.freeze({
  authentic: 'valid', certificate_unknown: 'unknown_key', bad_signature: 'bad_signature', certificate_revoked: 'revoked', certificate_expired: 'expired',
  certificate_type: 'invalid_claims', malformed: 'malformed', unsupported: 'unsupported', incomplete: 'malformed', test: 'foreign',
});
/** Types that an employer takes for a right to work: what the law asks is said. */
const WORK = ['13', '15'];
/** Whose document it is, seen first; by type what else is. @type {Readonly<Record<string, string[]>>} */
const FACTS = Object.freeze({ 13: ['6P', '6O'], 15: ['5M', '5O', '55'] });
const HOLDER = ['62', '61', '60'];
/** Symbols of codes of several that came one after the other. */
const held = new Held();

/**
 * The codes of texts that came now, with the symbols of before that they lack.
 * @param {App} app
 * @param {readonly string[]} texts
 */
export function gatherNow(app, texts) {
  return held.take(texts, app.now());
}

/**
 * What the camera tells while symbols of a 2D-DOC are missing; null once none is.
 * @param {readonly import('./seal-parts.js').Gathered[]} codes
 * @returns {string | null}
 */
export function lackingWords(codes) {
  const lacking = codes.find(({ read, count, clash }) => clash || read.length < count), whole = codes.some(({ read, count, clash }) => !clash && read.length === count);
  return !lacking || whole ? null : say(lacking.clash ? 'seal.parts.clash' : 'seal.parts', { read: lacking.read.join(', '), count: lacking.count });
}

/**
 * Puts texts on the screen, the first above; the newest list is asked for meanwhile, and the screen drawn anew when it says more.
 * @param {App} app
 * @param {string[]} texts at least one, each the text of a Data Matrix or a written one
 * @returns {Promise<import('./shell.js').Screen & { level: import('./verdicts.js').Level, said: string }>}
 */
export async function sealScreen(app, texts) {
  const listed = await heldSeals(app.lists), at = app.now(), codes = gatherNow(app, texts);
  texts = codes.map(({ text }) => text); // a symbol that lacks others is kept for them
  const found = await Promise.all(codes.map(async (symbols) => ({ ...await judgeSeal(symbols.text, listed, at), symbols })));
  const live = liveStrip(at, app.now);
  const articles = found.map((one, place) => article(one, listed, at, place === 0 ? live.strip : null, () => { void app.seals(texts); }, app));
  for (const one of articles) one.style.gridColumn = '1 / -1'; // each has both columns of a wide screen
  const node = element('div', { class: 'verdict' }, ...articles, element('div', { class: 'next' },
    button(say('action.again'), () => { void app.scan(); }, { class: 'button button-main', 'data-action': 'again' }, sign('scan'))));
  const { word, sentence } = sealWords(found[0]);
  let shown = true;
  if (found.some(({ certificate }) => !certificate)) {
    void askForSeals(app.lists).then((newer) => { if (newer && shown) void app.seals(texts); });
  }
  return {
    name: 'verdict', title: word, node, heading: /** @type {HTMLElement} */ (node.querySelector('h1')), level: found[0].level, said: `${say('seal.kicker')}. ${word}. ${sentence}`,
    again: () => { void app.seals(texts); },
    stop: () => {
      shown = false;
      live.stop();
    },
  };
}

/**
 * What each code of texts read beside each other says, in a word, for a list of several files.
 * @param {App} app
 * @param {string[]} texts
 * @returns {Promise<import('./pile.js').SealLine[]>}
 */
export async function sealLines(app, texts) {
  const listed = await heldSeals(app.lists);
  return Promise.all(gather(texts).map(async (symbols) => {
    const found = { ...await judgeSeal(symbols.text, listed, app.now()), symbols };
    const { word, sentence } = sealWords(found), signed = vouched(found) ? found.seal : null;
    return {
      text: symbols.text, verdict: found.verdict, level: found.level, word, sentence, type: signed?.type ?? null,
      fields: signed && Object.fromEntries(signed.fields.map(({ identifier, value: written }) => [identifier, written])),
    };
  }));
}

/**
 * How old the list of seal certificates is, for the settings.
 * @param {App} app
 * @returns {Promise<string>}
 */
export async function sealsAge(app) {
  return freshnessWords(await heldSeals(app.lists), app.now());
}

/**
 * Says beside a verdict of ours that the same document bears a 2D-DOC too.
 * @param {App} app
 * @param {HTMLElement} verdict the screen
 * @param {string[]} texts
 */
export function sealsBeside(app, verdict, texts) {
  if (verdict.querySelector('[data-seal-beside]')) return; // said already
  verdict.querySelector('.panel')?.after(element('section', { class: 'card', 'data-seal-beside': true }, element('p', {}, say('seal.beside')),
    button(say('seal.beside.show'), () => { void app.seals(texts); }, { class: 'button', 'data-action': 'seal' }, sign('next'))));
}

/**
 * Whether the fields are signed by a certificate that is known: only then are they shown.
 * @param {SealVerdict} found
 */
function vouched({ verdict, certificate }) {
  return certificate !== null && ['authentic', 'certificate_expired', 'test'].includes(verdict);
}

/**
 * @param {SealVerdict} found
 * @param {SealList | null} listed
 * @param {number} at UTC seconds
 * @param {HTMLElement | null} strip what a picture of the screen lacks
 * @param {() => void} anew draws the screen again
 * @param {App} app
 */
function article(found, listed, at, strip, anew, app) {
  const { verdict, level, seal } = found, { word, sentence, more } = sealWords(found), signed = vouched(found) ? seal : null;
  const right = signed && workRight(signed, at), heading = strip ? 'h1' : 'h2';
  return element('article', { class: 'verdict', 'data-seal': verdict, 'data-seal-verdict': verdict, 'data-level': level },
    element('header', { class: 'panel' },
      emblem(EMBLEMS[verdict], level),
      element('div', { class: 'panel-words' },
        element('p', { class: 'verdict-level' }, element('strong', {}, say('seal.kicker')), ' – ', say(`level.${level}`)),
        element(heading, { tabindex: '-1' },
          element('span', { class: word.length > 12 ? 'verdict-word verdict-word-long' : 'verdict-word' }, word), ' ',
          element('span', { class: 'verdict-sentence verdict-sentence-long' }, sentence))),
      signed && facts(signed),
      element('div', { class: 'panel-more' },
        seal && element('p', {}, typeName(seal.type)),
        right && element('p', { class: 'verdict-do', 'data-right': right.over ? 'over' : 'stands' }, element('bdi', {}, right.words)),
        element('p', { class: 'verdict-more' }, more),
        signed && lacking(signed),
        seal?.type === '15' && signed && element('p', { class: 'verdict-do' }, say('seal.limits.15')),
        seal && freshness(listed, at),
        seal && refresher(app, anew)),
      strip),
    signed && element('section', { class: 'card signed' }, element('h2', {}, say('seal.fields')), fieldGroups(signed.fields), verdict !== 'test' && comparison(signed.type)),
    seal && !signed && element('p', { class: 'card' }, say('seal.withheld')),
    signed?.type === '15' && hiring(app, found),
    signed && signed.annex.length > 0 && annexCard(signed.annex),
    signed && verdict !== 'test' && WORK.includes(signed.type) && law(),
    seal && details(found, listed));
}

/** @param {import('./seal-text.js').Seal} seal */
function facts({ type, fields }) {
  const lines = (/** @type {string[]} */ wanted) => wanted.flatMap((one) => fields.filter(({ identifier }) => identifier === one)).map(line);
  const holder = lines(HOLDER), rest = lines(FACTS[type] ?? []);
  if (holder.length + rest.length === 0) return null;
  return element('dl', { class: 'facts' },
    holder.length > 0 && element('div', { class: 'fact fact-holder' }, element('dt', {}, say('seal.group.person')),
      element('dd', {}, ...holder.flatMap((one) => [value(one), ' ']))),
    ...rest.map((one) => element('div', { class: 'fact fact-employer' }, element('dt', {}, one.label), element('dd', {}, value(one)))));
}

/** @param {import('./seal-values.js').Line} one */
function value({ identifier, text, raw }) {
  return element('bdi', { class: text.length > 28 ? 'value value-long' : 'value', 'data-field': identifier, 'data-seal-field': identifier, 'data-value': raw }, text);
}

/** @param {readonly import('./seal-text.js').Field[]} fields */
function fieldGroups(fields) {
  return element('div', { class: 'fields' }, ...grouped(fields).map(({ group, lines }) => element('section', { class: 'field-group' },
    element('h3', {}, say(`seal.group.${group}`)),
    element('dl', {}, ...lines.map((one) => element('div', { class: 'field' },
      element('dt', { lang: one.french ? 'fr' : null }, one.label),
      element('dd', {}, value(one), one.also && element('span', { class: 'also' }, one.also))))))));
}

/** What a document of its type must hold and this one does not. @param {import('./seal-text.js').Seal} seal */
function lacking({ type, fields }) {
  const names = missingFields(type, fields).map((identifier) => line({ identifier, value: '', cut: false }).label);
  return names.length > 0 && element('p', { class: 'verdict-do', 'data-missing': names.length }, say('seal.missing', { names: names.join(', ') }));
}

/** What nobody signed: in a frame of its own, said before its first field. @param {readonly import('./seal-text.js').Field[]} annex */
function annexCard(annex) {
  const card = element('section', { class: 'card', 'data-annex': true },
    element('h2', {}, sign('warning'), ' ', say('seal.annex')), element('p', { class: 'strong' }, say('seal.annex.why')), fieldGroups(annex));
  card.style.border = '3px dashed var(--alert)';
  return card;
}

/** @param {SealList | null} listed @param {number} at UTC seconds */
function freshness(listed, at) {
  return element('p', { 'data-seals': !listed ? 'none' : at > listed.nextUpdate ? 'due' : 'good' }, freshnessWords(listed, at));
}

/** @param {SealList | null} listed @param {number} at UTC seconds */
function freshnessWords(listed, at) {
  if (!listed) return say('seal.fresh.none');
  const age = say('seal.fresh', { date: moment(listed.issued), age: ago(at - listed.issued) });
  return at > listed.nextUpdate ? `${age} ${say('seal.fresh.due')}` : age;
}

/** @param {App} app @param {() => void} anew */
function refresher(app, anew) {
  return button(say('action.refresh'), () => {
    void app.bar.refresh().then(() => askForSeals(app.lists)).then(anew);
  }, { class: 'button button-quiet', 'data-action': 'refresh' }, sign('refresh'));
}

/** What to compare, to tick off; nothing is kept of it. @param {string} type */
function comparison(type) {
  const steps = ['paper', 'identity', 'photo', ...(type === '15' ? ['employer'] : [])];
  return element('section', { class: 'compare' }, element('h3', {}, say('seal.compare')),
    element('ul', {}, ...steps.map((step) => element('li', {}, element('label', {}, element('input', { type: 'checkbox' }), element('span', {}, say(`seal.compare.${step}`)))))));
}

/** What the law asks of an employer, whatever was read. */
function law() {
  return element('section', { class: 'card law' }, element('h2', {}, say('law.title')), element('p', { class: 'strong' }, say('law.not_instead')),
    element('ol', {}, ...['check', 'delay', 'exempt'].map((rule) => element('li', {}, element('p', {}, say(`law.${rule}`)), element('p', { class: 'source' }, say(`law.${rule}.source`))))));
}

/** @param {App} app @param {SealVerdict} found */
function hiring(app, found) {
  return element('section', { class: 'card' }, button(say('seal.hire'), () => {
    void app.later(() => import('./seal-compare.js')).then((part) => part?.openSealComparison(app, found.symbols?.text ?? '', found));
  }, { class: 'button button-wide', 'data-action': 'compare' }, sign('next')));
}

/** @param {SealVerdict} found @param {SealList | null} listed */
function details({ verdict, level, seal, certificate }, listed) {
  const row = (/** @type {string} */ label, /** @type {import('./element.js').Child} */ what) => element('div', { class: 'detail' }, element('dt', {}, say(label)), element('dd', {}, what));
  const utcDay = (/** @type {number | null} */ seconds) => (seconds === null ? say('details.none') : day(new Date(seconds * 1000).toISOString().slice(0, 10)));
  const list = element('dl');
  if (seal) {
    fill(list,
      row('details.verdict', element('code', {}, `${verdict} · ${level}`)),
      row('seal.details.certificate', element('code', {}, `${seal.authority}/${seal.certificate}`)),
      certificate && row('seal.details.issuer', element('bdi', {}, certificate.issuer)),
      certificate && row('seal.details.window', say('seal.details.window.value', { from: utcDay(certificate.notBefore), until: utcDay(certificate.notAfter) })),
      row('seal.details.signed', utcDay(seal.signed)),
      row('seal.details.issued', utcDay(seal.issued)),
      row('seal.details.version', seal.version),
      listed && row('seal.details.edition', say('seal.details.edition.value', { edition: listed.edition, date: utcDay(listed.editionIssued) })));
  }
  return element('details', { class: 'card details' }, element('summary', {}, element('h2', {}, say('seal.details'))), list);
}

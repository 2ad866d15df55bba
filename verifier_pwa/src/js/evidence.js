/**
 * “Garder la preuve”: one file for a report. A page that opens anywhere, with the QR text, so that a colleague can verify
 * again: by pasting that text, or by giving the file itself to the verifier.
 * @module
 */

import { toHex } from './bytes.js';
import { nationality } from './countries.js';
import { element } from './element.js';
import { language, say } from './messages.js';
import './messages.more.js';
import { sha256 } from './sha2.js';
import { signedFields } from './signed-fields.js';
import { site } from './site.js';
import { readBuild } from './update.js';
import { exactMoment, verdictWords } from './words.js';

/** @typedef {import('./lists.js').Judgement} Judgement */

/** How long the address of the saved file lives: some browsers read it late. */
const ADDRESS_KEPT_MS = 60_000;

/** The whole style of the saved page: it opens far from ours. */
const STYLE = 'body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}h1{font-size:1.4rem}h2{font-size:1.2rem;margin-top:2rem}'
  + 'dl>div{display:flex;gap:1rem;border-bottom:1px solid #bbb;padding:.25rem 0}dt{flex:0 0 12rem;color:#444}dd{margin:0;font-weight:600}.also{display:none}'
  + '.piece+.piece{margin-left:.35em}pre,code{overflow-wrap:anywhere;white-space:pre-wrap;font-size:.85rem}';

/**
 * What the proof says to a program: the same as to a person.
 * @param {Judgement} judgement
 * @param {string | null} build SHA-256 of the application's build.json
 * @param {string} origin of the verifier
 * @returns {Record<string, unknown>}
 */
export function evidenceRecord({ verdict, text, at, trust, listed }, build, origin) {
  return {
    form: 'work-in-france/evidence/1',
    text,
    verdict: verdict.verdict,
    level: verdict.level,
    claims: verdict.claims,
    key: verdict.key,
    authority: verdict.authority,
    verified_at: new Date(at * 1000).toISOString().replace('.000Z', 'Z'),
    trust_list: trust && { version: trust.version, issued_at: new Date(trust.issued * 1000).toISOString().replace('.000Z', 'Z'), sha256: toHex(sha256(trust.cose)) },
    status_list: listed && { number: listed.number, issued_at: new Date(listed.issuedAt * 1000).toISOString().replace('.000Z', 'Z'), sha256: toHex(sha256(listed.cose)) },
    software: { version: site.version, build_sha256: build, origin, demonstration: site.demonstration },
  };
}

/**
 * The proof as a page without script or style, its record inside as JSON.
 * @param {Judgement} judgement
 * @param {string | null} build
 * @param {string} origin
 * @returns {string} HTML
 */
export function evidencePage(judgement, build, origin) {
  const page = document.implementation.createHTMLDocument(say('keep.title'));
  page.documentElement.lang = language();
  const { word, sentence, more } = verdictWords(judgement);
  const { verdict, text, at, trust, listed } = judgement;
  const fields = verdict.claims ? signedFields(verdict.claims, { naming: nationality }) : null;
  const hash = (/** @type {Uint8Array} */ bytes) => element('p', {}, `${say('keep.hash')}\u00a0: `, element('code', {}, toHex(sha256(bytes))));
  const charset = element('meta', { charset: 'utf-8' });
  page.head.prepend(charset);
  page.body.append(...[
    element('h1', {}, say('keep.title')),
    site.demonstration ? element('p', {}, element('strong', {}, `${say('demo.title')} – ${say('demo.meaning')}`)) : null,
    element('h2', {}, `${word} – ${sentence}`),
    element('p', {}, more),
    element('p', {}, `${say('details.checked_at')}\u00a0: ${exactMoment(at)}`),
    element('p', {}, say('keep.verified_by')),
    fields,
    element('p', {}, say('law.not_instead'), ' ', say('law.check.source')),
    element('h2', {}, say('keep.lists')),
    trust ? element('p', {}, say('keep.list.trust', { version: trust.version, date: exactMoment(trust.issued) })) : element('p', {}, say('details.none')),
    trust && hash(trust.cose),
    listed && element('p', {}, say('keep.list.status', { number: listed.number, date: exactMoment(listed.issuedAt) })),
    listed && hash(listed.cose),
    element('h2', {}, say('details.software')),
    element('p', {}, `${site.version} – ${origin}`),
    element('p', {}, `${say('details.build')}\u00a0: `, element('code', {}, build ?? say('details.none'))),
    element('h2', {}, say('details.text')),
    element('p', {}, say('keep.again', { origin })),
    element('pre', {}, text),
    element('p', {}, say('keep.not_signed')),
    element('p', {}, element('strong', {}, say('keep.contains'))),
  ].filter((node) => node instanceof Node));
  const record = page.createElement('script');
  record.type = 'application/json';
  record.id = 'evidence';
  // A reader of HTML takes the text of a script as it stands: no sign in it may need an escape of HTML's.
  const json = JSON.stringify(evidenceRecord(judgement, build, origin), null, 1).replace(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
  record.append(page.createTextNode(json));
  page.body.append(record);
  const written = new XMLSerializer().serializeToString(page.documentElement);
  return `<!doctype html>\n${written.replace('</head>', `<style>${STYLE}</style></head>`)}\n`;
}

/**
 * Saves the proof as a file of the person's. Returns its name.
 * @param {Judgement} judgement
 * @returns {Promise<string>}
 */
export async function saveEvidence(judgement) {
  const build = await readBuild().then(({ hash }) => hash, () => null);
  const stamp = new Date(judgement.at * 1000).toISOString().slice(0, 16).replace(/[-:]/g, '').replace('T', '-');
  const name = `verification-${judgement.verdict.claims?.number ?? judgement.verdict.verdict}-${stamp}.html`;
  const address = URL.createObjectURL(new Blob([evidencePage(judgement, build, location.protocol === 'file:' ? site.origins[0] : location.origin)], { type: 'text/html' }));
  const link = element('a', { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), ADDRESS_KEPT_MS);
  return name;
}

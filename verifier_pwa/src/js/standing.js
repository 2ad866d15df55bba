/**
 * How old the lists of this device are, always on the screen, in words; and whether it is ready without a network.
 * @module
 */

import { button, element, fill } from './element.js';
import { known, say } from './messages.js';
import { sign } from './symbols.js';
import { ago, dayOf } from './words.js';

/** @typedef {import('./lists.js').Lists} Lists */
/** @typedef {import('./status.js').StatusList} StatusList */

/**
 * Which of the four states the lists are in, the worst of them.
 * @param {Pick<Lists, 'trust' | 'status'>} lists
 * @param {StatusList | null} listed the status list that matters now; null: the oldest held
 * @param {number} now UTC seconds
 * @returns {'good' | 'old' | 'expired' | 'none'}
 */
export function standing({ trust, status }, listed, now) {
  const held = listed ?? oldest(status);
  if (!trust || !held) return 'none';
  if (now >= trust.expires || now >= held.expires) return 'expired';
  return now > trust.nextUpdate || now - held.issuedAt > held.ttl ? 'old' : 'good';
}

/**
 * @param {ReadonlyMap<number, StatusList>} status
 * @returns {StatusList | null}
 */
export function oldest(status) {
  return [...status.values()].reduce((/** @type {StatusList | null} */ first, list) => (first && first.issuedAt <= list.issuedAt ? first : list), null);
}

/**
 * What the last question to the network gave, in words.
 * @param {import('./freshness.js').Result} result
 * @returns {string}
 */
export function resultWords({ outcome, code }) {
  switch (outcome) {
    case 'updated': return say('fresh.done');
    case 'current': return say('fresh.same');
    case 'portal': return say('fresh.captive');
    case 'refused': return say('fresh.refused', { reason: code && known(`refused.${code}`) ? say(`refused.${code}`) : String(code) });
    default: return say('fresh.offline');
  }
}

/**
 * The bar of ages. `update` draws it anew; `listed` is the status list of the attestation on the screen, if any.
 * @param {Lists} lists
 * @param {() => number} now UTC seconds
 * @returns {{ node: HTMLElement, update: (listed?: StatusList | null) => void, refresh: () => Promise<void> }}
 */
export function standingBar(lists, now) {
  /** @type {StatusList | null} */
  let shown = null;
  const state = element('span', { class: 'standing-state' });
  const status = element('span', { class: 'standing-age' });
  const trust = element('span', { class: 'standing-age' });
  const ready = element('span', { class: 'standing-ready' });
  const said = element('span', { class: 'standing-said', role: 'status' });
  const ask = button(say('action.refresh'), () => { void refresh(); }, { class: 'button button-icon', 'data-action': 'refresh-lists' }, sign('refresh'));
  const node = element('section', { class: 'standing', 'aria-label': say('fresh.label') },
    element('div', { class: 'standing-words' }, element('p', {}, state, status, trust, ready), said), ask);

  /** @param {StatusList | null} [listed] */
  function update(listed = shown) {
    shown = listed;
    const held = listed ?? oldest(lists.status);
    const level = standing(lists, listed, now());
    node.dataset.standing = level;
    fill(state, sign(level === 'good' ? 'fresh' : 'warning'), say(`fresh.${level}`));
    age(status, 'status', held && now() - held.issuedAt);
    age(trust, 'trust', lists.trust && now() - lists.trust.issued);
    ready.textContent = readiness(lists);
  }

  async function refresh() {
    said.textContent = say('fresh.refreshing');
    node.classList.add('standing-busy');
    said.textContent = resultWords(await lists.check());
    node.classList.remove('standing-busy');
    update();
  }
  update();
  return { node, update, refresh };
}

/**
 * @param {HTMLElement} node
 * @param {'status' | 'trust'} which
 * @param {number | null} seconds
 */
function age(node, which, seconds) {
  node.toggleAttribute(`data-${which}-age`, seconds !== null);
  if (seconds !== null) node.setAttribute(`data-${which}-age`, String(seconds));
  node.textContent = seconds === null ? say(`fresh.${which}.none`) : say(`fresh.${which}`, { age: ago(seconds) });
}

/** @param {Lists} lists */
function readiness(lists) {
  if (lists.lost) return say('ready.lost');
  return lists.readySince === null ? say('ready.preparing') : say('ready.yes', { since: dayOf(lists.readySince) });
}

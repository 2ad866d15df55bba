/**
 * Elements of the page, made by code alone: texts are texts, never markup, whatever they hold.
 * @module
 */

/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * Makes an element. Attributes: a string is set as it is, true as an empty attribute, null, undefined and false not at all;
 * a function under `onclick` and the like listens. Children: texts and nodes; null, undefined and false are left out.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, unknown>} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') {
      made.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    } else if (value !== null && value !== undefined && value !== false) {
      made.setAttribute(name, value === true ? '' : String(value));
    }
  }
  fill(made, ...children);
  return made;
}

/**
 * Replaces what a node holds.
 * @param {ParentNode & Node} node
 * @param {...Child} children
 */
export function fill(node, ...children) {
  node.replaceChildren(...children.filter((child) => child !== null && child !== undefined && child !== false).map((child) => (
    child instanceof Node ? child : String(child))));
}

/** A page that nobody sees is not painted: what waits for that is done then. */
const UNSEEN_MS = 1_000;

/**
 * Does something once what is on the page now has been painted.
 * @param {() => void} act
 */
export function afterPaint(act) {
  const timer = setTimeout(act, UNSEEN_MS);
  requestAnimationFrame(() => {
    clearTimeout(timer);
    setTimeout(act);
  });
}

/**
 * A button: its word, and what it does.
 * @param {string} word
 * @param {(event: Event) => void} act
 * @param {Record<string, unknown>} [attributes]
 * @param {Child} [picture] drawn before the word
 * @returns {HTMLButtonElement}
 */
export function button(word, act, attributes = {}, picture = null) {
  return element('button', { type: 'button', class: 'button', onclick: act, ...attributes }, picture, element('span', {}, word));
}

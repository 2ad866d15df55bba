/**
 * What would be lost if the page were closed or loaded again: while there is any, the browser asks first, in its own words.
 * @module
 */

/** @type {Set<string>} */
const held = new Set();

/** @param {Event} event */
function ask(event) {
  event.preventDefault();
}

/**
 * Nothing listens while nothing would be lost: a page that listens is not kept by browsers for the way back.
 * @param {string} what a name of the caller's
 * @param {boolean} lost whether it would be
 */
export function askBeforeLeaving(what, lost) {
  if (lost) held.add(what);
  else held.delete(what);
  if (held.size > 0) globalThis.addEventListener('beforeunload', ask);
  else globalThis.removeEventListener('beforeunload', ask);
}

/**
 * The part of the address after `#`, where the link of a QR code carries the attestation. It is taken out of the address
 * bar and of the history as soon as it is read.
 * @module
 */

/**
 * Takes the text of a link out of the address, if there is one.
 * @param {Location} location
 * @param {History} history
 * @returns {string | null} the whole text, as a QR code holds it
 */
export function takeLink(location, history) {
  const { hash, origin } = location;
  if (hash === '' || hash === '#') return null;
  history.replaceState(null, '', '/');
  return `${origin}/${hash}`;
}

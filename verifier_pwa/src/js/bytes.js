/**
 * Byte strings: Uint8Array of any length.
 * @module
 */

/**
 * The argument as a plain Uint8Array over the same memory: a Buffer's own `slice` would not copy. Throws TypeError unless
 * it is a Uint8Array.
 * @param {unknown} value
 * @param {string} name what the error calls it
 * @returns {Uint8Array}
 */
export function asBytes(value, name) {
  if (!(value instanceof Uint8Array)) throw new TypeError(`${name} is a Uint8Array`);
  return value.constructor === Uint8Array ? value : new Uint8Array(value.buffer, value.byteOffset, value.length);
}

/**
 * Whether two byte strings are the same. Not for secrets: its time tells where they differ.
 * @param {Uint8Array} a
 * @param {Uint8Array} b
 * @returns {boolean}
 */
export function equal(a, b) {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/**
 * One byte string of several.
 * @param {...ArrayLike<number>} parts
 * @returns {Uint8Array}
 */
export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * Lower-case hexadecimal digits, two a byte.
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function toHex(bytes) {
  let text = '';
  for (const byte of bytes) text += (byte + 256).toString(16).slice(1);
  return text;
}

/**
 * The bytes of hexadecimal digits. Throws TypeError for anything but a text of them, an even number.
 * @param {string} text
 * @returns {Uint8Array}
 */
export function fromHex(text) {
  if (typeof text !== 'string' || !/^([0-9a-f]{2})*$/i.test(text)) throw new TypeError('hexadecimal digits are expected, two a byte');
  return Uint8Array.from({ length: text.length / 2 }, (_, at) => parseInt(text.slice(at * 2, at * 2 + 2), 16));
}

/**
 * The declared errors. Nothing else may escape a parser, whatever the bytes; an argument of the wrong type is a TypeError.
 * @module
 */

/** Base of every declared error. `message` is one or two plain sentences; it never holds a secret, a token or personal data. */
export class WifError extends Error {
  /** @override */
  name = this.constructor.name;
}

/** Bytes that are not in the form the format asks for (CBOR, COSE, claims, lists). */
export class FormError extends WifError {}

/** Claims of a later version of the format: nothing is wrong with them, this software is too old. */
export class Unsupported extends FormError {}

/** A trust list that is not accepted. The page has words of its own for each code. */
export class TrustRefused extends WifError {
  /**
   * @param {'form'|'key'|'threshold'|'successor'|'future'|'expired'|'rollback'|'conflict'} code the first rule that fails
   * @param {string} [why]
   */
  constructor(code, why = '') {
    super(`This trust list is refused: ${code}. ${why}`.trim());
    this.code = code;
  }
}

/** A status list that is not accepted. The page has words of its own for each code. */
export class StatusRefused extends WifError {
  /**
   * @param {'form'|'unlisted'|'signer'|'window'|'uri'|'signature'|'future'|'rollback'} code the first rule that fails
   * @param {string} [why]
   */
  constructor(code, why = '') {
    super(`This status list is refused: ${code}. ${why}`.trim());
    this.code = code;
  }
}

/**
 * What a browser may keep from this site by throwing already when it is named (storage, workers): undefined then.
 * @template T
 * @param {() => T} get
 * @returns {T | undefined}
 */
export function granted(get) {
  try {
    return get();
  } catch {
    return undefined;
  }
}

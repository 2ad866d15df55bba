/**
 * The closed lists of verdicts and levels (docs/format.md §5).
 * @module
 */

/**
 * @typedef {'foreign'|'unsupported'|'malformed'|'unknown_key'|'bad_signature'|'invalid_claims'|'untrusted_key'|'revoked'|
 *   'replaced'|'suspended'|'clock_wrong'|'not_yet_valid'|'expired'|'status_unknown'|'valid'} VerdictName
 * @typedef {'green'|'amber'|'red'|'grey'} Level
 */

/** The fifteen verdicts, in the order of the steps that give them.
 * @type {readonly VerdictName[]} */
export const VERDICTS = Object.freeze([
  'foreign', 'unsupported', 'malformed', 'unknown_key', 'bad_signature', 'invalid_claims', 'untrusted_key',
  'revoked', 'replaced', 'suspended', 'clock_wrong', 'not_yet_valid', 'expired', 'status_unknown', 'valid',
]);

/** What a verdict means at a glance; never shown by colour alone.
 * @type {readonly Level[]} */
export const LEVELS = Object.freeze(['green', 'amber', 'red', 'grey']);

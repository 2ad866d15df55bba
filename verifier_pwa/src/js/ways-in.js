/**
 * The ways in without a camera: a file, or a text.
 * @module
 */

import { button, element } from './element.js';
import { say } from './messages.js';
import { sign } from './symbols.js';
import { cleanText, watchField } from './text-entry.js';

/**
 * @param {{ typed: (text: string) => void, chooseFile: () => void }} means
 * @returns {HTMLElement}
 */
export function waysIn({ typed, chooseFile }) {
  const said = element('p', { class: 'ways-said', role: 'status' });
  const field = element('textarea', {
    id: 'code-text', rows: '2', 'data-action': 'text', autocomplete: 'off', autocapitalize: 'off', autocorrect: 'off', spellcheck: 'false',
    'aria-describedby': 'code-text-hint', enterkeyhint: 'go', maxlength: '20000',
  });
  watchField(field, typed);
  const send = () => {
    const text = cleanText(field.value);
    if (text) typed(text);
    else said.textContent = say('ways.text.empty');
  };
  return element('section', { class: 'ways card' },
    element('h2', {}, say('ways.title')),
    button(say('ways.file'), chooseFile, { class: 'button button-wide', 'data-action': 'file' }, sign('file')),
    element('p', { class: 'hint' }, say('ways.file.hint')),
    element('label', { for: 'code-text' }, say('ways.text')),
    element('div', { class: 'field-line' }, field, button(say('ways.text.send'), send, { class: 'button', 'data-action': 'send' })),
    element('p', { class: 'hint', id: 'code-text-hint' }, say('ways.text.hint')), said);
}

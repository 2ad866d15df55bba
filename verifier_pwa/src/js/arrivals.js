/**
 * What is chosen, dropped or pasted, wherever the page is: heard from its first moment on, whatever it is busy with.
 * @module
 */

import { cleanText } from './text-entry.js';

/**
 * Listens to the page.
 * @param {Document} page
 * @param {{ files: (files: File[]) => void, text: (text: string) => void }} take gets at least one file, or a text that is not empty
 */
export function watchArrivals(page, take) {
  const input = /** @type {HTMLInputElement} */ (page.querySelector('input[type=file]'));
  const receive = () => {
    const files = [...input.files ?? []];
    input.value = ''; // the same file may be chosen again
    if (files.length > 0) take.files(files);
  };
  /** @param {DataTransfer | null} data emptied by the browser when its event is over */
  const transfer = (data) => {
    const files = [...data?.files ?? []];
    const text = cleanText(data?.getData('text/plain') ?? '');
    if (files.length > 0) take.files(files);
    else if (text) take.text(text);
  };
  input.addEventListener('change', receive);
  page.addEventListener('dragover', (event) => {
    event.preventDefault();
    page.body.classList.add('dropping');
  });
  page.addEventListener('dragleave', (event) => { if (!event.relatedTarget) page.body.classList.remove('dropping'); });
  page.addEventListener('drop', (event) => {
    event.preventDefault();
    page.body.classList.remove('dropping');
    transfer(event.dataTransfer);
  });
  page.addEventListener('paste', (event) => {
    if (event.clipboardData?.files.length || !isField(event.target)) transfer(event.clipboardData);
  });
  receive(); // a file may have been chosen before this listened
}

/** @param {EventTarget | null} target */
function isField(target) {
  return target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement;
}

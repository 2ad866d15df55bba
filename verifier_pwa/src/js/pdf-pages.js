/**
 * Pictures of the pages of a PDF that is not ours. The engine is large and rarely needed: it is loaded when asked for.
 * @module
 */

import { PDF_WORKER, scriptAddress } from './trusted-types.js';

/** Pixels an inch of the first and of the second attempt: a printed module of 0.6 mm takes 4, then 7 pixels. */
const RESOLUTIONS = [170, 300];
const POINTS_AN_INCH = 72;
const MOST_PIXELS = 16_000_000;
/** Pages of a file that are read. */
export const MOST_PAGES = 40;

/** Why a PDF gives no pages. */
export class PdfTrouble extends Error {
  /** @param {'pdf_locked' | 'pdf_broken' | 'pdf_offline'} code */
  constructor(code) {
    super(code);
    this.code = code;
  }
}

async function openLibrary() {
  try {
    return await import('pdfjs-dist');
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new PdfTrouble('pdf_offline');
  }
}

/**
 * Draws the pages one after the other, each at a low then at a high resolution as long as `read` asks for more.
 * @param {Uint8Array} bytes given up
 * @param {(bitmap: ImageBitmap, page: number, pages: number) => Promise<boolean>} read says whether the page gave all that it may
 * @param {AbortSignal} signal ends the work between two drawings
 * @returns {Promise<{ pages: number, cut: boolean }>} cut: whether there are more pages than were read
 */
export async function readPages(bytes, read, signal) {
  const { GlobalWorkerOptions, getDocument } = await openLibrary();
  const port = new Worker(scriptAddress(PDF_WORKER), { type: 'module', name: 'pdf' });
  GlobalWorkerOptions.workerPort = port;
  const wasmUrl = new URL('.', import.meta.resolve('pdfjs-dist/wasm/jbig2.wasm')).href;
  const task = getDocument({
    data: bytes, disableFontFace: true, useSystemFonts: false, enableXfa: false, stopAtErrors: false,
    wasmUrl, maxImageSize: 60_000_000, verbosity: 0,
  });
  try {
    const pdf = await task.promise;
    const pages = Math.min(pdf.numPages, MOST_PAGES);
    for (let at = 1; at <= pages && !signal.aborted; at += 1) {
      const page = await pdf.getPage(at);
      for (const resolution of RESOLUTIONS) {
        if (signal.aborted || await read(await draw(page, resolution), at, pages)) break;
      }
      page.cleanup();
    }
    return { pages, cut: pdf.numPages > pages };
  } catch (error) {
    const { name } = /** @type {Error} */ (error);
    if (name === 'PasswordException') throw new PdfTrouble('pdf_locked');
    if (signal.aborted) return { pages: 0, cut: false };
    throw new PdfTrouble('pdf_broken'); // the engine's other refusals all mean that the file cannot be drawn
  } finally {
    await task.destroy();
    port.terminate();
  }
}

/**
 * @param {import('pdfjs-dist').PDFPageProxy} page
 * @param {number} resolution pixels an inch
 * @returns {Promise<ImageBitmap>}
 */
async function draw(page, resolution) {
  const size = page.getViewport({ scale: 1 });
  const wanted = resolution / POINTS_AN_INCH;
  const scale = Math.min(wanted, Math.sqrt(MOST_PIXELS / (size.width * size.height)));
  const viewport = page.getViewport({ scale });
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil(viewport.width);
  canvas.height = Math.ceil(viewport.height);
  await page.render({ canvas, viewport, background: '#fff' }).promise;
  const bitmap = await createImageBitmap(canvas);
  canvas.width = canvas.height = 0; // gives its memory back at once
  return bitmap;
}

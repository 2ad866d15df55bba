/**
 * A small PDF (ISO 32000-1) of one page or more: lines of text in Helvetica and square symbols beneath. Pure: texts and modules in, bytes out.
 *
 * Letters that the standard fonts lack (WinAnsi) are drawn as their plain letter: the texts of the symbols hold them as they were signed, and
 * stand uncompressed in the document's keywords, where this application finds them again.
 * @module
 */

/**
 * @typedef {{ text: string, size?: number, bold?: boolean, gap?: number }} Block `size` in points, 10 when absent; `gap` before it, points
 * @typedef {{ size: number, dark: (x: number, y: number) => boolean, caption: string }} Symbol2D modules a side, without its quiet zone
 */

const WIDTH = 595, HEIGHT = 842, MARGIN = 48, MM = 72 / 25.4;
/** Millimetres of a module: a phone reads it off paper without coming near. */
const MODULE = 0.6 * MM;
/** Widths of Helvetica from space to tilde, thousandths of the size (Adobe's metrics of the standard fonts). */
const WIDTHS = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
  1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
  333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];
const BOLD = 1.08;
/** What windows-1252 has from 0x80 on; a blank stands for none. */
const WESTERN = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';

/** @param {string} text @returns {string} one character a byte of WinAnsi */
function western(text) {
  return [...text.normalize('NFC')].map((sign) => {
    const code = sign.codePointAt(0) ?? 0, place = WESTERN.indexOf(sign);
    if ((code >= 32 && code < 127) || (code >= 160 && code < 256)) return sign;
    if (place >= 0 && sign !== ' ') return String.fromCharCode(128 + place);
    const plain = sign.normalize('NFD').replace(/[\u0300-\u036f]/g, '');
    return /^[ -~]+$/.test(plain) ? plain : '?';
  }).join('');
}

/** @param {string} text of WinAnsi @param {number} size @param {boolean} bold */
function widthOf(text, size, bold) {
  const sum = [...text].reduce((all, sign) => {
    const plain = sign.normalize('NFD').charCodeAt(0) - 32;
    return all + (WIDTHS[plain] ?? 556);
  }, 0);
  return (sum * size * (bold ? BOLD : 1)) / 1000;
}

/** @param {string} text @param {number} size @param {boolean} bold @param {number} room points @returns {string[]} */
function lines(text, size, bold, room) {
  const made = [''];
  for (const word of western(text).split(' ').flatMap((one) => one.match(/.{1,70}/g) ?? [''])) {
    const longer = made[made.length - 1] ? `${made[made.length - 1]} ${word}` : word;
    if (widthOf(longer, size, bold) <= room || !made[made.length - 1]) made[made.length - 1] = longer;
    else made.push(word);
  }
  return made;
}

/** @param {string} text of WinAnsi */
function literal(text) {
  return `(${text.replace(/[\\()]/g, '\\$&')})`;
}

/** @param {number} value */
const points = (value) => String(Math.round(value * 1000) / 1000);

/**
 * @param {{ title: string, language: 'fr' | 'en', blocks: Block[], symbols: Symbol2D[], after: Block[], texts: string[] }} content
 *   `after` are the blocks behind the page of the symbols; `texts` are ASCII
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function makePdf({ title, language, blocks, symbols, after, texts }) {
  /** @type {string[][]} */
  const pages = [[]];
  let y = HEIGHT - MARGIN;
  const foot = MARGIN + Math.max(0, ...symbols.map(({ size }) => (size + 8) * MODULE)) + 40;
  /** @param {Block[]} written */
  const write = (written) => {
    for (const { text, size = 10, bold = false, gap = 3 } of written) {
      y -= gap;
      for (const line of lines(text, size, bold, WIDTH - 2 * MARGIN)) {
        y -= size * 1.3;
        if (y < MARGIN) {
          pages.push([]);
          y = HEIGHT - MARGIN - size * 1.3;
        }
        pages[pages.length - 1].push(`BT /${bold ? 'B' : 'R'} ${size} Tf ${MARGIN} ${points(y)} Td ${literal(line)} Tj ET`);
      }
    }
  };
  write(blocks);
  if (symbols.length > 0 && y < foot) pages.push([]);
  const last = pages[pages.length - 1];
  let right = WIDTH - MARGIN;
  for (const [at, { size, dark, caption }] of symbols.entries()) {
    const side = size * MODULE, left = at === 0 ? MARGIN + 4 * MODULE : right - side - 4 * MODULE, bottom = MARGIN + 24;
    if (at > 0) right = left;
    for (let row = 0; row < size; row += 1) {
      for (let from = 0; from < size; from += 1) {
        let to = from;
        while (to < size && dark(to, row)) to += 1;
        if (to > from) last.push(`${points(left + from * MODULE)} ${points(bottom + (size - row - 1) * MODULE)} ${points((to - from) * MODULE)} ${points(MODULE)} re f`);
        from = Math.max(from, to);
      }
    }
    for (const [line, words] of lines(caption, 8, false, side + 24).entries()) last.push(`BT /R 8 Tf ${points(left)} ${points(bottom - 4 * MODULE - 4 - line * 10)} Td ${literal(words)} Tj ET`);
  }
  if (after.length > 0) {
    pages.push([]);
    y = HEIGHT - MARGIN;
    write(after);
  }
  return assemble(pages.map((page) => page.join('\n')), western(title), language, texts);
}

/** @param {string[]} pages streams @param {string} title @param {string} language @param {string[]} texts */
function assemble(pages, title, language, texts) {
  const kids = pages.map((_, at) => `${6 + 2 * at} 0 R`);
  const objects = [
    `<< /Type /Catalog /Pages 2 0 R /Lang (${language}) /ViewerPreferences << /DisplayDocTitle true >> >>`,
    `<< /Type /Pages /Kids [${kids.join(' ')}] /Count ${pages.length} >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>',
    `<< /Title ${literal(title)} /Producer (Work In France) /Keywords ${literal(texts.join(' '))} >>`,
    ...pages.flatMap((stream, at) => [
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${WIDTH} ${HEIGHT}] /Resources << /Font << /R 3 0 R /B 4 0 R >> >> /Contents ${7 + 2 * at} 0 R >>`,
      `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    ]),
  ];
  let file = '%PDF-1.4\n%\xe2\xe3\xcf\xd3\n';
  const places = objects.map((object, at) => {
    const place = file.length;
    file += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return place;
  });
  const start = file.length;
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('')}`
    + `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info 5 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Uint8Array.from(file, (sign) => sign.charCodeAt(0));
}

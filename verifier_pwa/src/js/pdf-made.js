/**
 * A small PDF (ISO 32000-1) of one page or more: lines of text in Helvetica, square symbols beneath, texts as attached files. Tagged (§14.8): headings,
 * paragraphs and figures in the order in which they are read, with their language. Pure: texts and modules in, bytes out.
 *
 * Letters that the standard fonts lack (WinAnsi) are drawn as their plain letter; the tag of their line holds them as they were written, for whoever
 * copies or hears it. The texts of the symbols stand uncompressed in the document's keywords, where this application finds them again.
 * @module
 */

/**
 * @typedef {{ text: string, size?: number, bold?: boolean, gap?: number, tag?: 'H1' | 'H2' | 'P' }} Block `size` in points, 10 when absent; `gap` before
 *   it, points; `tag` what it is, `P` when absent
 * @typedef {{ size: number, dark: (x: number, y: number) => boolean, caption: string }} Symbol2D modules a side, without its quiet zone
 * @typedef {{ name: string, text: string }} Attached a file in the document: its name and what it holds, both ASCII
 *
 * A part of the structure: its type; what it says in the place of a picture, what language it is in, when that is not the document's; the pages (from 0)
 * and numbers of its marked contents; its parts.
 * @typedef {{ type: string, alt?: string, language?: string, box?: number[], marks: { page: number, mark: number }[], parts: Part[] }} Part
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
    const plain = sign.normalize('NFD').replace(/[\u0300-\u036f]/g, '').replace(/\p{Zs}/u, '\xa0').replace(/[\u2010\u2011]/, '-').replace(/[\u02bb\u02bc]/, '\x92');
    return /^[ -~\x92\xa0]+$/.test(plain) ? plain : '?';
  }).join('');
}

/** The text that bytes of WinAnsi show. @param {string} plain */
function read(plain) {
  return plain.replace(/[\x80-\x9f]/g, (sign) => WESTERN[sign.charCodeAt(0) - 128]);
}

/** @param {string} text of WinAnsi @param {number} size @param {boolean} bold */
function widthOf(text, size, bold) {
  const sum = [...text].reduce((all, sign) => {
    const plain = sign.normalize('NFD').charCodeAt(0) - 32;
    return all + (WIDTHS[plain] ?? 556);
  }, 0);
  return (sum * size * (bold ? BOLD : 1)) / 1000;
}

/**
 * @param {string} text
 * @param {number} size points
 * @param {boolean} bold
 * @param {number} room points
 * @returns {string[]} lines of the text as it was written
 */
function lines(text, size, bold, room) {
  const made = [''];
  for (const word of text.normalize('NFC').split(' ').flatMap((one) => one.match(/.{1,70}/gu) ?? [''])) {
    const longer = made[made.length - 1] ? `${made[made.length - 1]} ${word}` : word;
    if (widthOf(western(longer), size, bold) <= room || !made[made.length - 1]) made[made.length - 1] = longer;
    else made.push(word);
  }
  return made;
}

/** @param {string} text of WinAnsi */
function literal(text) {
  return `(${text.replace(/[\\()]/g, '\\$&')})`;
}

/** A text string (§7.9.2.2), of any letters. @param {string} text */
function textString(text) {
  if (/^[ -~]*$/.test(text)) return literal(text);
  return `<FEFF${Array.from({ length: text.length }, (_, at) => text.charCodeAt(at).toString(16).padStart(4, '0')).join('').toUpperCase()}>`;
}

/** Whether the font shows a line as it was written. @param {string} line */
function shownWhole(line) {
  return read(western(line)) === line.replace(/\p{Zs}/gu, (space) => (space === ' ' ? space : '\xa0'));
}

/** @param {number} value */
const points = (value) => String(Math.round(value * 1000) / 1000);

/**
 * @param {{ title: string, language: 'fr' | 'en', blocks: Block[], symbols: Symbol2D[], after?: { language: 'fr' | 'en', blocks: Block[] }[], texts: string[],
 *   attached?: Attached[] }} content `after` are parts behind the page of the symbols, in another language perhaps; `texts` are ASCII
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function makePdf({ title, language, blocks, symbols, after = [], texts, attached = [] }) {
  /** @type {string[][]} */
  const pages = [[]];
  /** @type {number[]} how many marked contents each page has */
  const marks = [0];
  let y = HEIGHT - MARGIN;
  const addPage = () => {
    pages.push([]);
    marks.push(0);
    y = HEIGHT - MARGIN;
  };
  /** Draws what belongs to a part on the last page. @param {Part} part @param {string} type @param {string[]} drawn @param {string} [written] where it differs from what is drawn */
  const put = (part, type, drawn, written) => {
    const page = pages.length - 1, mark = marks[page]++;
    pages[page].push(`/${type} << /MCID ${mark}${written === undefined ? '' : ` /ActualText ${textString(written)}`} >> BDC`, ...drawn, 'EMC');
    part.marks.push({ page, mark });
  };
  /** @param {string} type @param {Partial<Part>} [more] @returns {Part} */
  const partOf = (type, more = {}) => ({ type, marks: [], parts: [], ...more });
  /** @param {Block[]} written @returns {Part[]} */
  const write = (written) => written.filter(({ text }) => text !== '').map(({ text, size = 10, bold = false, gap = 3, tag = 'P' }) => {
    const part = partOf(tag), broken = lines(text, size, bold, WIDTH - 2 * MARGIN);
    /** @type {string[]} */
    let drawn = [];
    const finish = () => {
      if (drawn.length > 0) put(part, tag, drawn);
      drawn = [];
    };
    y -= gap;
    for (const [at, line] of broken.entries()) {
      y -= size * 1.3;
      if (y < MARGIN) {
        finish();
        addPage();
        y -= size * 1.3;
      }
      const words = at < broken.length - 1 ? `${line} ` : line, made = `BT /${bold ? 'B' : 'R'} ${size} Tf ${MARGIN} ${points(y)} Td ${literal(western(words))} Tj ET`;
      if (shownWhole(words)) drawn.push(made);
      else {
        finish();
        put(part, 'Span', [made], words); // readers look for the letters under this name
      }
    }
    finish();
    return part;
  });
  const first = partOf('Sect', { language, parts: write(blocks) });
  const foot = MARGIN + Math.max(0, ...symbols.map(({ size }) => (size + 8) * MODULE)) + 40;
  if (symbols.length > 0 && y < foot) addPage();
  let right = WIDTH - MARGIN;
  for (const [at, { size, dark, caption }] of symbols.entries()) {
    const side = size * MODULE, left = at === 0 ? MARGIN + 4 * MODULE : right - side - 4 * MODULE, bottom = MARGIN + 24;
    if (at > 0) right = left;
    const figure = partOf('Figure', { alt: caption, box: [left, bottom, left + side, bottom + side] }), words = partOf('Caption');
    const squares = [`q ${points(MODULE)} 0 0 ${points(MODULE)} ${points(left)} ${points(bottom)} cm`];
    for (let row = 0; row < size; row += 1) {
      for (let from = 0; from < size; from += 1) {
        let to = from;
        while (to < size && dark(to, row)) to += 1;
        if (to > from) squares.push(`${from} ${size - row - 1} ${to - from} 1 re`);
        from = Math.max(from, to);
      }
    }
    put(figure, 'Figure', [...squares, 'f Q']);
    put(words, 'Caption', lines(caption, 8, false, side + 24).map((line, number) => `BT /R 8 Tf ${points(left)} ${points(bottom - 4 * MODULE - 4 - number * 10)} Td ${literal(western(`${line} `))} Tj ET`));
    figure.parts.push(words);
    first.parts.push(figure);
  }
  const sections = [first, ...after.map((one) => {
    addPage();
    return partOf('Sect', { language: one.language, parts: write(one.blocks) });
  })];
  return assemble(pages.map((page) => page.join('\n')), partOf('Document', { parts: sections }), { title, language, texts, attached });
}

/**
 * @param {string[]} pages streams
 * @param {Part} document
 * @param {{ title: string, language: string, texts: string[], attached: Attached[] }} about
 */
function assemble(pages, document, { title, language, texts, attached }) {
  /** @type {string[]} the objects, the first of number 1; some are put in later */
  const objects = [];
  const add = (content = '') => objects.push(content);
  const [catalog, tree, regular, bold, info, root] = Array.from({ length: 6 }, () => add());
  const kids = pages.map(() => add());
  /** @type {[number, number][][]} for each page: its marks and the parts that they belong to */
  const owners = pages.map(() => []);
  /** @param {Part} part @param {number} parent @returns {number} */
  const structured = (part, parent) => {
    const own = add(), inner = part.parts.map((one) => structured(one, own));
    for (const { page, mark } of part.marks) owners[page].push([mark, own]);
    const content = part.marks.map(({ page, mark }) => `<< /Type /MCR /Pg ${kids[page]} 0 R /MCID ${mark} >>`);
    objects[own - 1] = `<< /Type /StructElem /S /${part.type} /P ${parent} 0 R /K [${[...content, ...inner.map((one) => `${one} 0 R`)].join(' ')}]`
      + `${part.alt ? ` /Alt ${textString(part.alt)}` : ''}${part.language ? ` /Lang (${part.language})` : ''}`
      + `${part.box ? ` /A << /O /Layout /Placement /Block /BBox [${part.box.map(points).join(' ')}] >>` : ''} >>`;
    return own;
  };
  const top = structured(document, root);
  const files = attached.map(({ name, text }) => {
    const stream = add(`<< /Type /EmbeddedFile /Subtype /text#2Fplain /Length ${text.length} /Params << /Size ${text.length} >> >>\nstream\n${text}\nendstream`);
    return `${literal(name)} ${add(`<< /Type /Filespec /F ${literal(name)} /UF ${literal(name)} /EF << /F ${stream} 0 R >> >>`)} 0 R`;
  });
  const put = (/** @type {number} */ place, /** @type {string} */ content) => { objects[place - 1] = content; };
  put(catalog, `<< /Type /Catalog /Pages ${tree} 0 R /Lang (${language}) /ViewerPreferences << /DisplayDocTitle true >> /MarkInfo << /Marked true >> /StructTreeRoot ${root} 0 R`
    + `${files.length > 0 ? ` /Names << /EmbeddedFiles << /Names [${files.join(' ')}] >> >>` : ''} >>`);
  put(tree, `<< /Type /Pages /Kids [${kids.map((one) => `${one} 0 R`).join(' ')}] /Count ${pages.length} >>`);
  put(regular, '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>');
  put(bold, '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>');
  put(info, `<< /Title ${textString(title)} /Producer (Work In France) /Keywords ${literal(texts.join(' '))} >>`);
  const nums = owners.map((one, at) => `${at} [${one.sort(([mark], [other]) => mark - other).map(([, owner]) => `${owner} 0 R`).join(' ')}]`);
  put(root, `<< /Type /StructTreeRoot /K [${top} 0 R] /ParentTree << /Nums [${nums.join(' ')}] >> /ParentTreeNextKey ${pages.length} >>`);
  for (const [at, stream] of pages.entries()) {
    const content = add(`<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`);
    put(kids[at], `<< /Type /Page /Parent ${tree} 0 R /MediaBox [0 0 ${WIDTH} ${HEIGHT}] /Resources << /Font << /R ${regular} 0 R /B ${bold} 0 R >> >> /Contents ${content} 0 R`
      + ` /StructParents ${at} /Tabs /S >>`);
  }
  let file = '%PDF-1.7\n%\xe2\xe3\xcf\xd3\n';
  const places = objects.map((object, at) => {
    const place = file.length;
    file += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return place;
  });
  const start = file.length;
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('')}`
    + `trailer\n<< /Size ${objects.length + 1} /Root ${catalog} 0 R /Info ${info} 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Uint8Array.from(file, (sign) => sign.charCodeAt(0));
}

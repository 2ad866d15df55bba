import assert from 'node:assert/strict';
import { test } from 'node:test';

import { readWritten } from '../../verifier_pwa/src/js/written.js';
import { ORIGIN, attestation, payload, signedText } from './made.js';

const OURS = [ORIGIN, 'http://localhost:8001'];
const TEXT = signedText();
const OTHER = signedText(payload(attestation({ 3: 'AUTRE' })));
const digits = (text) => text.slice(text.indexOf('#') + 1);
const DIGITS = digits(TEXT);
const LINK = `${ORIGIN}/#${DIGITS}`;
const encoded = encodeURIComponent(`${ORIGIN}/%23${DIGITS}`);
const wrapped = (text, width, end = '\n', begin = '') => text.replace(new RegExp(`.{${width}}`, 'g'), `$&${end}${begin}`);
const proofpoint2 = `https://urldefense.proofpoint.com/v2/url?u=${LINK.replace('#', '-23').replaceAll('://', '-3A__').replaceAll('/', '_')}&d=DwMFaQ&c=a&r=b&m=1234&s=5&e=`;
const HOST = ORIGIN.slice('https://'.length);

/** Every way in which people hand on one text. */
const WAYS = {
  plain: LINK,
  'as the code holds it': TEXT,
  'angle brackets': `<${LINK}>`,
  'a full stop': `${LINK}.`,
  'a question mark': `${LINK}?`,
  'guillemets with blanks': `« ${LINK} »`,
  'guillemets with narrow blanks': `«\u202f${LINK}\u202f»`,
  'quotes': `"${LINK}"`,
  'curly quotes': `“${LINK}”,`,
  'brackets': `(${LINK})`,
  'square brackets': `[${LINK}]`,
  'words around': `Bonjour, voici le lien de mon attestation : ${LINK} Cordialement`,
  'words right before': `Lien:${LINK}`,
  'words after': `${LINK} Envoyé de mon iPhone`,
  'a telephone number after': `${LINK} Tél. 06 12 34 56 78`,
  'a telephone number right after': `${LINK} 06 12 34 56 78`,
  'a signature with a number of its own line': `${LINK}\n2 rue de l’Exemple\n75001 Paris`,
  'a quoted mail': `Le 3 mars, X a écrit :\n> ${wrapped(LINK, 70, '\n', '> ')}\n> Bien à vous`,
  'a mail quoted twice': `>> ${wrapped(LINK, 70, '\r\n', '>> ')}`,
  'lines of 64': wrapped(LINK, 64),
  'lines of 64 with blanks': wrapped(LINK, 64, ' \r\n   '),
  'lines with hyphens': wrapped(LINK, 64, '-\r\n'),
  'the address broken by a line': LINK.replace('example', 'exam\nple'),
  'the address broken from its digits': LINK.replace('#', '#\n'),
  'soft hyphens': wrapped(LINK, 9, '\u00ad'),
  'joiners': wrapped(LINK, 9, '\u200b'),
  'marks of direction': `\u202a${LINK}\u202c`,
  'a byte order mark': `\ufeff${LINK}\u2069`,
  'quoted-printable': wrapped(LINK.replace('#', '=23'), 75, '=\r\n'),
  'quoted-printable, bare': wrapped(LINK, 75, '=\n'),
  'a link of HTML': `<p>Mon <a href="${LINK}">attestation</a></p>`,
  'a link of HTML with its text': `<a href="${LINK}">${LINK}</a>`,
  'a link of HTML with its text cut': `<a href="${LINK}">${LINK.slice(0, 60)}…</a>`,
  'entities': `&lt;${LINK.replace('#', '&#35;').replaceAll('/', '&#x2F;')}&gt;`,
  'breaks of HTML': wrapped(LINK, 60, '<wbr>'),
  'breaks as entities': wrapped(LINK, 60, '&shy;'),
  'Markdown': `[mon attestation](${LINK})`,
  'Markdown, bold': `**${LINK}**`,
  'Markdown, escaped': LINK.replace('#', '\\#'),
  'Markdown, code': `\`${LINK}\``,
  'the sign percent-encoded': `${ORIGIN}/%23${DIGITS}`,
  'the sign encoded twice': `${ORIGIN}/%2523${DIGITS}`,
  'digits percent-encoded': `${ORIGIN}/#${DIGITS.replace(/[05]/g, (digit) => `%3${digit}`)}`,
  'all percent-encoded': encodeURIComponent(LINK),
  'a trace after': `${LINK}?fbclid=IwAR0abc123`,
  'a trace before': `${ORIGIN}/?fbclid=IwAR0abc123&utm_source=sms#${DIGITS}`,
  'a trace after the encoded sign': `${ORIGIN}/%23${DIGITS}?utm_source=x`,
  'a page of the site': `${ORIGIN}/index.html#${DIGITS}`,
  'no slash': `${ORIGIN}#${DIGITS}`,
  'another case': LINK.replace('verif', 'Verif').replace('https', 'HTTPS'),
  'no scheme': LINK.replace('https://', ''),
  'no scheme, after words': `attestation : ${LINK.replace('https://', '')}.`,
  'the older scheme': LINK.replace('https', 'http'),
  'the port': `${ORIGIN}:443/#${DIGITS}`,
  'full width': [...LINK].map((sign) => (/[:/#0-9]/.test(sign) ? String.fromCharCode(sign.charCodeAt(0) + 0xfee0) : sign)).join(''),
  'a tag in the address': wrapped(LINK, 25, '<wbr>'),
  'a tag before the digits': `<b>${ORIGIN}/#</b><span>${DIGITS}</span>`,
  'JSON': JSON.stringify({ url: LINK }).replaceAll('/', '\\/').replace('#', '\\u0023'),
  'Facebook': `https://l.facebook.com/l.php?u=${encodeURIComponent(LINK)}&h=AT0`,
  'Teams': `https://statics.teams.cdn.office.net/evergreen-assets/safelinks/1/atp-safelinks.html?url=${encodeURIComponent(LINK)}&locale=fr`,
  'Symantec': `https://clicktime.symantec.com/15t?h=x&u=${encodeURIComponent(LINK)}`,
  'Sophos': `https://eu-central-1.protection.sophos.com/?d=${HOST}&u=${btoa(LINK)}&i=x`,
  'Bing': `https://www.bing.com/ck/a?u=a1${btoa(LINK).replace(/=+$/, '')}`,
  'Safe Links': `https://fra01.safelinks.protection.outlook.com/?url=${encoded}&data=05%7C02%7Cx&sdata=1%3D&reserved=0`,
  'Safe Links, for a PDF': `https://fra01.safelinks.protection.outlook.com/ap/x-59584e83/?url=${encodeURIComponent(LINK)}&reserved=0`,
  'Safe Links in angle brackets': `Attestation<https://eur03.safelinks.protection.outlook.com/?url=${encoded}&reserved=0>`,
  'Proofpoint 1': `https://urldefense.proofpoint.com/v1/url?u=${encodeURIComponent(LINK)}&k=abc`,
  'Proofpoint 2': proofpoint2,
  'Proofpoint 3': `https://urldefense.com/v3/__${LINK.replace('#', '*')}__;Iw!!abc!def$`,
  'Proofpoint 3, one slash lost': `https://urldefense.com/v3/__${LINK.replace('#', '*').replace('//', '/')}__;Iw!!abc$`,
  'google': `https://www.google.com/url?q=${encodeURIComponent(LINK)}&sa=D&ust=17`,
  'google, other country': `https://www.google.fr/url?sa=t&url=${encoded}`,
  'one filter in another': `https://fra01.safelinks.protection.outlook.com/?url=${encodeURIComponent(`https://www.google.com/url?q=${encodeURIComponent(LINK)}`)}&x=1`,
  'a messenger': `https://wa.me/?text=${encodeURIComponent(LINK)}`,
  'a keyboard scanner': `]Q1${TEXT}`,
  'twice the same': `${LINK}\n${TEXT}`,
  'beside another link': `https://www.prefecture.example/ ${LINK} https://example.org/#12345`,
  'after a stop without a blank': `Voici.${LINK}`,
  'no scheme, as pages write it': `<a href="//${HOST}/#${DIGITS}">attestation</a>`,
  'Markdown, every sign escaped': LINK.replace(/[:/.#]/g, '\\$&'),
  'a mail quoted by strokes': `| ${wrapped(LINK, 70, '\n', '| ')}`,
  'a mail in base64': `Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${wrapped(btoa(`Bonjour,\r\n${LINK}\r\n`), 76, '\r\n')}\r\n\r\n`,
  'Safe Links over lines': wrapped(`https://fra01.safelinks.protection.outlook.com/?url=${encodeURIComponent(LINK)}&reserved=0`, 70),
  'Safe Links around what nobody sees': `https://fra01.safelinks.protection.outlook.com/?url=${encodeURIComponent(wrapped(LINK, 30, '\u00ad'))}`,
  'a messenger, with words': `https://api.whatsapp.com/send?text=${encodeURIComponent(`Bonjour, voici : ${LINK} merci`)}`,
  'words, percent-encoded': `mailto:?subject=Attestation&body=${encodeURIComponent(`Voir https://service.example/ et ${LINK}`)}`,
  'JSON, what nobody sees': `{"url":"${wrapped(LINK, 40, '\\u200b')}"}`,
};

for (const [way, text] of Object.entries(WAYS)) {
  test(`one attestation is read: ${way}`, () => {
    assert.deepEqual(readWritten(text, OURS), { texts: [TEXT], number: false });
  });
}

test('one changed digit stays as it is, in every way of writing', () => {
  const at = 300;
  const changed = DIGITS.slice(0, at) + ((Number(DIGITS[at]) + 1) % 10) + DIGITS.slice(at + 1);
  for (const [way, text] of Object.entries(WAYS)) {
    if (/cut|percent-encoded/.test(way) || !text.includes(DIGITS)) continue;
    const { texts } = readWritten(text.replaceAll(DIGITS, changed), OURS);
    assert.equal(texts.length, 1, way);
    assert.ok(texts[0].startsWith(`${ORIGIN.toUpperCase()}/#${changed}`), way);
  }
});

test('two links of a filter that end by a sign of quoted-printable are two', () => {
  const other = `${ORIGIN}/#${digits(OTHER)}`, second = proofpoint2.replace(DIGITS, digits(OTHER));
  assert.deepEqual(readWritten(`${proofpoint2}\n${second}`, OURS).texts.toSorted(), [TEXT, OTHER].toSorted());
  assert.deepEqual(readWritten(`${proofpoint2}\n${other}`, OURS).texts.toSorted(), [TEXT, OTHER].toSorted());
});

test('a text of nothing but addresses ends soon', () => {
  const looked = [];
  const counted = new Proxy(OURS, { get: (all, name) => (looked.push(name), all[name]) });
  for (const text of [`=${ORIGIN}/#1\n`, `x%2520${ORIGIN}/#1&#65;`]) readWritten(text.repeat(8_000), counted);
  assert.ok(looked.length < 200_000, `${looked.length} looks at our addresses`);
});

test('what is attached to a mail is not read as its text', () => {
  const mail = `Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n${btoa(`%PDF-1.7 ${LINK}`)}\r\n`;
  assert.deepEqual(readWritten(mail, OURS).texts, []);
});

test('a missing, a doubled and a last digit make no other text', () => {
  for (const damaged of [DIGITS.slice(0, 200) + DIGITS.slice(201), `${DIGITS}7`, DIGITS.slice(0, -1), `${DIGITS.slice(0, 100)}0${DIGITS.slice(100)}`]) {
    for (const text of [`${ORIGIN}/#${damaged}`, wrapped(`${ORIGIN}/#${damaged}`, 60), encodeURIComponent(`${ORIGIN}/#${damaged}`)]) {
      assert.deepEqual(readWritten(text, OURS).texts, [`${ORIGIN.toUpperCase()}/#${damaged}`]);
    }
  }
});

const FOREIGN = [
  `https://evil.example/#${DIGITS}`,
  `https://${HOST}.evil.example/#${DIGITS}`,
  `https://evil.${HOST}/#${DIGITS}`,
  `https://evil-${HOST}/#${DIGITS}`,
  `https://${HOST}@evil.example/#${DIGITS}`,
  `https://user@${HOST}/#${DIGITS}`,
  `https://evil.example/${HOST}/#${DIGITS}`,
  `https://evil.example/?u=${LINK}`,
  `https://evil.example/?u=${encodeURIComponent(LINK)}`,
  `evil.example/?u=${LINK}`,
  `https://evil.example/#${LINK}`,
  `https://safelinks.protection.outlook.com.evil.example/?url=${encoded}`,
  `https://google.com.evil.example/url?q=${encodeURIComponent(LINK)}`,
  `${ORIGIN}:8443/#${DIGITS}`,
  `https://verif.workinfrance.example.com/#${DIGITS}`,
  `ftp://evil.example/${HOST}/#${DIGITS}`,
  `mailto:x@${HOST}/#${DIGITS}`,
  `https://evil.example/share?text=Voici%20${encodeURIComponent(LINK)}`,
  `https://evil.example/?u=%22${LINK}%22`,
  `https://evil.example/?u='${LINK}'`,
  `https://evil.example/?u=(${LINK})`,
  `{"u":"https:\\/\\/evil.example\\/?u=${encodeURIComponent(LINK)}"}`,
  `https\\u003a\\u002f\\u002fevil.example\\u002f?u=${encodeURIComponent(LINK)}`,
  `https&#58;&#47;&#47;evil&#46;example&#47;?u=${LINK}`,
  `https://evil.example/?from=mail&u=\n${LINK}`,
  `https://evil.example/aaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nbbbbbb/?u=${LINK}`,
  `https://evil.\n${HOST}/#${DIGITS}`,
  `https://192.0.2.1/?u=${LINK}`,
  `https://intranet/?u=${LINK}`,
  `https://[2001:db8::1]/?u=${LINK}`,
  `https://xn--vil-9la.xn--p1ai/?u=${LINK}`,
  `https://evil.example/${'a'.repeat(3000)}?u=${LINK}`,
  'Bonjour', '', '#', `${ORIGIN}/`, `${ORIGIN}/#contact`, 'https://example.org/#12',
];
for (const text of FOREIGN) {
  test(`what is another's stays another's: ${text.slice(0, 60)}`, () => {
    for (const way of [text, `« ${text} »`, `voir ${text}.`, `<${text}>`, `https://fra01.safelinks.protection.outlook.com/?url=${encodeURIComponent(text)}&reserved=0`,
      `https://www.google.com/url?q=${encodeURIComponent(text)}`]) {
      assert.deepEqual(readWritten(way, OURS), { texts: [], number: false });
    }
  });
}

test('two different attestations are two, wherever each stands', () => {
  for (const text of [`${TEXT} ${OTHER}`, `${LINK}\nhttps://www.google.com/url?q=${encodeURIComponent(OTHER)}`, `<a href="${LINK}">${OTHER}</a>`, `${wrapped(LINK, 64)}\n${wrapped(OTHER, 64)}`]) {
    assert.deepEqual(readWritten(text, OURS).texts.toSorted(), [TEXT, OTHER].toSorted());
  }
});

test('a genuine one and a changed copy of it are two', () => {
  const changed = `${DIGITS.slice(0, 60)}${(Number(DIGITS[60]) + 1) % 10}${DIGITS.slice(61)}`;
  assert.equal(readWritten(`${LINK} ${ORIGIN}/#${changed}`, OURS).texts.length, 2);
});

test('another kind of code of ours keeps its digits', () => {
  assert.deepEqual(readWritten(`Reçu : ${ORIGIN}/#9123456 fin`, OURS).texts, [`${ORIGIN.toUpperCase()}/#9123456`]);
});

test('a number of an attestation is known for one', () => {
  for (const text of ['482 913 0571', '4829130571', 'n° 482 913 0571', 'Attestation n° 482-913-0571 du 12/03/2026', '482\u00a0913\u00a00571', '657 312 4338']) {
    assert.deepEqual(readWritten(text, OURS), { texts: [], number: true }, text);
  }
  for (const text of ['81234567800013', '812 345 678 00013', '0612', 'Bonjour', 'https://example.org/4829130571', DIGITS]) assert.equal(readWritten(text, OURS).number, false, text);
});

test('long and hostile texts take no time', () => {
  const began = performance.now();
  for (const text of ['9 '.repeat(200_000), `${LINK}`.repeat(300), '%25'.repeat(60_000), `${ORIGIN}/#1${' 1'.repeat(90_000)}`, '<a '.repeat(60_000), `${ORIGIN}/?${'a'.repeat(150_000)}`, '&amp;'.repeat(40_000), '>'.repeat(200_000),
    `${HOST}/`.repeat(6000)]) readWritten(text, OURS);
  assert.ok(performance.now() - began < 20_000);
});

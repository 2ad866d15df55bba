import assert from 'node:assert/strict';
import { test } from 'node:test';

// words.js follows this device's zone: one with summer time and a name for each half of the year.
process.env.TZ = 'Europe/Paris';
globalThis.document = { documentElement: {} };
const { learn, say, speak, withWords } = await import('../../verifier_pwa/src/js/messages.js');
const { birthDate, clock, count, day, dayOf, exactMoment, moment } = await import('../../verifier_pwa/src/js/words.js');
const { dayIn, timeZone } = await import('../../verifier_pwa/src/js/places.js');

const LOCALES = { fr: 'fr-FR', en: 'en-GB' };
const first = (text, language) => (language === 'fr' ? text.replace(/^1 /, '1er ') : text);
const seconds = (...parts) => Date.UTC(...parts) / 1000;

for (const language of ['fr', 'en']) {
  test(`dates, moments and numbers in ${language} are those of Intl`, async () => {
    await speak(language);
    const intl = (options, at) => first(new Intl.DateTimeFormat(LOCALES[language], options).format(at * 1000), language);
    const long = { day: 'numeric', month: 'long', year: 'numeric' };
    const number = new Intl.NumberFormat(LOCALES[language], { maximumFractionDigits: 2, useGrouping: false });
    for (let month = 0; month < 12; month += 1) {
      for (const date of [1, 2, 28]) {
        const at = seconds(2026, month, date, 22, 4, 9);
        assert.equal(day(`2026-${String(month + 1).padStart(2, '0')}-${String(date).padStart(2, '0')}`), intl({ ...long, timeZone: 'UTC' }, at));
        assert.equal(dayOf(at), intl({ ...long, month: 'short' }, at));
        assert.equal(moment(at), intl({ ...long, hour: '2-digit', minute: '2-digit' }, at));
        assert.equal(clock(at), intl({ hour: '2-digit', minute: '2-digit', second: '2-digit' }, at));
      }
    }
    for (const value of [1, 35, 17.5, 151.67, 1607, 0.01, 21474836.47, 1e7]) assert.equal(count(value), number.format(value));
  });
}

test('what stands on a proof: the second, and the distance from UTC', async () => {
  await speak('fr');
  assert.equal(exactMoment(seconds(2026, 10, 23, 13, 5, 9)), '23 novembre 2026 à 14:05:09 UTC+1');
  assert.equal(exactMoment(seconds(2026, 5, 30, 22, 0, 0)), '1er juillet 2026 à 00:00:00 UTC+2');
  await speak('en');
  assert.equal(exactMoment(seconds(2026, 10, 23, 13, 5, 9)), '23 November 2026 at 14:05:09 UTC+1');
});

test('birth dates with what is known of them; dates that are none stay as they are', async () => {
  await speak('fr');
  assert.equal(birthDate('1984-07-01'), '1er juillet 1984');
  assert.equal(birthDate('1984-07'), 'juillet 1984 (jour non connu)');
  assert.equal(birthDate('1984-13'), '1984-13');
  assert.equal(day('2026-02-30'), '2026-02-30');
});

test('days in the zones of départements are those of Intl, around every change of the clocks of a century', () => {
  const codes = ['75', '971', '973', '974', '975', '976', '986', '987', '988'];
  const zones = codes.map((code) => new Intl.DateTimeFormat('en-CA', { timeZone: timeZone(code), year: 'numeric', month: '2-digit', day: '2-digit' }));
  const held = (at) => codes.forEach((code, place) => assert.equal(dayIn(at, code), zones[place].format(at * 1000), `${code} ${new Date(at * 1000).toISOString()}`));
  for (let year = 2000; year <= 2099; year += 1) {
    for (const month of [2, 9]) {
      for (let date = 24; date <= 31; date += 1) {
        for (const [hour, minute, second] of [[21, 59, 59], [22, 0, 0], [22, 59, 59], [23, 0, 0]]) held(seconds(year, month, date, hour, minute, second));
      }
    }
    for (const month of [0, 6]) for (let hour = 0; hour < 24; hour += 1) held(seconds(year, month, 15, hour));
  }
  for (const year of [1970, 1996, 1999, 2100, 2500]) for (let hour = 0; hour < 24; hour += 1) held(seconds(year, 11, 31, hour));
});

test('a part is not used before the words that are on their way, and those that they bring, are there', async () => {
  await speak('fr');
  const room = (key) => ({ fr: () => new Promise((resolve) => { setTimeout(resolve, 20, { [key]: key }); }), en: async () => ({}) });
  void learn(room('first')).then(() => learn(room('second'))); // as one module that waits for another
  const part = await withWords(async () => 'part');
  assert.deepEqual([part, say('first'), say('second')], ['part', 'first', 'second']);
});

test('words that cannot be had are told to whoever needs the part, and to nobody later', async () => {
  const learning = learn({ fr: () => new Promise((_, reject) => { setTimeout(reject, 20, new TypeError('not here')); }), en: async () => ({}) });
  await Promise.all([assert.rejects(learning, TypeError), assert.rejects(withWords(async () => 'part'), TypeError)]);
  assert.equal(await withWords(async () => 'part'), 'part');
});

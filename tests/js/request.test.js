import assert from 'node:assert/strict';
import { test } from 'node:test';

import { en } from '../../verifier_pwa/src/js/messages.more.en.js';
import { fr } from '../../verifier_pwa/src/js/messages.more.fr.js';
import { calendar, letter, mailto, plan } from '../../verifier_pwa/src/js/request.js';
import { isDay, isWorkingDay, nextDay, workingDaysFrom, years } from '../../verifier_pwa/src/js/working-days.js';

const TODAY = '2026-11-27';
const claims = { family_name: 'Diallo', given_names: 'Awa', birth_date: '1984-07', nationality: 'SEN', number: '4829130571', residence_permit: '9903112233' };
/** A hire whose first day is `first`, by a company with its seat in `department`. */
const facts = (first, department = '75', more = {}) => ({
  claims,
  employer: { name: 'Brasserie du Port', siret: '81234567800013', department, by: 'Jeanne Martin', contact: 'jeanne@brasserie.example' },
  hire: { first, contract: 'CDD', job: 'Commis de cuisine' },
  ...more,
});
const dates = (first, department, more) => plan(facts(first, department, more), TODAY);
const keys = (made) => made.notes.map(({ key }) => key);
const made = { uid: '7f3c2a10-1b2c', now: 1_795_816_800 }; // 2026-11-27T22:00:00Z

test('the last day to send: two jours ouvrables before, around Sundays, Easter, 1 May and what is local', () => {
  const cases = [
    ['2026-12-17', '75', '2026-12-15', []], // a Thursday
    ['2026-12-14', '75', '2026-12-11', []], // a Monday: Saturday counts, Sunday does not
    ['2026-12-13', '75', '2026-12-11', []], // a Sunday
    ['2027-03-30', '75', '2027-03-26', []], // the Tuesday after Easter: Monday is a holiday
    ['2027-03-30', '67', '2027-03-25', ['2027-03-26']], // Good Friday, in some communes only
    ['2027-03-30', '971', '2027-03-25', ['2027-03-26']], // Good Friday, by custom
    ['2028-05-02', '13', '2028-04-28', []], // 1 May on a Monday
    ['2028-05-09', '13', '2028-05-05', []], // and 8 May a week later
    ['2027-05-18', '75', '2027-05-14', []], // the Tuesday after Pentecost
    ['2026-12-28', '75', '2026-12-24', []], // Christmas on a Friday
    ['2026-12-28', '68', '2026-12-23', []], // with 26 December on the Saturday, which is certain
    ['2027-12-21', '974', '2027-12-17', []], // 20 December in La Réunion
    ['2027-12-21', '75', '2027-12-18', []],
    ['2027-06-11', '973', '2027-06-08', []],
    ['2027-05-29', '978', '2027-05-25', ['2027-05-27', '2027-05-28']], // two texts, two days
    ['2027-05-29', '971', '2027-05-26', []],
    ['2027-04-28', '976', '2027-04-24', []],
    ['2027-01-04', '975', '2026-12-31', []],
  ];
  for (const [first, place, day, unsure] of cases) assert.deepEqual(dates(first, place).latest, { day, unsure }, `${first} ${place}`);
  assert.ok(keys(dates('2027-03-30', '67')).includes('request.unsure_days'));
  assert.equal(dates('2027-03-30', '67').notes.find(({ key }) => key === 'request.unsure_days').parameters.days, '26/03/2027');
  assert.ok(!keys(dates('2027-03-30', '75')).includes('request.unsure_days'));
});

test('silence is counted from the receipt that was typed, and never too early', () => {
  const cases = [
    ['2026-12-14', '75', '2026-12-16', '2026-12-17'],
    ['2026-12-24', '75', '2026-12-28', '2026-12-29'], // Christmas, Saturday, Sunday, Monday
    ['2026-12-24', '57', '2026-12-29', '2026-12-30'], // with 26 December
    ['2027-03-25', '75', '2027-03-27', '2027-03-28'],
    ['2027-03-25', '67', '2027-03-30', '2027-03-31'], // Good Friday and Easter Monday
    ['2026-12-13', '75', '2026-12-16', '2026-12-17'], // a Sunday: as if on the Monday
    ['2028-05-01', '75', '2028-05-04', '2028-05-05'],
  ];
  for (const [received, place, last, counts] of cases) {
    const { silence } = dates('2029-01-10', place, { received });
    assert.deepEqual([silence.last, silence.counts], [last, counts], `${received} ${place}`);
  }
  assert.ok(keys(dates('2027-01-10', '75', { received: '2026-12-13' })).includes('request.received_closed'));
  assert.ok(!keys(dates('2027-01-10', '75', { received: '2026-12-14' })).includes('request.received_closed'));
  assert.ok(keys(dates('2027-01-10', '75', { received: '2026-12-14' })).includes('request.received_later'));
  assert.equal(dates('2027-01-10', '75', { received: '2026-02-30' }).silence, null);
});

test('sent on the last day, silence counts after the first day of the hire; received by the safer day, before: on every day of fifteen months', () => {
  for (const place of ['75', '67', '978']) {
    for (let first = '2027-03-01'; first < '2028-06-01'; first = nextDay(first)) {
      const { latest, safer } = dates(first, place);
      let whole = 0;
      for (let day = latest.day; day < first; day = nextDay(day)) whole += Number(isWorkingDay(day, place));
      assert.equal(whole, 2, `${first} ${place}`);
      assert.ok(isWorkingDay(latest.day, place) && isWorkingDay(safer.day, place));
      const onTime = dates(first, place, { received: safer.day });
      assert.ok(onTime.silence.counts <= first && !keys(onTime).includes('request.silence_after_start'), `${first} ${place}`);
      assert.ok(keys(dates(first, place, { received: latest.day })).includes('request.silence_after_start'), `${first} ${place}`);
    }
  }
});

test('years outside the table and places of another law are said, never guessed', () => {
  const [from, to] = years();
  assert.deepEqual([from, to], [2025, 2032]);
  assert.deepEqual(dates('2033-01-03').latest, { outside: 'years' });
  assert.deepEqual(dates('2025-01-02').latest, { outside: 'years' }); // two days before lie in 2024
  assert.deepEqual(dates('2032-01-05', '75', { received: '2032-12-31' }).silence, { outside: 'years' });
  for (const place of ['986', '987', '988', '99', '00', '20', '', 'toString', '75 ']) {
    const found = dates('2027-01-05', place, { received: '2027-01-04' });
    assert.deepEqual([found.latest, found.silence], [{ outside: 'place' }, { outside: 'place' }], place);
    assert.ok(keys(found).includes('request.outside.place'));
    assert.equal(calendar(facts('2027-01-05', place), found, fr, made), null);
    assert.ok(found.missing.includes('seat') || ['986', '987', '988'].includes(place));
  }
  assert.throws(() => isWorkingDay('2033-01-01', '75'), RangeError);
  for (const day of ['2027-02-29', '2027-13-01', '27-01-01', '2027-1-1', '', null, 20270101, '0000-00-00']) assert.equal(isDay(day), false, String(day));
  assert.equal(isDay('2028-02-29'), true);
  assert.equal(dates('31/12/2026').latest, null);
  assert.deepEqual(workingDaysFrom('2026-12-13', 0, '75'), { day: '2026-12-14', unsure: [] });
});

test('too late: the last day that was, and the first day for which it can still be sent', () => {
  const late = dates('2026-11-30');
  assert.deepEqual([late.latest.day, late.earliest], ['2026-11-27', null]); // today is the last day
  const passed = plan(facts('2026-11-30'), '2026-11-28');
  assert.deepEqual(passed.earliest, { day: '2026-12-01', unsure: [] });
  assert.ok(keys(passed).includes('request.late') && !keys(passed).includes('request.begun'));
  assert.ok(keys(plan(facts('2026-11-30'), '2026-11-30')).includes('request.begun'));
  assert.deepEqual(plan(facts('2026-11-30'), '2026-11-29').earliest, { day: '2026-12-02', unsure: [] }); // a Sunday: as if sent on Monday
  assert.ok(!keys(plan(facts('2026-11-30', '75', { received: '2026-11-26' }), '2026-11-30')).includes('request.late'));
  const safer = (today, more) => keys(plan(facts('2026-11-30', '75', more), today)).includes('request.safer_past');
  assert.deepEqual([safer('2026-11-26'), safer('2026-11-27'), safer('2026-11-28'), safer('2026-11-27', { received: '2026-11-27' })], [false, true, false, false]);
});

test('a registered jobseeker needs none; an agency asks once for the life of the permit', () => {
  const exempt = dates('2026-12-17', '75', { jobseeker: true });
  assert.deepEqual([exempt.due, exempt.latest, calendar(facts('2026-12-17'), exempt, fr, made)], ['exempt', null, null]);
  assert.ok(keys(exempt).includes('request.not_the_scan')); // R5221-4 remains
  const agency = (more, first = '2026-12-17') => dates(first, '75', { agency: true, ...more });
  const permit = { until: '2027-06-30' };
  assert.equal(agency({}).due, 'send');
  assert.equal(agency({ former: '2026-09-01', permit }).due, 'carried');
  assert.ok(keys(agency({ former: '2026-09-01', permit })).includes('request.agency.ends')); // the mission has no last day
  assert.equal(agency({ former: '2026-09-01', permit }, '2027-06-30').due, 'carried');
  assert.deepEqual([agency({ former: '2026-09-01', permit }, '2027-07-01').due, agency({ former: '2026-12-18', permit }).due], ['send', 'send']);
  assert.ok(keys(agency({ former: '2026-09-01', permit }, '2027-07-01')).includes('request.agency.over'));
  assert.ok(keys(agency({ former: '2026-09-01' })).includes('request.agency.unknown'));
  assert.equal(dates('2026-12-17', '75', { former: '2026-09-01', permit }).due, 'send'); // not an agency
});

test('the request holds what was typed and signed, and a blank for what is not known, in both languages', () => {
  const print = 'ab'.repeat(32);
  const full = facts('2026-12-17', '33', { fingerprint: print, agency: true, permit: { kind: 'Carte de séjour', until: '2027-06-30' } });
  for (const [table, place] of [[fr, 'du siège : Gironde (33)'], [en, 'of the seat: Gironde (33)']]) {
    const { subject, text } = letter(full, table);
    for (const part of ['81234567800013', 'Diallo Awa', '07/1984', 'SEN', '9903112233', '30/06/2027', '17/12/2026', 'Commis de cuisine', '482 913 0571', 'R5221-41', 'R5221-44', place, `\n${print}\n`]) assert.ok(text.includes(part), part);
    assert.ok(subject.includes('Diallo Awa') && subject.includes('17/12/2026'));
    assert.ok(!text.includes(table['request.blank']) && !/[{}]/.test(text + subject));
    assert.ok(!letter(facts('2026-12-17'), table).text.includes('SHA-256'));
  }
  const bare = { claims: { ...claims, residence_permit: undefined }, employer: { name: '', department: '' }, hire: { first: 'demain' } };
  assert.deepEqual(plan(bare, TODAY).missing, ['name', 'siret', 'seat', 'by', 'contact', 'permit', 'first', 'contract', 'job']);
  for (const name of plan(bare, TODAY).missing) assert.ok(fr[`request.field.${name}`] && en[`request.field.${name}`], name);
  assert.equal(letter(bare, fr).text.match(/\[à compléter\]/g).length, 10); // nine, and the name at the end
  assert.ok(!letter({ ...bare, employer: { ...bare.employer, atHome: true } }, fr).text.includes('SIRET'));
  assert.throws(() => letter({ ...full, fingerprint: `${print}\nBcc: x@example.org` }, fr), RangeError);
});

test('every note has words in both languages, filled in whole', () => {
  const all = Object.keys(fr).filter((key) => key.startsWith('request.'));
  assert.deepEqual(all, Object.keys(en).filter((key) => key.startsWith('request.')));
  for (const key of all) assert.deepEqual(fr[key].match(/\{\w+\}/g)?.sort(), en[key].match(/\{\w+\}/g)?.sort(), key);
  const permit = { until: '2027-06-30' };
  const plans = [
    dates('2026-12-17', '75', { received: '2026-12-15' }), dates('2026-12-20', '978', { received: '2026-12-13' }), dates('2027-03-30', '67'), dates('2040-01-01'),
    dates('2027-01-01', '988'), plan(facts('2026-11-30'), '2026-11-27'), plan(facts('2026-11-30'), '2026-11-28'), plan(facts('2026-11-30'), '2026-12-28'), dates('2027-01-01', '75', { jobseeker: true }),
    ...[{}, { former: '2026-09-01' }, { former: '2026-09-01', permit }, { former: '2028-09-01', permit }, { former: '2027-05-01', permit }].map((more) => dates('2027-01-05', '75', { agency: true, ...more })),
  ];
  const said = new Set(plans.flatMap(({ notes }) => notes.map(({ key, parameters = {} }) => {
    assert.deepEqual((fr[key].match(/\{\w+\}/g) ?? []).sort(), Object.keys(parameters).map((name) => `{${name}}`).sort(), key);
    return key;
  })));
  const outside = /^request\.(?:blank|field|subject|text|calendar)/;
  assert.deepEqual([...said].sort(), all.filter((key) => !outside.test(key)).sort());
});

const HOSTILE = [
  'x\r\nATTENDEE:mailto:evil@example.org', 'x\nBEGIN:VALARM\nACTION:EMAIL', 'a,b;c\\d"e:f', '{number}{employer}', 'x\u2028END:VCALENDAR\u2029y', 'x\u0085BEGIN:VEVENT\u000b\u000cz',
  '\ud800broken', '\u202eevil\u200b', '<img src=x onerror=alert(1)>', '=HYPERLINK("x")', 'x&bcc=evil@example.org?cc=a#b%0ABcc:c', 'é€😀'.repeat(90), '\u0000\u0007',
];

test('a calendar file that no name can add a line to, folded at 75 octets with whole characters', () => {
  for (const name of HOSTILE) {
    for (const more of [{}, { received: '2026-12-14' }]) {
      const hostile = { ...facts('2026-12-17', '75', more), employer: { ...facts('').employer, name } };
      const file = calendar(hostile, plan(hostile, TODAY), fr, made);
      assert.match(file, /\r\nEND:VCALENDAR\r\n$/);
      const physical = file.split('\r\n');
      assert.equal(/[\r\n\u0085\u2028\u2029\u000b\u000c\u0000\u0007\u202e]/.test(physical.join('')), false, name);
      for (const one of physical) {
        const octets = new TextEncoder().encode(one);
        assert.ok(octets.length <= 75, one);
        assert.equal(new TextDecoder('utf-8', { fatal: true }).decode(octets), one); // no half of a character
      }
      const lines = file.replace(/\r\n /g, '').split('\r\n');
      const silence = 'received' in more;
      assert.deepEqual(lines.map((one) => one.split(/[:;]/)[0]), [
        'BEGIN', 'VERSION', 'PRODID', 'BEGIN', 'UID', 'DTSTAMP', 'DTSTART', 'DTEND', 'SUMMARY', 'DESCRIPTION', 'TRANSP', 'CLASS',
        ...(silence ? [] : ['BEGIN', 'ACTION', 'TRIGGER', 'DESCRIPTION', 'END']), 'END', 'END', '',
      ]);
      assert.ok(lines.includes(silence ? 'DTSTART;VALUE=DATE:20261217' : 'DTSTART;VALUE=DATE:20261215') && lines.includes('DTSTAMP:20261127T220000Z'));
      const text = lines[9].slice('DESCRIPTION:'.length);
      assert.equal(/(?<!\\)(?:\\\\)*(?:[;,]|\\(?![\\;,n]))/.test(text), false, text);
      if (name === 'a,b;c\\d"e:f') assert.ok(text.startsWith('a\\,b\\;c\\\\d"e:f\\n'));
      assert.ok(!file.includes('Diallo') && !file.includes('9903112233')); // calendars are shared
    }
  }
  assert.throws(() => calendar(facts('2026-12-17'), dates('2026-12-17'), fr, { ...made, uid: 'x\r\nATTENDEE:y' }), RangeError);
});

test('a draft of an e-mail with one recipient at most, one subject, one body', () => {
  for (const name of HOSTILE) {
    const hostile = { ...facts('2026-12-17'), claims: { ...claims, family_name: name, given_names: name }, hire: { first: '2026-12-17', job: name, contract: name } };
    const written = letter(hostile, fr);
    const { href, long } = mailto(written, ' etrangers@prefecture.example ');
    const read = new URL(href);
    assert.deepEqual([read.protocol, read.pathname, read.hash, [...read.searchParams.keys()]], ['mailto:', 'etrangers@prefecture.example', '', ['subject', 'body']]);
    assert.equal(read.searchParams.get('body'), written.text.replaceAll('\n', '\r\n'));
    assert.equal(/[\r\n\u0085\u2028\u2029\u202e]/.test(read.searchParams.get('subject')), false);
    assert.equal(written.text.split('\n').length, letter(facts('2026-12-17'), fr).text.split('\n').length); // no name adds a line
    assert.equal(long, href.length > 2000);
  }
  for (const to of ['', 'a@b', 'a@example.org,c@example.org', 'a@example.org?bcc=c@example.org', 'a@example.org\r\nBcc:c', 'A <a@example.org>', 'a%40b@example.org', 'é@example.org']) {
    const { href, addressed } = mailto({ subject: 's', text: 't' }, to);
    assert.deepEqual([href, addressed], ['mailto:?subject=s&body=t', false]);
  }
});

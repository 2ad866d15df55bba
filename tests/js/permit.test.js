/** Numbers of residence permits off the lines of a card: the specimens of ICAO Doc 9303, and an invented French card. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { compareHire } from '../../verifier_pwa/src/js/compare.js';
import { looksLikeZone, readPermit } from '../../verifier_pwa/src/js/permit.js';

/** Doc 9303-5, Appendix B (TD1); -6, Appendix B (TD2); -7, Appendix B (visas of both sizes); -4, Appendix B (passport). */
const TD1 = ['I<UTOD231458907<<<<<<<<<<<<<<<', '7408122F1204159UTO<<<<<<<<<<<6', 'ERIKSSON<<ANNA<MARIA<<<<<<<<<<'];
const TD2 = ['I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<', 'D231458907UTO7408122F1204159<<<<<<<6'];
const VISA_A = ['V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<', 'L8988901C4XXX4009078F96121096ZE184226B<<<<<<'];
const PASSPORT = ['P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<', 'L898902C36UTO7408122F1204159ZE184226B<<<<<10'];
/** A card with the number of the document and, as optional data, that of the person. */
const CARD = ['IRFRAAB10O123449912345678<<<<<', '9603149F2809300SEN<<<<<<<<<<<2', 'NDIAYE<<AMINATA<AWA<<<<<<<<<<<'];

const zone = (numbers, lacking = null) => ({ form: 'zone', numbers, lacking });
const fault = (name) => ({ form: 'fault', fault: name });

describe('lines of a card', () => {
  test('the specimens of the standard give the numbers that it says', () => {
    assert.deepEqual(readPermit(TD1.join('\n')), zone(['D23145890']));
    assert.deepEqual(readPermit(TD2.join('')), zone(['D23145890']));
    assert.deepEqual(readPermit(VISA_A.join(' ')), zone(['L8988901C']));
    assert.deepEqual(readPermit(PASSPORT.join('\n')), fault('passport'));
    assert.deepEqual(readPermit(CARD.join('\r\n').toLowerCase()), zone(['AB10O1234', '9912345678']));
    assert.deepEqual(readPermit('IRUTOAB1234567<8904<<<<<<<<<<<'), zone(['AB1234567890'], 'lines'), 'a number that goes on in the optional data');
  });

  test('readers of letters write fillers and zeros in their own way', () => {
    assert.deepEqual(readPermit(CARD.join('\n').replace(/<</g, '«')), zone(['AB10O1234', '9912345678']));
    assert.deepEqual(readPermit(CARD.join('').replace('AB10O1234', 'AB1001234')), zone(['AB10O1234', '9912345678'], 'check'));
    assert.deepEqual(readPermit(TD1.join('').replace('7408122', '74O8I22')), zone(['D23145890']));
  });

  test('every other sign that is changed, lost or put in is noticed', () => {
    const whole = CARD.join('');
    for (let at = 5; at < 60; at += 1) {
      const covered = !(at === 37 || (at >= 45 && at < 48)); // sex and nationality stand behind no check digit
      for (const sign of covered ? 'X7<' : '') {
        if (sign === whole[at]) continue;
        const read = readPermit(whole.slice(0, at) + sign + whole.slice(at + 1));
        if (read.form === 'zone' && !read.lacking) assert.equal(Math.abs(value(sign) - value(whole[at])) % 10, 0, `${at} ${sign}: only what a sum modulo 10 cannot tell`);
      }
      assert.deepEqual(readPermit(whole.slice(0, at) + whole.slice(at + 1)), fault('cut'));
    }
    assert.deepEqual(readPermit(CARD.slice(1).join('')), fault('cut'));
  });

  test('what is no zone is what was typed; what is no number is said', () => {
    assert.deepEqual(readPermit('AB 10O 1234'), { form: 'typed', numbers: ['AB 10O 1234'] });
    assert.deepEqual(readPermit('AB10O1234<<<'), { form: 'typed', numbers: ['AB10O1234<<<'] });
    assert.deepEqual(readPermit('1'.repeat(21)), fault('long'));
    assert.deepEqual(readPermit('DC02FR000001125E125B13019912345678'), fault('seal'));
    for (const line of [...CARD, ...TD2]) assert.ok(looksLikeZone(line), line);
    for (const text of ['AB10O1234', 'https://verif.workinfrance.example/#1234567890123456<<<', 'a < b', `<b>${'A'.repeat(40)}</b>`]) assert.ok(!looksLikeZone(text), text);
  });
});

/** ICAO Doc 9303-3 §4.9. @param {string} sign */
const value = (sign) => (sign === '<' ? 0 : Number.parseInt(sign, 36));

describe('compared with the signed number', () => {
  const claims = {
    kind: 'APT', number: '4829130571', family_name: 'Ndiaye', birth_date: '1996-03-14', nationality: 'SEN', employer: { name: 'X' }, job: 'Vendeuse', contract: 'CDD',
    department: '75', status: { list: 1, index: 5 }, valid_from: '2026-12-01', valid_until: '2027-05-31', issued_at: '2026-11-20T10:00:00Z',
  };
  const on = (signed, said) => {
    const { reason, hire } = compareHire({ ...claims, residence_permit: signed }, { residence_permit: said }).find(({ field }) => field === 'residence_permit');
    return [reason, hire.text];
  };

  test('either number of the card is enough; another card is different; what was not read is not judged', () => {
    assert.deepEqual(on('9912345678', CARD.join('\n')), ['equal', '9912345678']);
    assert.deepEqual(on('AB10O1234', CARD.join('\n')), ['equal', 'AB10O1234']);
    assert.deepEqual(on('AB1001234', CARD.join('\n')), ['permit_alike', 'AB10O1234']);
    assert.deepEqual(on('9912345670', CARD.join('\n')), ['permit', 'AB10O1234 / 9912345678']);
    assert.deepEqual(on('9912345678', CARD[0])[0], 'permit_lines', 'its personal number is behind a check digit of the second line');
    assert.deepEqual(on('AB10O1234', CARD[0]), ['equal', 'AB10O1234']);
    assert.equal(on('9912345678', CARD.join('').replace('9912345678', '9912345676'))[0], 'permit_check');
    assert.equal(on('XX0000000', CARD.join('').replace('AB10O1234', 'AB1001234'))[0], 'permit_check', 'mended, so never called different');
    assert.equal(on('9912345678', PASSPORT.join(''))[0], 'permit_passport');
  });
});

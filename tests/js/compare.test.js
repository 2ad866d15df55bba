/** The signed claims against a hire, typed or in a file. Invented people. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { REASONS, compareHire, compareSeal, firstDayAmong, holdersAmong, outcomeNumbers } from '../../verifier_pwa/src/js/compare.js';
import { HIRE_FAULTS, HiresRefused, MOST_BYTES, readHires } from '../../verifier_pwa/src/js/hire-files.js';
import { en } from '../../verifier_pwa/src/js/messages.more.en.js';
import { fr } from '../../verifier_pwa/src/js/messages.more.fr.js';
import { COMPARED, OUTCOMES } from '../../verifier_pwa/src/js/receipt-read.js';

const CLAIMS = {
  kind: 'APT', number: '4829130571', family_name: 'Ndiaye', given_names: 'Aminata Awa', birth_date: '1996-03-14', nationality: 'SEN',
  employer: { name: 'Boulangerie de l’Exemple', siret: '81234567800013' }, job: 'Vendeuse', contract: 'CDD', hours: { count: 35, per: 'week' },
  workplaces: ['75', '92', '2A', '978'], residence_permit: 'AB10O1234', department: '75', status: { list: 1, index: 5 },
  valid_from: '2026-12-01', valid_until: '2027-05-31', issued_at: '2026-11-20T10:00:00Z',
};
const HIRE = {
  siret: '812 345 678 00013', employer_name: 'BOULANGERIE DE L\'EXEMPLE', family_name: 'NDIAYE', given_names: 'Awa, Aminata', birth_date: '14/03/1996',
  contract: 'Contrat à durée déterminée', job: 'vendeuse', hours: '151,67 h / mois', first_day: '01/12/2026', last_day: '2027-05-31', workplace: '3 rue du Four, 75006 Paris',
  residence_permit: 'ab1001234',
};
/** The outcome and reason of one field, for a hire that says these things alone. */
const on = (field, hire, claims = {}) => {
  const found = compareHire({ ...CLAIMS, ...claims }, hire).find((line) => line.field === field);
  return found && `${found.outcome} ${found.reason}`;
};
/** For each row: what is signed, what is said of the hire, the reason; its outcome is that of REASONS. */
const rows = (field, table, claim, key) => {
  for (const [signed, said, reason] of table) {
    const hire = typeof said === 'string' ? { [key]: said } : said;
    assert.equal(on(field, hire, signed === undefined ? {} : claim(signed)), `${REASONS[reason][0]} ${reason}`, `${JSON.stringify(signed)} / ${JSON.stringify(said)}`);
  }
};

describe('comparing', () => {
  test('a hire as authorised, written otherwise: one line a field, in the order of a receipt', () => {
    const lines = compareHire(CLAIMS, HIRE);
    assert.deepEqual(lines.map((line) => line.field), Object.values(COMPARED));
    assert.deepEqual(lines.filter((line) => line.outcome !== 'same'), []);
    assert.deepEqual([...outcomeNumbers(lines)], Object.keys(COMPARED).map((key) => [Number(key), OUTCOMES.indexOf('same')]));
    assert.deepEqual(lines.find((line) => line.field === 'residence_permit'), {
      field: 'residence_permit', outcome: 'same', reason: 'permit_alike', article: null, signed: { form: 'text', text: 'AB10O1234' },
      hire: { form: 'text', text: 'ab1001234' }, formula: null,
    });
  });

  test('nothing said: no field is same or different, and a receipt gets nothing', () => {
    const lines = compareHire(CLAIMS, {});
    assert.ok(lines.every((line) => line.outcome === 'not_comparable' && line.hire === null));
    assert.equal(outcomeNumbers(lines).size, 0);
    const bare = { ...CLAIMS, given_names: undefined, hours: undefined, workplaces: undefined, residence_permit: undefined, employer: { name: 'M. Exemple' } };
    assert.deepEqual(compareHire(bare, { siret: '  ' }).map((line) => line.field), ['dates', 'family_name', 'birth_date', 'employer.name', 'job', 'contract']);
    for (const [field, key, value] of [['employer.siret', 'siret', '81234567800013'], ['hours', 'hours', '35 h/semaine'], ['workplaces', 'workplace', '75'],
      ['residence_permit', 'residence_permit', 'X1'], ['given_names', 'given_names', 'Awa']]) {
      assert.equal(compareHire(bare, { [key]: value }).find((line) => line.field === field).reason, 'not_signed', field);
    }
  });

  test('SIRET: another establishment is near, what is no SIRET is not compared', () => {
    rows('employer.siret', [
      [undefined, '81234567800013', 'equal'], [undefined, '812.345.678.00013', 'equal'], [undefined, '812\u00a0345\u202f678 00013', 'equal'],
      [undefined, '81234567800021', 'siret_siren'], [undefined, '812345678', 'siret_siren'], [undefined, '73282932000074', 'siret'], [undefined, '732829320', 'siret'],
      ['35600000000048', '35600000049837', 'siret_siren'],
      [undefined, '81234567800014', 'siret_key'], [undefined, '8,12346E+13', 'unread'], [undefined, '8123456780001', 'unread'], [undefined, '=81234567800013', 'unread'],
      [undefined, '８１２３４５６７８０００１３', 'unread'],
    ], (siret) => ({ employer: { name: 'X', siret } }), 'siret');
  });

  test('family names without case, accents and particles; never the same by guess', () => {
    rows('family_name', [
      ['Ndiaye', 'N’Diaye', 'equal'], ['Lefèvre', 'LEFEVRE', 'equal'], ['Œuvrard', 'oeuvrard', 'equal'], ['Le Goff', 'LEGOFF', 'equal'], ['Ait-Ali', 'AIT ALI', 'equal'],
      ['Ðukić', 'DUKIC', 'equal'], ['Strauß', 'STRAUSS', 'equal'], ['d’Agostino', 'AGOSTINO', 'name_particles'], ['de la Fontaine', 'Fontaine', 'name_particles'],
      ['Fontaine', 'de La Fontaine', 'name_particles'], ['Le', 'LE', 'equal'], ['Le', 'La', 'name'], ['du Pont', 'de Pont', 'name_part'], ['Garcia Lopez', 'GARCIA', 'name_part'],
      ['Garcia Lopez', 'Lopez-Garcia', 'name_part'], ['Ben Ali', 'Ali', 'name_part'], ['Müller', 'MUELLER', 'name_spelling'], ['Jørgensen', 'Joergensen', 'name_spelling'],
      ['Müller', 'MULLER', 'equal'], ['Ndiaye', 'Ndiay', 'name'], ['Smith', 'Smyth', 'name'],
      ['Ivanov', 'Иванов', 'unread'], ['Ivanov', 'Іvanov', 'unread'], ['Ndiaye', 'Ndi\u200baye', 'unread'], ['Ndiaye', '<b>Ndiaye</b>', 'unread'],
      ['Ndiaye', '=HYPERLINK("x")', 'unread'], ['Ndiaye', `NDIAYE${'X'.repeat(400)}`, 'unread'], ['Ndiaye', '-', 'unread'],
    ], (name) => ({ family_name: name }), 'family_name');
  });

  test('given names in any order; a part of them is looked at; names exchanged are said to be', () => {
    rows('given_names', [
      ['Aminata Awa', 'AWA AMINATA', 'name_order'], ['Jean-Pierre', 'JEAN PIERRE', 'equal'], ['Jean-Pierre', 'Jeanpierre', 'equal'], ['Aminata Awa', 'Aminata', 'name_part'],
      ['Van Anh', 'Anh', 'name_part'], ['Aminata', 'Fatou', 'name'], ['Awa Awa', 'Awa', 'name_part'],
    ], (name) => ({ given_names: name }), 'given_names');
    const swapped = { family_name: 'Aminata Awa', given_names: 'NDIAYE' };
    assert.equal(on('family_name', swapped), 'near names_swapped');
    assert.equal(on('given_names', swapped), 'near names_swapped');
    assert.equal(on('family_name', { family_name: 'Aminata Awa', given_names: 'Diop' }), 'different name');
  });

  test('birth dates, known in part; days that do not exist', () => {
    rows('birth_date', [
      ['1996-03-14', '14031996', 'equal'], ['1996-03-14', '19960314', 'equal'], ['1996-03-14', '1996/3/14', 'equal'], ['1996-03-14', '14.03.1996', 'equal'],
      ['1996-03-04', '03/04/1996', 'birth_swapped'], ['1996-03-14', '1996', 'birth_part'], ['1996', '14/03/1996', 'birth_part'], ['1980', '00/00/1980', 'equal'],
      ['1980-07', '1980-07-00', 'equal'], ['1980-07', '00/08/1980', 'birth'], ['1996-03-14', '15/03/1996', 'birth'], ['1996-03-14', '14/03/96', 'unread'],
      ['1996-03-14', '31/02/1996', 'unread'], ['1996-03-14', '35138', 'unread'], ['1996-03-14', '14 mars 1996', 'unread'], ['1996-03-14', '0000-00-00', 'unread'],
    ], (date) => ({ birth_date: date }), 'birth_date');
  });

  test('the days of the hire within the validity', () => {
    const days = (first_day, last_day, contract) => ({ first_day, last_day, contract });
    rows('dates', [
      [undefined, days('2026-12-01', '2027-05-31'), 'inside'], [undefined, days('2026-12-01', '2026-12-01'), 'inside'], [undefined, days('30/11/2026', '2027-05-31'), 'before'],
      [undefined, days('2027-06-01'), 'after'], [undefined, days('2026-12-01', '2027-06-01'), 'ends_after'], [undefined, days('2026-12-02', '2026-12-01'), 'days_reversed'],
      [undefined, days('2026-12-01', undefined, 'CDI'), 'open_end'], [undefined, days('2026-12-01', undefined, 'CDD'), 'last_missing'], [undefined, days('2026-12-01'), 'last_missing'],
      [undefined, days(undefined, '2027-05-31'), 'not_given'], [undefined, days(undefined, '2027-06-01'), 'ends_after'], [undefined, days('1er décembre', '2027-05-31'), 'unread'],
      [undefined, days('2026-12-01', '2027-02-30'), 'unread'],
    ], null, null);
  });

  test('contracts: the DPAE knows three; what is among them is near', () => {
    rows('contract', [
      ['CDD', 'CDD', 'equal'], ['CDI', 'cdi', 'equal'], ['SAISONNIER', 'CDD saisonnier', 'equal'], ['APPRENTISSAGE', 'Contrat d’apprentissage', 'equal'],
      ['CDD', 'CDI', 'contract'], ['CDI', 'CDD', 'contract'], ['CDD', 'apprentissage', 'contract'], ['SAISONNIER', 'CDI', 'contract'], ['SAISONNIER', 'CDD', 'contract_kind'],
      ['APPRENTISSAGE', 'CDD', 'contract_kind'], ['CDD', 'saisonnier', 'contract_kind'], ['CDI', 'CTT', 'contract_temporary'], ['PROMESSE', 'CDI', 'contract_promise'],
      ['CDD', 'CDD ou CDI', 'unread'], ['CDD', 'CDD (hors apprentissage)', 'unread'], ['CDI', 'pas un CDI', 'unread'],
    ], (contract) => ({ contract }), 'contract');
  });

  test('hours brought to one period, with the formula as data', () => {
    const week = { count: 35, per: 'week' }, month = { count: 151.67, per: 'month' }, year = { count: 964, per: 'year' };
    rows('hours', [
      [week, '35 h/semaine', 'equal'], [week, '35h00 hebdomadaires', 'equal'], [week, { hours: '35', per: 'hebdo' }, 'equal'], [week, '151,67 heures par mois', 'hours_converted'],
      [week, '151.66 h mensuelles', 'hours_converted'], [month, '35 heures par semaine', 'hours_converted'], [week, '1 820 h par an', 'hours_converted'],
      [week, '152 h par mois', 'hours_rounded'], [week, '153 h par mois', 'hours_more'], [week, '35h30 par semaine', 'hours_more'], [week, '34,99 h par semaine', 'hours_less'],
      [month, '40 h/semaine', 'hours_more'], [week, '1607 heures par an', 'hours_of_law'], [week, '1600 h par an', 'hours_less'], [year, '18 h par semaine', 'hours_less'],
      [year, '20 h par semaine', 'hours_of_law'], [year, '22 h par semaine', 'hours_more'], [year, '35 h par semaine', 'hours_more'],
      [week, '35', 'period_unknown'], [week, { hours: '35 h/semaine', per: 'mois' }, 'period_unknown'], [week, 'temps plein', 'unread'], [week, '35 ou 39', 'unread'],
      [week, '1,607 h par an', 'unread'], [week, '-35 h/semaine', 'unread'], [week, '0 h/semaine', 'unread'], [week, '=35*52/12', 'unread'],
    ], (hours) => ({ hours }), 'hours');
    const formula = (signed, hours) => compareHire({ ...CLAIMS, hours: signed }, { hours }).find((line) => line.field === 'hours').formula;
    assert.deepEqual(formula(week, '160 h par mois'), { from: week, factor: '52/12', to: { count: 151.67, per: 'month' } });
    assert.deepEqual(formula(month, '36 h/semaine'), { from: month, factor: '12/52', to: { count: 35, per: 'week' } });
    assert.deepEqual(formula(week, '1900 h par an'), { from: week, factor: '52', to: { count: 1820, per: 'year' } });
    assert.deepEqual(formula(year, '90 h par mois'), { from: year, factor: '1/12', to: { count: 80.33, per: 'month' } });
    assert.equal(formula(week, '35 h/semaine'), null);
  });

  test('places by code, name or address', () => {
    rows('workplaces', [
      [undefined, '75', 'equal'], [undefined, '75;92', 'equal'], [undefined, 'Paris et Hauts-de-Seine', 'equal'], [undefined, 'paris (75)', 'equal'], [undefined, '20000 Ajaccio', 'equal'],
      [undefined, '97150 Saint-Martin', 'equal'], [undefined, '2a', 'equal'], [undefined, '33000 Bordeaux, bâtiment 21, BP 45', 'place'], [undefined, '75001 Paris et 69002 Lyon', 'place'],
      [undefined, '20200 Bastia', 'place'], [undefined, '93', 'place'], [undefined, 'Lyon (75)', 'unread'], [undefined, 'Lyon', 'unread'], [undefined, '75, chez le client', 'unread'],
      [undefined, '99000', 'unread'], [undefined, '12 rue de Rivoli', 'unread'],
    ], null, 'workplace');
  });

  test('a job is never different, a company by its name neither', () => {
    for (const job of ['Vendeur', 'Plongeur', '<script>', '=1+1', 'Продавец']) assert.equal(on('job', { job }), 'not_comparable job_words', job);
    assert.equal(on('job', { job: 'VENDEUSE' }), 'same equal');
    assert.equal(on('employer.name', { employer_name: 'Chez Paul' }), 'not_comparable employer_words');
  });

  test('the residence permit: 0 and O, 1 and I alone are forgiven', () => {
    rows('residence_permit', [
      ['AB10O1234', 'ab 10o1234', 'equal'], ['AB10O1234', 'AB10O1234<<<', 'equal'], ['AB10O1234', 'ABI0012 34', 'permit_alike'], ['AB10O1234', 'AB10O1235', 'permit'],
      ['AB5', 'ABS', 'permit'], ['AB10O1234', 'АВ10О1234', 'unread'], ['AB10O1234', '***', 'unread'],
    ], (residence_permit) => ({ residence_permit }), 'residence_permit');
  });

  test('every reason and fault has its words in both languages; a difference names its article or says what follows', () => {
    for (const words of [fr, en]) {
      for (const reason of Object.keys(REASONS)) assert.ok(words[`compare.reason.${reason}`], reason);
      for (const fault of HIRE_FAULTS) assert.ok(words[`hires.${fault}`], fault);
      for (const outcome of OUTCOMES.slice(1)) assert.ok(words[`compare.outcome.${outcome}`], outcome);
    }
    assert.deepEqual(Object.keys(fr), Object.keys(en));
    assert.deepEqual(new Set(Object.values(REASONS).map(([outcome]) => outcome)), new Set(OUTCOMES.slice(1)));
  });
});

const latin1 = (text) => Uint8Array.from(text, (sign) => sign.charCodeAt(0));
const utf8 = (text) => new TextEncoder().encode(text);
const person = ({ surname = 'NDIAYE', more = '', start = '2026-12-01' } = {}) => `    <FR_EmployeeGroup>
      <FR_Employee><FR_EmployeeIdentity>
        <rxpers:FR_PersonIdentity.Surname.Text> ${surname} </rxpers:FR_PersonIdentity.Surname.Text>
        <rxpers:FR_PersonIdentity.ChristianName.Text>AMINATA</rxpers:FR_PersonIdentity.ChristianName.Text>
        <rxpers:FR_Birth><rxpers:FR_Birth.Date>1996-03-14</rxpers:FR_Birth.Date></rxpers:FR_Birth>
      </FR_EmployeeIdentity></FR_Employee>
      <FR_Contract>
        <FR_Contract.StartContract.Date>${start}</FR_Contract.StartContract.Date>
        <FR_Contract.EndContract.Date/>
        <FR_Contract.Nature.Code>CDD</FR_Contract.Nature.Code>${more}
      </FR_Contract>
    </FR_EmployeeGroup>
`;
const dpae = ({ declaration = '<?xml version="1.0" encoding="ISO-8859-1"?>', people = person(), designation = 'CAF\u00c9 DE L\'EXEMPLE &amp; FILS' } = {}) => `${declaration}
<FR_DUE_Upload xmlns:rxorg="urn:o" xmlns:rxpers='urn:p'>
  <!-- <FR_DuesGroup> -->
  <FR_DuesGroup>
    <FR_Employer><FR_EmployerIdentity>
      <rxorg:FR_Organization.SIRET.Identifier>81234567800013</rxorg:FR_Organization.SIRET.Identifier>
      <rxorg:FR_Organization.Designation.Text>${designation}</rxorg:FR_Organization.Designation.Text>
    </FR_EmployerIdentity></FR_Employer>
${people}  </FR_DuesGroup>
</FR_DUE_Upload>
`;
const refused = (bytes, code, line) => assert.throws(() => readHires(bytes), (error) => {
  assert.ok(error instanceof HiresRefused, `${error}`);
  assert.deepEqual([error.code, error.line], [code, line]);
  return true;
});

describe('a DPAE', () => {
  const expected = {
    family_name: 'NDIAYE', given_names: 'AMINATA', birth_date: '1996-03-14', first_day: '2026-12-01', contract: 'CDD', siret: '81234567800013',
    employer_name: 'CAFÉ DE L\'EXEMPLE & FILS',
  };
  test('in ISO-8859-1, in UTF-8 with and without its mark, and in UTF-8 that says ISO-8859-1', () => {
    assert.deepEqual(readHires(latin1(dpae())), { kind: 'dpae', hires: [{ line: 9, hire: expected }] });
    const declaration = '<?xml version="1.0" encoding="utf-8"?>';
    for (const text of [dpae({ declaration }), `\ufeff${dpae({ declaration })}`, dpae({ declaration: '' }), dpae()]) assert.deepEqual(readHires(utf8(text)).hires[0].hire, expected);
  });

  test('is compared; of several people, the one of the paper is found', () => {
    const { hires } = readHires(latin1(dpae({ people: person({ surname: 'DIOP' }) + person() })));
    assert.deepEqual(hires.map(({ line }) => line), [9, 21]);
    assert.deepEqual(holdersAmong(CLAIMS, hires.map(({ hire }) => hire), compareHire), [1]);
    const outcomes = Object.fromEntries(compareHire(CLAIMS, hires[1].hire).map((line) => [line.field, line.outcome]));
    assert.deepEqual(outcomes, {
      dates: 'not_comparable', family_name: 'same', given_names: 'near', birth_date: 'same', 'employer.name': 'not_comparable', 'employer.siret': 'same', job: 'not_comparable',
      contract: 'same', hours: 'not_comparable', workplaces: 'not_comparable', residence_permit: 'not_comparable',
    });
  });

  test('the first day is told where somebody is the holder for certain, and by one day alone', () => {
    const other = { ...HIRE, family_name: 'DIOP' }, day = (...hires) => firstDayAmong(CLAIMS, hires);
    assert.equal(day(other, HIRE), '2026-12-01');
    assert.equal(day(HIRE, HIRE), '2026-12-01');
    assert.equal(day(HIRE, { ...HIRE, first_day: '02/12/2026' }), null, 'two days');
    assert.equal(day(HIRE, { ...HIRE, first_day: 'lundi' }), null, 'a day that is not read beside one that is');
    for (const [name, changes, told] of [
      ['another family name', { family_name: 'DIOP' }, false], ['part of it', { family_name: 'NDIAYE DIOP' }, false], ['another given name', { given_names: 'Fatou' }, false],
      ['one of two given names, the same SIRET', { given_names: 'Aminata' }, true], ['and no SIRET', { given_names: 'Aminata', siret: '' }, false], ['no given name', { given_names: '' }, false],
      ['another birth date', { birth_date: '15/03/1996', residence_permit: '' }, false], ['neither birth date nor permit', { birth_date: '', residence_permit: '' }, false],
      ['the permit alone', { birth_date: '' }, true], ['another SIRET', { siret: '50000000000009' }, false], ['no SIRET', { siret: '' }, true],
    ]) assert.equal(day({ ...HIRE, ...changes }), told ? '2026-12-01' : null, name);
    assert.equal(firstDayAmong({ ...CLAIMS, given_names: undefined }, [{ ...HIRE, given_names: '' }]), '2026-12-01', 'somebody of one name');
  });

  test('people of two employers keep their own', () => {
    const two = dpae().replace('</FR_DUE_Upload>', dpae().match(/ {2}<FR_DuesGroup>\n[^]*<\/FR_DuesGroup>\n/)[0].replace('00013', '00021') + '</FR_DUE_Upload>');
    assert.deepEqual(readHires(latin1(two)).hires.map(({ hire }) => hire.siret), ['81234567800013', '81234567800021']);
  });

  test('markup in a field stays text: CDATA, entities of XML, numbers of characters', () => {
    const surname = (inner) => readHires(latin1(dpae({ people: person({ surname: inner }) }))).hires[0].hire.family_name;
    assert.equal(surname('&lt;b&gt;X&lt;/b&gt;'), '<b>X</b>');
    assert.equal(surname('<![CDATA[<script>alert(1)</script>]]>'), '<script>alert(1)</script>');
    assert.equal(surname('N&#233;&#x3c;'), 'Né<');
    assert.equal(surname('&amp;lt;'), '&lt;');
  });

  test('no DTD, no entity of its own: nothing grows, nothing is fetched', () => {
    const with_ = (doctype, surname) => latin1(dpae({ declaration: `<?xml version="1.0"?>\n${doctype}`, people: person({ surname }) }));
    refused(with_('<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>', '&b;'), 'xml_doctype', 2);
    refused(with_('<!DOCTYPE x SYSTEM "file:///etc/passwd">', 'X'), 'xml_doctype', 2);
    refused(with_('', 'X\n\n&xxe;'), 'xml_entity', 14);
    for (const bad of ['&', '&#0;', '&#xD800;', '&#x110000;', '&#8;', '&nbsp;']) refused(latin1(dpae({ people: person({ surname: bad }) })), 'xml_entity', 11);
    refused(utf8('<!doctype html>\n<title>Portail Wi-Fi</title>'), 'xml_doctype', 1);
  });

  test('what is not well-formed, or no DPAE, says its line', () => {
    const good = dpae();
    refused(latin1(good.slice(0, -20)), 'xml_broken', 21);
    refused(latin1(good.slice(0, good.indexOf('Surname') + 3)), 'xml_broken', 11);
    refused(latin1(good.replace('</FR_Employer>', '</FR_Employed>')), 'xml_broken', 8);
    refused(latin1(good.replace('</rxorg:FR_Organization.SIRET', '</other:FR_Organization.SIRET')), 'xml_broken', 6);
    refused(latin1(good.replace("'urn:p'", 'urn:p')), 'xml_broken', 2);
    refused(latin1(`${good}<FR_DUE_Upload/>`), 'xml_broken', 23);
    refused(latin1(`${good}tail`), 'xml_broken', 23);
    refused(utf8(`${'<a>'.repeat(100_000)}`), 'not_dpae', 1);
    refused(utf8(`<FR_DUE_Upload>${'<a>'.repeat(40)}${'</a>'.repeat(40)}</FR_DUE_Upload>`), 'xml_broken', 1);
    refused(utf8('<?xml version="1.0"?>\n<certificat_conformite/>'), 'not_dpae', 2);
    refused(utf8('<FR_DUE_Upload/>'), 'no_hire', null);
    refused(latin1(dpae({ people: person({ more: '\n<FR_Contract.Nature.Code>CDI</FR_Contract.Nature.Code>' }) })), 'twice', 19);
    refused(latin1(dpae({ people: person({ surname: 'X'.repeat(201) }) })), 'long_value', 11);
  });

  test('bytes that are not what the declaration says', () => {
    refused(latin1(dpae({ declaration: '<?xml version="1.0" encoding="UTF-8"?>' })), 'charset', 7);
    refused(utf8(dpae({ declaration: '<?xml version="1.0" encoding="EBCDIC-FR"?>' })), 'charset', 1);
  });
});

describe('a table of staff', () => {
  const FR = 'Matricule;Nom de naissance;Prénom(s);Date de naissance;N° SIRET;Type de contrat;Heures par semaine;Date d\'entrée;Code postal du lieu de travail\r\n';
  const ROW = '7;Ndiaye;"Awa; Aminata";14/03/1996;81234567800013;CDD;35;01/12/2026;75006\r\n';
  const expected = {
    family_name: 'Ndiaye', given_names: 'Awa; Aminata', birth_date: '14/03/1996', siret: '81234567800013', contract: 'CDD', hours: '35', per: 'week', first_day: '01/12/2026',
    workplace: '75006',
  };
  test('with French heads, in windows-1252, UTF-8 and UTF-16, or after sep=', () => {
    const wide = new Uint8Array([0xff, 0xfe, ...[...(FR + ROW)].flatMap((sign) => [sign.charCodeAt(0) & 255, sign.charCodeAt(0) >> 8])]);
    for (const bytes of [latin1(FR + ROW), utf8(FR + ROW), utf8(`\ufeff${FR}${ROW}`), wide]) assert.deepEqual(readHires(bytes), { kind: 'table', hires: [{ line: 2, hire: expected }] });
    assert.deepEqual(readHires(utf8(`sep=;\r\n${FR}${ROW}`)).hires, [{ line: 3, hire: expected }]);
  });

  test('with English heads, commas or tabs, a quoted line break; each hire knows its line', () => {
    const rows = (sign) => ['Surname,First names,Date of birth,Job title,Hours per month,Start date,End date', 'NDIAYE,Awa,1996-03-14,"Sales\nassistant ""A""",151.67,2026-12-01,', ',,,,,,', '"DIOP",Fatou,,,,,']
      .join('\n').replaceAll(',', sign);
    for (const sign of [',', '\t']) {
      assert.deepEqual(readHires(utf8(rows(sign))).hires, [
        { line: 2, hire: { family_name: 'NDIAYE', given_names: 'Awa', birth_date: '1996-03-14', job: 'Sales\nassistant "A"', hours: '151.67', per: 'month', first_day: '2026-12-01' } },
        { line: 5, hire: { family_name: 'DIOP', given_names: 'Fatou' } },
      ]);
    }
    assert.equal(readHires(utf8('Nom;Emploi\rNdiaye;3/8" vis\r')).hires[0].hire.job, '3/8" vis');
  });

  test('formulas and markup stay text, and are compared with nothing', () => {
    const { hires: [{ hire }] } = readHires(utf8('Nom;SIRET;Emploi\n"=cmd|\'/c calc\'!A1";"=""81234567800013""";<img src=x onerror=alert(1)>'));
    assert.deepEqual(hire, { family_name: '=cmd|\'/c calc\'!A1', siret: '="81234567800013"', job: '<img src=x onerror=alert(1)>' });
    assert.equal(on('family_name', hire), 'not_comparable unread');
    assert.equal(on('employer.siret', hire), 'not_comparable unread');
  });

  test('what is wrong says its line', () => {
    refused(utf8('a;b\nc;d'), 'heads', 1);
    refused(utf8('SIRET;Emploi\n81234567800013;X'), 'heads', 1);
    refused(utf8('Personnel 2026\nNom;Emploi\nX;Y'), 'heads', 1);
    refused(utf8('Nom;Emploi;Poste\nX;Y;Z'), 'head_twice', 1);
    refused(utf8('Nom;Heures par mois;Heures par semaine\nX;1;1'), 'head_twice', 1);
    refused(utf8('Nom;Heures par semaine;Période\nX;35;mois'), 'head_twice', 1);
    refused(utf8('Nom;Emploi\nX;"Y\nZ;T'), 'quote', 2);
    refused(utf8('Nom;Emploi\nX;Y\nZ;"T"U'), 'quote', 3);
    refused(utf8('Nom;Emploi\nX;Y;Z'), 'width', 2);
    refused(utf8('Nom;Emploi\n\n'), 'no_hire', null);
    refused(utf8(`Nom;Emploi\nX;${'Y'.repeat(201)}`), 'long_value', 2);
    refused(utf8(`Nom;Emploi\n${'X;Y\n'.repeat(5001)}`), 'too_many', 5002);
    refused(latin1('Nom;Emploi\nX;Y\nB\x82n\x82zet;Z'), 'charset', 3); // MS-DOS
    refused(new Uint8Array([0xff, 0xfe, 0x4e]), 'charset', null);
    refused(utf8('Nom;Emploi\nX\0;Y'), 'not_text', 2);
    refused(new Uint8Array([0x50, 0x4b, 3, 4, 0, 0]), 'not_text', 1); // a workbook
    refused(new Uint8Array(0), 'empty', null);
    refused(utf8(' \n\t'), 'empty', null);
    assert.throws(() => readHires('Nom;Emploi'), TypeError);
  });

  test('50 MB are refused unread; the largest that is read takes no long time, whatever is in it', () => {
    refused(new Uint8Array(50 * 1024 * 1024).fill(0x41), 'too_large', null);
    const fill = (start, part, end = '') => utf8(start + part.repeat(Math.floor((MOST_BYTES - start.length - end.length) / part.length)) + end);
    const began = process.cpuUsage().user;
    for (const bytes of [
      fill('Nom;Emploi\nX;"', 'y'), fill('Nom;Emploi\nX;"', '""'), fill('Nom;Emploi\n', ';'), fill('Nom;Emploi\n', '\n'), fill('', ';Nom'), fill('Nom;Emploi\n', ' '), fill('<FR_DUE_Upload>', '<a>'),
      fill('<FR_DUE_Upload', ' '), fill('<FR_DUE_Upload', ' a="b"'), fill('<FR_DUE_Upload a', ' '), fill('<FR_DUE_Upload>', '<!--'), fill('<FR_DUE_Upload>', '&amp;'), fill('<FR_DUE_Upload>', '<a/>'),
      fill('<', 'a'), fill('<FR_DUE_Upload>', '<![CDATA[]]>'),
    ]) assert.throws(() => readHires(bytes), HiresRefused);
    const many = fill('<FR_DUE_Upload><FR_DuesGroup>', '<FR_EmployeeGroup>\n<FR_PersonIdentity.Surname.Text>N</FR_PersonIdentity.Surname.Text></FR_EmployeeGroup>\n'.padEnd(450), '</FR_DuesGroup></FR_DUE_Upload>');
    assert.ok(readHires(many).hires.length > 4000);
    assert.ok(process.cpuUsage().user - began < 8e6, 'more than 8 s of processor');
  });
});

describe('a 2D-DOC of type 15 and a hire', () => {
  const FIELDS = { 62: 'NGUYEN', 61: 'MAI', 69: '14031996', '5T': '0', 55: '05012026', 50: '81234567800013', '5M': 'SOCIETE EXEMPLE', '5N': '123456789012345678901' };
  const said = (hire, changes = {}) => Object.fromEntries(compareSeal({ ...FIELDS, ...changes }, hire).map(({ field, outcome, reason }) => [field, `${outcome} ${reason}`]));
  const alike = { family_name: 'Nguyen', given_names: 'Mai', birth_date: '14/03/1996', siret: '812 345 678 00013', employer_name: 'Société Exemple', contract: 'CDD', first_day: '05/01/2026' };
  test('what it signs is compared', () => {
    assert.deepEqual(new Set(Object.values(said(alike))), new Set(['same equal']));
    assert.deepEqual(said({ ...alike, siret: '81234567800021', birth_date: '15/03/1996', contract: 'CDI', first_day: '06/01/2026', family_name: 'Tran' }), {
      dates: 'near seal_first_day', family_name: 'different name', given_names: 'same equal', birth_date: 'different birth', 'employer.name': 'same equal',
      'employer.siret': 'near siret_siren', contract: 'different contract',
    });
  });
  test('what it never tells is said to be that, and differs from nothing', () => {
    const lines = said({ ...alike, job: 'Cuisinier', hours: '35', workplace: '69', last_day: '04/01/2027' });
    for (const field of ['job', 'hours', 'workplaces']) assert.equal(lines[field], 'not_comparable seal_silent');
    assert.equal(lines.dates, 'same equal');
    assert.equal(said({ last_day: '04/01/2027' }).dates, 'not_comparable seal_silent');
  });
  test('a birth date without day or month, a private employer, contracts that the DPAE does not know', () => {
    assert.equal(said(alike, { 69: '00001996' }).birth_date, 'near birth_part');
    assert.equal(said(alike, { 69: '00031996' }).birth_date, 'near birth_part');
    assert.equal(said({ ...alike, employer_name: 'Jean Martin' }, { '5M': '', 50: undefined, '5O': 'MARTIN', '5P': 'JEAN' })['employer.name'], 'same equal');
    assert.equal(said({ ...alike, contract: 'intérim' }, { '5T': '2' }).contract, 'same equal');
    assert.equal(said({ ...alike, contract: 'CDI' }, { '5T': '2' }).contract, 'different contract');
    assert.equal(said({ ...alike, contract: 'CDI' }, { '5T': '3' }).contract, 'not_comparable unread');
    assert.equal(said({ ...alike, first_day: 'hier' }).dates, 'not_comparable unread');
  });
  test('of several hires the holder’s is found', () => {
    assert.deepEqual(holdersAmong(FIELDS, [{ ...alike, family_name: 'Tran' }, alike, { ...alike, birth_date: '01/01/1990' }], compareSeal), [1]);
  });
});

"""Tables as spreadsheets and people make them: read, or told for what they are, by row and heading."""

import csv
import io
import zipfile
from datetime import date, time

import openpyxl
import pytest
from hypothesis import given, strategies as st

from issuer.attestation.countries import NATIONALITIES
from issuer.attestation.places import DEPARTMENTS
from issuer.attestation.problems import RecordRefused
from issuer.attestation.record import Record, read_record
from issuer.attestation.record_fields import FIELDS
from issuer.errors import UnreadableSource
from issuer.intake import headings, read_items, tables
from issuer.messages import problem_text
from issuer.web.export import shown_cell
from issuer.written.facts import in_words, read_fact
from tests.support.records import RECORD

TODAY = date(2026, 11, 27)
HEAD = (
    "Référence;Nature;NOM;Prénom(s);Date de naissance;Nationalité;Employeur;N° SIRET;Emploi;Type de contrat;Heures;"
    "Période;Lieu de travail;Titre de séjour;Département;Date de début;Date de fin"
).split(";")
CELLS = [
    "R1", "APT", "EXEMPLE", "Awa", "00/05/1980", "burkinabè", "SOCIÉTÉ D’EXEMPLE", "812 345 678 00013", "Vendeuse",
    "C.D.D.", "151,67", "par mois", "Paris, 2a", "9912345678", "75", "05/10/26", "30/06/2027",
]  # fmt: skip
WANTED = {
    "reference": "R1", "kind": "APT", "family_name": "EXEMPLE", "given_names": "Awa", "birth_date": "1980-05",
    "nationality": "BFA", "employer": {"name": "SOCIÉTÉ D’EXEMPLE", "siret": "81234567800013"}, "job": "Vendeuse",
    "contract": "CDD", "hours": {"count": 151.67, "per": "month"}, "workplaces": ["75", "2A"],
    "residence_permit": "9912345678", "department": "75", "valid_from": "2026-10-05", "valid_until": "2027-06-30",
}  # fmt: skip


def text(*rows, sign=";"):
    out = io.StringIO()
    csv.writer(out, delimiter=sign, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def workbook(*rows, title="Feuil1", change=None):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    if change:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def items(data):
    return list(read_items(io.BytesIO(data), "fichier", TODAY))


def only(data):
    """The one record of a file, which is in order."""
    (item,) = items(data)
    record = item.record()
    assert isinstance(record, Record), record.problems
    return record.to_json()


def problems(data):
    """Row → field → words in French, of what is refused."""
    found = {}
    for item in items(data):
        record = item.record()
        if isinstance(record, RecordRefused):
            found[item.row] = {one.field: problem_text(one, "fr") for one in record.problems}
    return found


def row(**changes):
    """A row like CELLS with some cells changed, by field."""
    places = headings.fields_of(HEAD, "")
    return [changes.get(places[place], cell) for place, cell in enumerate(CELLS)]


BLANK = [""] * len(HEAD)
TRAILED = [[*HEAD, "", ""], [*CELLS, "", ""], [*BLANK, "", ""]]
TYPED_IN_A_SHEET = [
    *CELLS[:7], 81234567800013, *CELLS[8:10], 151.67, *CELLS[11:13], 9912345678, "75", date(2026, 10, 5),
    date(2027, 6, 30),
]  # fmt: skip


@pytest.mark.parametrize(
    "data",
    [
        text(HEAD, CELLS).encode(),
        text(HEAD, CELLS).encode("utf-8-sig"),
        text(HEAD, CELLS).encode("cp1252"),
        text(HEAD, CELLS, sign="\t").encode("utf-16"),
        b"\xfe\xff" + text(HEAD, CELLS, sign="\t").encode("utf-16-be"),
        text(HEAD, CELLS, sign="\t").encode("utf-16-le"),
        ("sep=;\r\n" + text(HEAD, CELLS)).encode("utf-8-sig"),
        text(HEAD, CELLS, sign=",").encode(),
        text(*TRAILED).encode(),
        text([name.upper() for name in HEAD], CELLS).encode(),
        text(["Étudiants de la rentrée"], [], HEAD, CELLS).encode(),
        text([f"\n{name} " for name in HEAD], CELLS).encode(),
        text(HEAD, CELLS).replace("\r\n", "\r").encode(),
        text(HEAD, [*CELLS[:10], "151,67 h par mois", "", *CELLS[12:]]).encode(),
        workbook(HEAD, CELLS),
        workbook(HEAD, TYPED_IN_A_SHEET),
        workbook(["Étudiants"], [], [*HEAD, None], TYPED_IN_A_SHEET),
    ],
    ids="utf8 bom cp1252 utf16 utf16be unmarked sep commas trailing case title lines mac one_cell xlsx typed titled".split(),
)
def test_one_record_whatever_wrote_the_file(data):
    assert only(data) == WANTED


@pytest.mark.parametrize("encoding", ["mac_roman", "cp850"])
def test_accents_that_would_come_out_wrong_are_refused(encoding):
    data = text(HEAD, row(family_name="BÉNOÎT", job="Employé à l'accueil", **{"employer.name": "EXEMPLE"})).encode(
        encoding
    )
    with pytest.raises(UnreadableSource) as refused:
        items(data)
    assert refused.value.code == "not_utf8"


def test_rows_are_the_spreadsheets_own():
    wrong = row(birth_date="31/02/2001")
    rows = [HEAD, CELLS, BLANK, [], row(job="Vendeuse\npolyvalente"), wrong, BLANK, row(department="7")]
    for data in (text(*rows).encode(), workbook(*rows), ("sep=;\r\n" + text(*rows)).encode()):
        found = problems(data)
        assert list(found) == [6, 8]
        assert "31/02/2001" in found[6]["birth_date"] and "Ardèche (07)" in found[8]["department"]
    assert items(text(*rows).encode())[-1].headings["department"] == "Département"


@pytest.mark.parametrize(
    ("field", "cell", "words"),
    [
        ("employer.siret", "8,12346E+13", "derniers chiffres sont perdus"),
        ("employer.siret", "81234600000000", "derniers chiffres sont perdus"),
        ("employer.siret", "5780123400012", "zéro au début"),
        ("employer.siret", "812345678", "14 chiffres"),
        ("employer.siret", "81234567800014", "clé de contrôle"),
        ("valid_from", "46300", "5 octobre 2026"),
        ("valid_from", "10/25/2026", "25 octobre 2026"),
        ("valid_from", "31/09/2026", "n’existe pas"),
        ("birth_date", "janv-80", "janvier 1980"),
        ("department", "1", "Ain (01)"),
        ("department", "93 et 94", "plusieurs"),
        ("nationality", "BF", "Burkina Faso"),
        ("nationality", "Atlantide", "nom du pays"),
        ("contract", "CDD ou CDI", "plusieurs"),
        ("hours.count", "entre 20 et 35", "heures"),
        ("hours.per", "jour", "semaine, mois ou an"),
        ("job", "#N/A", "erreur ou une formule"),
        ("job", "########", "erreur ou une formule"),
        ("employer.name", '=HYPERLINK("http://x";"y")', "erreur ou une formule"),
        ("family_name", "بن علي", "lettres latines"),
    ],
)
def test_each_damage_is_told_for_what_it_is(field, cell, words):
    found = problems(text(HEAD, row(**{field: cell})).encode())
    assert set(found[2]) == {field} or (field == "valid_from" and "10/25" in cell)
    assert words in found[2][field] and "laissez" not in found[2][field].lower()


def test_a_row_with_one_american_date_is_doubted_in_all_its_dates():
    found = problems(
        text(HEAD, row(valid_from="10/25/2026", birth_date="07/11/2001", valid_until="06/05/2027")).encode()
    )
    assert set(found[2]) == {"valid_from", "birth_date", "valid_until"}
    assert problems(text(HEAD, row(birth_date="07/11/2001", valid_until="06/05/2027")).encode()) == {}


@pytest.mark.parametrize(
    "siret",
    ['="81234567800013"', "'81234567800013", "812\u202f345\u00a0678 00013", "81234567800013,00", "812.345.678.00013"],
)
def test_a_siret_that_is_whole_is_read(siret):
    assert only(text(HEAD, row(**{"employer.siret": siret})).encode())["employer"]["siret"] == "81234567800013"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("E\u0301LOI\u0308SE", "ÉLOÏSE"),
        ("\u200eBENALI\u200f", "BENALI"),
        ("O\ufb03CIER", "OFFICIER"),
        (" BEN\t ALI", "BEN ALI"),
        ("D′ALMEIDA", "D'ALMEIDA"),
        ("N´DIAYE", "N'DIAYE"),
        ("D’ALMEIDA", "D’ALMEIDA"),
    ],
)
def test_a_name_is_read_as_its_author_sees_it(typed, read):
    assert only(text(HEAD, row(family_name=typed)).encode())["family_name"] == read


def test_what_a_workbook_holds_is_what_it_shows():
    def shapes(book):
        sheet = book.active
        sheet["C2"].number_format = "General"
        sheet["H2"].number_format = "0" * 14
        sheet["O2"].number_format = "00"
        sheet["E2"].number_format = "yyyy"
        sheet["K2"] = time(17, 30)

    cells = list(TYPED_IN_A_SHEET)
    cells[4], cells[11], cells[14] = date(1980, 1, 1), "semaine", 1
    found = only(workbook(HEAD, cells, change=shapes))
    assert (found["birth_date"], found["department"]) == ("1980", "01")
    assert found["hours"] == {"count": 17.5, "per": "week"}

    def formula(book):
        book.active["I2"] = '=CONCATENATE("Vend","euse")'
        book.active["E2"] = date(1980, 1, 12)
        book.active["E2"].number_format = "mmm-yy"

    wrong = problems(workbook(HEAD, CELLS, change=formula))[2]
    assert "formule" in wrong["job"] and "janvier 1980" in wrong["birth_date"]


def test_sheets_hidden_and_several():
    def hidden(book):
        book.create_sheet("Listes").append(["CDI", "CDD"])
        other = book.create_sheet("Caché")
        other.append(HEAD)
        other.append(CELLS)
        other.sheet_state = "hidden"

    assert only(workbook(HEAD, CELLS, change=hidden)) == WANTED

    def both(book):
        book.create_sheet("Mars").append(HEAD)

    with pytest.raises(UnreadableSource) as refused:
        items(workbook(HEAD, CELLS, title="Février", change=both))
    assert refused.value.params == {"sheets": "Février, Mars"}


def bomb(part, data):
    """A workbook with one part put in, or in the place of what was there."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(HEAD, CELLS))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            if info.filename != part:
                new.writestr(info.filename, old.read(info))
        new.writestr(part, data)
    return out.getvalue()


ENTITIES = (
    b'<!DOCTYPE x [<!ENTITY a "CDD">]><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&a;</t></is></c></row></sheetData></worksheet>'
)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (bomb("xl/sharedStrings.xml", b"<sst>" + b" " * (65 << 20) + b"</sst>"), "too_large"),
        (bomb("xl/worksheets/sheet1.xml", b" " * (20 << 20)), "too_large"),
        (bomb("xl/worksheets/sheet1.xml", ENTITIES), "workbook"),
        (bomb("xl/worksheets/sheet1.xml", b"<worksheet"), "workbook"),
        (workbook(HEAD, CELLS)[:900], "workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "format_xls"),
        (b"%PDF-1.7\n", "format_pdf"),
        (b"\0\0\0\x18ftypheic", "format_picture"),
        (b"<html><table><tr><td>Nom", "format_html"),
        (workbook([]), "empty"),
        (b"\r\n;;\r\n", "empty"),
        (workbook(HEAD, CELLS, change=lambda book: book.active.cell(2, 16_384, "1")), "too_wide"),
        (text(HEAD, [*CELLS, *[""] * 300, "1"]).encode(), "too_wide"),
        (text([*HEAD, "Salaire"], CELLS).encode(), "column"),
        (text([*HEAD, "family_name"], CELLS).encode(), "column_twice"),
        (text([*HEAD, "Durée du travail"], CELLS).encode(), "column_twice"),
    ],
)
def test_what_is_no_table_is_named_with_the_way_out(data, code):
    with pytest.raises(UnreadableSource) as refused:
        items(data)
    assert refused.value.code == code


def test_a_cell_beside_the_table_is_not_lost():
    found = problems(text([*HEAD, ""], [*CELLS, "à vérifier"]).encode())
    assert "R" in found[2]["record"] and "à vérifier" in found[2]["record"]


@given(st.text(max_size=12) | st.text("'=-+@ a", max_size=6))
def test_the_guard_against_formulas_is_taken_off_exactly_as_it_was_put_on(value):
    cell = tables.guarded(value)
    assert tables.unguarded(cell) == value
    assert not cell.lstrip(" \u00a0").startswith(("=", "+", "-", "@", "\t"))


def roundtrip(record):
    """The record that a file of ours with this record reads back as."""
    flat = {**record.to_json(), **{f"hours.{k}": v for k, v in (record.to_json().get("hours") or {}).items()}}
    flat |= {f"employer.{name}": value for name, value in flat["employer"].items()}
    cells = [tables.guarded(str(shown_cell(name, flat.get(name)))) for name in FIELDS]
    return only(text([headings.heading(name, "fr") for name in FIELDS], cells).encode("utf-8-sig"))


@pytest.fixture
def french():
    """The pages' words are asked for outside a request."""
    from issuer.web import wording

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wording, "language", lambda: "fr")
        yield


def test_a_file_of_ours_read_back_is_the_same_record(french):
    names = ["-", "'-", "=1+1", "@home", "-2+3 SARL", "O'NEIL", "'", "ÉLOÏSE", "Ngũgĩ", "A  B".replace("  ", " ")]
    for name in names:
        record = read_record(RECORD | {"given_names": name, "employer": {"name": name, "siret": "81234567800021"}})
        assert roundtrip(record) == record.to_json(), name
    for code in NATIONALITIES:
        record = read_record(RECORD | {"nationality": code})
        assert roundtrip(record) == record.to_json(), code
    for code in DEPARTMENTS:
        record = read_record(RECORD | {"department": code, "workplaces": [code, "93" if code != "93" else "94"]})
        assert roundtrip(record) == record.to_json(), code
    for born in ("1980", "1980-05", "1980-05-12"):
        for count, per in ((17.5, "week"), (151.67, "month"), (1607, "year"), (0.01, "week"), (9999.99, "year")):
            record = read_record(RECORD | {"birth_date": born, "hours": {"count": count, "per": per}})
            assert roundtrip(record) == record.to_json()


def test_a_proposal_in_words_is_read_as_that_value():
    values = [("nationality", code) for code in NATIONALITIES] + [("department", code) for code in DEPARTMENTS]
    values += [("workplaces", [code]) for code in DEPARTMENTS] + [
        ("kind", word) for word in ("APT", "AT", "AT-SAISONNIER")
    ]
    values += [("contract", word) for word in "CDI CDD APPRENTISSAGE PROFESSIONNALISATION DOCTORAL SAISONNIER".split()]
    values += [("birth_date", text) for text in ("1980", "1980-05", "1980-05-01")] + [("valid_from", "2026-10-05")]
    values += [
        ("hours", {"count": 35, "per": "week"}),
        ("hours", {"count": 151.67, "per": "month"}),
        ("hours.per", "year"),
    ]
    unread = {}
    for name, value in values:
        found = read_fact(name, in_words(name, value), TODAY)
        if not found.certain or found.value != value:
            unread[name, str(value)] = (in_words(name, value), found.doubt)
    assert unread == {}

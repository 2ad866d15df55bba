"""The page as a civil servant and a checker read it."""

import pytest

from issuer.documents import RenderError
from tests.documents import readers, samples
from tests.documents.conftest import PAGES

A4 = (595.276, 841.89)


@pytest.mark.parametrize("name", PAGES)
def test_every_attestation_stands_on_one_a4_page(pages, name):
    document = readers.pypdfium2.PdfDocument(pages[name])
    assert len(document) == 1
    assert document[0].get_size() == pytest.approx(A4, abs=0.01)


@pytest.mark.parametrize("name", PAGES)
def test_nothing_runs_into_the_margins(pages, name):
    grey = readers.picture(pages[name], 100)
    left, top, right, bottom = readers.ink(grey)
    height, width = grey.shape
    millimetre = width / 210
    assert left >= 19 * millimetre and right <= width - 19 * millimetre
    assert top >= 12 * millimetre and bottom <= height - 7 * millimetre


def test_the_reference_page_says_every_signed_field_in_words(pages):
    text = readers.text(pages["reference"])
    for words in (
        samples.AUTHORITY,
        "N° 482 913 0571",
        "Autorisation provisoire de travail",
        "Valable du 5 janvier 2026 au 31 décembre 2026",
        "Nom Family name NGUYEN ÉPOUSE DUPONT",
        "Prénoms Given names Thị Mai",
        "Date de naissance Date of birth 14 mars 1996",
        "Nationalité Nationality Viêt Nam (VNM)",
        "Titre de séjour Residence permit 9912345678",
        "Employeur Employer SOCIÉTÉ EXEMPLE SAS",
        "SIRET Business number 812 345 678 00013",
        "Emploi Job Ingénieure d'études",
        "Contrat Contract Contrat à durée déterminée (CDD)",
        "Durée du travail Working hours 964 heures par an",
        "Lieux de travail Places of work Paris (75)",
        "Département Deciding département Paris (75)",
        "Établie le Issued on 29 décembre 2025",
        "Claire MARTIN-EXEMPLE, cheffe du service de la main-d'œuvre étrangère, unité départementale de Paris",
        "Valid from 5 January 2026 to 31 December 2026, both days included",
    ):
        assert words in text


def test_poppler_reads_the_same_fields(pages):
    text = " ".join(readers.poppler("pdftotext", pages["reference"], "-layout").split())
    for words in (
        "NGUYEN ÉPOUSE DUPONT",
        "Thị Mai",
        "812 345 678 00013",
        "482 913 0571",
        "Ingénieure d'études",
        "964 heures par an",
    ):
        assert words in text


@pytest.mark.parametrize("name", PAGES)
def test_every_claim_of_every_page_can_be_read_back(documents, pages, name):
    claims, text = documents[name].claims, readers.text(pages[name]).replace(" ", "")
    for value in (
        claims["family_name"],
        claims.get("given_names", ""),
        claims["employer"]["name"],
        claims["employer"].get("siret", ""),
        claims["job"],
        claims.get("residence_permit", ""),
        claims["nationality"],
        documents[name].authority,
        *documents[name].signatory.values(),
        *(f"({place})" for place in claims.get("workplaces", ())),
        claims["number"],
        claims.get("replaces", ""),
    ):
        assert value.replace(" ", "") in text


def test_the_page_says_what_a_check_is_not_and_dates_the_law(pages):
    text = readers.text(pages["reference"])
    assert "Cette vérification ne remplace pas celle que l’employeur demande au préfet" in text
    assert "does not replace the one that the employer requests from the préfet" in text
    for words in (
        "L5221-8",
        "R5221-41",
        "L212-1",
        "L212-2",
        "état des textes : novembre 2026",
        "as the law stood in November 2026",
    ):
        assert words in text
    assert "une nouvelle demande doit être présentée" in text
    for claim in ("2D-DOC", "cachet", "qualifié", "certifié"):
        assert claim.lower() not in text.lower()


def test_absent_claims_are_said_and_never_left_blank(pages):
    text = readers.text(pages["bare"])
    for words in (
        "Autorisation de travail saisonnier",
        "Prénoms Given names aucun prénom",
        "1984 (jour et mois non connus)",
        "Titre de séjour Residence permit non mentionné",
        "SIRET Business number aucun",
        "Durée du travail Working hours non mentionnée",
        "Lieux de travail Places of work sans limitation de département",
        "Contrat de travail saisonnier",
        "Signataire Signatory EXEMPLE, préfet, préfecture",
        "Valable du 1er mai 2026 au 31 octobre 2026",
        "Gers (32)",
    ):
        assert words in text
    assert "Remplace" not in text


def test_other_kinds_and_partial_dates_are_spelled_out(pages):
    text = readers.text(pages["month"])
    for words in (
        "Autorisation de travail",
        "juillet 1984 (jour non connu)",
        "Contrat à durée indéterminée (CDI)",
        "151,67 heures par mois",
    ):
        assert words in text


def test_what_is_replaced_is_named(pages):
    assert "Remplace Replaces l’attestation n° 123 456 7899, qui n’est plus valable" in readers.text(
        pages["demonstration"]
    )


def test_the_validity_is_the_largest_text_after_the_title(pages):
    page = readers.pypdfium2.PdfDocument(pages["reference"])[0]
    sizes = {}
    words = page.get_textpage()
    whole = words.get_text_range()
    for start in ("Autorisation provisoire", "Valable du", "NGUYEN", "482 913"):
        sizes[start] = readers.pdfium.FPDFText_GetFontSize(words.raw, whole.index(start))
    assert sizes["Autorisation provisoire"] > sizes["Valable du"] >= 18 > sizes["482 913"] > sizes["NGUYEN"] >= 11


def test_a_demonstration_says_so_and_a_real_one_does_not(pages):
    marked = readers.text(pages["demonstration"])
    assert "DÉMONSTRATION" in marked and "sans aucune valeur" in marked and "of no value whatsoever" in marked
    assert "MONSTRATION" not in readers.text(pages["reference"])


def test_black_and_white_print_keeps_code_and_names(documents, pages):
    """In pure black and white, as a fax makes it, the code still reads and the grey mark does not cover the names."""
    grey = readers.picture(pages["demonstration"], 200)
    fax = ((grey > 127) * 255).astype("uint8")
    assert [code.text for code in readers.codes(fax)] == [documents["demonstration"].qr_text]
    mark = (grey > 200) & (grey < 250)
    assert mark.sum() > 10_000 and fax[mark].all()


def test_markup_in_a_field_is_printed_as_it_stands(typst):
    hostile = '#panic("x") $1$ *b* _i_ <l> @r \\ // [c] `r` = h'
    document = samples.printed(samples.claims(family_name=hostile, job='https://x.example/ #link("a")'))
    pdf = typst.render(document)
    text = readers.text(pdf)
    assert hostile in text and 'https://x.example/ #link("a")' in text
    assert readers.links(pdf) == [document.qr_text]


def test_a_page_that_can_never_fit_is_refused_in_words(typst):
    with pytest.raises(RenderError, match="shorten the authority's or the signatory's texts"):
        typst.render(samples.printed(authority="W" * 6000))

"""Countries, places, contracts, dates and names as people write them: what is certain, and what a person must settle."""

from datetime import date

import pytest
from hypothesis import given, strategies as st

from issuer.attestation.claims import CONTRACTS
from issuer.attestation.countries import NATIONALITIES, SOVEREIGN
from issuer.attestation.places import DEPARTMENTS
from issuer.documents.wording import countries
from issuer.written import jobs, names
from issuer.written.contracts import read_contract
from issuer.written.countries import by_alpha2, read_country
from issuer.written.dates import read_birth_date, read_day
from issuer.written.places import postal_department, read_department, read_workplaces

TODAY = date(2026, 11, 24)
COUNTRIES = {
    "Iran, République islamique d'": "IRN",
    "Russie, Fédération de": "RUS",
    "Syrienne, République arabe": "SYR",
    "Corée, République de": "KOR",
    "Corée, République populaire démocratique de": "PRK",
    "Bélarus": "BLR",
    "Congo, République démocratique du": "COD",
    "Congo (RDC)": "COD",
    "Congo-Brazzaville": "COG",
    "Vénézuela, république bolivarienne du": "VEN",
    "Tanzanie, République unie de": "TZA",
    "Moldova, République de": "MDA",
    "Lao, République démocratique populaire": "LAO",
    "Palestine, État de": "PSE",
    "Taïwan, province de Chine": "TWN",
    "Micronésie, États fédérés de": "FSM",
    "Bolivie, état plurinational de": "BOL",
    "Macédoine du Nord": "MKD",
    "Malouines, Îles (Falkland)": "FLK",
    "Pays-Bas": "NLD",
    "République tchèque": "CZE",
    "Vietnam": "VNM",
    "VIET NAM": "VNM",
    "Cote d Ivoire": "CIV",
    "COTE D'IVOIRE": "CIV",
    "Côte d’Ivoire": "CIV",
    "sénégalaise": "SEN",
    "Algérienne": "DZA",
    "nationalité malienne": "MLI",
    "burkinabè": "BFA",
    "nigérienne": "NER",
    "nigériane": "NGA",
    "équato-guinéenne": "GNQ",
    "bissau-guinéen": "GNB",
    "guinéenne": "GIN",
    "Guinée": "GIN",
    "Guinée Conakry": "GIN",
    "Guinée-Bissau": "GNB",
    "Guinée équatoriale": "GNQ",
    "Turque": "TUR",
    "États-Unis d’Amérique": "USA",
    "Sénégal (SEN)": "SEN",
    "Moroccan": "MAR",
    "United States": "USA",
    "algérien(ne)": "DZA",
    "Tunisien / Tunisienne": "TUN",
    "de nationalité malienne": "MLI",
    "SN - Sénégal": "SEN",
    "SEN": "SEN",
    "Kosovo": "RKS",
}
NO_COUNTRY = [
    *"Corée coréenne Congo congolaise Guyanaise Yougoslavie SN Bourkina Atlantide ? africaine".split(),
    "Irlande du Nord",
    "franco-algérienne",
    "France et Maroc",
    "Mali ou Niger",
    "pas française",
    "Née au Sénégal",
    "Maroc ?",
    "Sénégal (ML)",
    "Inde / Népal",
    "Guinée / Guinée-Bissau",
    "Indien d'Amérique",
    "Congolese",
    "Saint-Martin",
    "",
    "ancienne nationalité malienne",
]


@pytest.mark.parametrize(("text", "code"), COUNTRIES.items())
def test_a_country_by_any_of_its_names(text, code):
    assert read_country(text).certain and read_country(text).value == code


@pytest.mark.parametrize("text", NO_COUNTRY)
def test_what_may_be_two_countries_or_none_is_a_doubt(text):
    assert not read_country(text).certain


def test_every_name_of_our_own_list_is_read_and_chosen_from_a_list_there_is_no_doubt():
    ours = {code for code, state in SOVEREIGN.items() if state == "FRA"}
    assert {code for code, name in countries().items() if not read_country(name).certain} == {"COG"} | ours
    chosen = {code: read_country(name, chosen=True) for code, name in countries().items()}
    assert all(found.certain and found.value == code for code, found in chosen.items() if code not in ours)


@pytest.mark.parametrize(
    "text", ["Réunion", "La Réunion", "Mayotte", "guadeloupéenne", "Nouvelle-Calédonie", "REU", "Saint-Barthélemy"]
)
def test_a_part_of_france_is_no_nationality(text):
    found = read_country(text, chosen=True)
    assert not found.certain and found.value in ("FRA", None)


def test_every_alpha2_code_has_its_country():
    assert by_alpha2("XK") == "RKS" and by_alpha2("sn") == "SEN" and by_alpha2("XX") is None
    every = {by_alpha2(a + b) for a in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for b in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"} - {None}
    assert every == NATIONALITIES - {"XXA", "XXB", "XXC", "XXX"}


def test_a_slip_of_the_pen_is_proposed():
    assert read_country("Bourkina").value == "BFA" and read_country("Née au Sénégal").value == "SEN"


PLACES = {
    "12 rue de Rivoli 75004 Paris": ["75"],
    "33000 Bordeaux, bâtiment 21, BP 45": ["33"],
    "93 et 94": ["93", "94"],
    "Saint-Denis (97400)": ["974"],
    "Ajaccio (20000)": ["2A"],
    "20200 Bastia": ["2B"],
    "20600 Furiani": ["2B"],
    "75 - Paris": ["75"],
    "Paris (75), Yvelines (78)": ["75", "78"],
    "Paris, 75 et 92": ["75", "92"],
    "Seine Saint Denis": ["93"],
    "Seine et Marne": ["77"],
    "Lot-et-Garonne, Tarn et Garonne": ["47", "82"],
    "Val d’Oise": ["95"],
    "20 rue X 13001 Marseille CEDEX 20": ["13"],
    "CS 10045, 75012 Paris": ["75"],
    "étage 3, 10 place Bellecour, 69002 Lyon": ["69"],
    "12 bis, rue de la Paix, 69003 LYON 3EME": ["69"],
    "12 avenue de Paris 78000 Versailles": ["78"],
    "5 rue Marx et Engels 94200 Ivry": ["94"],
    "75001 Paris / 69001 Lyon": ["75", "69"],
    "75004 Paris et 92": ["75", "92"],
    "33 000 Bordeaux": ["33"],
    "F-75008 Paris": ["75"],
    "12 rue de Rivoli, Paris": ["75"],
    "12 rue Nationale, Lille (59)": ["59"],
    "Bordeaux (33)": ["33"],
    "33 - Bordeaux": ["33"],
    "Paris 12e": ["75"],
    "75/92": ["75", "92"],
    "2a": ["2A"],
    "97133 Gustavia": ["977"],
    "97150 Marigot": ["978"],
    "97500 Saint-Pierre": ["975"],
    "98800 Nouméa": ["988"],
    "La Réunion": ["974"],
    "dept 93": ["93"],
    "38200 Vienne": ["38"],
    "20704 AJACCIO CEDEX 9": ["2A"],
    "BP 215, 20187 Ajaccio CEDEX 1": ["2A"],
    "CS 40001, 20401 Bastia Cedex 9": ["2B"],
    "97 4": ["974"],
    "75 015 Paris": ["75"],
    "Paris XIIIe": ["75"],
    "Vienne (38200)": ["38"],
    "Lyon": ["69"],
    "lyon 3ème": ["69"],
    "Paris 75 / Nanterre 92": ["75", "92"],
    "Saint-Denis 93": ["93"],
    "St Denis 974": ["974"],
    "01 Bourg-en-Bresse": ["01"],
    "Bourg-en-Bresse (Ain)": ["01"],
    "Champs sur Marne": ["77"],
    "Montreuil (62)": ["62"],
    "92974 Paris La Défense Cedex": ["92"],
    "rue de Paris, Lille": ["59"],
    "Gare de Lyon, Paris": ["75"],
    "75004 Paris et Lyon": ["75", "69"],
    "n° 34": ["34"],
    "75-Paris": ["75"],
    "12, r. de la Paix 75002": ["75"],
    "Paris XIV": ["75"],
    "SIRET 812 345 678 00013, 59800 Lille": ["59"],
}
NO_PLACES = [
    "20704 CEDEX 9",
    "20704 Ajaccio",
    "20187 Bastia CEDEX",
    "20704 Ajaccio ou Bastia CEDEX",
    "ligne 13",
    "Lyon (75)",
    "Nanterre 93",
    "69000 Paris",
    "75000 Marseille",
    "Saint-Denis",
    "Boulogne",
    "Orange",
    "Lyon ou Marseille",
    "Lyon et environs",
    "Gare de Lyon",
    "rue de Nanterre 92",
    "Carrefour 78",
    "Zone industrielle (Nord)",
    "Pont-Évêque (Vienne)",
    "Paris 12",
    "75-92",
    "91 à 95",
    "Paris sauf 92",
    "75 ou 92",
    "Eure et Loire",
    "Vienne",
    "Saint-Martin",
    "Paris Nord",
    "Rue du Rhône, 12",
    "75004 Paris, Yvelines",
    "45, 75004 Paris",
    "92000 Paris",
    "98000 Monaco",
    "20",
    "1",
    "99",
    "075",
    "Bâtiment 75",
    "entrepôt de 10000 m2, Lyon",
    "toute la France",
    "Corse",
    "Pays de la Loire",
    "Nord-Pas-de-Calais",
    "Paris ?",
    "",
]


@pytest.mark.parametrize(("text", "codes"), PLACES.items())
def test_a_place_gives_its_departements(text, codes):
    assert read_workplaces(text).certain and read_workplaces(text).value == codes


@pytest.mark.parametrize("text", NO_PLACES)
def test_what_does_not_say_where_is_a_doubt(text):
    assert not read_workplaces(text).certain


def test_every_departement_by_code_name_and_both():
    for code, name in DEPARTMENTS.items():
        if code not in ("86", "977", "978"):
            assert read_department(name).value == code and read_department(name).certain, name
        for text in (code, f"{code} - {name}", f"{name} ({code})", f"{name} {code}"):
            assert read_department(text).certain and read_department(text).value == code, text


def test_a_postal_code_that_does_not_say_is_not_guessed():
    assert [postal_department(code) for code in ("20303", "20405", "98000", "00100", "96000", "99123")] == [None] * 6


def test_one_departement_is_asked_and_two_are_a_doubt():
    assert not read_department("93 et 94").certain and read_department("Paris (75)").value == "75"


@given(st.integers(1, 99), st.sampled_from(["rue de Rivoli", "av. Foch", "place X"]), st.sampled_from([75001, 13002]))
def test_a_street_number_never_is_a_departement(number, street, postal):
    read = read_workplaces(f"{number} {street} {postal} VILLE")
    assert read.value == [str(postal)[:2]]


CONTRACT = {
    "CDD": "CDD",
    "C.D.D.": "CDD",
    "cdi": "CDI",
    "CDI (période d'essai)": "CDI",
    "CDD de 6 mois": "CDD",
    "CDD à temps partiel": "CDD",
    "Contrat à durée déterminée (CDD)": "CDD",
    "contrat a duree indeterminee": "CDI",
    "Contrat d’apprentissage": "APPRENTISSAGE",
    "apprentie": "APPRENTISSAGE",
    "Contrat de professionnalisation": "PROFESSIONNALISATION",
    "Contrat doctoral": "DOCTORAL",
    "doctorante": "DOCTORAL",
    "CDD d'usage": "CDD",
    "CDD de remplacement": "CDD",
    "C D I": "CDI",
    "fixed-term contract (CDD)": "CDD",
    "apprenticeship contract": "APPRENTISSAGE",
    "Contrat saisonnier": "SAISONNIER",
    "Promesse d'embauche": "PROMESSE",
}
NO_CONTRACT = [
    "remplacement d'un apprenti",
    "CDI d'usage",
    "CDII",
    "stage/CDD",
    "permanent",
    "CDD (hors apprentissage)",
    "Contrat post-doctoral (CDD)",
    "Contrat postdoctoral",
    "CDD renouvelable ou CDI",
    "CDD puis CDI",
    "CDD/CDI",
    "CDD saisonnier",
    "Promesse d'embauche en CDI",
    "pas de CDD",
    "non CDI",
    "contrat à durée non déterminée",
    "durée à déterminer",
    "CDI de chantier",
    "CDI intérimaire",
    "CDI ?",
    "alternance",
    "stage",
    "contrat de travail",
    "",
]


@pytest.mark.parametrize(("text", "kind"), CONTRACT.items())
def test_a_contract_by_any_of_its_names(text, kind):
    assert read_contract(text).certain and read_contract(text).value == kind


@pytest.mark.parametrize("text", NO_CONTRACT)
def test_two_kinds_a_negation_or_another_word_is_a_doubt(text):
    assert not read_contract(text).certain


@given(st.text(max_size=80))
def test_any_contract_is_answered(text):
    read = read_contract(text)
    assert read.value is None or read.value in CONTRACTS.values()


@pytest.mark.parametrize(
    ("text", "value", "doubt"),
    [
        ("2026-04-03", "2026-04-03", None),
        ("13/04/2026", "2026-04-13", None),
        ("1er avril 2026", "2026-04-01", None),
        ("vendredi 3 avril 2026", "2026-04-03", None),
        ("April 3, 2026", "2026-04-03", None),
        ("le 13/04/2026", "2026-04-13", None),
        ("04/04/2026", "2026-04-04", None),
        ("lundi 3 avril 2026", "2026-04-03", "disagree"),
        ("03/04/2026", "2026-04-03", "swapped"),
        ("03042026", "2026-04-03", "swapped"),
        ("04/13/2026", "2026-04-13", "month_first"),
        ("20260413", "2026-04-13", "ambiguous"),
        ("05/10/26", "2026-10-05", "short_year"),
        ("2026-13-01", None, "impossible"),
        ("31/02/2026", None, "impossible"),
        ("29/02/2026", None, "impossible"),
        ("avril 2026", None, "partial"),
        ("04/2026", None, "partial"),
        ("46115", "2026-04-03", "serial"),
        ("13/04/2226", None, "out_of_range"),
        ("à partir du 3 avril 2026", "2026-04-03", "unknown"),
        ("du 13/04/2026 au 20/12/2026", None, "unknown"),
        ("13/04/2026 ?", "2026-04-13", "qualified"),
        ("", None, "empty"),
    ],
)
def test_days(text, value, doubt):
    assert (read_day(text).value, read_day(text).doubt) == (value, doubt)


def test_the_words_before_a_day_must_say_what_its_field_says():
    for first, field, other in (
        ("à partir du", "valid_from", "valid_until"),
        ("jusqu’au", "valid_until", "valid_from"),
    ):
        assert read_day(f"{first} 15 octobre 2026", field).certain
        assert not read_day(f"{first} 15 octobre 2026", other).certain
    assert read_day("15th October 2026").value == "2026-10-15" and read_day("premier mars 2027").value == "2027-03-01"


@pytest.mark.parametrize(
    ("text", "value", "doubt"),
    [
        ("00/00/1980", "1980", None),
        ("1980-00-00", "1980", None),
        ("1980", "1980", None),
        ("mai 1980", "1980-05", None),
        ("00/05/1980", "1980-05", None),
        ("12 mars 1999", "1999-03-12", None),
        ("12-mars-1999", "1999-03-12", None),
        ("31 décembre 1999", "1999-12-31", None),
        ("04/05/1999", "1999-05-04", "swapped"),
        ("14/03/96", "1996-03-14", "short_year"),
        ("14/03/26", "2026-03-14", "short_year"),
        ("14/03/27", "1927-03-14", "short_year"),
        ("03/14/1996", "1996-03-14", "month_first"),
        ("14/00/1996", None, "impossible"),
        ("31/02/1996", None, "impossible"),
        ("1899", None, "out_of_range"),
        ("25/11/2026", None, "out_of_range"),
        ("vers 1980", "1980", "unknown"),
        ("13/03/1999 à Dakar", "1999-03-13", None),
        ("né le 12 mars 1999", "1999-03-12", None),
        ("née en 1999", "1999", None),
        ("March 12th, 1999", "1999-03-12", None),
        ("13/03/1999 à 12h", "1999-03-13", "unknown"),
        ("né à Dakar", None, "unknown"),
        ("XX/XX/1980", "1980", "unknown"),
    ],
)
def test_birth_dates(text, value, doubt):
    found = read_birth_date(text, TODAY)
    assert (found.value, found.doubt) == (value, doubt)


@given(st.dates(date(1901, 1, 1), TODAY))
def test_a_birth_date_is_never_read_as_another(born):
    for text in (f"{born:%d/%m/%Y}", f"{born.day}.{born.month}.{born.year}", f"{born:%d%m%Y}", born.isoformat()):
        assert read_birth_date(text, TODAY).value == born.isoformat()


@given(st.text(max_size=80))
def test_any_text_is_no_crash(text):
    for reader in (read_day, read_country, read_workplaces, read_department, names.read_name, names.read_company):
        reader(text)
    read_birth_date(text, TODAY)


@pytest.mark.parametrize(
    ("company", "name", "doubt"),
    [
        ({"raisonSociale": "SOCIÉTÉ EXEMPLE SAS"}, "SOCIÉTÉ EXEMPLE SAS", None),
        ({"raisonSociale": "3 EXEMPLES", "nomCommercial": "AUTRE"}, "3 EXEMPLES", None),
        ({"raisonSociale": "", "nom": "DURAND", "prenom": "MARINE-ANNE"}, "Marine-Anne DURAND", None),
        ({"raisonSociale": "DURAND MARINE", "nom": "DURAND", "prenom": "MARINE"}, "Marine DURAND", None),
        (
            {"raisonSociale": "DURAND*EXEMPLE/MARINE /", "nom": "DURAND", "prenom": "Marine"},
            "Marine DURAND",
            None,
        ),
        ({"raisonSociale": "DURAND*EXEMPLE/MARINE /"}, "Marine EXEMPLE", "machine"),
        ({"raisonSociale": "DURAND*SARL/MARINE /"}, "Marine SARL", "machine"),
        ({"raisonSociale": "EXEMPLE*ESSAI SARL"}, "EXEMPLE*ESSAI SARL", None),
        ({"raisonSociale": "812345678"}, None, "qualified"),
        ({"raisonSociale": "DURAND/MARINE"}, None, "machine"),
        ({"raisonSociale": "[ND]"}, None, "placeholder"),
        ({"raisonSociale": "[ND]", "nom": "[ND]", "prenom": "[ND]"}, None, "placeholder"),
        ({"nomCommercial": "CHEZ MARINE"}, "CHEZ MARINE", "commercial"),
        ({"nom": "DURAND"}, None, "person"),
        ({}, None, "establishment"),
    ],
)
def test_the_employers_name(company, name, doubt):
    found = names.read_establishment(company)
    assert (found.value, found.doubt) == (name, doubt)


@pytest.mark.parametrize("text", ["NGUYEN", "M'BAYE", "Thị Mai", "DE LA CRUZ", "Ou", "王", "O’BRIEN", "Awa, Marie"])
def test_names_stay_as_they_are(text):
    assert names.read_name(text).certain and names.read_name(text).value == text


@pytest.mark.parametrize(
    "text",
    [
        "[ND]",
        "X",
        "?",
        "néant",
        "M. DUPONT",
        "NGUYEN (née TRAN)",
        "DIALLO ép. SOW",
        "-",
        "A/B",
        "famille SOW",
        "Je m'appelle SOW",
        "illisible",
        "SNU",
        "d.n.",
        "J.-P.",
        "a. b.",
        "Mr.",
        "M",
        "Nom de famille",
        "family name",
        "le salarié",
        "fils de Moussa",
        "SOW - voir passeport",
        "non fourni",
        "moi",
        "Dr",
        "c'est SOW",
        "SOW et DIALLO",
        "n°",
    ],
)
def test_what_is_no_name_or_two_is_a_doubt(text):
    assert not names.read_name(text).certain


def test_a_comma_parts_two_fields_in_a_family_name_and_given_names_in_the_other():
    assert not names.read_family_name("DIALLO, Awa").certain and names.read_family_name("DE LA CRUZ").certain


def test_permits_and_jobs():
    assert names.read_permit("9912345678").certain and names.means_none("Néant") and names.means_none("-")
    assert not any(
        names.read_permit(text).certain for text in ("CST 2026", "2027", "en cours", "récépissé n° 123", "VISA 123456")
    )
    assert jobs.read_job("Aide-cuisinier").certain and not jobs.read_job("voir contrat").certain


@pytest.mark.parametrize(
    "text",
    """employeur particulier|SAS|Sté|mon patron|raison sociale|contact@exemple.fr|à créer|même employeur|pas encore connu|
    je ne sais pas|sans employeur|EXEMPLE (à confirmer)|EXEMPLE SAS ou ESSAI SAS|Nom : EXEMPLE SAS|famille DURAND|
    futur employeur : EXEMPLE|d.n.|Société en création|SASU en cours de création|EXEMPLE SAS et ESSAI SARL|patron : EXEMPLE|
    moi-même|une PME|EXEMPLE SAS puis ESSAI SAS|gérant DURAND|DURAND M.|n° 812345678|le restaurant|agence d'intérim|chez ma tante|la mairie|inconnu à ce jour|non connu à ce jour|SOCIETE X|SIRET 81234567800013""".split(
        "|"
    ),
)
def test_what_stands_where_a_companys_name_should_be_is_a_doubt(text):
    assert not names.read_company(text.strip()).certain


@pytest.mark.parametrize(
    "text",
    "LA FERME D'EXEMPLE|Mairie d'Exemple|C.E.S.|Agence d'Exemple en création graphique|Université d'Exemple|Restaurant À Table|Même Pas Peur SARL|A la bonne heure|EXEMPLE & ASSOCIÉS|Exemple.com|3M EXEMPLE".split(
        "|"
    ),
)
def test_a_companys_name_stays_as_it_is(text):
    assert names.read_company(text).value == text and names.read_company(text).certain


@pytest.mark.parametrize(
    "text",
    """CDD|35h|travail|étudiante|stage|même poste|12|www.exemple.fr|à déterminer|serveur ou plongeur|serveur (ou barman)|
    soit vendeur soit caissier|vendeur, sinon livreur|caissier puis responsable|agent d'entretien et/ou serveur|
    caissière or cashier|Autre|autre (à préciser)|plusieurs postes|poste à pourvoir|serveur à confirmer|CDD serveur|
    polyvalent|comme l'an passé|métier : vendeur|au choix|à discuter|l'emploi du contrat|vendeur 20h|tâches diverses|sans emploi|serveur (non confirmé)""".split(
        "|"
    ),
)
def test_what_is_no_job_or_one_of_two_is_a_doubt(text):
    assert not jobs.read_job(text.strip()).certain


@pytest.mark.parametrize(
    "text",
    "Vendeur ou vendeuse|Couturier ou couturière de mode|Serveur / Barman|Vendeur(se)|Agent d'accueil et de sécurité|"
    "Agent de sûreté 24h/24|Cuisinier / Cuisinière".split("|"),
)
def test_one_job_in_two_genders_or_of_two_parts_stays_as_it_is(text):
    assert jobs.read_job(text).certain and jobs.read_job(text).value == text


@pytest.mark.parametrize(
    "text",
    "un peu de tout|Restauration|G1803|Secteur du bâtiment|à partir de janvier|renfort|BTP|35 heures|travail saisonnier|"
    "ma femme|Plusieurs|Master 2|Entretien|aide|futur serveur|serveur en extra".split("|"),
)
def test_what_nothing_says_is_a_job_is_asked_about(text):
    assert not jobs.read_job(text).certain


def test_a_job_that_is_not_recognised_is_proposed_as_it_stands():
    found = jobs.read_job("Nez en parfumerie")
    assert (found.doubt, found.value) == ("unfamiliar", "Nez en parfumerie")
    assert jobs.read_job("主厨").certain, "letters that the record refuses are its own affair"


@pytest.mark.parametrize(
    "text",
    ["Employée polyvalente", "Data scientist", "Sage-femme", "ASH", "Saisonnier agricole", "Conseiller de vente"],
)
def test_jobs_are_known_by_their_ending_or_their_name(text):
    assert jobs.read_job(text).value == text and jobs.read_job(text).certain


@pytest.mark.parametrize(
    ("text", "proposed"),
    [
        ("le mien", "le mien"),
        ("DIALLO Awa", "DIALLO Awa"),
        ("KONE!", "KONE!"),
        ("Titre de séjour", "Titre de séjour"),
        ("Sow bis", "Sow bis"),
        ("fiancée", None),
    ],
)
def test_what_is_written_as_no_name_is_is_asked_about(text, proposed):
    found = names.read_family_name(text)
    assert not found.certain and found.value == proposed


@pytest.mark.parametrize(
    "text",
    ["diallo", "de Souza", "Abd al-Rahman", "DOS SANTOS", "McEssai", "van der Essai", "Thị Mai", "d'Exemple", "NGUYỄN"],
)
def test_names_in_any_case_are_names(text):
    assert names.read_name(text).value == text and names.read_name(text).certain


def test_a_country_that_is_cut_short_is_asked_about():
    assert not read_country("Soudan du").certain and read_country("Russie, Fédération de").certain


@pytest.mark.parametrize("text", ["le restaurant du coin", "plusieurs employeurs", "mon oncle au marché"])
def test_an_employer_spoken_of_is_asked_about(text):
    assert not names.read_company(text).certain and names.read_company(text.title()).value is not None

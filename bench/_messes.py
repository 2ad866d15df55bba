"""Dossiers of a second hand, written without sight of the readers: typed on a phone, in English, scanned, in two
languages, with habits of offices. ``dossiers()`` gives them by kind as ``bench.reading_dossiers`` takes them.
"""

import json
from pathlib import Path

from bench._messes_fourth import FOURTH
from bench._messes_third import THIRD

Answers = list[tuple[str, object]]
week = lambda count: {"count": count, "per": "week"}
month = lambda count: {"count": count, "per": "month"}
year = lambda count: {"count": count, "per": "year"}
unsure = lambda *texts: [(text, None) for text in texts]
as_written = lambda *texts: [(text, text) for text in texts]

PLACES: dict[str, Answers] = {
    "place, typed on a phone": [
        ("paris 15eme", ["75"]),
        ("Paris XIIIe", ["75"]),
        ("lyon 3ème", ["69"]),
        ("marseille 13006", ["13"]),
        ("75 015 Paris", ["75"]),
        ("Seine St Denis", ["93"]),
        ("97 4", ["974"]),
        ("val d oise", ["95"]),
        ("hauts de seine 92", ["92"]),
        ("Paris.", ["75"]),
        ("dept 77", ["77"]),
        ("Départ. du Nord", ["59"]),
    ],
    "place, offices and towns": [
        ("Paris 75 / Nanterre 92", ["75", "92"]),
        ("92, 93, 94", ["92", "93", "94"]),
        ("Toulouse", ["31"]),
        ("Nantes", ["44"]),
        ("Strasbourg", ["67"]),
        ("la Reunion", ["974"]),
        ("Guyane française", ["973"]),
        ("Haute Corse", ["2B"]),
        ("92400 Courbevoie (La Défense)", ["92"]),
        ("F-67000 Strasbourg", ["67"]),
        ("FR-13002 Marseille", ["13"]),
        ("Head office Paris 75008", ["75"]),
        ("Workplace: Paris (75)", ["75"]),
        ("75008 PARlS", ["75"]),
    ],
    "place, Corsican CEDEX": [
        ("BP 215, 20187 Ajaccio CEDEX 1", ["2A"]),
        ("20704 AJACCIO CEDEX 9", ["2A"]),
        ("20303 Ajaccio cedex", ["2A"]),
        ("CS 40001, 20401 Bastia Cedex 9", ["2B"]),
        ("20604 BASTIA CEDEX", ["2B"]),
        ("20293 Bastia cedex", ["2B"]),
        ("Porto-Vecchio 20137", ["2A"]),
        ("20250 Corte", ["2B"]),
    ],
    "place, a town by itself": [
        ("Nanterre 92", ["92"]), ("93 Bobigny", ["93"]), ("LYON", ["69"]), ("à Grenoble", ["38"]), ("Tours", ["37"]), ("La Défense", ["92"]),
        ("Créteil / Bobigny", ["94", "93"]), ("Vitry sur seine", ["94"]), ("Hauts de Seine (Nanterre)", ["92"]), ("Chatou (Yvelines)", ["78"]),
        ("Saint-Denis (93)", ["93"]), ("boutique de Nantes, 75011 Paris", ["75"]), ("Tour Montparnasse, Paris", ["75"]), ("Vienne 38", ["38"])],
    "place, a town that does not say": unsure(
        "Neuilly", "Villeneuve", "Saint-Denis", "Montreuil", "Nanterre 75", "Lyon (75)", "Lyon et environs", "Rue de Lyon", "Ligne 92", "Alger",
        "Lens, Suisse", "Lyon ?"),
    "place, too wide or spoilt": unsure(
        "Ile de France", "IDF", "télétravail", "France entière", "Paris et petite couronne", "Corse", "20", "Saint Ouen", "7501O Paris",
        "London, UK", "chez les clients", "idem siège", "ligne 13", "Paris ou Lyon", "93 ou 94 selon planning", "sauf Paris", "75 à 95"),
}  # fmt: skip

NATIONS: dict[str, Answers] = {
    "country, in English": [
        ("Senegalese", "SEN"),
        ("Moroccan", "MAR"),
        ("Ivory Coast", "CIV"),
        ("United States", "USA"),
        ("Chinese", "CHN"),
        ("Bangladeshi", "BGD"),
        ("Brazilian", "BRA"),
        ("Turkish", "TUR"),
        ("Türkiye", "TUR"),
        ("South Korea", "KOR"),
        ("Lebanese", "LBN"),
        ("Indian", "IND"),
    ],
    "country, as it is said": [
        ("Sénégal 🇸🇳", "SEN"),
        ("RDC", "COD"),
        ("Congo Brazzaville", "COG"),
        ("Congo-Kinshasa", "COD"),
        ("algerien(ne)", "DZA"),
        ("Tunisien / Tunisienne", "TUN"),
        ("de nationalité malienne", "MLI"),
        ("Nationalité: Mali", "MLI"),
        ("Kosovo", "RKS"),
        ("palestinienne", "PSE"),
        ("Birmanie", "MMR"),
        ("Macédoine", "MKD"),
        ("Swaziland", "SWZ"),
        ("Corée du Sud", "KOR"),
        ("Guinée Conakry", "GIN"),
        ("mauricienne", "MUS"),
        ("République dominicaine", "DOM"),
        ("Pakistan / pakistanaise", "PAK"),
        ("srilankaise", "LKA"),
        ("Cap vert", "CPV"),
        ("malgache", "MDG"),
        ("Comores", "COM"),
    ],
    "country, more than one or another thing": unsure(
        "Marocaine et Italienne", "double nationalité Maroc/Canada", "Sénégalais résidant au Mali", "réfugié afghan", "Marroc", "Россия",
        "Indien d'Amérique", "Taiwan (Chine)", "noire", "européenne", "ex-Maroc", "Tunisie (par le père)", "étudiante", "en cours de naturalisation"),
}  # fmt: skip

CONTRACTS: dict[str, Answers] = {
    "contract, as offices say it": [
        ("CDD d'usage", "CDD"),
        ("CDD tps partiel", "CDD"),
        ("cdi etudiant", "CDI"),
        ("C D I", "CDI"),
        ("CDD (remplacement congé maternité)", "CDD"),
        ("CDD de remplacement", "CDD"),
        ("CDD surcroît d'activité", "CDD"),
        ("CDD à terme imprécis", "CDD"),
        ("CDD : 01/10/2026 – 31/03/2027", "CDD"),
        ("CDD 3 mois renouvelable", "CDD"),
        ("Saisonnier agricole", "SAISONNIER"),
        ("Contrat doctoral (3 ans)", "DOCTORAL"),
        ("contrat doctoral de droit public", "DOCTORAL"),
        ("contrat d’apprentissage 2e année", "APPRENTISSAGE"),
        ("contrat d'aprentissage", "APPRENTISSAGE"),
        ("contrat de professionalisation", "PROFESSIONNALISATION"),
        ("promesse unilatérale d'embauche", "PROMESSE"),
    ],
    "contract, in English": [
        ("fixed-term contract (CDD)", "CDD"),
        ("permanent contract (CDI)", "CDI"),
        ("CDI full-time", "CDI"),
        ("part-time CDD", "CDD"),
        ("Fixed term contract", "CDD"),
        ("apprenticeship contract", "APPRENTISSAGE"),
        ("seasonal contract", "SAISONNIER"),
        ("CDD - fixed term", "CDD"),
    ],
    "contract, two in one or none": unsure(
        "stage/CDD", "CDD ou stage", "CDD, pas CDI", "CDI intérimaire", "CDII", "CDD évoluant en CDI", "thèse CIFRE", "PhD contract",
        "Convention de stage", "promesse d'embauche (CDD)", "CDD en apprentissage", "CDl", "CDD alternance", "internship", "freelance",
        "permanent", "mission CDD intérim", "rupture CDI", "ancien CDD", "CDD refusé", "CDD (stage de fin d'études)", "full time"),
}  # fmt: skip

HOURS: dict[str, Answers] = {
    "hours, with more words": [
        ("35h par semaine sur 4 jours", week(35)),
        ("35 h hebdomadaires réparties sur 5 jours", week(35)),
        ("mi-temps (17h30/semaine)", week(17.5)),
        ("temps partiel 24h/sem", week(24)),
        ("temps plein (35h/semaine)", week(35)),
        ("Temps plein 151,67h/mois", month(151.67)),
        ("35h00 hebdo", week(35)),
        ("39h semaine", week(39)),
        ("18 h par semaines", week(18)),
        ("10h/sem.", week(10)),
        ("803h annuelles", year(803)),
        ("1 607 heures/an", year(1607)),
        ("trente-cinq heures par semaine", week(35)),
        ("vingt heures hebdo", week(20)),
        ("964 H PAR AN", year(964)),
    ],
    "hours, in English": [
        ("20 hours per week", week(20)),
        ("20h/week", week(20)),
        ("20 hrs/week", week(20)),
        ("35 hours a week", week(35)),
        ("100 hours per month", month(100)),
        ("964 hours per year", year(964)),
        ("part-time, 20 hours weekly", week(20)),
    ],
    "hours, a range or no period": unsure(
        "mi-temps", "20 à 25h par semaine", "entre 15 et 20h hebdo", "max 20h/semaine", "35h sur 4 jours", "7h/jour", "5 x 4h par semaine",
        "5 jours par semaine", "12h le week-end", "20h/semaine pendant les cours, 35h pendant les vacances", "3S h/semaine", "l7h30 par semaine",
        "selon planning", "environ 15h/sem", "full time", "20h semaine A, 15h semaine B", "moins de 964h par an", "60% d'un temps plein",
        "20h par quinzaine", "35h/semaine puis 20h/semaine", "forfait jours 218", "20h par semaine en moyenne"),
}  # fmt: skip

STARTS: dict[str, Answers] = {
    "day, written in words": [
        ("1er mars 2027", "2027-03-01"),
        ("jeudi 15 octobre 2026", "2026-10-15"),
        ("15 oct. 2026", "2026-10-15"),
        ("15 OCTOBRE 2026", "2026-10-15"),
        ("le 15/10/2026", "2026-10-15"),
        ("à partir du 15 octobre 2026", "2026-10-15"),
        ("15th October 2026", "2026-10-15"),
        ("October 15, 2026", "2026-10-15"),
        ("15.10.2026", "2026-10-15"),
        ("15 10 2026", "2026-10-15"),
        ("15102026", "2026-10-15"),
        ("2026/10/15", "2026-10-15"),
        ("premier octobre 2026", "2026-10-01"),
        ("dès le 15-10-2026", "2026-10-15"),
    ],
    "day, without a year or a day": unsure(
        "1er mars 26", "vendredi 15 octobre 2026", "dès que possible", "mi-octobre 2026", "octobre 2026", "rentrée 2026", "15/10", "15/10/26",
        "avant le 15/10/2026", "15/10/2026 (sous réserve)", "32/10/2026", "15/10/2O26", "ASAP", "15 octobre", "15/10/2026 ou 15/11/2026",
        "jusqu'au 15/10/2026", "semaine 42 2026", "sauf 15/10/2026", "15 octobre prochain", "after October 15, 2026"),
}  # fmt: skip

BIRTHS: dict[str, Answers] = {
    "birth, in words and in English": [
        ("1er mars 1999", "1999-03-01"),
        ("né le 12 mars 1999", "1999-03-12"),
        ("née en 1999", "1999"),
        ("March 12, 1999", "1999-03-12"),
        ("12 March 1999", "1999-03-12"),
        ("00.00.1985", "1985"),
        ("00/03/1985", "1985-03"),
        ("1999.03.13", "1999-03-13"),
        ("13031999", "1999-03-13"),
        ("13 mars 1999 à Dakar", "1999-03-13"),
        ("01/01/1999", "1999-01-01"),
        ("mars 1999", "1999-03"),
    ],
    "birth, doubtful": unsure(
        "12 mars 99", "circa 1999", "29/02/1999", "entre 1980 et 1985", "03/04/1999 ou 04/03/1999", "1999 environ", "27 ans", "vers mars 1999",
        "13/03/19999", "13/o3/1999", "1370 (calendrier persan)", "présumé 1985"),
}  # fmt: skip

DEPARTMENTS: dict[str, Answers] = {
    "residence, one département": [
        ("Seine St Denis", "93"),
        ("seine saint denis (93)", "93"),
        ("97 4", "974"),
        ("Paris 75", "75"),
        ("J'habite à Lyon 69003", "69"),
        ("Essonne (91)", "91"),
        ("93 et 75", None),
        ("étranger", None),
        ("chez mes parents", None),
        ("Paris / Essonne", None),
    ]
}

FAMILIES: dict[str, Answers] = {
    "name of the holder, second hand": [
        *as_written("Ben Ali", "AL-HASSAN", "Le Goff", "diallo", "NGUYỄN", "SANTOS DA SILVA", "N'DIAYE", "VAN DER BERG"),
        *unsure("M. Ali", "Mr ALI", "Mlle DIALLO", "Dr Sow", "ALI (nom d'usage : BEN)", "EXEMPLE né TRAORE", "D I A L L O", "DIALL0",
                "N/A", "sans nom", "FNU", "ДИАЛЛО", "DIALLO 😊", "same as passport", "voir CNI", "SOW dite NANA", "Monsieur SOW", "Mrs SOW"),
    ]
}  # fmt: skip
JOBS: dict[str, Answers] = {
    "job": [
        *as_written(
            "Vendeur(se)",
            "Software engineer",
            "Employé polyvalent (restauration)",
            "Serveur / Barman",
            "Aide-soignante de nuit",
        ),
        *unsure("idem", "à définir", "voir contrat", "?", "N/A", "néant", "[ND]"),
    ]
}
PERMITS: dict[str, Answers] = {
    "residence permit": [
        *as_written("9912345678", "XYZ1234567"),
        *unsure("en cours", "récépissé", "demande en cours", "voir copie", "?"),
        ("néant", ""),
    ]
}
COMPANIES: dict[str, Answers] = {
    "company, with signs": as_written(
        "EXEMPLE [GROUPE ESSAI]", "EXEMPLE (ENSEIGNE : CHEZ ESSAI)", "EXEMPLE ET ESSAI / LOGISTIQUE SAS", "SCI 12 RUE D'EXEMPLE", "EXEMPLE.COM",
        "1001 EXEMPLES", "EXEMPLE – ESSAI", "« EXEMPLE »", "EXEMPLE !", "SAS EXEMPLE EN LIQUIDATION", "EXEMPLE*ESSAI SARL", "N.D. EXEMPLE"),
    "company, none": unsure("NC", "N/A", "INCONNU", "SANS NOM", "XXXX", ".", "A COMPLETER", "À définir", "M. ALI", "en cours d'immatriculation",
                            "particulier employeur", "voir Kbis"),
}  # fmt: skip


def dossiers() -> dict[str, list[tuple[dict, str, object]]]:
    """Kind → dossiers: what is changed in the dossier, the claim, and its truth (None: two people would not agree)."""
    made: dict[str, list[tuple[dict, str, object]]] = {}
    for field, claim, table in (
        (109, "workplaces", PLACES),
        (104, "nationality", NATIONS),
        (107, "contract", CONTRACTS),
        (108, "hours", HOURS),
        (201, "valid_from", STARTS),
        (103, "birth_date", BIRTHS),
        (110, "department", DEPARTMENTS),
        (101, "family_name", FAMILIES),
        (106, "job", JOBS),
        (105, "residence_permit", PERMITS),
    ):
        for kind, answers in table.items():
            made[kind] = [
                ({"answers": {field: text}, "kinds": {field: "TextChamp"}}, claim, truth) for text, truth in answers
            ]
    for claim, (field, kind, texts, clear) in (*THIRD.items(), *FOURTH.items()):
        answers = [*unsure(*texts), *clear.items()]
        if claim == "employer.name":
            COMPANIES[kind] = answers
            continue
        made[kind] = [
            ({"answers": {field: text}, "kinds": {field: "TextChamp"}}, claim, truth) for text, truth in answers
        ]
    for kind, field, claim, answers in _fifth():
        if claim == "employer.name":
            COMPANIES[kind] = answers
            continue
        made[kind] = [
            ({"answers": {field: text}, "kinds": {field: "TextChamp"}}, claim, truth) for text, truth in answers
        ]
    for kind, answers in COMPANIES.items():
        made[kind] = [({"entreprise": {"raisonSociale": name}}, "employer.name", truth) for name, truth in answers]
    return made


def _fifth() -> list[tuple[str, int, str, Answers]]:
    """Kind, field, claim and answers of ``messes_fifth.tsv``: claim, text and truth as JSON, tabs between."""
    fields = {"family_name": 101, "given_names": 102, "job": 106, "nationality": 104, "employer.name": 0}
    fields |= {"workplaces": 109, "contract": 107, "hours": 108, "valid_from": 201, "valid_until": 202}
    fields |= {"birth_date": 103, "department": 110, "residence_permit": 105}
    read: dict[str, Answers] = {}
    for line in Path(__file__).with_name("messes_fifth.tsv").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            claim, text, truth = line.split("\t")
            read.setdefault(claim, []).append((text, json.loads(truth) if truth else None))
    return [
        (f"{claim.replace('_', ' ')}, fifth hand", fields[claim], claim, answers) for claim, answers in read.items()
    ]

"""Reading dossiers: invented ones of many kinds of mess with their truth. How many wrong facts would be signed, and how
many clear ones are set aside.

    wif bench reading_dossiers [--show]

Each dossier is accepted at the source and has one answer as people, lists or registers write it; it goes through the
mapping, the readers and the record's checks, as in a synchronisation. Whatever is not set aside would be signed as it
was read. A dossier is clear when two people would read the same fact; then its truth is given, else None. The program
prints a Markdown table and ends with 1 if a wrong fact would be signed or more than 5 % of the clear ones are set aside.
"""

import argparse
import sys
from datetime import date
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOP))

NOW = 1_790_000_000
TODAY = date(2026, 9, 21)
MOST_ASIDE = 0.05
TOWNS = (("75004", "Paris", "75"), ("33000", "Bordeaux", "33"), ("59000", "Lille", "59"), ("69002", "Lyon", "69"),
         ("97400", "Saint-Denis", "974"), ("20000", "Ajaccio", "2A"), ("20200", "Bastia", "2B"), ("06000", "Nice", "06"),
         ("97110", "Pointe-à-Pitre", "971"), ("98800", "Nouméa", "988"), ("38200", "Vienne", "38"), ("93200", "Saint-Denis", "93"))  # fmt: skip
STREETS = (
    "12 rue de Rivoli",
    "21, avenue de Paris",
    "45 bis boulevard Foch",
    "93 place du Rhône",
    "2B chemin Vert",
    "75 quai Nord",
)
DEPARTMENTS_SAID = (("75", "Paris"), ("93", "Seine-Saint-Denis"), ("77", "Seine-et-Marne"), ("2A", "Corse-du-Sud"), ("21", "Côte-d'Or"),
                    ("95", "Val-d'Oise"), ("974", "La Réunion"), ("47", "Lot-et-Garonne"), ("44", "Loire-Atlantique"), ("69", "Rhône"))  # fmt: skip
COUNTRIES_SAID = (("SN", "SEN", "Sénégal", "sénégalaise"), ("MA", "MAR", "Maroc", "marocain"), ("NE", "NER", "Niger", "nigérienne"),
                  ("NG", "NGA", "Nigeria", "nigériane"), ("GN", "GIN", "Guinée", "guinéenne"), ("GW", "GNB", "Guinée-Bissau", "bissau-guinéenne"),
                  ("GQ", "GNQ", "Guinée équatoriale", "équato-guinéen"), ("CI", "CIV", "Côte d'Ivoire", "ivoirienne"),
                  ("TR", "TUR", "Turquie", "turque"), ("VN", "VNM", "Viêt Nam", "vietnamienne"), ("US", "USA", "États-Unis", "américaine"))  # fmt: skip
LISTED = (("Iran, République islamique d'", "IRN"), ("Russie, Fédération de", "RUS"), ("Syrienne, République arabe", "SYR"),
          ("Corée, République de", "KOR"), ("Corée, République populaire démocratique de", "PRK"), ("Bélarus", "BLR"),
          ("Congo, République démocratique du", "COD"), ("Tanzanie, République unie de", "TZA"), ("Moldova, République de", "MDA"),
          ("Vénézuela, république bolivarienne du", "VEN"), ("Lao, République démocratique populaire", "LAO"))  # fmt: skip
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


def kinds() -> dict[str, list[tuple[dict, str, object]]]:
    """Kind → dossiers: what is changed in the dossier, the claim, and its truth (None: not clear)."""
    made: dict[str, list[tuple[dict, str, object]]] = {}

    def text(kind: str, field: int, claim: str, answers) -> None:
        for words, truth in answers:
            made.setdefault(kind, []).append(({"answers": {field: words}, "kinds": {field: "TextChamp"}}, claim, truth))

    place = lambda kind, answers: text(kind, 109, "workplaces", answers)
    place(
        "address with street number",
        [(f"{STREETS[n % 6]} {code} {town}", [d]) for n, (code, town, d) in enumerate(TOWNS)],
    )
    place("address with commas", [(f"{STREETS[n % 6]}, {code} {town}", [d]) for n, (code, town, d) in enumerate(TOWNS)])
    place(
        "building, floor, box",
        [(f"{code} {town}, bâtiment 2{n % 9}, étage 3, BP {40 + n}", [d]) for n, (code, town, d) in enumerate(TOWNS)],
    )
    place(
        "CEDEX",
        [
            (f"CS {10_000 + n}, {code[:2]}0{n + 10} {town} CEDEX {n + 1}", [d])
            for n, (code, town, d) in enumerate(TOWNS)
            if d.isdigit() and len(d) == 2
        ],
    )
    place("town with postal code", [(f"{town} ({code})", [d]) for code, town, d in TOWNS])
    place("town with code", [(f"{town} ({d})", [d]) for _, town, d in TOWNS if town != "Vienne"])
    place(
        "two addresses",
        [
            (
                f"{STREETS[0]} {TOWNS[n][0]} {TOWNS[n][1]} ; {STREETS[1]} {TOWNS[n + 1][0]} {TOWNS[n + 1][1]}",
                [TOWNS[n][2], TOWNS[n + 1][2]],
            )
            for n in range(11)
        ],
    )
    place("code alone", [(code.lower(), [code]) for code, _ in DEPARTMENTS_SAID])
    place("name alone", [(name, [code]) for code, name in DEPARTMENTS_SAID])
    place("name without hyphens", [(name.replace("-", " ").upper(), [code]) for code, name in DEPARTMENTS_SAID])
    place("code and name", [(f"{code} - {name}", [code]) for code, name in DEPARTMENTS_SAID])
    place(
        "list of codes",
        [
            (
                f"{DEPARTMENTS_SAID[n][0]}{sign}{DEPARTMENTS_SAID[n + 1][0]}",
                [DEPARTMENTS_SAID[n][0], DEPARTMENTS_SAID[n + 1][0]],
            )
            for n, sign in enumerate((" et ", ", ", " ; ", "/", " & ", " et ", ",", ";", " / "))
        ],
    )
    place(
        "exception or choice",
        [
            (words, None)
            for words in (
                "Paris sauf 92",
                "75 ou 92",
                "hors 75",
                "soit 75 soit 93",
                "91 à 95",
                "75-78",
                "Tout sauf la Corse",
                "77 ?",
                "pas dans le 93",
                "Paris ou Lyon",
            )
        ],
    )
    place(
        "town or region alone",
        [
            (words, None)
            for words in (
                "Saint-Denis",
                "Île-de-France",
                "toute la France",
                "Corse",
                "Pays de la Loire",
                "Vienne",
                "Saint-Martin",
                "Eure et Loire",
                "Paris Nord",
                "Nord-Pas-de-Calais",
                "Rhône-Alpes",
            )
        ],
    )
    place(
        "street without a town",
        [(f"{street}", None) for street in STREETS]
        + [("Rue du Rhône, 12", None), ("Bâtiment 75", None), ("entrepôt de 10000 m2", None), ("Hall 92", None)],
    )
    country = lambda kind, answers: text(kind, 104, "nationality", answers)
    country("country by name", [(name, code) for _, code, name, _ in COUNTRIES_SAID])
    country("country in capitals", [(name.upper().replace("-", " "), code) for _, code, name, _ in COUNTRIES_SAID])
    country("adjective", [(word, code) for _, code, _, word in COUNTRIES_SAID])
    country("adjective introduced", [(f"Nationalité {word}", code) for _, code, _, word in COUNTRIES_SAID])
    country("list's inverted name", LISTED)
    country("name and code", [(f"{name} ({code})", code) for _, code, name, _ in COUNTRIES_SAID])
    country(
        "two countries or none",
        [
            (words, None)
            for words in (
                "Corée",
                "Congo",
                "congolaise",
                "franco-algérienne",
                "Maroc et France",
                "Mali ou Niger",
                "Bourkina",
                "née au Sénégal",
                "Sénégal (ML)",
                "Yougoslavie",
                "pas française",
                "africaine",
            )
        ],
    )
    made["country by its code"] = [
        ({"answers": {104: name}, "codes": {104: two}}, "nationality", code) for two, code, name, _ in COUNTRIES_SAID
    ]
    contract = lambda kind, answers: text(kind, 107, "contract", answers)
    contract(
        "contract in short",
        [
            ("CDD", "CDD"),
            ("cdi", "CDI"),
            ("C.D.D.", "CDD"),
            ("C.D.I", "CDI"),
            ("Cdd", "CDD"),
            (" CDI ", "CDI"),
            ("CDD.", "CDD"),
            ("un CDD", "CDD"),
            ("en CDI", "CDI"),
            ("contrat CDD", "CDD"),
        ],
    )
    contract(
        "contract in full",
        [
            ("Contrat à durée déterminée", "CDD"),
            ("contrat a duree indeterminee", "CDI"),
            ("durée indéterminée", "CDI"),
            ("Contrat d’apprentissage", "APPRENTISSAGE"),
            ("Contrat de professionnalisation", "PROFESSIONNALISATION"),
            ("Contrat doctoral", "DOCTORAL"),
            ("Contrat saisonnier", "SAISONNIER"),
            ("Promesse d'embauche", "PROMESSE"),
            ("apprentie", "APPRENTISSAGE"),
            ("Contrat à durée déterminée (CDD)", "CDD"),
        ],
    )
    contract(
        "contract and its length",
        [
            ("CDD de 6 mois", "CDD"),
            ("CDD 12 mois", "CDD"),
            ("CDI à temps partiel", "CDI"),
            ("CDI (période d'essai)", "CDI"),
            ("CDD étudiant", "CDD"),
            ("CDI temps plein", "CDI"),
            ("CDD 3 semaines", "CDD"),
            ("CDI 35h/semaine", "CDI"),
            ("CDD de 1 an", "CDD"),
            ("contrat d'apprentissage de 24 mois", "APPRENTISSAGE"),
        ],
    )
    contract(
        "two contracts, or denied",
        [
            (words, None)
            for words in (
                "CDD (hors apprentissage)",
                "Contrat post-doctoral (CDD)",
                "CDD renouvelable ou CDI",
                "CDD puis CDI",
                "pas de CDD",
                "CDI/CDD",
                "non CDI",
                "Promesse d'embauche en CDI",
                "CDD saisonnier",
                "contrat à durée non déterminée",
                "CDI ?",
            )
        ],
    )
    contract(
        "another contract",
        [
            (words, None)
            for words in (
                "intérim",
                "stage",
                "alternance",
                "CDI de chantier",
                "contrat de travail",
                "vacataire",
                "post-doc",
                "voir contrat",
                "durée à déterminer",
                "contrat pro",
            )
        ],
    )
    hours = lambda kind, answers: text(kind, 108, "hours", answers)
    counted = (
        (35, "35"),
        (17.5, "17,5"),
        (20, "20"),
        (28, "28"),
        (30.5, "30h30"),
        (24, "24"),
        (12, "12"),
        (15.25, "15,25"),
        (32, "32"),
        (10, "10"),
    )
    hours(
        "hours a week",
        [
            (
                f"{said}{'' if 'h' in said else ' h'}{(' par semaine', '/sem', ' hebdo', ' / semaine')[n % 4]}",
                {"count": count, "per": "week"},
            )
            for n, (count, said) in enumerate(counted)
        ],
    )
    hours(
        "hours a month",
        [
            (f"{said} {('heures par mois', 'h/mois', 'h mensuelles')[n % 3]}", {"count": count, "per": "month"})
            for n, (count, said) in enumerate(
                (
                    (151.67, "151,67"),
                    (100, "100"),
                    (86.5, "86.5"),
                    (60, "60"),
                    (120, "120"),
                    (75, "75"),
                    (104, "104"),
                    (130, "130"),
                    (43.33, "43,33"),
                    (144, "144"),
                )
            )
        ],
    )
    hours(
        "hours a year",
        [
            (f"{said} {('heures par an', 'h/an', 'heures annuelles')[n % 3]}", {"count": count, "per": "year"})
            for n, (count, said) in enumerate(
                (
                    (964, "964"),
                    (1607, "1 607"),
                    (1607, "1607"),
                    (800, "800"),
                    (500, "500"),
                    (720, "720"),
                    (900, "900"),
                    (482, "482"),
                    (1200, "1\u202f200"),
                    (350, "350"),
                )
            )
        ],
    )
    hours(
        "hours without a period",
        [
            (words, None)
            for words in (
                "35h",
                "35",
                "151,67 h",
                "964 heures",
                "20 heures",
                "35 h 00",
                "17,5",
                "39H",
                "28 heures de travail",
                "10",
            )
        ],
    )
    hours(
        "a share of full time",
        [
            (words, None)
            for words in (
                "60 %",
                "mi-temps",
                "temps plein",
                "80% 28h/semaine",
                "0,5 ETP",
                "½ temps",
                "temps partiel",
                "50 % par semaine",
                "quart temps",
                "plein temps",
            )
        ],
    )
    hours(
        "hours with a limit or a choice",
        [
            (words, None)
            for words in (
                "moins de 20h par semaine",
                "entre 20 et 35 h/semaine",
                "35h ou 39h par semaine",
                "environ 20h/semaine",
                "1 an",
                "7 h par jour",
                "35h/semaine ?",
                "pas 35h par semaine",
                "20 à 25h/sem",
                "350h/semaine",
                "35h/semaine une semaine sur deux",
            )
        ],
    )
    start = lambda kind, answers: text(kind, 201, "valid_from", answers)
    start("day in words", [(f"{10 + n} {MONTHS[9 + n % 3]} 2026", f"2026-{10 + n % 3}-{10 + n}") for n in range(10)])
    start(
        "day in figures, clear",
        [(f"{13 + n}{'/-.'[n % 3]}10{'/-.'[n % 3]}2026", f"2026-10-{13 + n}") for n in range(10)],
    )
    start(
        "day and month that could be swapped",
        [(f"0{n}/{10 + n % 3}/2026", None) for n in range(1, 10)] + [("11/10/2026", None)],
    )
    start("year of two digits", [(f"{13 + n}/10/26", None) for n in range(10)])
    start(
        "no such day, or not one",
        [
            (words, None)
            for words in (
                "31/02/2026",
                "2026-13-01",
                "31 novembre 2026",
                "octobre 2026",
                "début octobre",
                "46296",
                "dès que possible",
                "13/10/2026 ou après",
                "32/10/2026",
                "10/2026",
                "13/10/0026",
            )
        ],
    )
    born = lambda kind, answers: text(kind, 103, "birth_date", answers)
    born("birth date in words", [(f"{10 + n} {MONTHS[n]} 199{n}", f"199{n}-{n + 1:02}-{10 + n}") for n in range(10)])
    born(
        "birth date in figures", [(f"{14 + n}/0{n % 9 + 1}/199{n}", f"199{n}-0{n % 9 + 1}-{14 + n}") for n in range(10)]
    )
    born(
        "birth date, day unknown",
        [
            (words, truth)
            for n in range(5)
            for words, truth in (
                (f"00/0{n + 1}/198{n}", f"198{n}-0{n + 1}"),
                (f"{MONTHS[n]} 198{n}", f"198{n}-0{n + 1}"),
            )
        ],
    )
    born(
        "birth date, month unknown",
        [(words, truth) for n in range(5) for words, truth in ((f"00/00/198{n}", f"198{n}"), (f"198{n}", f"198{n}"))],
    )
    born(
        "birth date unclear",
        [
            (words, None)
            for words in (
                "04/05/1999",
                "14/03/96",
                "31/02/1996",
                "03/14/1996",
                "vers 1980",
                "14/25/1996",
                "1899",
                "2031",
                "12 mars",
                "XX/XX/1980",
            )
        ],
    )
    company = lambda kind, answers: made.setdefault(kind, []).extend(
        ({"entreprise": table}, "employer.name", truth) for table, truth in answers
    )
    company(
        "company",
        [
            ({"raisonSociale": name}, name)
            for name in (
                "EXEMPLE SAS",
                "S.A.R.L. EXEMPLE & FILS",
                "3 EXEMPLES",
                "L'EXEMPLE",
                "EXEMPLE (FRANCE)",
                "Exemple + Exemple",
                "E.X.",
                "EXEMPLE-ESSAI",
                "ASSOCIATION D'EXEMPLE",
                "ÉTS EXEMPLE",
            )
        ],
    )
    people = [
        ("DURAND", "MARINE"),
        ("EXEMPLE", "JEAN-PIERRE"),
        ("O'ESSAI", "Awa"),
        ("DE L'ESSAI", "ANNE"),
        ("TRAORÉ", "FATOU"),
    ]
    spelled = ("Marine", "Jean-Pierre", "Awa", "Anne", "Fatou")
    company(
        "sole trader",
        [
            ({"raisonSociale": legal, "nom": family, "prenom": given}, f"{said} {family}")
            for (family, given), said in zip(people, spelled, strict=True)
            for legal in ("", f"{family}*ESSAI/{given.upper()} /")
        ],
    )
    company(
        "machine's form or placeholder",
        [
            ({"raisonSociale": name}, None)
            for name in (
                "[ND]",
                "ND",
                "DURAND*EXEMPLE/MARINE /",
                "DURAND/MARINE/",
                "-",
                "NON RENSEIGNE",
                "DURAND*/MARINE /",
                "INFORMATION NON DIFFUSIBLE",
                "DURAND/MARINE",
                "néant",
            )
        ],
    )
    company(
        "trade name alone", [({"raisonSociale": "", "nomCommercial": f"CHEZ EXEMPLE {n}"}, None) for n in range(10)]
    )
    text(
        "name of the holder, clear",
        101,
        "family_name",
        [
            (name, name)
            for name in (
                "NGUYEN",
                "M'BAYE",
                "DE LA CRUZ",
                "O'BRIEN",
                "Ou",
                "Ng",
                "DIALLO-SOW",
                "García López",
                "ŞAHİN",
                "EL AMRANI",
            )
        ],
    )
    text(
        "name of the holder with more",
        101,
        "family_name",
        [
            (name, None)
            for name in (
                "M. DUPONT",
                "NGUYEN (née TRAN)",
                "DIALLO épouse SOW",
                "[ND]",
                "néant",
                "X",
                "?",
                "SOW / DIALLO",
                "Mme SOW",
                "voir passeport 12",
            )
        ],
    )
    return made


def main() -> int:
    """Read every dossier and print the table."""
    parser = argparse.ArgumentParser(prog="wif bench reading_dossiers", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--show", action="store_true", help="also print each fault")
    wanted = parser.parse_args()
    import tomllib

    from bench import _messes
    from issuer.attestation.record_fields import flattened
    from issuer.demarches import records, routing
    from issuer.demarches.facts import record_of
    from issuer.demarches.mapping import from_table
    from issuer.demo.demarches import Store, people

    mapping = from_table(tomllib.loads(people.MAPPING))
    totals = [0, 0, 0, 0, 0]
    print("| kind | dossiers | clear | signed | wrong | clear, set aside |\n|---|--:|--:|--:|--:|--:|")
    for kind, dossiers in {**kinds(), **_messes.dossiers()}.items():
        row = [len(dossiers), 0, 0, 0, 0]
        for number, (changes, claim, truth) in enumerate(dossiers, 1):
            given = _dossier(people, Store, number, changes)
            record, doubts = record_of(given, mapping, TODAY)
            going = routing.going(
                {"state": "accepte", "doubts": doubts, "awaited": ""}, records.evaluate(record), {}, None
            )
            signed, read = going["aside"] is None, flattened(record)
            value = record.get("hours") if claim == "hours" else read.get(claim, "")
            wrong = signed and (truth is None or value != truth)
            row[1] += truth is not None
            row[2] += signed
            row[3] += wrong
            row[4] += truth is not None and not signed
            if wanted.show and (wrong or (truth is not None and not signed)):
                print(f"{kind}: {changes} → {value!r}, {going['aside']}, truth {truth!r}", file=sys.stderr)
        totals = [one + more for one, more in zip(totals, row, strict=True)]
        print(f"| {kind} | " + " | ".join(map(str, row)) + " |")
    print("| **all** | " + " | ".join(map(str, totals)) + " |")
    return 1 if totals[3] or totals[4] > MOST_ASIDE * totals[1] else 0


def _dossier(people, store, number: int, changes: dict) -> dict:
    """An accepted dossier of the demonstration with these changes; everything else in it is clear."""
    maker = people.Maker(store(people.demarche(), lambda: NOW), NOW, seed=number, pieces=False)
    dossier = maker.dossier(
        number,
        "accepte",
        answers={201: "2026-10-01", 202: "2027-03-31", **changes.get("answers", {})},
        kinds=changes.get("kinds", {}),
        siret="81234567800013",
    )
    if "entreprise" in changes:
        dossier["demandeur"]["entreprise"] = {"siren": "812345678", "nomCommercial": None, **changes["entreprise"]}
    for field, code in changes.get("codes", {}).items():
        for champ in dossier["champs"]:
            if champ["champDescriptorId"] == people.champ(field):
                champ["pays"]["code"] = code
    return dossier


if __name__ == "__main__":
    raise SystemExit(main())

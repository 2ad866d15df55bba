"""Invented people for the benches: names of many countries, long and short, the same ones for the same seed."""

import random
from datetime import date, timedelta

FAMILY = """NGUYEN TRẦN DIALLO TRAORÉ BENALI EL-MANSOURI GARCÍA LÓPEZ SILVA DA-COSTA KOWALSKI NOVÁK HORVÁTH YILMAZ ÖZTÜRK ŞAHİN KUMAR SINGH WANG LI ZHANG KIM PARK TANAKA OKONKWO
ADEYEMI MENSAH RAKOTOMALALA ANDRIANARISOA O'BRIEN D'ALMEIDA MÜLLER ÅKESSON ØSTERGAARD ÞÓRSDÓTTIR IONESCU POPESCU BALOGH PETROVIĆ FERREIRA-DOS-SANTOS HAJDÚ KABORÉ SOW""".split()
GIVEN = """Thị-Mai Fatou Aïcha Mohamed Amine José-María João Zofia Jiří Eszter Ayşe Çağla Priya Harpreet Wei Xiaoming Ji-woo Haruka Chinwe Kofi Tahirisoa Siobhán Björn Łucja Ștefan
Nadia Omar Léa Inès Youssef Mariam Abdoulaye Ngọc-Ánh Alejandro Beatriz Minh Elif Sana""".split()
EMPLOYERS = """SOCIÉTÉ EXEMPLE SAS|Boulangerie du Marché|UNIVERSITÉ D'EXEMPLE|Restaurant Le Modèle|SARL Bâtiment Imaginaire et Fils|Mme Exemple|GROUPE HOSPITALIER D'EXEMPLE NORD|Domaine viticole du Spécimen|
EXEMPLE INGÉNIERIE|Association d'aide à domicile Modèle|COOPÉRATIVE AGRICOLE DU VAL D'EXEMPLE""".replace(
    "\n", ""
).split("|")
JOBS = """Ingénieure d'études|Aide-cuisinier|Doctorante|Plongeur|Maçon|Garde d'enfants|Développeur informatique|Agent d'entretien|Vendangeur|Infirmière|Attaché temporaire d'enseignement et de recherche|Serveuse|
Chargé d'études statistiques|Assistante de direction bilingue|Préparateur de commandes""".replace("\n", "").split("|")
SIRETS = ("81234567800013", "81234567800021", "81234567800039")
NATIONS = "VNM SEN MAR DZA TUN ESP PRT POL CZE HUN TUR IND CHN KOR JPN NGA GHA MDG IRL DEU SWE DNK ISL ROU SRB BRA BFA MLI".split()
PLACES = "75 92 93 94 13 69 31 33 59 67 2A 971 974 44 35 06".split()


def records(count: int, seed: int = 1):
    """``count`` records as ``wif issue`` takes them, every optional field sometimes missing."""
    chance = random.Random(seed)
    for number in range(count):
        yield _record(chance, number)


def _record(chance: random.Random, number: int) -> dict:
    family = " ".join(chance.sample(FAMILY, chance.choice([1, 1, 1, 2, 3]))).replace("-", chance.choice(["-", " "]))
    first = date(2026, 1, 1) + timedelta(days=chance.randrange(365))
    kind = chance.choice(["APT", "APT", "APT", "AT", "AT-SAISONNIER"])
    record = {
        "reference": f"DS-{number}",
        "kind": kind,
        "family_name": family,
        "birth_date": (date(1960, 1, 1) + timedelta(days=chance.randrange(17000))).isoformat(),
        "nationality": chance.choice(NATIONS),
        "employer": {"name": chance.choice(EMPLOYERS), "siret": chance.choice(SIRETS)},
        "job": chance.choice(JOBS),
        "contract": chance.choice(
            ["CDI", "CDD", "APPRENTISSAGE", "PROFESSIONNALISATION", "DOCTORAL", "SAISONNIER", "PROMESSE"]
        ),
        "department": chance.choice(PLACES),
        "valid_from": first.isoformat(),
        "valid_until": (first + timedelta(days=chance.randrange(30, 360))).isoformat(),
    }
    if chance.random() < 0.97:
        record["given_names"] = " ".join(chance.sample(GIVEN, chance.choice([1, 1, 2, 3])))
    if chance.random() < 0.1:
        del record["employer"]["siret"]
    if chance.random() < 0.85:
        record["hours"] = {
            "count": chance.choice([964, 35, 17.5, 151.67, 144, 20, 1607]),
            "per": chance.choice(["week", "month", "year"]),
        }
    if chance.random() < 0.5:
        record["workplaces"] = chance.sample(PLACES, chance.choice([1, 1, 1, 2, 3, 8]))
    if chance.random() < 0.9:
        record["residence_permit"] = f"{chance.randrange(10**10):010d}"
    return record

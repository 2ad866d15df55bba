"""An invented démarche and its dossiers: ordinary ones, and one of each kind that has to be set aside or looked at.

Every person, company and address is invented; no business can bear these SIRETs.
"""

import random
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from issuer.attestation.places import DEPARTMENTS, local_day
from issuer.demo.demarches.store import Store, identifier
from issuer.written.countries import alpha2, read_country
from keys.instants import instant as iso

NUMBER = 7501
"""Number of the démarche."""
FIRST_DOSSIER = 44_950
DAY = 86_400
INSTRUCTEURS = {"75": "claire.agent@service.example", "69": "hugo.agent@service.example"}

FAMILY = (
    "NGUYEN",
    "TRAORÉ",
    "BENALI",
    "GARCÍA LÓPEZ",
    "KOWALSKI",
    "YILMAZ",
    "KUMAR",
    "OKONKWO",
    "RAKOTOMALALA",
    "O'BRIEN",
    "MÜLLER",
    "IONESCU",
    "SOW",
    "ŞAHİN",
    "DIALLO",
)
GIVEN = (
    "Thị Mai",
    "Fatou",
    "Amine",
    "José María",
    "Zofia",
    "Ayşe",
    "Priya",
    "Chinwe",
    "Tahiry",
    "Siobhán",
    "Björn",
    "Ștefan",
    "Mariam",
    "Elif",
    "Awa",
)
NATIONS = (
    "Viêt Nam",
    "Sénégal",
    "Maroc",
    "Colombie",
    "Tunisie",
    "Turquie",
    "Inde",
    "Nigéria",
    "Madagascar",
    "Brésil",
    "Mali",
    "Ukraine",
)
EMPLOYERS = (
    ("81234567800013", "SOCIÉTÉ EXEMPLE SAS"),
    ("81234567800021", "BOULANGERIE DU CANAL (EXEMPLE)"),
    ("81234567800039", "RÉSIDENCE LES TILLEULS (EXEMPLE)"),
)
JOBS = (
    "Serveuse",
    "Aide-cuisinier",
    "Ingénieure d'études",
    "Veilleur de nuit",
    "Vendeuse",
    "Préparateur de commandes",
    "Garde d'enfants",
)
CONTRACTS = (
    "CDD",
    "CDI",
    "Contrat d'apprentissage",
    "Contrat de professionnalisation",
    "Contrat doctoral",
    "Promesse d'embauche",
)
HOURS = (
    "35 heures/semaine",
    "144 h/mois",
    "964 heures par an",
    "20h par semaine",
    "17h30 hebdomadaires",
    "151,67 heures mensuelles",
    "1 607 h/an",
)


def champ(number: int) -> str:
    """The ``champDescriptorId`` of a field."""
    return identifier("Champ", number)


FIELDS = {
    101: ("TextChamp", "Nom de famille", True),
    102: ("TextChamp", "Prénoms", False),
    103: ("DateChamp", "Date de naissance", True),
    104: ("PaysChamp", "Nationalité", True),
    105: ("TextChamp", "Numéro du titre de séjour", False),
    106: ("TextChamp", "Emploi occupé", True),
    107: ("TextChamp", "Type de contrat", True),
    108: ("TextChamp", "Durée du travail", False),
    109: ("MultipleDropDownListChamp", "Lieux de travail", False),
    110: ("DepartementChamp", "Département de résidence", True),
    111: ("PieceJustificativeChamp", "Passeport (deux premières pages)", True),
    112: ("PieceJustificativeChamp", "Contrat de travail", True),
    113: ("PieceJustificativeChamp", "Certificat de scolarité", True),
}
ANNOTATIONS = {201: ("DateChamp", "Début de l'autorisation", False), 202: ("DateChamp", "Fin de l'autorisation", False)}

MAPPING = f"""# Which field gives which claim. Made for the démarche {NUMBER} of the demonstration.
[fields]
family_name = ["{champ(101)}"]
given_names = ["{champ(102)}"]
birth_date = ["{champ(103)}"]
nationality = ["{champ(104)}"]
residence_permit = ["{champ(105)}"]
"employer.name" = ["demandeur.raisonSociale"]
"employer.siret" = ["demandeur.siret"]
job = ["{champ(106)}"]
contract = ["{champ(107)}"]
hours = ["{champ(108)}"]
workplaces = ["{champ(109)}"]
department = ["{champ(110)}"]
valid_from = ["{champ(201)}"]
valid_until = ["{champ(202)}"]

[constants]
kind = "APT"
"""


def demarche() -> dict:
    """The démarche, in the API's shape."""
    described = lambda fields: [
        {
            "__typename": f"{kind}Descriptor",
            "id": champ(number),
            "label": label,
            "required": required,
            "description": None,
        }
        for number, (kind, label, required) in fields.items()
    ]
    groups = [
        {
            "id": identifier("GroupeInstructeur", place),
            "number": place,
            "label": DEPARTMENTS[code],
            "instructeurs": [{"id": identifier("Instructeur", place), "email": email}],
        }
        for place, (code, email) in enumerate(INSTRUCTEURS.items(), 1)
    ]
    return {
        "id": identifier("Procedure", NUMBER),
        "number": NUMBER,
        "title": "Autorisation provisoire de travail (démonstration)",
        "state": "publiee",
        "groupeInstructeurs": groups,
        "activeRevision": {
            "id": "r1",
            "champDescriptors": described(FIELDS),
            "annotationDescriptors": described(ANNOTATIONS),
        },
    }


class Maker:
    """Makes invented dossiers, the same ones for the same seed."""

    def __init__(self, store: Store, now: int, seed: int = 1, pieces: bool = True) -> None:
        self.store, self.now, self.chance, self.pieces = store, now, random.Random(seed), pieces
        self._specimen = _specimen() if pieces else b""

    def dossier(self, number: int, state: str = "en_instruction", days: float = 2, **changes: Any) -> dict:
        """One dossier. ``days`` since its deposit; ``changes``: ``answers`` (field number → answer, None: left out),
        ``department``, ``siret``, ``company``.
        """
        chance, at = self.chance, int(self.now - days * DAY)
        siret, company = chance.choice(EMPLOYERS)
        department = str(changes.get("department", "75"))
        begins = local_day(None, self.now) + timedelta(days=chance.randrange(10, 60))
        values: dict[int, object] = {
            101: chance.choice(FAMILY),
            102: chance.choice(GIVEN),
            103: (date(1988, 1, 1) + timedelta(days=chance.randrange(6000))).isoformat(),
            104: chance.choice(NATIONS),
            105: f"{chance.randrange(10**10):010d}",
            106: chance.choice(JOBS),
            107: chance.choice(CONTRACTS),
            108: chance.choice(HOURS),
            109: [department],
            110: department,
            111: "passeport.png",
            112: "contrat.png",
            113: "certificat.png",
            201: begins.isoformat(),
            202: (begins + timedelta(days=chance.randrange(60, 330))).isoformat(),
        }
        kinds: dict[int, str] = {number: (FIELDS | ANNOTATIONS)[number][0] for number in values}
        kinds.update(changes.get("kinds", {}))
        values.update(changes.get("answers", {}))
        place = list(INSTRUCTEURS).index(department) + 1 if department in INSTRUCTEURS else 1
        usager = f"usager.{number}@courriel.example"
        steps = [
            {"state": "en_construction", "emailAgentTraitant": None, "dateTraitement": iso(at), "motivation": None}
        ]
        instructed = decided = None
        if state != "en_construction":
            instructed = min(at + DAY // 2, self.now)
            steps.append(
                {
                    "state": "en_instruction",
                    "emailAgentTraitant": list(INSTRUCTEURS.values())[place - 1],
                    "dateTraitement": iso(instructed),
                    "motivation": None,
                }
            )
        if state in ("accepte", "refuse", "sans_suite"):
            decided = int(changes.get("decided", min(at + DAY, self.now)))
            steps.append(
                {
                    "state": state,
                    "emailAgentTraitant": list(INSTRUCTEURS.values())[place - 1],
                    "dateTraitement": iso(decided),
                    "motivation": None,
                }
            )
        siret = str(changes.get("siret", siret))
        demandeur: dict = {
            "__typename": "PersonneMorale",
            "id": f"P{number}",
            "siret": siret,
            "naf": "5610A",
            "entreprise": {"siren": siret[:9], "raisonSociale": changes.get("company", company), "nomCommercial": None},
        }
        if changes.get("incomplete"):
            demandeur = {"__typename": "PersonneMoraleIncomplete", "id": f"P{number}", "siret": siret}
        return {
            "id": identifier("Dossier", number),
            "number": number,
            "archived": bool(changes.get("archived")),
            "state": state,
            "dateDepot": iso(at),
            "datePassageEnInstruction": iso(instructed) if instructed else None,
            "dateTraitement": iso(decided) if decided else None,
            "dateDerniereModification": iso(int(changes.get("modified", decided or instructed or at))),
            "motivation": None,
            "motivationAttachment": None,
            "usager": {"id": f"U{number}", "email": usager},
            "demandeur": demandeur,
            "groupeInstructeur": {
                "id": identifier("GroupeInstructeur", place),
                "number": place,
                "label": DEPARTMENTS[list(INSTRUCTEURS)[place - 1]],
            },
            "instructeurs": [],
            "traitements": steps,
            "messages": [
                {
                    "id": f"M{number}-{sent}",
                    "email": email or usager,
                    "body": "Message d'exemple.",
                    "createdAt": iso(sent),
                    "attachments": [],
                }
                for email, sent in changes.get("messages", ())
            ],
            "champs": self._answers(FIELDS, values, kinds),
            "annotations": self._answers(ANNOTATIONS, values, kinds),
        }

    def _answers(self, fields: dict, values: dict, kinds: dict) -> list[dict]:
        return [
            self._answer(number, kinds[number], fields[number][1], values.get(number))
            for number in fields
            if number in values
        ]

    def _answer(self, number: int, kind: str, label: str, value: Any) -> dict:
        text = value if isinstance(value, str) else ", ".join(value) if isinstance(value, list) else None
        made: dict = {
            "__typename": kind,
            "id": champ(number),
            "champDescriptorId": champ(number),
            "label": label,
            "stringValue": text,
        }
        if kind == "TextChamp":
            made["value"] = text
        elif kind == "DateChamp":
            made["date"] = text
        elif kind == "PaysChamp":
            made["pays"] = _pays(value) if value else None
        elif kind == "DepartementChamp":
            made["departement"] = {"code": value, "name": DEPARTMENTS.get(value, value)} if value else None
        elif kind == "MultipleDropDownListChamp":
            made["values"] = [f"{code} - {DEPARTMENTS[code]}" if code in DEPARTMENTS else code for code in value or ()]
        elif kind == "PieceJustificativeChamp":
            made["files"] = [self.store.keep(value, "image/png", self._specimen)] if value and self.pieces else []
        return made


def _pays(name: str) -> dict:
    """A country as the form's list gives it: with its alpha-2 code."""
    code = read_country(name, chosen=True).value
    return {"code": alpha2(code) if code else "XX", "name": name}


def fill(store: Store, now: int) -> None:
    """The dossiers of the demonstration: twelve ordinary ones and one of each kind to be looked at. Does nothing when
    there are some.
    """
    if store.dossiers:
        return
    maker, numbers = Maker(store, now), iter(range(FIRST_DOSSIER, FIRST_DOSSIER + 100))
    put = lambda *given, **more: store.add(maker.dossier(next(numbers), *given, **more))
    today = local_day(None, now)
    put(
        days=1,
        answers={
            101: "NGUYEN",
            102: "Thị Mai",
            108: "964 heures par an",
            201: today.isoformat(),
            202: (today + timedelta(days=240)).isoformat(),
        },
    )
    for place in range(6):
        put(days=1 + place * 0.7, department="69" if place == 3 else "75")
    put("en_construction", days=0.5)
    put("en_construction", days=9)
    put(days=12)
    put("accepte", days=3, decided=now - 3600)
    put("refuse", days=20)
    put("sans_suite", days=15)
    put(days=2, siret="81234567800014")
    put(days=2, answers={101: "王", 102: "小明"})
    put(days=2, incomplete=True)
    put("accepte", days=2, decided=now - 1800, answers={201: None, 202: None})
    put(days=2, answers={108: "mi-temps, à voir avec l'employeur"})
    put(days=2, answers={103: "douze mars 1999"}, kinds={103: "TextChamp"})
    put(days=2, answers={201: "2027-03-01", 202: "2027-01-31"})
    put(days=2, answers={201: "2027-01-01", 202: "2028-06-30"})
    twin = {101: "DIALLO", 102: "Awa", 103: "2000-05-17", 201: "2027-01-01", 202: "2027-06-30"}
    put(days=3, siret="81234567800013", company="SOCIÉTÉ EXEMPLE SAS", answers=twin)
    put(days=1, siret="81234567800013", company="SOCIÉTÉ EXEMPLE SAS", answers=twin)
    put("refuse", days=30, archived=True, messages=((None, now - DAY),), modified=now - DAY)
    put("en_construction", days=4, messages=((INSTRUCTEURS["75"], now - 2 * DAY),))
    store.save()


def _specimen() -> bytes:
    """A picture that no one can take for a real document."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (640, 440), "#f5f3ea")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((12, 12, 627, 427), outline="#999078", width=4)
    for line in range(5):
        draw.text(
            (60 + line * 18, 70 + line * 66),
            "SPECIMEN - DOCUMENT INVENTE - DEMONSTRATION",
            fill="#7b6f52",
            font_size=20,
        )
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()

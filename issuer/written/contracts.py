"""Kinds of employment contract, and of attestation, as people write them.

Certain only when the whole text is one kind and words that change nothing (``CDD de 6 mois, temps partiel``). Two
kinds, a negation or any other word is a doubt: ``CDD (hors apprentissage)``, ``Contrat post-doctoral (CDD)``.
"""

import re

from issuer.written.answers import Reading, certain, is_asked, is_negated, unsure, words

_KINDS = (
    ("APPRENTISSAGE", re.compile(r"\bAPP?RENTI(?:SSAGE|CESHIP|E|ES|S)?\b")),
    ("PROFESSIONNALISATION", re.compile(r"\bPROFESSIONN?ALISATION\b")),
    ("DOCTORAL", re.compile(r"(?<!POST )\bDOCTORA(?:L|LE|NT|NTE|T)\b")),
    ("SAISONNIER", re.compile(r"\bSAISONNI(?:ER|ERE|ERS|ERES)\b|\bSEASONAL\b")),
    ("PROMESSE", re.compile(r"\bPROMESSE(?: (?:UNILATERALE )?(?:D |DE )?(?:EMBAUCHE|CONTRAT(?: DE TRAVAIL)?))?\b")),
    ("CDI", re.compile(r"\bC ?D ?I\b|\b(?:DUREE |TEMPS )?INDETERMINEE?\b|\bPERMANENT CONTRACT\b|\bOPEN ENDED\b")),
    ("CDD", re.compile(r"\bC ?D ?D\b|\b(?:DUREE |TEMPS )?DETERMINEE?\b|\bFIXED TERM\b")),
)
_NEUTRAL = re.compile(
    r"\b(?:DU |LE )?[0-9]{1,2} [0-9]{1,2} [0-9]{4}\b|"
    r"\b(?:CONTRACT|JOB|WORK|EMPLOYMENT|CONTRAT|TYPE|NATURE|EMPLOI|TRAVAIL|DUREE|ETUDIANTE?|UN|UNE|EN|LE|LA|L|DE|DU|D|A|AU|"
    r"(?:T(?:EM)?PS )?(?:PLEIN|PARTIEL|COMPLET)(?: TEMPS)?|MI TEMPS|(?:FULL|PART) TIME|(?:AVEC )?PERIODE D? ?ESSAI|"
    r"(?:POUR )?[0-9]{1,2} ?(?:MOIS|ANS?|SEMAINES?|JOURS?)|[0-9]{1,2} ?H(?:EURES?)?(?: (?:PAR )?(?:SEMAINE|SEM))?)\b"
)
_OF_A_KIND = {
    "CDD": re.compile(
        r"\b(?:RENOUVELABLE(?: (?:UNE|[1-9]) FOIS)?|TERME (?:IM)?PRECIS|(?:POUR )?REMPLACEMENT|"
        r"CONGES? (?:DE )?MATERNITE|(?:POUR )?(?:SURCROIT|ACCROISSEMENT)(?: TEMPORAIRE)?(?: D)? ACTIVITE|USAGE)\b"
    ),
    "SAISONNIER": re.compile(r"\bAGRICOLE\b"),
    "DOCTORAL": re.compile(r"\bDROIT (?:PUBLIC|PRIVE)\b|\b[1-3] ?(?:ERE?|E|EME) ANNEE\b"),
    "APPRENTISSAGE": re.compile(r"\b(?:[1-3] ?(?:ERE?|E|EME)|PREMIERE|DEUXIEME|TROISIEME) ANNEE\b"),
    "PROFESSIONNALISATION": re.compile(r"\b[1-3] ?(?:ERE?|E|EME) ANNEE\b"),
}
"""What leaves a kind what it is (a CDD d'usage is a CDD, L1242-2 3°); said of another kind it is a doubt."""
_UNCLEAR = (
    (re.compile(r"\bPOST ?DOC"), "DOCTORAL"),
    (re.compile(r"\bTHESE\b|\bCIFRE\b"), "DOCTORAL"),
    (re.compile(r"\bCONTRAT PRO\b"), "PROFESSIONNALISATION"),
    (re.compile(r"\bEXTRA\b|\bVACATAIRE\b|\bVACATIONS?\b|\bUSAGE\b"), "CDD"),
)


def read_contract(text: str) -> Reading[str]:
    """A word of :data:`issuer.attestation.claims.CONTRACTS`."""
    plain = words(text)
    if not plain:
        return unsure("empty")
    found = [kind for kind, pattern in _KINDS if pattern.search(plain)]
    one = found[0] if len(found) == 1 else None
    if is_asked(text):
        return unsure("qualified", one)
    if is_negated(plain):
        return unsure("negated")
    if len(found) > 1:
        return unsure("several")
    if one is None:
        return unsure("unknown", next((kind for pattern, kind in _UNCLEAR if pattern.search(plain)), None))
    if plain == "DOCTORAT":
        return unsure("qualified", one)
    rest = next(pattern for kind, pattern in _KINDS if kind == one).sub(" ", plain)
    rest = _OF_A_KIND[one].sub(" ", rest) if one in _OF_A_KIND else rest
    rest = _NEUTRAL.sub(" ", _NEUTRAL.sub(" ", " ".join(rest.split())))
    return unsure("qualified", one) if rest.strip() else certain(one)


_PERMITS = {
    "APT": ("APT", "AUTORISATION PROVISOIRE DE TRAVAIL", "AUTORISATION PROVISOIRE"),
    "AT": ("AT", "AUTORISATION DE TRAVAIL"),
    "AT-SAISONNIER": (
        "AT SAISONNIER",
        "AT SAISONNIERE",
        "AUTORISATION DE TRAVAIL SAISONNIER",
        "AUTORISATION DE TRAVAIL SAISONNIERE",
        "AUTORISATION DE TRAVAIL TRAVAILLEUR SAISONNIER",
        "AUTORISATION DE TRAVAIL D UN TRAVAILLEUR SAISONNIER",
    ),
}


def read_kind(text: str) -> Reading[str]:
    """A word of :data:`issuer.attestation.claims.KINDS`, with its abbreviation beside it or not: ``Autorisation
    provisoire de travail (APT)``.
    """
    plain = words(text)
    if not plain:
        return unsure("empty")
    for kind, names in _PERMITS.items():
        short = words(kind)
        if plain in names or any(plain in (f"{name} {short}", f"{short} {name}") for name in names):
            return unsure("qualified", kind) if is_asked(text) else certain(kind)
    return unsure("unknown")

"""Names of people and companies, and other short texts, as registers and people write them.

What stands for nothing (``[ND]``, ``néant``, ``voir contrat``) is no name, nor is what a register writes for machines
(``DURAND*EXEMPLE/MARINE /``).
"""

import re

from issuer.attestation.numbers import is_siret
from issuer.written.answers import LONGEST, Reading, capitals, certain, is_asked, tidy, unsure, words, words_of

_PLACEHOLDERS = frozenset(
    """
    ND|NR|NC|NA|N D|N R|N C|N A|NSP|X|XX|XXX|XXXX|RAS|NEANT|AUCUN|AUCUNE|INCONNU|INCONNUE|NON RENSEIGNE|
    NON RENSEIGNEE|NON COMMUNIQUE|NON CONNU|NON DIFFUSIBLE|NON DIFFUSE|INFORMATION NON DIFFUSIBLE|NON DISPONIBLE|
    NON APPLICABLE|SANS OBJET|A DEFINIR|A COMPLETER|A PRECISER|A RENSEIGNER|A VENIR|EN COURS|EN ATTENTE|IDEM|
    VOIR CONTRAT|VOIR LE CONTRAT|VOIR PIECE JOINTE|VOIR PJ|CF CONTRAT|CF PJ|CF PIECE JOINTE|VOIR CI JOINT|CI JOINT|
    VOIR CI DESSUS|CI DESSUS|NULL|NONE|UNKNOWN|TEST|TBD|UNDEFINED|NON|OUI|SANS|SANS NOM|SNP|FNU|LNU|SNU|SPN|
    PAS DE PRENOM|ANONYME|ILLISIBLE|MONSIEUR|MADAME|MADEMOISELLE|MR|MME|MLLE|MRS|M|NP|VOIR|CF|PARTICULIER|
    PARTICULIER EMPLOYEUR|DIVERS|DIVERSES|OTHER|VARIOUS|ERREUR|SUPPRIME|SUPPRIMEE|ANNULE|ANNULEE|COPIE|COPY|DUPLICATA|
    DOUBLON|MULTIPLE|MULTIPLES|LISTE|LISTE JOINTE|ETAT CIVIL|ABSENT|ABSENTE|MANQUANT|MANQUANTE|VIDE|RIEN|NOTHING|
    BROUILLON|EXEMPLAIRE|ORIGINAL|PERDU|PERDUE|INDISPONIBLE|CONFIDENTIEL|CONFIDENTIELLE|SECRET|SURNAME|APELLIDO|APELLIDOS|
    NACHNAME|VORNAME|COGNOME|NOMBRE|SOBRENOME|K ?BIS|NOUVEAU NE|NOUVELLE NEE|NAISSANCE|PSEUDO|PSEUDONYME
    """.replace("\n", "").split("|")
)
_PLACEHOLDER = frozenset(" ".join(item.split()) for item in _PLACEHOLDERS)
_POINTING = re.compile(
    r"^(?:VOIR|CF|SAME AS|COMME (?:SUR|DANS)|IDEM|EN COURS|EN ATTENTE|"
    r"SEE (?:THE )?(?:ATTACHED|PASSPORT|CONTRACT|ABOVE|BELOW))\b ?[A-Z]"
)
"""What points to another paper or another day."""
TO_SAY = (
    "CREER|DEFINIR|PRECISER|COMPLETER|RENSEIGNER|CONFIRMER|DETERMINER|VENIR|VOIR|FOURNIR|TRANSMETTRE|COMMUNIQUER|"
    "INDIQUER|REMPLIR|SAISIR|FIXER|RECRUTER|TROUVER|"
    "CONSTITUER|IMMATRICULER|VERIFIER|VALIDER|CORRIGER|CHOISIR|JOINDRE"
)
DONE = (
    "PRECISE|CONNU|INDIQUE|DEFINI|DETERMINE|FOURNI|RENSEIGNE|COMMUNIQUE|TRANSMIS|DONNE|DISPONIBLE|DECLARE|CONFIRME|"
    "ATTRIBUE|MENTIONNE|LISIBLE|SAISI|"
    "TROUVE|RECU|LU|ECRIT|CHOISI|REMPLI|PRECISEE|SALARIE"
)
_TO_COME = re.compile(
    rf"^(?:NOM )?A (?:{TO_SAY})\b|^(?:(?:LE |LA )?MEME(?: (?:EMPLOYEUR|SOCIETE|ENTREPRISE|NOM|QUE)\b.*)?|IDENTIQUE|"
    r"INCHANGEE?|SAME|SEE \w+|NOT (?:APPLICABLE|AVAILABLE|KNOWN|GIVEN)|NO (?:(?:GIVEN|FIRST|LAST|FAMILY) )?NAME|"
    rf"PIECES? JOINTES?)$|^(?:NON (?:{DONE})E?|INCONNUE? A)\b|^PAS (?:D|DE|ENCORE)\b|"
    r"^JE (?:NE|N|SAIS)\b|^SANS (?:EMPLOYEUR|SOCIETE|ENTREPRISE)\b"
)
"""What says that it is still to be said, was said elsewhere, or is not known."""
_GENERIC = re.compile(
    r"^(?:(?:SA|SAS|SASU|SARL|EURL|EI|SCI|SNC|SCOP|SELARL|SCP|GIE|ASSOCIATION|SAINTE|STE|SOCIETE|ENTREPRISE|ETS|"
    r"ETABLISSEMENT|COMPAGNIE|EMPLOYEUR|PATRONN?E?|PARTICULIER|INDIVIDUEL(?:LE)?|AUTO|MICRO|ENTREPRENEUR|INDEPENDANT|"
    r"CONFIDENTIEL|RESTAURANT|BOULANGERIE|HOTEL|BAR|CAFE|MAGASIN|BOUTIQUE|AGENCE|CLIENTE?S?|ETRANG(?:ER|ERE)|USINE|"
    r"CABINET|"
    r"CHANTIER|FERME|GARAGE|SALON|PHARMACIE|ECOLE|CRECHE|SUPERMARCHE|PIZZERIA|BRASSERIE|EN|CREATION|COURS|FORMATION|"
    r"CONSTITUTION|IMMATRICULATION|MAIRIE|INTERIM|D|TANTE|ONCLE|FRERE|SOEUR|PERE|MERE|COUSINE?|AMIE?|VOISINE?|"
    r"PARENTS|SO|S|O|MOI|MEME|"
    r"FAMILIALE?|PME|TPE|BOITE|LOCALE?|PETITE?|GRANDE?|CESU|URSSAF|K ?BIS|PLATEFORME|PRINCIPALE?|SECONDAIRE|MULTIPLES?|"
    r"PROFESSION|LIBERALE?|INFIRMI(?:ER|ERE)|LOI|1901|ONG|ASSO|ETAT|GROUPE|FILIALE|SIEGE|BUREAU|COLLECTIVITE|"
    r"COMMERCE|EPICERIE|BOUCHERIE|CHARCUTERIE|POISSONNERIE|PATISSERIE|"
    r"FLEURISTE|LIBRAIRIE|BLANCHISSERIE|PRESSING|RESTAU|RESTO|FAST FOOD|SNACK|KEBAB|TRAITEUR|UNIVERSITE|FACULTE|FAC|"
    r"COLLEGE|LYCEE|"
    r"LABORATOIRE|LABO|HOPITAL|CLINIQUE|EHPAD|CHU|EXPLOITATION|AGRICOLE|INDUSTRIE|ATELIER|THEATRE|CINEMA|MUSEE|BANQUE|"
    r"ASSURANCES?|TRANSPORTS?|NETTOYAGE|CONSTRUCTION|BATIMENT|BTP|INFORMATIQUE|STARTUP|START UP|PLURIACTIVITE|"
    r"PLUSIEURS|"
    r"POLE EMPLOI|FRANCE TRAVAIL|MAISON|PUBLIC|PUBLIQUE|PRIVEE?|MONDE|AUTRES?|DIVERS|OFFICE|PREFECTURE|RESPONSABLE|"
    r"RAISON|SOCIALE|DENOMINATION|NOM|COMPANY|EMPLOYER|FIRM|NAME|THE|MY|OF|SIRET|SIREN|DE|DU|L|LE|LA|UN|UNE|"
    r"MON|MA|NOTRE|VOTRE|SON|CHEZ|DOMICILE|NOUVEL|NOUVEAU|NOUVELLE|ANCIEN(?:NE)?|FUTURE?|ACTUEL(?:LE)?|"
    r"INTERIM(?:AIRE)?|"
    r"X|Y|Z)(?: |$))+$"
)
"""A legal form or general words where a company's name should be."""
HARD_FORM = "SA|SAS|SASU|SARL|EURL|SCI|SNC|SCOP|SELARL|SCP|GIE"
_TWO_COMPANIES = re.compile(rf"\b(?:{HARD_FORM})\b.*(?:\bET\b|[&/+,]).*\b(?:{HARD_FORM})\b")
_LABELLED = re.compile(
    r"^(?:(?:ANCIEN|NOUVEL|FUTUR|ACTUEL)\w* )?(?:RAISON SOCIALE|NOM(?: DE (?:L'ENTREPRISE|LA SOCIETE))?|"
    r"DENOMINATION|EMPLOYEUR|PATRON|SOCIETE|ENTREPRISE)\s*:"
)
_UNSETTLED = re.compile(
    rf"\bOU\b|\bPUIS\b|^N[°O]?\s*[0-9 ]+$|\bA (?:{TO_SAY})\b|\bSIREN\b|\bSIRET\b|"
    r"\b(?:EN|COURS DE?|COURS D') ?(?:FORMATION|CREATION|CONSTITUTION|IMMATRICULATION) *\)?$|"
    r"^(?:FUTUR|NON|PAS|AUCUN)E?\b|"
    r"^EMPLOYEURS?\b|\bCLIENTE?\s*:|^INTERIM\b.*\bPOUR\b|^CHEZ (?:M|MR|MME|MLLE|MONSIEUR|MADAME)\b|"
    rf"\b(?:{HARD_FORM}|SOCIETE|ENTREPRISE)\s+(?:X{{1,4}}|Y{{1,3}}|Z{{1,3}})$"
)
"""What leaves open which company it is, or is not part of its name."""
_INTRODUCED = re.compile(
    r"^(?:JE M APPELLE|C EST|IL S APPELLE|ELLE S APPELLE|MY NAME IS|FAMILLE|FAMILY|LE NOMME|LA NOMMEE) \w"
)
_LABEL = re.compile(
    r"^(?:(?:SON|SA|VOTRE|MON|LE|LA|L) )?(?:NOM|PRENOMS?|NAME)"
    r"(?: (?:DE FAMILLE|USUEL|COMPLET|DE JEUNE FILLE|PATRONYMIQUE))?$|"
    r"^(?:FAMILY|FIRST|LAST|GIVEN|FULL|FORE) ?NAMES?$"
)
"""The field's own label where its answer should be."""
_ROLE = re.compile(
    r"^(?:(?:LE|LA|L|MON|MA|UN|UNE|THE|A) )?(?:EMPLOYEE?|SALARIEE?|ETUDIANTE?|TRAVAILLEU(?:R|SE)|CANDIDATE?|"
    r"DEMANDEU(?:R|SE)|REQUERANTE?|INTERESSEE?|BENEFICIAIRE|TITULAIRE|STUDENT|APPLICANT|WORKER|HOLDER|HOMONYME|BEBE|"
    r"ENFANT|BABY|CHILD|FIANCEE?|CONJOINTE?|EPOU(?:X|SE)|"
    r"PROVISOIRE|TEMPORAIRE|MOI|TOUS|TOUT|PERSONNE|DR|PR|DOCTEUR|PROFESSEUR|MAITRE)(?: ETRANG(?:ER|ERE))?$|"
    r"^(?:LUI|ELLE|MOI) MEME$"
)
"""Who it is about, instead of the name."""
_REMARK = re.compile(
    r"\bEN COURS\b|\bETAT CIVIL\b|^SOUS X$|^(?:FILS|FILLE|FEMME|MARI|SON|DAUGHTER|WIFE|INITIALES?|INITIALS?) (?:DE|D|"
    r"OF|[A-Z])\b|.\b(?:VOIR|CF|SEE)\b|"
    r"\b(?:PASSEPORT|PASSPORT|CNI|DOSSIER|ORTHOGRAPHE|HOMONYME|ILLISIBLE)\b"
)
REACHED = re.compile(r"\S@\S|\bhttps?:|\bwww\.", re.IGNORECASE)
_SPELLED_OUT = re.compile(r"(?:\b\w\b[ .]*){3,}")
_LEGAL_FORM = re.compile(r"\b(?:SA|SAS|SASU|SARL|EURL|SCI|SNC|SCOP|SELARL|SCP|GIE|ASSOCIATION|STE|SOCIETE|ETS)\b")
_SPOKEN_OF = re.compile(r"(?:LES?|LA|L|UNE?|DES|MON|MA|MES|NOTRE|SON|SA|PLUSIEURS|CHEZ|CE|CET|CETTE)\b.")
"""Begins like a sentence about an employer (``le restaurant du coin``), where all of it is in small letters."""
_PERSON = re.compile(
    r"^(?:M|MR|MME|MLLE|MONSIEUR|MADAME|MADEMOISELLE|DR|DOCTEUR|MAITRE|GERANTE?|PATRONN?E?)(?:\.\s*|\s+)(?=\S)"
)
_BRACKETED = re.compile(r"^[^\[\]]*\w[^\[\]]*\[([^\[\]]+)\][^\[\]]*$")
_NOTHING = frozenset(("NEANT", "AUCUN", "AUCUNE", "SANS OBJET", "NON APPLICABLE", "NA", "N A", "SANS", "RAS"))
_CIVILITY = re.compile(
    r"^(?:M|MR|MME|MLLE|MONSIEUR|MADAME|MADEMOISELLE|MRS|MS|DR|PR|DOCTEUR|PROFESSEUR|MAITRE)(?:\.\s*|\s+)(?=\S)"
)
_BORN = re.compile(r"\b(?:NEE?|EPOUSE|EP|EPSE|VEUVE|VVE|USAGE|DITE?|ALIAS|OU|ET|NOM|PRENOMS?)\b(?!-)")
_PARTICLES = frozenset(
    "DE DA DO DOS DAS DEL DI DU DES LA LE LAS LOS LI EL AL BIN BEN BINT IBN BOU VAN VON DER DEN TER TE Y E I OULD ABU "
    "ABD D L MAC MC SAN SANTA SAINT ST STE ST. ZU ZUM AIT UL AS UR DELA DELLA DEGLI ABDUL".split()
)
"""Words of names that people write in any case."""
SHORTEST_PERMIT = 5
"""Digits: no number of a residence permit has fewer than seven; a slip of some leaves one to be looked at."""
_DAY = re.compile(
    r"(?<![0-9])[0-9]{1,2}[/. -][0-9]{1,2}[/. -](?:19|20)[0-9]{2}(?![0-9])|(?<![0-9])(?:19|"
    r"20)[0-9]{2}-[0-9]{2}-[0-9]{2}(?![0-9])"
)
"""A day, such as that until which a permit is valid."""
_STRANGE = re.compile(r"[^\w\s\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad·'’‘`´.,…&\"!–—-]|[0-9_]")
"""Signs that no name bears; invisible ones are named by the record's own checks."""
_PERMIT = re.compile(r"[A-Z0-9][A-Z0-9 ./-]*", re.ASCII)


def is_placeholder(text: str) -> bool:
    """Whether a text stands for nothing."""
    return stand_for_nothing(words(text))


def stand_for_nothing(plain: str) -> bool:
    """The same of a text's capital words."""
    if _POINTING.match(plain) or _TO_COME.match(plain):
        return True
    distinct = set(plain.split())
    one = distinct.pop() if len(distinct) == 1 else plain
    return not plain or one in _PLACEHOLDER or (len(set(plain.replace(" ", ""))) == 1 and len(plain) > 1)


def means_none(text: str) -> bool:
    """Whether a text says that there is none, in a field that may be empty: ``néant``, ``sans objet``."""
    return words(text) in _NOTHING or not text.strip(" -–—/.")


def unlike_a_name(text: str) -> str | None:
    """Why a text can hardly be a person's name, ``placeholder`` or ``qualified``; None when it can. What people have on
    their papers (``NGUYEN ÉPOUSE DUPONT``) can.
    """
    plain = words(text)
    if not has_foreign_letters(text) and (stand_for_nothing(plain) or _LABEL.match(plain) or _ROLE.match(plain)):
        return "placeholder"
    if _INTRODUCED.match(plain) or _REMARK.search(plain) or _is_initials(text):
        return "qualified"
    if is_asked(text) or _STRANGE.search(text) or _CIVILITY.match(capitals(text)):
        return "qualified"
    return None


def _is_initials(text: str) -> bool:
    """Whether a text is nothing but initials: ``A.``, ``J.-P.``, ``d.n.``. One letter by itself can be a whole name."""
    letters = [part for part in re.split(r"[\W_]+", text) if part]
    return bool(letters) and all(len(part) == 1 for part in letters) and (len(letters) > 1 or "." in text)


def read_family_name(text: str) -> Reading[str]:
    """A family name; what a comma parts are two fields in one, which given names on French papers are not."""
    found = read_name(text)
    return unsure("several") if found.certain and "," in text else found


def read_name(text: str) -> Reading[str]:
    """A family name or given names as typed. Titles, a second name or line and remarks are a doubt."""
    if len(text.strip().splitlines()) > 1:
        return unsure("several", tidy(text))
    text = tidy(text)
    plain = capitals(text)
    if unlike_a_name(text) == "placeholder":
        return unsure("placeholder")
    if _SPELLED_OUT.fullmatch(plain):
        return unsure("qualified", plain.replace(" ", "").replace(".", ""))
    if title := _CIVILITY.match(plain):
        return unsure("qualified", text[len(title[0]) :].strip() if len(plain) == len(text) else None)
    if unlike_a_name(text) or (" " in plain and _BORN.search(plain)):
        return unsure("qualified")
    if _is_remarked(text):
        return unsure("qualified", text)
    return certain(text)


def _is_remarked(text: str) -> bool:
    """Whether a text is written as no name is: with signs between its words, as a sentence, or as capitals beside other
    words, which are a family name and given names in one (``DIALLO Awa``) or a remark (``le mien``, ``DIALLO bis``).
    """
    parts = [part for part in re.split(r"[\s,]+", text) if part and capitals(part) not in _PARTICLES]
    if any(not re.search(r"[^\W\d_]", part) or re.search(r"[.…&\"!]", part) for part in parts):
        return True
    if len(re.split(r"[\s,]+", text)) < 2 or not parts or has_foreign_letters(text):
        return False
    parts = [re.sub(r"^(?:[ae]l|as|ul|d|l|n|m|o)[-'’](?=\w)", "", part) for part in parts]
    if all(part[0].islower() for part in parts):
        return True
    written = [part for part in parts if part.upper() != part.lower()]
    shouted = [part.isupper() for part in written if len(part) > 1]
    return any(part[0].islower() for part in written) or (any(shouted) and not all(shouted))


def read_given_names(text: str) -> Reading[str]:
    """Given names as typed; a letter by itself is an initial, while a family name may be one."""
    found = read_name(text)
    return unsure("qualified") if found.certain and len(found.value or "") == 1 else found


def read_permit(text: str) -> Reading[str]:
    """A residence permit's number: it bears digits, more than a year has, and no remark."""
    text = tidy(text)
    if is_placeholder(text):
        return unsure("placeholder")
    if len(text) < SHORTEST_PERMIT:
        return unsure("qualified")
    if not _PERMIT.fullmatch(text.strip().upper()) or len(re.findall("[0-9]", text)) < SHORTEST_PERMIT:
        return unsure("qualified")
    if _DAY.search(text) or re.search(r"[A-Za-z]{4,}| (?:ou|et|du|au|le|or|and|to) ", text, re.IGNORECASE):
        return unsure("qualified")
    return certain(text)


def read_company(text: str) -> Reading[str]:
    """An employer's name as a register or a person gives it."""
    text = tidy(text)
    plain = capitals(text)
    spoken = words_of(plain)
    if not has_foreign_letters(text) and stand_for_nothing(spoken):
        return unsure("placeholder")
    if _GENERIC.match(spoken):
        return unsure("placeholder")
    formed = _LEGAL_FORM.search(plain) is not None
    slashed = re.fullmatch(r"[A-ZÀ-Ý '’-]+/[A-ZÀ-Ý '’-]+", text.strip()) is not None
    starred = "*" in text and (not formed or "/" in text)
    if starred or re.search(r"/\s*$", text) or (slashed and not formed):
        return unsure("machine", _from_register(text) if "*" in text or text.strip().endswith("/") else None)
    if plain.startswith("FAMILLE ") and not formed:
        return unsure("person")
    title = _PERSON.match(plain)
    if re.fullmatch(r"[A-Z'-]+ [A-Z]\.", plain):
        return unsure("person")
    if title and not formed and len(plain.split()) <= 4:
        return unsure("person", text.strip()[len(title[0]) :].strip() if len(plain) == len(text.strip()) else None)
    inside = _BRACKETED.match(text)
    if _LABELLED.match(plain) or _UNSETTLED.search(plain):
        return unsure("qualified")
    if text.islower() and (_SPOKEN_OF.match(plain) or " " not in text):
        return unsure("qualified", text)
    if text[0].islower() and _GENERIC.match(spoken.split()[0]):
        return unsure("qualified", text)
    if _TWO_COMPANIES.search(plain):
        return unsure("several")
    if text.islower() and re.fullmatch(r"\w\. ?\w\.?", text):
        return unsure("placeholder")
    strange = r"[<>{}|\\]" if inside and not is_placeholder(inside[1]) else r"[\[\]<>{}|\\]"
    if is_asked(text) or re.search(strange, text) or not any(c.isalpha() for c in text) or REACHED.search(text):
        return unsure("qualified")
    return certain(text)


def read_establishment(company: dict[str, str]) -> Reading[str]:
    """The employer's name of what the register of companies gives: ``raisonSociale``, and for a sole trader ``nom`` and
    ``prenom``, said as ``Prénom NOM``. A trade name alone is only proposed.
    """
    legal, trade = company.get("raisonSociale", ""), company.get("nomCommercial", "")
    family, given = company.get("nom", ""), company.get("prenom", "")
    person = f"{_spelled(given)} {family.upper()}" if _is_persons(family) and _is_persons(given) else ""
    read = read_company(legal) if legal else unsure("empty")
    if person and (not read.certain or sorted(words(legal).split()) == sorted(words(f"{family} {given}").split())):
        return certain(person)
    if read.certain:
        return read
    if legal:
        return unsure(read.doubt or "machine", read.value or (trade if read_company(trade).certain else None))
    if trade and read_company(trade).certain:
        return unsure("commercial", trade)
    if family and _is_persons(family):
        return unsure("person")
    return unsure("establishment")


def _is_persons(name: str) -> bool:
    return bool(name) and "*" not in name and read_name(name).certain


def _from_register(text: str) -> str | None:
    """``DURAND*EXEMPLE/MARINE /`` (name at birth * name used / given names /) as ``Marine EXEMPLE``."""
    family, slash, given = text.strip().partition("/")
    given = given.strip(" /")
    family = family.split("*")[-1].strip() or family.split("*")[0].strip()
    return f"{_spelled(given.split()[0])} {family}" if slash and given and family else None


def _spelled(given: str) -> str:
    return re.sub(r"[^\W\d_]+", lambda word: word[0].capitalize(), given) if given.isupper() else given


_LATIN = re.compile("[0-9A-Za-z]")
"""What stays a word of its own whatever stands around it: found first, it spares the rest."""


def has_foreign_letters(text: str) -> bool:
    """Whether a text has letters, and none that is Latin: the record's own checks name them."""
    return not _LATIN.search(text[:LONGEST]) and any(c.isalpha() for c in text) and not words(text)


_FORMULA_TEXT = re.compile(r'="([0-9 ]*)"')
_SHORTENED = re.compile(r"[0-9](?:[.,][0-9]+)?E\+?[0-9]{1,2}")
_DIGITS_APART = re.compile(r"[\s.\-_/'’]")


def read_siret(text: str) -> Reading[str]:
    """The digits of a SIRET, with what spreadsheets and people put between and around them taken away; the record's own
    checks say whether they are one. What a spreadsheet lost of them is a doubt: ``8,12346E+13``, a zero in front.
    """
    plain = capitals(tidy(text))
    if found := _FORMULA_TEXT.fullmatch(plain):
        plain = found[1]
    if _SHORTENED.fullmatch(plain):
        return unsure("scientific")
    plain = re.sub(r"(?<=[0-9]{9})[.,]0{1,2}$", "", plain)
    plain = re.sub(r"^(?:N°|NO|NUMERO)?\s*SIRET\s*:?", "", plain)
    digits = _DIGITS_APART.sub("", plain)
    if not digits.isdigit():
        return certain(tidy(text))
    if len(digits) == 14 and digits.endswith("00000"):
        return unsure("scientific")
    whole = digits.zfill(14)
    if len(digits) == 13 or (len(digits) == 12 and is_siret(whole)):
        return unsure("zero_lost", whole if is_siret(whole) else None)
    return certain(digits)

"""Jobs as people write them. What may stand where a job should has no end, so a job is certain only where a word in it
is known to name one: by its ending (``-eur``, ``-ière``, ``-iste``…) or by itself. Any other is proposed as it stands.
"""

import re

from issuer.written.answers import Reading, capitals, certain, is_asked, tidy, unsure, words_of
from issuer.written.names import DONE, HARD_FORM, REACHED, TO_SAY, has_foreign_letters, stand_for_nothing

_NONE = re.compile(
    r"^(?:C ?D ?[DI]|(?:UN |LE |MON )?(?:MEME )?(?:TRAVAIL|EMPLOI|JOB|POSTE|METIER)(?: ETUDIANT)?|STAGE|"
    r"(?:LE |LA )?MEME (?:TRAVAIL|EMPLOI|JOB|POSTE|METIER)\b.*|METIERS? EN TENSION|TACHES? DIVERSES?|SANS .*|"
    r"CHOMEU(?:R|SE)|DEMANDEU(?:R|SE) D EMPLOI|PLUSIEURS|RETRAITEE?|ETUDIANTE? SALARIEE?|(?:DIVERS|PLUSIEURS|TOUS) .*|"
    r"(?:LE |L )?(?:TRAVAIL|EMPLOI|JOB|POSTE|METIER) (?:DU|DE LA|AU|DANS|SUR) .*|(?:COMME|SUIVANT) .*|AU CHOIX|"
    r"SAISON|TOUT|POLYVALENTE?|AIDE|ALTERNANTE?|APPRENTIE?|A [A-Z]{2,}(?:ER|IR|RE)|"
    r"POSTES? .{0,4}POURVOIR|SELON .*|JOB D ETE|JOB D ?ETUDIANT|MISSIONS?|INTERIM|EMPLOYEE?|"
    r"STAGIAIRE|APPRENTISSAGE|ALTERNANCE|ETUDIANTE?|SALARIEE?|(?:T(?:EM)?PS )?(?:PARTIEL|PLEIN|COMPLET)|MI TEMPS|"
    r"[0-9 ]+(?:H|HEURES?)\b.*|[0-9 ]+)$"
)
_OTHER = re.compile(r"^(?:UNE? )?(?:AUTRES?|OTHER)(?: (?:EMPLOI|METIER|POSTE|TRAVAIL|JOB))?(?: A?\b ?PRECISER)?$")
"""The last entry of a list of jobs."""
_OPEN = re.compile(r"\b(?:ET ?/ ?)?(?:OU|OR)\b|\b(?:SOIT|SINON|PUIS|ENSUITE|THEN|AND/OR)\b")
"""What leaves open which of two, or says one after the other."""
_TERMS = re.compile(
    rf"\bNON (?:{DONE})E?\b|\bA (?:{TO_SAY})\b|\bVOIR\b|^(?:METIER|POSTE|EMPLOI|JOB)\s*:|"
    r"\bC ?D ?[DI]\b|\b(?:EN|CONTRAT) (?:APPRENTISSAGE|ALTERNANCE)\b|[0-9] ?H(?:EURES?)?\b(?! ?/)|\bEN EXTRA\b|"
    r"\b(?:A )?(?:T(?:EM)?PS |MI[ -])(?:PARTIEL|PLEIN|COMPLET|TEMPS)\b|\b[0-9]+ ?(?:MOIS|ANS?|SEMAINES?|JOURS?)\b|"
    r"\w ?:|"
    rf"\b(?:{HARD_FORM})\b|^(?:LE|LA|LES) |^L'|^ETUDIANTE?(?: EN)? |^(?:FUTURE?|EX)[ -]"
)
"""What is still open, or a term of the contract, beside a job's name."""
_HEDGED = re.compile(
    r"\b(?:PEUT ETRE|PROBABLEMENT|NORMALEMENT|EVENTUELLEMENT|SUREMENT|CERTAINEMENT|SANS DOUTE|FUTURE?|"
    r"ANCIEN(?:NE)?|EX|^(?:MA|MON|MES|SA|SON|NOTRE|VOTRE|LEUR) .*|"
    r"MAYBE|PERHAPS|PROBABLY|ENVIRON|GENRE|TYPE|STYLE|ETC|SI|IF|EN ATTENDANT|"
    r"ACTUELLEMENT|CURRENTLY|AVANT|DEVENUE?|PROMUE?|"
    r"INDEPENDANTE?|AUTO ENTREPRENEU(?:R|SE)|FREELANCE|MA SOCIETE|A MON COMPTE|BIENTOT|PLUS TARD|APRES|EN ESSAI|"
    r"A L ESSAI)\b|\((?:ESSAI|DIPLOME|TEST|FORMATION)\)|\bCOMME\b|\.\.\.|…"
)
_GENERAL = re.compile(
    r"^(?:(?:UNE?|LE|LA|L|LES|MON|MA|MES|D|DES|DE|DU|PETITS?|PETITES?|GROS|BON|SIMPLE|[0-9]+) )*"
    r"(?:TRAVAIL|TRAVAUX|EMPLOIS?|JOBS?|BOULOTS?|POSTES?|METIERS?|CONTRATS?|SALARIEE?S?|EMPLOYEE?S?|TRAVAILLEU(?:R|"
    r"SE)S?|"
    r"REMPLACANTE?S?|INTERIMAIRES?|SAISONNIERE?S?|JOURNALIERE?S?|STAGIAIRES?|APPRENTIE?S?|ETUDIANTE?S?|DEMANDEU(?:R|"
    r"SE)S?|"
    r"BENEFICIAIRES?|TITULAIRES?|PATRONN?E?|EMPLOYEU(?:R|SE)|CHOMEU(?:R|SE)|RETRAITEE?|ETRANG(?:ER|ERE)S?|"
    r"WORKERS?|EMPLOYEES?|STUDENTS?|TRAINEES?|VOLONTAIRES?)"
    r"(?: (?:SAISONNIER|TEMPORAIRE|ALIMENTAIRE|ETUDIANT|ETRANGER|INTERIMAIRE|OCCASIONNEL|"
    r"REGULIER|PARTICULIER|JOURNALIER|PRECAIRE|LIBRE|ACTUEL|PRECEDENT|DIVERS|VARIE|VACANT)(?:LE|E)?S?)*$"
)
"""That somebody works, not as what."""
_SEX = re.compile(r"\(? ?\b[HFMWX](?: ?/ ?[HFMWXD]){1,2}\b ?\)?")
_LED_IN = re.compile(r"^(?:(?:POSTE|EMPLOI|METIER|JOB|TRAVAIL|CONTRAT|EN TANT|FONCTIONS?) (?:DE|D|QUE)|UNE?|LE|LA|L) ")
_ENDINGS = (
    r"(?:[A-Z]{2,}(?:EURE?S?|EUSES?|RICES?|IERS?|IERES?|YERS?|YERES?|[IY]STES?|ILLERS?|ILLERES?|ERONS?|ERONNES?|"
    r"THERAPEUTES?|NNAIRES?|TINES?|IENS?|IENNES?|OLOGUES?|GRAPHES?|OGUES?|ECTES?|"
    r"ATRES?|NOMES?|THEQUES?|IATRES?|CHERS?|CHERES?|GERS?|GERES?|ANTS?|ANTES?)"
    r"|[A-Z]{2,}(?:OR|OPER|AGER|IGNER|INEER|TENDER|ITER|ITRESS|RIVER|LEANER|ELLER|EACHER|RAINER|ARCHER|UILDER|AKER|"
    r"ORKER|ARMER|RITER|AINTER|ORTER|LERK|ALYST|ENTIST|NURSE|HELPER|PICKER|MAN|WOMAN|MAID))"
)
_KNOWN = (
    "CHEF|CHEFFE|CHEFS|AGENTE?|COMMIS|MACONN?E?|OUVRI[A-Z]+|ATTACHEE?|CHARGEE?|GARDE|HOTE|RESPONSABLE|ADJOINTE?|DELEGUEE?|"
    "MEDECIN|INTERNE|PROFESSEURE?|PROF|CADRE|CLERC|AVOCATE?|NOUNOU|NOURRICE|SITTER|BABYSITTER|SECONDE?|LEAD|LEADER|HEAD|"
    "ENGINEER|COACH|CARISTE|JURISTE|PEINTRE|MAITRE|MAITRESSE|MODELE|MANNEQUIN|POSTDOC|DOC|DOCTORANTE?|ATER|PILOTE|STEWARD|"
    "HOTESSE|VALET|MANOEUVRE|KINE|INTERPRETE|GUIDE|VIGILE|CONCIERGE|COMPTABLE|TELECONSEILL[A-Z]+|NOTAIRE|VETERINAIRE|"
    "SECRETAIRE|LIBRAIRE|DISQUAIRE|GESTIONNAIRE|COACH|CAVISTE|CUISTOT|SERVEU[A-Z]+|PLONGEU[A-Z]+|PIZZAIOLO|BARISTA|"
    "SOMMELIER|ARTISTE|DANSEUSE|MUSICO|CHOREGRAPHE|ARCHITECTE|OWNER|CHEFFE|DIRECTION|CONSULTANTE?|EXPERTE?|"
    "EMPLOYEE?|AIDE|AUXILIAIRE|MANDATAIRE|FONCTIONNAIRE|ECRIVAINE?|REPORTER|PRESIDENTE?|AGENTS|ASSISTANTE?|APPRENTIE?|ALTERNANTE?|STAGIAIRE|FEMME|HOMME|SAGE|JEUNE|FILLE|"
    "PRESIDENTE?|GERANTE?|DJ|CREW|FORGERON|TAILLEUR|MITRON|TOURNEUR|SOUDEUR|CONTREMAITRE|CAPITAINE|MATELOT|MARIN|MOUSSE|"
    "BERGER|BERGERE|SAISONNIERE?|SKIPPER|GROOM|LAD|ACTUAIRE|MIROITIER|CORDISTE|ELAGUEUR|ARTISAN|TRADER|BUYER|NANNY|CASHIER|WAITER|COOK|BAKER|TEACHER|LECTEUR|"
    "LECTRICE|DESIGNER|DEVELOPPEU[A-Z]+|DEVOPS|WEBMASTER|SCRUM|SOUS|VICE|CO|CHERCHEU[A-Z]+|SAPEUR|AMBULANCIER|RIPEUR|"
    "DIETETICIEN|PSY|PSYCHOLOGUE|OPERATEUR|VENDEU[A-Z]+|AESH|ASH|ATSEM|AVS|AES|FACTEUR|FACTRICE|COURSIER|RIDER|SHAPER"
)
_WITH_MORE = re.compile(
    r"^(?:GARDE|AGENTE?|ASSISTANTE?|CHARGEE?|ATTACHEE?|DELEGUEE?|ADJOINTE?|RESPONSABLE|CHEF|CHEFFE|SECONDE?|LEAD|HEAD|"
    r"MAITRE|MAITRESSE|EMPLOYEE?|AIDE|FEMME|HOMME|FILLE|JEUNE|APPRENTIE?|ALTERNANTE?|STAGIAIRE|SAISONNIERE?|SOUS|"
    r"VICE|CO|SAGE)$"
)
"""Names a job with another word only."""
_NO_NAME_OF_ONE = frozenset(
    """
    MONSIEUR SECTEUR RESTAURANT RESTAURANTS VACANT VACANTE PARTICULIER PARTICULIERS ETUDIANT ETUDIANTE CHANTIER
    CHANTIERS QUARTIER METIER METIERS ATELIER ATELIERS COURANT PREMIER PREMIERE DERNIER DERNIERE INTERIEUR EXTERIEUR
    SUPERIEUR SUPERIEURE INFERIEUR JOURNALIER REGULIER REGULIERE SUIVANT SUIVANTE PENDANT DURANT
    AVANT VALEUR COEUR HEURE HEURES ENTIER PAPIER PAPIERS DOSSIER CAHIER CALENDRIER JANVIER FEVRIER COURRIER HIER
    IMMOBILIER MOBILIER HOTELIER ENTRETIEN MAINTIEN SOUTIEN LIEN BIEN RIEN QUOTIDIEN ANCIEN ANCIENNE PARISIEN PARISIENNE
    LISTE PISTE TITULAIRE PARTIR MINEUR MAJEUR MAJEURE MEILLEUR AILLEURS PLUSIEURS ORDINATEUR MOTEUR RAYON CARRIERE
    MATIERE MANIERE FRONTIERE CUISINIERES PREFECTURE PROCEDURE CANTINE CUISINE ROUTINE TARTINE USINE MACHINE SEMAINE
    CLIENTELE INTERIMAIRE PARTENAIRE MILLIONNAIRE QUESTIONNAIRE DICTIONNAIRE CENTENAIRE MAISON ENVIRON AUTOMOBILISTE
    """.split()
)
"""What ends as many jobs do and names none by itself."""
_WITHIN = frozenset("DE DU DES D LA LE LES L A AU AUX EN ET POUR AVEC SUR DANS CHEZ PAR".split())
"""Words of French: behind them the last word is what the job is about, while English has the job there."""
_A_JOB = re.compile(rf"(?:{_ENDINGS}|{_KNOWN})")


def read_job(text: str) -> Reading[str]:
    """A job as typed; ``unfamiliar``, with the text proposed, where nothing in it is known to name one."""
    text = tidy(text)
    foreign, plain = has_foreign_letters(text), capitals(text)
    said = words_of(plain)
    if not foreign and (stand_for_nothing(said) or _NONE.match(said) or _GENERAL.match(said)):
        return unsure("placeholder")
    if _OTHER.match(said):
        return unsure("unknown")
    if _OPEN.search(plain) and not _is_either_gender(plain):
        return unsure("several")
    if _names_several(plain):
        return unsure("several", text)
    if REACHED.search(text) or _TERMS.search(plain):
        return unsure("qualified")
    if is_asked(text) or _HEDGED.search(plain) or _HEDGED.search(said):
        return unsure("qualified", text.replace("?", "").strip() or None)
    return certain(text) if foreign or names_a_job(said) else unsure("unfamiliar", text)


def names_a_job(said: str) -> bool:
    """Whether one of the first two words, or the last of an English name, is known to name a job; ``said`` are capital
    words.
    """
    parts = _LED_IN.sub("", said).split()
    looked_at = parts[:2] if _WITHIN & set(parts) else (*parts[:2], *parts[-1:])
    heads = [part for part in looked_at if part not in _NO_NAME_OF_ONE and _A_JOB.fullmatch(part)]
    return bool(heads) and (len(parts) > 1 or not _WITH_MORE.match(heads[0]))


def _is_either_gender(plain: str) -> bool:
    """Whether a text is one word of a job in both genders: ``vendeur ou vendeuse``."""
    pair = re.fullmatch(r"([A-Z]{4,}) OU ([A-Z]{4,})(?: [A-Z' -]+)?", plain)
    return pair is not None and _are_alike(pair[1], pair[2]) and all(_A_JOB.fullmatch(one) for one in pair.groups())


def _names_several(plain: str) -> bool:
    """Whether strokes part three jobs or more (``serveur/livreur/plongeur``); two are one title."""
    parts = [part.strip(" ()") for part in _SEX.sub(" ", plain).split("/")]
    heads = [part.split()[0] for part in parts if part]
    jobs = [head for head in heads if len(head) > 2 and _A_JOB.fullmatch(head)]
    return sum(not any(_are_alike(job, before) for before in jobs[:n]) for n, job in enumerate(jobs)) > 2


def _are_alike(first: str, second: str) -> bool:
    """Whether two words differ in their endings alone."""
    shared = next((n for n, (one, other) in enumerate(zip(first, second, strict=False)) if one != other), 99)
    return shared >= min(len(first), len(second)) - 3

"""The whole way of one dossier: read from Démarches simplifiées, decided once, its PDF joined there, scanned and
verified.
"""

import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from issuer.accounts import Directory
from issuer.attestation import status, verify
from issuer.demarches import deciding
from issuer.demarches.context import open_demarches
from issuer.demarches.worker import holder, turn
from issuer.demo.demarches import people
from issuer.demo.demarches.setting_up import ACCOUNTS
from issuer.home import Home
from issuer.reading import read_codes
from issuer.registry import requests
from keys.errors import not_none

_JUSTIFICATIF = (
    "query justificatif($number: Int!) { dossier(number: $number) { state motivationAttachment { filename url } } }"
)


@dataclass(frozen=True)
class Walk:
    """What was seen on the way."""

    dossiers: int
    dossier: int
    number: str
    state: str
    pdf: Path
    verdict: str


def walk(home: Home) -> Walk | None:
    """Take the first dossier all the way; None when it went it before. Raises what the acts raise."""
    context = open_demarches(home, time.sleep, time.time)
    ran = turn(context, holder(), force=True)
    request = requests.by_number(home.engine, people.FIRST_DOSSIER)
    if ran is None or request is None or request.state != "en_instruction":
        return None
    agent = not_none(Directory(home.engine, home.clock).by_identifier(ACCOUNTS["75"]))
    deciding.accept(context, request, request.revision, "Dossier complet.", agent)
    source = context.source()
    dossier = source.client.read(_JUSTIFICATIF, {"number": people.FIRST_DOSSIER})["dossier"]
    given = dossier["motivationAttachment"]
    if given is None:
        return None
    pdf = home.documents / given["filename"]
    pdf.write_bytes(httpx.get(given["url"], timeout=30).raise_for_status().content)
    trust, now = home.trust(), home.clock()
    lists = {
        entry.number: status.accept((home.public / entry.path).read_bytes(), entry.number, trust, None, now)
        for entry in trust.status_lists
    }
    verdicts = [verify(code, trust, lists, now).verdict for code in read_codes(pdf)]
    answered = not_none(requests.by_number(home.engine, people.FIRST_DOSSIER))
    return Walk(
        requests.count(home.engine, requests.Wanted(withdrawn=None)),
        people.FIRST_DOSSIER,
        f"{answered.attestation}",
        dossier["state"],
        pdf,
        verdicts[0] if verdicts else "no_code",
    )

"""A desk for the tests: fixed keys, a trust list, a clock that only moves when told, and a verifier's eyes."""

from dataclasses import replace

from issuer.attestation import status, verify
from issuer.attestation.record import Signatory
from issuer.desk import DeskContext, publish
from keys import trust
from keys.roots import RootSet
from keys.signer import SeedSigner
from keys.trust_content import StatusListEntry, TrustContent, TrustedKey

DAY = 86_400
NOW = 1_772_452_800
"""2026-03-02T12:00:00Z."""
ORIGIN = "https://verif.workinfrance.example"
ROOT, SIGNER, STATUS = (SeedSigner(bytes([place]) * 32) for place in (1, 2, 3))
SIGNATORY = Signatory("MARTIN", "Directrice adjointe", "Service de la main-d'œuvre étrangère", "Anne")
AUTHOR = "agent-17"


def trust_content(lists=(1, 2), version=1, issued=NOW - DAY):
    """A trust list of the three keys."""
    window = (issued - 400 * DAY, issued + 4000 * DAY)
    keys = (
        TrustedKey(SIGNER.kid, SIGNER.public_key, 1, *window, 1, "DREETS d'essai"),
        TrustedKey(STATUS.kid, STATUS.public_key, 2, *window, 1, "DREETS d'essai"),
    )
    entries = tuple(StatusListEntry(number, f"status-{number}.cose", STATUS.kid) for number in lists)
    return TrustContent(
        version,
        issued,
        issued + 7 * DAY,
        issued + 30 * DAY,
        RootSet(1, (ROOT.public_key,)),
        keys,
        entries,
        (ORIGIN,),
        True,
    )


def made_up(home):
    """The desk of a home for records that the tests make up: the same people over and over, on days long past."""
    return replace(home.desk(), accept_warnings=True)


class Clock:
    """A clock in UTC seconds that stands still."""

    def __init__(self, now=NOW):
        self.now = now

    def __call__(self):
        return self.now


class Office:
    """A desk, and a verifier who only sees what was published."""

    def __init__(self, engine, folder, **changes):
        self.engine, self.folder, self.clock = engine, folder, Clock()
        usual = DeskContext(
            engine=engine,
            signers=lambda department, now: SIGNER,
            origin=ORIGIN,
            clock=self.clock,
            status_lists=(1, 2),
            signatory=SIGNATORY,
            accept_warnings=True,
        )
        self.desk = replace(usual, **changes)
        self.content = trust_content()

    def with_desk(self, **changes):
        """The same database and folder with another context of the acts."""
        other = Office(self.engine, self.folder)
        other.clock = self.clock
        other.desk = replace(self.desk, **changes)
        return other

    def trust_cose(self):
        """The signed trust list."""
        return trust.make(self.content, [ROOT])

    def publish(self, signers=lambda kid: STATUS, **options):
        """Publish everything."""
        return publish(self.desk, self.folder, self.trust_cose(), signers, AUTHOR, **options)

    def verdict(self, text, now=None):
        """The verdict on a QR text of a verifier that fetched what stands in the public folder just now."""
        now = self.clock.now if now is None else now
        held = trust.accept((self.folder / "trust.cose").read_bytes(), RootSet(1, (ROOT.public_key,)), None, now).trust
        listed = {
            entry.number: status.accept((self.folder / entry.path).read_bytes(), entry.number, held, None, now)
            for entry in held.status_lists
        }
        return verify(text, held, listed, now).verdict

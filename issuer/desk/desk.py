"""The desk: every act on attestations, for the command line, the web application and Démarches simplifiées alike."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from issuer.attestation import status
from issuer.attestation.qr import encode_text
from issuer.attestation.record import Signatory
from issuer.desk import acts, issuing, publishing
from issuer.desk.errors import ActRefused
from issuer.desk.issuing import Issued
from issuer.desk.means import Means
from issuer.registry import queries
from issuer.registry.chain import Act
from keys.signer import Signer


class Desk:
    """The acts, done with some :class:`~issuer.desk.means.Means`. Safe to share between threads.

    ``author`` is everywhere the identifier of an account (``cli:root``, ``agent-17``), never a name:
    1 to 64 of ``A-Z a-z 0-9 . _ : -``. Every method may raise RegistryError, with nothing changed.
    """

    def __init__(self, means: Means) -> None:
        self.means = means

    def issue(self, record: object, author: str, signatory: Signatory | None = None) -> Issued:
        """Issue one record; a refused one is answered, not raised. See :func:`issuer.desk.issuing.issue_many`."""
        return next(issuing.issue_many(self.means, [record], author, 1, signatory))

    def issue_many(
        self,
        records: Iterable[object],
        author: str,
        batch: int = issuing.BATCH,
        signatory: Signatory | None = None,
    ) -> Iterator[Issued]:
        """Issue records as they come. See :func:`issuer.desk.issuing.issue_many`."""
        return issuing.issue_many(self.means, records, author, batch, signatory)

    def suspend(
        self, number: int | str, grounds: acts.Grounds, author: str, also: acts.Along | None = None
    ) -> acts.Done:
        """Suspend: verifiers show amber. See :func:`issuer.desk.acts.do`."""
        return acts.do(self.means, "suspend", number, grounds, author, also)

    def reinstate(
        self, number: int | str, grounds: acts.Grounds, author: str, also: acts.Along | None = None
    ) -> acts.Done:
        """End a suspension, or cancel a decision that has yet to take effect. See :func:`issuer.desk.acts.do`."""
        return acts.do(self.means, "reinstate", number, grounds, author, also)

    def revoke(
        self, number: int | str, grounds: acts.Grounds, author: str, also: acts.Along | None = None
    ) -> acts.Done:
        """Withdraw or end, for good. See :func:`issuer.desk.acts.do`."""
        return acts.do(self.means, "revoke", number, grounds, author, also)

    def replace(
        self, number: int | str, record: object, grounds: acts.Grounds, author: str
    ) -> tuple[Issued, acts.Done | None]:
        """Issue another in its place. See :func:`issuer.desk.acts.replace`."""
        return acts.replace(self.means, number, record, grounds, author)

    def renew(self, number: int | str, record: object, author: str) -> Issued:
        """Issue another that follows it, linking both. See :func:`issuer.desk.acts.renew`."""
        return acts.renew(self.means, number, record, author)

    def note_notification(self, number: int | str, notified_on, author: str) -> None:
        """Add the day of notification. See :func:`issuer.desk.acts.note_notification`."""
        acts.note_notification(self.means, number, notified_on, author)

    def publish(
        self,
        folder: Path,
        trust_cose: bytes,
        signers: Callable[[bytes], Signer],
        author: str,
        ttl: int = status.DEFAULT_TTL,
        lifetime: int = status.DEFAULT_LIFETIME,
        acts: Sequence[Act] = (),
    ) -> publishing.Published:
        """Publish the trust list and every status list. See :func:`issuer.desk.publishing.publish`."""
        return publishing.publish(self.means, folder, trust_cose, signers, author, ttl, lifetime, acts)

    def text(self, number: int | str) -> str | None:
        """The QR text of an archived attestation; None when there is none."""
        archived = queries.archived(self.means.engine, number)
        return None if archived is None else encode_text(self.means.origin, archived.token)

    def document(self, number: int | str) -> bytes:
        """The PDF of an archived attestation, printed from its exact token and annex. Raises ActRefused ("unknown")."""
        archived = queries.archived(self.means.engine, number)
        if archived is None or self.means.printer is None:
            raise ActRefused("unknown", "The registry holds no document of this number. Check its ten digits.")
        return self.means.printer(archived.token, archived.annex, encode_text(self.means.origin, archived.token))

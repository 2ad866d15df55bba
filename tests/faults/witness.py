"""An independent reader of what a fault left: SQL, SHA-256, cbor2 and cryptography, nothing of the project.

It knows the documented forms only: the chain of ``issuer/registry/chain.py``'s first lines, the token, trust list and
status list of ``docs/format.md``.
"""

import hashlib
import json
import sqlite3
import zlib
from pathlib import Path

import cbor2
import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

STATES = {"revoke": 1, "suspend": 2, "replace": 3}


class Torn(AssertionError):
    """Something was lost, doubled, torn or forged."""


class Witness:
    """Reads one database and one folder of published files, again and again: what it saw once must stay."""

    def __init__(self, address: str, public: Path) -> None:
        self.address, self.public = address, public
        self.chain: list[bytes] = [bytes(32)]
        """Hash of every entry, by seq."""
        self.issued: dict[str, int] = {}
        """Number → seq of its issue."""
        self.published: dict[str, int] = {}
        """Name of a status list → the latest iat seen in its file."""
        self.version = 0
        self.tokens = 0

    def rows(self, statement: str, *values: object) -> list[tuple]:
        """What the database answers."""
        if "://" in self.address:
            with psycopg.connect(self.address) as connection:
                return connection.execute(statement.replace("?", "%s"), values).fetchall()
        connection = sqlite3.connect(self.address, timeout=30)
        try:
            return connection.execute(statement, values).fetchall()
        finally:
            connection.close()

    def check(self) -> None:
        """Everything that was added since the last look, then what must hold over all of it."""
        self.check_chain()
        self.check_tokens()
        self.check_public()

    def check_chain(self) -> None:
        """Every new entry follows the one before; the head row is the last entry; each issue is one attestation."""
        last = len(self.chain) - 1
        found = self.rows(
            "SELECT seq, at, actor, act, subject, details, prev, hash FROM audit WHERE seq >= ? ORDER BY seq",
            max(last, 1),
        )
        if last and bytes(found[0][7]) != self.chain[last]:
            raise Torn(f"entry {last} is another than before")
        for seq, at, actor, act, subject, details, prev, hash_ in found[1 if last else 0 :]:
            body = f"[{seq},{at},{json.dumps(actor)},{json.dumps(act)},{json.dumps(subject)},{details}]"
            if (
                seq != len(self.chain)
                or bytes(prev) != self.chain[-1]
                or hashlib.sha256(self.chain[-1] + body.encode()).digest() != bytes(hash_)
            ):
                raise Torn(f"the chain breaks at entry {seq}")
            self.chain.append(bytes(hash_))
            if act == "issue":
                if subject in self.issued:
                    raise Torn(f"{subject} was issued twice")
                self.issued[subject] = seq
        [(seq, hash_)] = self.rows("SELECT seq, hash FROM chain_head")
        if (seq, bytes(hash_)) != (len(self.chain) - 1, self.chain[-1]):
            raise Torn("the head is not the last entry")
        [(rows, numbers, places)] = self.rows(
            "SELECT count(*), count(DISTINCT number), (SELECT count(*) FROM (SELECT DISTINCT list_number, list_index"
            " FROM attestation) AS places) FROM attestation"
        )
        [(used,)] = self.rows("SELECT coalesce(sum(used), 0) FROM status_list")
        if not rows == numbers == places == used == len(self.issued):
            raise Torn(
                f"{rows} rows, {numbers} numbers, {places} places, {used} taken, {len(self.issued)} issues in the chain"
            )

    def check_tokens(self) -> None:
        """Every new token bears the signature of a listed key and the number of its row."""
        keys = {key[1]: key[2] for key in self.trust()[6]}
        for number, token in self.rows(
            "SELECT number, token FROM attestation JOIN archive ON attestation_id = id ORDER BY id LIMIT 1000000"
            " OFFSET ?",
            self.tokens,
        ):
            protected, unprotected, payload, signature = cbor2.loads(bytes(token)).value
            kid = cbor2.loads(protected)[4]
            Ed25519PublicKey.from_public_bytes(keys[kid]).verify(
                signature, cbor2.dumps(["Signature1", protected, b"", payload])
            )
            if cbor2.loads(payload)[-65537][2] != number or unprotected:
                raise Torn(f"the token of {number} is another's")
            self.tokens += 1
        if self.tokens != len(self.issued):
            raise Torn(f"{self.tokens} tokens for {len(self.issued)} attestations")

    def trust(self) -> dict:
        """The payload of the published trust list, signed by a root that it names."""
        protected, _, payload, signatures = cbor2.loads((self.public / "trust.cose").read_bytes()).value
        content = cbor2.loads(payload)
        for sign_protected, _, signature in signatures:
            for root in content[5][1]:
                if hashlib.sha256(root).digest()[:8] == cbor2.loads(sign_protected)[4]:
                    Ed25519PublicKey.from_public_bytes(root).verify(
                        signature, cbor2.dumps(["Signature", protected, sign_protected, b"", payload])
                    )
                    return content
        raise Torn("no root signed the trust list")

    def check_public(self) -> None:
        """Every published file is whole and signed, nothing goes back, and the published head is in the chain."""
        trust = self.trust()
        if trust[1] < self.version:
            raise Torn("the trust list went back")
        self.version = trust[1]
        keys = {key[1]: key[2] for key in trust[6]}
        for entry in trust[7]:
            self.look_at(entry[2], keys[entry[3]])
        head = json.loads((self.public / "audit-head.json").read_text())
        if self.chain[head["seq"]].hex() != head["hash"]:
            raise Torn("the published head is not in the chain")

    def look_at(self, name: str, key: bytes) -> dict:
        """The claims of one status list file, whole, signed and not older than seen before."""
        protected, _, payload, signature = cbor2.loads((self.public / name).read_bytes()).value
        Ed25519PublicKey.from_public_bytes(key).verify(signature, cbor2.dumps(["Signature1", protected, b"", payload]))
        claims = cbor2.loads(payload)
        if len(zlib.decompress(claims[65533]["lst"])) != 262_144:
            raise Torn(f"{name} is cut")
        if claims[6] < self.published.get(name, 0):
            raise Torn(f"{name} went back")
        self.published[name] = claims[6]
        return claims

    def state(self, number: str) -> int:
        """0 valid, 1 revoked, 2 suspended, 3 replaced."""
        [(state,)] = self.rows("SELECT state FROM attestation WHERE number = ?", int(number))
        return state

    def token(self, reference: str) -> tuple[str, str]:
        """The number and token (hexadecimal) issued under a reference. Raises Torn when there is none."""
        found = self.rows(
            "SELECT number, token FROM reference_use JOIN attestation ON id = reference_use.attestation_id "
            "JOIN archive ON archive.attestation_id = id WHERE reference = ?",
            reference,
        )
        if len(found) != 1:
            raise Torn(f"{len(found)} attestations under {reference}")
        return str(found[0][0]), bytes(found[0][1]).hex()

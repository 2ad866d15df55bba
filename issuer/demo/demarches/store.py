"""What the local Démarches simplifiées keeps: dossiers, files, and who may do what. In memory, and in one file when it
is to outlast a restart.
"""

import base64
import hashlib
import json
import threading
from collections.abc import Callable
from pathlib import Path

from issuer.demarches.source import checksum, instant
from keys import durable
from keys.instants import instant as iso

DECIDED = ("accepte", "refuse", "sans_suite")
IN_FRENCH = {
    "accepte": "accepté",
    "refuse": "refusé",
    "sans_suite": "classé sans suite",
    "en_construction": "en construction",
    "en_instruction": "en instruction",
}


def identifier(kind: str, number: int) -> str:
    """A GraphQL identifier: ``Dossier-12`` in base64."""
    return base64.b64encode(f"{kind}-{number}".encode()).decode()


class Refused(Exception):
    """What a mutation answers in its ``errors``."""


class Store:
    """Dossiers of one démarche and its files. ``clock`` gives UTC seconds. Safe to share between threads.

    ``dossiers`` holds them by number, in the API's own shape; ``deleted`` what was deleted, number → UTC second.
    """

    def __init__(self, demarche: dict, clock: Callable[[], int], file: Path | None = None) -> None:
        self.demarche, self.clock, self.file = demarche, clock, file
        self.dossiers: dict[int, dict] = {}
        self.deleted: dict[int, int] = {}
        self.blobs: dict[str, dict] = {}
        """Blob identifier → filename, contentType, checksum, byteSize, data (base64, None until it was sent)."""
        self.lock = threading.RLock()
        if file is not None and file.exists():
            kept = json.loads(file.read_text(encoding="utf-8"))
            self.dossiers = {int(number): dossier for number, dossier in kept["dossiers"].items()}
            self.deleted = {int(number): at for number, at in kept["deleted"].items()}
            self.blobs = kept["blobs"]

    def save(self) -> None:
        """Write everything, if there is a file for it."""
        if self.file is not None:
            text = json.dumps(
                {"dossiers": self.dossiers, "deleted": self.deleted, "blobs": self.blobs}, ensure_ascii=False
            )
            durable.write(self.file, text.encode())

    def add(self, dossier: dict) -> None:
        """Put a dossier in."""
        with self.lock:
            self.dossiers[dossier["number"]] = dossier

    def touch(self, dossier: dict) -> None:
        """Its last modification is now."""
        dossier["dateDerniereModification"] = iso(self.clock())

    def find(self, dossier_id: str) -> dict:
        """The dossier of a GraphQL identifier. Raises KeyError."""
        return next(dossier for dossier in self.dossiers.values() if dossier["id"] == dossier_id) if dossier_id else {}

    def delete(self, number: int) -> None:
        """Its usager deletes it."""
        with self.lock:
            self.deleted[number] = self.clock()
            self.dossiers.pop(number)
            self.save()

    def move(
        self, dossier: dict, state: str, instructeur: str, motivation: str | None = None, blob: str | None = None
    ) -> None:
        """Bring a dossier into a state, as an instructeur may. Raises Refused."""
        with self.lock:
            profile = self._instructeur(dossier, instructeur)
            allowed = {
                "en_instruction": ("en_construction", *DECIDED),
                "accepte": ("en_instruction",),
                "refuse": ("en_instruction",),
                "sans_suite": ("en_instruction",),
            }[state]
            if dossier["state"] not in allowed:
                raise Refused(f"Le dossier est déjà {IN_FRENCH[dossier['state']]}")
            given = self._file(blob) if blob else None
            now = iso(self.clock())
            dossier["state"] = state
            if state in DECIDED:
                dossier |= {"dateTraitement": now, "motivation": motivation, "motivationAttachment": given}
            else:
                dossier |= {
                    "datePassageEnInstruction": now,
                    "dateTraitement": None,
                    "motivation": None,
                    "motivationAttachment": None,
                }
            dossier["traitements"].append(
                {
                    "state": state,
                    "emailAgentTraitant": profile["email"],
                    "dateTraitement": now,
                    "motivation": motivation,
                }
            )
            self.touch(dossier)
            self.save()

    def message(
        self, dossier: dict, instructeur: str, body: str, blob: str | None, correction: str | None = None
    ) -> dict:
        """An instructeur writes to the usager; a correction asked for puts a dossier in instruction back into
        construction. Raises Refused.
        """
        with self.lock:
            profile = self._instructeur(dossier, instructeur)
            sent = {
                "id": identifier("Commentaire", dossier["number"] * 100 + len(dossier["messages"])),
                "email": profile["email"],
                "body": body,
                "createdAt": iso(self.clock()),
                "attachments": [self._file(blob)] if blob else [],
            }
            if not body.strip():
                raise Refused("Le champ « Votre message » doit être rempli")
            pending = any((one.get("correction") or {}).get("dateResolution", 1) is None for one in dossier["messages"])
            if correction and not pending and dossier["state"] in ("en_construction", "en_instruction"):
                sent["correction"] = {"reason": correction, "dateResolution": None}
                if dossier["state"] == "en_instruction":
                    dossier |= {"state": "en_construction", "datePassageEnInstruction": None}
            dossier["messages"].append(sent)
            self.touch(dossier)
            self.save()
            return sent

    def _instructeur(self, dossier: dict, wanted: str) -> dict:
        group = next(
            group
            for group in self.demarche["groupeInstructeurs"]
            if group["number"] == dossier["groupeInstructeur"]["number"]
        )
        profile = next((profile for profile in group["instructeurs"] if profile["id"] == wanted), None)
        if profile is None:
            raise Refused("L’instructeur n’a pas les droits d’accès à ce dossier")
        return profile

    def _file(self, blob: str) -> dict:
        kept = self.blobs.get(blob)
        if kept is None or kept["data"] is None:
            raise Refused("Le justificatif n’a pas été téléversé")
        return {name: kept[name] for name in ("filename", "contentType", "checksum")} | {
            "byteSizeBigInt": str(kept["byteSize"]),
            "blob": blob,
        }

    def announce(self, filename: str, content_type: str, byte_size: int, md5: str) -> str:
        """A file that is about to be sent; its identifier."""
        with self.lock:
            blob = hashlib.sha256(f"{len(self.blobs)}-{filename}-{md5}".encode()).hexdigest()[:28]
            self.blobs[blob] = {
                "filename": filename,
                "contentType": content_type,
                "byteSize": byte_size,
                "checksum": md5,
                "data": None,
            }
            self.save()
            return blob

    def receive(self, blob: str, data: bytes) -> bool:
        """The file itself; False when it is not the one that was announced."""
        with self.lock:
            kept = self.blobs.get(blob)
            if kept is None or len(data) != kept["byteSize"] or checksum(data) != kept["checksum"]:
                return False
            kept["data"] = base64.b64encode(data).decode()
            self.save()
            return True

    def keep(self, filename: str, content_type: str, data: bytes) -> dict:
        """A file of a usager, as the API shows it."""
        blob = self.announce(filename, content_type, len(data), checksum(data))
        self.receive(blob, data)
        return self._file(blob)

    def page(
        self, first: int, after: str | None, updated_since: str | None, state: str | None, descending: bool
    ) -> tuple[list[dict], str | None, bool]:
        """Dossiers of a page, its cursor, and whether more follow: by last modification when ``updated_since`` is
        given, else by number.
        """
        with self.lock:
            key: Callable[[dict], tuple[int, int]] = (
                (lambda d: (instant(d["dateDerniereModification"]) or 0, d["number"]))
                if updated_since is not None
                else (lambda d: (0, d["number"]))
            )
            since = instant(updated_since) if updated_since is not None else None
            place = tuple(json.loads(base64.b64decode(after))) if after else None
            chosen = sorted(
                (
                    d
                    for d in self.dossiers.values()
                    if (since is None or key(d)[0] >= since) and (state is None or d["state"] == state)
                ),
                key=key,
                reverse=descending,
            )
            if place is not None:
                chosen = [d for d in chosen if (key(d) < place if descending else key(d) > place)]
            shown = chosen[:first]
            cursor = base64.b64encode(json.dumps(key(shown[-1])).encode()).decode() if shown else None
            return shown, cursor, len(chosen) > first

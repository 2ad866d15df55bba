"""What a verification vector is made of."""

from tests.vectors import scene
from tests.vectors.scene import AGE, AUTHORITY, NOW, ORIGIN, SIGNER
from tests.vectors.wire import Key, token_text


class Cases:
    """The vectors of one file, in order. Each expectation was reasoned from ``docs/format.md`` §5."""

    def __init__(self, spec: str) -> None:
        self.spec = spec
        self.rows: list[dict] = []

    def add(
        self,
        name: str,
        comment: str,
        text: str,
        verdict: str,
        level: str,
        *,
        key: Key | None = None,
        claims: dict | None = None,
        age: int | None = None,
        more: bool = False,
        trust: str | None = "main",
        status: tuple[str, ...] = ("one",),
        now: int = NOW,
        floor: int = 0,
        build_time: int = 0,
        spec: str | None = None,
        authority: str = AUTHORITY,
    ) -> None:
        """One vector. ``claims`` are those expected; with them come the age of the status list and the authority."""
        self.rows.append(
            {
                "id": name,
                "spec": spec or self.spec,
                "comment": comment,
                "text": text,
                "trust": trust,
                "status": list(status),
                "now": now,
                "floor": floor,
                "build_time": build_time,
                "expect": {
                    "verdict": verdict,
                    "level": level,
                    "claims": claims,
                    "key": key.kid.hex() if key else None,
                    "status_age_s": age if claims else None,
                    "more": more,
                    "authority": authority if claims else None,
                },
            }
        )

    def invalid(self, name: str, comment: str, payload: bytes, **rest: object) -> None:
        """A rightly signed payload that breaks the rules of the claims."""
        self.add(name, comment, token_text(ORIGIN, SIGNER, payload), "invalid_claims", "red", key=SIGNER, **rest)

    def unsupported(self, name: str, comment: str, payload: bytes, **rest: object) -> None:
        """A rightly signed payload of a later version."""
        self.add(name, comment, token_text(ORIGIN, SIGNER, payload), "unsupported", "grey", key=SIGNER, **rest)

    def authentic(
        self,
        name: str,
        comment: str,
        payload: bytes,
        changes: dict | None = None,
        verdict: str = "valid",
        level: str = "green",
        signer: Key = SIGNER,
        without: tuple[str, ...] = (),
        age: int | None = AGE,
        origin: str = ORIGIN,
        **rest: object,
    ) -> None:
        """A rightly signed, right payload: the reference's claims with ``changes`` come with the verdict."""
        claims = {
            name: value for name, value in (scene.REFERENCE_JSON | (changes or {})).items() if name not in without
        }
        self.add(
            name,
            comment,
            token_text(origin, signer, payload),
            verdict,
            level,
            key=signer,
            claims=claims,
            age=age,
            **rest,
        )

"""Changing the trust list with roots that are elsewhere: draft it, have it signed, take it over.

A draft is the next trust list without any signature, so that each root machine signs the very same
bytes. Taking it over: the pinned threshold and that of every former set in service, the rules of
this issuer, then publication, then the pinning of rotated roots. Each step may be run again.

The rules of this issuer, beyond those of every verifier:

- **Overlap.** A new attestation key starts to sign when the last list that does not name it has
  expired, so that no verifier within its list's time meets a paper whose key it does not know.
- **Nothing is dropped early.** A key that unexpired attestations depend on stays in the list.
"""

from dataclasses import replace
from pathlib import Path

from sqlalchemy import func, select

from issuer.errors import ConfigError, UnreadableSource
from issuer.home import pinning, renewal
from issuer.home.home import TRUST_FILE, Home
from issuer.registry import chain
from issuer.registry.database import reading
from issuer.registry.models import Attestation
from keys import durable, trust as trust_lists
from keys.changes import STATE_WORDS, USE_WORDS, describe
from keys.errors import FormError, TrustRefused
from keys.trust_content import STATE_IN_USE, USE_ATTESTATION, TrustContent

KEEP_FORMER = 730 * 24 * 3600
"""Seconds for which a root set that was rotated away goes on signing: two years. A phone that was not opened for longer
does not follow by itself.
"""


def held(home: Home) -> trust_lists.TrustList | None:
    """The trust list in force, None before the first."""
    return home.trust() if (home.public / TRUST_FILE).exists() else None


def base(home: Home, draft: Path | None) -> TrustContent:
    """What the next change starts from: the draft when there is one already, else the next version of the list in
    force.

    Raises UnreadableSource for a draft that does not follow the list in force.
    """
    current = held(home)
    if draft is None or not draft.exists():
        if current is None:
            raise ConfigError(
                'This home has no trust list yet. Have its first one signed, and take it over with "wif keys sign-trust'
                ' FILE".'
            )
        return renewal.renewed(current, home.config, home.clock())
    content = read(draft)
    if current is not None and content.version != current.version + 1:
        raise UnreadableSource(
            f"{draft} is version {content.version}, and the next one is {current.version + 1}. Take the file away and"
            " draft again."
        )
    return replace(renewal.renewed(content, home.config, home.clock()), version=content.version)


def read(path: Path) -> trust_lists.TrustList:
    """A trust list or a draft, its form and keys checked only. Raises UnreadableSource."""
    try:
        return trust_lists.read(path.read_bytes())
    except OSError as error:
        raise UnreadableSource(f"{path} cannot be read ({error.strerror}).") from None
    except TrustRefused as error:
        raise UnreadableSource(f"{path}: {error}") from None


def check(home: Home, current: TrustContent | None, new: TrustContent, at_once: bool) -> None:
    """The rules of this issuer. ``at_once``: a key may sign before every verifier knows it. Raises ConfigError."""
    if current is None:
        return
    known = {key.kid for key in current.keys}
    for key in new.keys:
        fresh = key.kid not in known and key.use == USE_ATTESTATION and key.state == STATE_IN_USE
        if fresh and key.not_before < current.expires and not at_once:
            raise ConfigError(
                f"The key {key.kid.hex()} would sign while verifiers may still hold a list that does not name it. Let"
                " it start when the list in force has expired (leave --starts-in out), or use --at-once after a"
                " compromise."
            )
    gone = known - {key.kid for key in new.keys}
    if gone:
        query = (
            select(Attestation.kid, func.max(Attestation.expires))
            .where(Attestation.kid.in_(gone))
            .group_by(Attestation.kid)
        )
        with reading(home.engine) as connection:
            needed = [bytes(kid).hex() for kid, expires in connection.execute(query) if expires > home.clock()]
        if needed:
            raise ConfigError(
                f"Attestations that have not expired depend on the key {needed[0]}. Keep it in the list, retired."
            )


def draft(home: Home, path: Path, content: TrustContent, at_once: bool = False) -> list[str]:
    """Write an unsigned list, and give what it changes in words. Raises ConfigError or UnreadableSource."""
    current = held(home)
    check(home, current, content, at_once)
    try:
        unsigned = trust_lists.make(content, [])
    except FormError as error:
        raise ConfigError(f"The new trust list would not be accepted: {error}") from None
    durable.write(path, unsigned, durable.PUBLIC)
    return describe(current, content)


def take_over(
    home: Home, files: list[Path], author: str, at_once: bool = False, keep_former: int = KEEP_FORMER
) -> trust_lists.TrustList:
    """Combine what the root machines signed, accept it, publish under it, and pin its roots.

    ``keep_former``: seconds for which a replaced root set goes on signing, 0 after its compromise.
    Raises UnreadableSource for a list that is refused, ConfigError for one that breaks this issuer's rules.
    """
    current = held(home)
    try:
        data = trust_lists.combine([path.read_bytes() for path in files])
        accepted = trust_lists.accept(data, home.config.roots, current, home.clock())
    except OSError as error:
        raise UnreadableSource(f"{error.filename} cannot be read ({error.strerror}).") from None
    except (FormError, TrustRefused) as error:
        raise UnreadableSource(f"{files[0]}: {error}") from None
    new = accepted.trust
    if accepted.changed:
        _check_former(home, data, keep_former)
        check(home, current, new, at_once)
    home.publish_with(new, author, acts(current, new))
    former = pinning.former_after(home.config, new.roots, home.clock(), keep_former)
    if not new.roots.same_as(home.config.roots) or former != home.config.former_roots:
        pinning.pin(home.path, new.roots, former)
    return new


def _check_former(home: Home, data: bytes, keep_former: int) -> None:
    if keep_former == 0:
        return
    for roots in pinning.sets_in_service(home.config, home.clock())[1:]:
        signed = trust_lists.signed_by(trust_lists.parse(data), roots)
        if len(signed) < roots.threshold:
            raise UnreadableSource(
                f"A former root set still in service must sign too: {roots.threshold} of"
                f" {', '.join(kid.hex() for kid in sorted(roots.by_kid()))}. Else phones that slept through the"
                " rotation cannot follow; if its keys were stolen, use --former-compromised."
            )


def acts(current: TrustContent | None, new: TrustContent) -> list[chain.Act]:
    """The entries of the audit trail about what a trust list changes: one for each key, one for the roots, none for its
    dates.
    """
    before = {key.kid: key for key in current.keys} if current else {}
    found = [
        chain.Act(
            "key_" + ("listed" if key.kid not in before else STATE_WORDS[key.state]),
            key.kid.hex(),
            {
                "use": USE_WORDS[key.use],
                "now": STATE_WORDS[key.state],
                "not_before": key.not_before,
                "not_after": key.not_after,
                "version": new.version,
            },
        )
        for key in new.keys
        if before.get(key.kid) != key
    ]
    listed = {key.kid for key in new.keys}
    found += [chain.Act("key_unlisted", kid.hex(), {"version": new.version}) for kid in before if kid not in listed]
    if current is None or not current.roots.same_as(new.roots):
        found.append(
            chain.Act(
                "roots",
                None,
                {
                    "threshold": new.roots.threshold,
                    "kids": sorted(kid.hex() for kid in new.roots.by_kid()),
                    "version": new.version,
                },
            )
        )
    return found

"""HTTPS on the local network: a certificate authority made here, so that a phone gives its camera to the page.

Browsers open a camera only for HTTPS pages. The authority is of this home alone, limited to this machine's
address, and marked as a demonstration's; its certificate is what a phone is asked to install.
"""

import socket
from dataclasses import dataclass
from pathlib import Path

import trustme

from issuer.errors import ConfigError
from keys import durable

ORGANISATION = "Work In France, DÉMONSTRATION"


@dataclass(frozen=True)
class Certificates:
    """Files in PEM: the authority's certificate for phones, and the server's chain and key."""

    authority: Path
    chain: Path
    key: Path


def own_address() -> str:
    """This machine's address on its network, in digits. No packet is sent. Raises ConfigError without a network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            raise ConfigError(
                "This machine has no network that a phone could share. Name its address with --lan-address."
            ) from None
        return probe.getsockname()[0]


def certificates(folder: Path, address: str) -> Certificates:
    """The authority of this folder, made at first, and a server certificate for ``address``, made when it is missing.

    Private keys are readable by their owner only.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = Certificates(folder / "authority.pem", folder / f"server-{address}.pem", folder / f"server-{address}.key")
    authority_key = folder / "authority.key"
    if authority_key.exists() and files.authority.exists():
        authority = trustme.CA.from_pem(files.authority.read_bytes(), authority_key.read_bytes())
    else:
        authority = trustme.CA(organization_name=ORGANISATION, organization_unit_name=socket.gethostname()[:40])
        durable.write(authority_key, authority.private_key_pem.bytes())
        durable.write(files.authority, authority.cert_pem.bytes())
        for stale in folder.glob("server-*"):
            stale.unlink()
    if not (files.chain.exists() and files.key.exists()):
        issued = authority.issue_cert(address, organization_name=ORGANISATION)
        durable.write(files.key, issued.private_key_pem.bytes())
        durable.write(files.chain, b"".join(part.bytes() for part in issued.cert_chain_pems))
    return files

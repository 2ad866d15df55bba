"""``wif keys reissue``: every attestation of a compromised key again, under the key now in service."""

import json
from pathlib import Path

import click

from issuer.commands.terminal import author, check_folder, counted, emit, open_home, progress, say
from issuer.errors import ConfigError


@click.command()
@click.argument("kid")
@click.option("--basis", required=True, metavar="TEXT", help="Why they are issued again, as the registry keeps it.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help='Print each new paper into this folder (by default none; "wif verify" and the pages can at any time).',
)
@click.option("--count", "only_count", is_flag=True, help="Say how many are affected, and change nothing.")
def reissue(kid: str, basis: str, out: Path | None, only_count: bool) -> int:
    """Issue again what the key KID signed: unexpired, neither revoked nor replaced. Run it again to resume."""
    from issuer.attestation.qr import encode_text
    from issuer.commands.issue import write_document
    from issuer.desk import reissuing
    from issuer.desk.issuing import Issued
    from keys.trust_content import STATE_REVOKED

    home = open_home()
    key = next((key for key in home.trust().keys if key.kid.hex() == kid.lower()), None)
    if key is None:
        raise ConfigError(f'The trust list holds no key {kid}. "wif keys list" shows them.')
    count = reissuing.count_affected(home.engine, key.kid, home.clock())
    if only_count:
        emit({"kid": key.kid.hex(), "affected": count})
        return 0
    if key.state != STATE_REVOKED:
        raise ConfigError(
            f"The key {kid} is not revoked: its attestations are good. Revoke it first if it was compromised."
        )
    folder = check_folder(out) if out else None
    done = 0
    with progress("Issuing again", count) as advance:
        for new in reissuing.reissue(home.desk(), key.kid, basis, author()):
            text = encode_text(home.config.origin, new.token)
            pdf = None
            if folder:
                pdf = write_document(
                    home, folder, Issued(done, "issued", str(new.new), text, new.token, json.loads(new.annex))
                )
            emit({"replaces": str(new.old), "number": str(new.new), "text": text, "token": new.token.hex(), "pdf": pdf})
            done += 1
            advance()
    say(
        f'{counted(done, "attestation", "attestations")} issued again. Run "wif publish" so that verifiers learn that'
        " the old ones are replaced."
    )
    return 0

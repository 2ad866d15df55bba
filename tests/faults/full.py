"""Works on a small disk of its own until it is full, or read-only: ``python -m tests.faults.full FOLDER
full|read-only|limited``.

It is run in a mount namespace of its own (``unshare``), where it may mount. For ``limited`` no mount is needed: files
may not grow past a limit (RLIMIT_FSIZE), as on a disk quota. Prints what happened, one JSON line; asserts that nothing
answered was lost.
"""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

from issuer.desk import PublicationRefused, issue
from issuer.errors import ConfigError
from issuer.home import found
from issuer.home.backup import backup
from issuer.registry import RegistryError
from tests.faults.witness import Witness
from tests.faults.works import SECRET, SIGNATORY, opened
from tests.support.office import ORIGIN, made_up
from tests.support.records import record


def mount(folder: Path, *options: str) -> None:
    """Mount a small disk, or mount it anew."""
    subprocess.run(["mount", "-t", "tmpfs", *options, "none", str(folder)], check=True)


def attempt(act) -> str:
    """The error that an act ends with, in words; empty when it ends well."""
    try:
        act()
    except (RegistryError, PublicationRefused, ConfigError) as error:
        return f"{type(error).__name__} {getattr(error, 'code', '')}: {error}"
    return ""


def main(folder: Path, kind: str) -> None:
    """Do the work, then make room again and go on."""
    if kind != "limited":
        mount(folder, "-o", "size=8m")
    path = folder / "home"
    made = found(
        path,
        origin=ORIGIN,
        authority="Préfecture d'Exemple",
        passphrase=lambda: SECRET,
        demonstration=True,
        signatory=SIGNATORY,
    )
    made.engine.dispose()
    home = opened(str(path), None)
    desk, told = made_up(home), []

    def issue_many() -> None:
        for place in range(len(told), 100_000):
            told.append((f"FULL-{place}", issue(desk, record(reference=f"FULL-{place}"), "cli:full")))

    for place in range(5):
        told.append((f"FULL-{place}", issue(desk, record(reference=f"FULL-{place}"), "cli:full")))
    before = {str(file): file.read_bytes() for file in (path / "public").rglob("[!.]*") if file.is_file()}
    if kind == "full":
        (folder / "ballast").write_bytes(bytes(1 << 20))
        while (
            attempt(lambda: (folder / "filling").open("ab").write(bytes(1 << 16)) and None) == ""
            and os.statvfs(folder).f_bavail > 40
        ):
            pass
    elif kind == "read-only":
        home.engine.dispose()
        mount(folder, "-o", "remount,ro")
    else:
        limit = (path / "wif.sqlite3").stat().st_size + 20_000
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    said = {"issue": attempt(issue_many), "backup": attempt(lambda: backup(home, folder / "x.backup", SECRET))}
    if kind == "full":
        try:
            with (folder / "filling").open("ab") as file:
                while True:
                    file.write(bytes(4096))
                    file.flush()
        except OSError:
            pass
    if kind == "limited":
        resource.setrlimit(resource.RLIMIT_FSIZE, (200, resource.RLIM_INFINITY))
    said["publish"] = attempt(lambda: home.publish("cli:full"))
    after = {str(file): file.read_bytes() for file in (path / "public").rglob("[!.]*") if file.is_file()}
    left = [
        file.name
        for file in (*folder.glob("*"), *folder.glob(".*"), *path.glob(".*"), *(path / "public").glob(".*.unfinished"))
        if "backup" in file.name or "unfinished" in file.name
    ]
    if kind == "full":
        (folder / "ballast").unlink()
        (folder / "filling").unlink()
    elif kind == "read-only":
        mount(folder, "-o", "remount,rw")
    else:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    witness = Witness(str(path / "wif.sqlite3"), path / "public")
    witness.check()
    kept = all(witness.token(reference) == (issued.number, issued.token.hex()) for reference, issued in told)
    again = issue(desk, record(reference=f"FULL-{len(told)}"), "cli:full").status
    home.publish("cli:full")
    witness.check()
    print(
        json.dumps(
            {
                "said": said,
                "answered": len(told),
                "kept": kept,
                "public_same": before == after,
                "left": left,
                "again": again,
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])

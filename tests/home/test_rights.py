"""Who on the same machine can read a home: nobody what is private, the web server what it serves."""

import os
import stat
import subprocess
import sys

import pytest

from issuer.errors import ConfigError
from issuer.home import Home, backup, found, rights
from issuer.home.restoring import restore
from tests.home.conftest import SEALED, SECRET
from tests.support.console import ORIGIN


def readable(home):
    """What another account reads, the publishers' empty lock excepted: the paths of files whose rights, and those of every folder above, let it through."""
    found = []
    for folder, _, names in os.walk(home):
        passed = [path for path in (os.path.join(folder, "."), *_above(folder, home)) if not _bit(path, stat.S_IXOTH)]
        found += [os.path.relpath(os.path.join(folder, name), home) for name in names if not passed]
    return {path for path in found if _bit(home / path, stat.S_IROTH) and not path.startswith("public/.")}


def _above(folder, home):
    while len(folder) > len(str(home)):
        folder = os.path.dirname(folder)
        yield folder


def _bit(path, bit):
    return os.stat(path).st_mode & bit


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(params=[0o022, 0o002, 0o077, 0o000], ids=oct)
def home(tmp_path, request):
    """A home founded under each umask."""
    before = os.umask(request.param)
    try:
        yield found(
            tmp_path / "home",
            origin=ORIGIN,
            authority="Préfecture d'Exemple",
            passphrase=lambda: SECRET,
            demonstration=True,
        )
    finally:
        os.umask(before)


def test_a_home_is_private_but_for_what_is_served(home, tmp_path):
    home.publish("test")
    (home.path / "imports").mkdir()
    (home.path / "imports/people.csv").write_text("NGUYEN", "utf-8")
    again = Home(home.path, lambda: SECRET)
    served = readable(home.path)
    assert served and {path.split("/")[0] for path in served} == {"public"}
    assert {"public/trust.cose", "public/status-1.cose", "public/audit-head.json"} <= served
    assert mode(home.path) == 0o711 and mode(home.public) == 0o755
    assert all(mode(path) & 0o077 == 0 for path in home.path.iterdir() if path.name not in rights.SERVED)
    assert mode(home.path / "wif.sqlite3") == 0o600 and mode(home.path / "config.toml") == 0o600
    assert mode(home.public / ".publishing") == 0o600, "whoever opens a lock may hold it"

    backup.backup(again, tmp_path / "one", SEALED)
    assert mode(tmp_path / "one") == 0o600
    restore(tmp_path / "restored", tmp_path / "one", SEALED, lambda: SECRET, public=home.public)
    assert readable(tmp_path / "restored") == served and mode(tmp_path / "restored") == 0o711


def test_rights_that_somebody_widened_are_mended_at_the_next_start(home):
    for path in (home.path, home.path / "keys"):
        path.chmod(0o777)
    for path in (home.path / "wif.sqlite3", home.path / "config.toml"):
        path.chmod(0o666)
    home.public.chmod(0o700)
    Home(home.path, lambda: SECRET)
    assert {path.split("/")[0] for path in readable(home.path)} == {"public"}


def test_what_cannot_be_mended_is_refused(tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    (home / "wif.sqlite3").write_bytes(b"")
    (home / "wif.sqlite3").chmod(0o644)

    def denied(self, _mode):
        raise PermissionError(1, "Operation not permitted", str(self))

    monkeypatch.setattr("pathlib.Path.chmod", denied)
    home_mode = mode(home)
    with pytest.raises(ConfigError, match=r"can read .*(chmod 711|chmod 600)"):
        rights.keep(home)
    rights.keep(home, refuse=False)
    assert mode(home) == home_mode


def test_the_command_line_mends_too(home):
    home.path.chmod(0o755)
    (home.path / "config.toml").chmod(0o644)
    environment = {**os.environ, "WIF_HOME": str(home.path), "WIF_PASSPHRASE": SECRET}
    subprocess.run(
        [sys.executable, "-m", "issuer.commands", "keys", "list"], env=environment, capture_output=True, check=True
    )
    assert mode(home.path) == 0o711 and mode(home.path / "config.toml") == 0o600


def test_what_lies_deep_in_a_home_is_private_too(home, tmp_path):
    """Imports, documents, logs and keys copied back by hand: mended before a backup takes them, and when a server starts."""
    deep = ["imports/2026/people.csv", "documents/a.pdf", "keys/old/copy.key", "log/issuer.log", "public/log/kept"]
    for name in deep:
        (home.path / name).parent.mkdir(parents=True, exist_ok=True)
        (home.path / name).write_text("NGUYEN", "utf-8")
        (home.path / name).chmod(0o666)
        (home.path / name).parent.chmod(0o777)
    (home.public / "trust.cose").chmod(0o600)
    backup.backup(Home(home.path, lambda: SECRET), tmp_path / "one", SEALED)
    for name in deep:
        private = not name.startswith("public/")
        assert mode(home.path / name) == (0o600 if private else 0o644), name
        assert mode((home.path / name).parent) == (0o700 if private else 0o755), name
    assert mode(home.public / "trust.cose") == 0o644, "what is served can be served"

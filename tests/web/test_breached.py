"""Passwords that became known: looked up in a file on the disk, and refused where one is chosen."""

import os
import random
from hashlib import sha1
from unittest.mock import patch

import pytest

from issuer.accounts import passwords
from issuer.accounts.breached import Breached
from issuer.accounts.errors import AccountRefused
from issuer.errors import ConfigError
from issuer.web.serving import check_settings
from issuer.web.settings import from_table
from tests.support.agency import Agency

LEAKED = [f"invented leak {place}" for place in range(300)]


def hashed(password):
    return sha1(password.encode()).hexdigest().upper()


def listed(path, leaked=LEAKED, end="\n", torn=False, lower=False):
    draw = random.Random(4)
    text = "".join(f"{digest}:{draw.choice((1, 12, 9_659_365))}{end}" for digest in sorted(map(hashed, leaked)))
    path.write_bytes(
        (text.removesuffix(end) if torn else text).swapcase().encode()
        if lower
        else (text.removesuffix(end) if torn else text).encode()
    )
    return path


@pytest.mark.parametrize("count", [1, 2, 3, 300])
@pytest.mark.parametrize(
    "form", [{}, {"end": "\r\n"}, {"torn": True}, {"end": "\r\n", "torn": True}, {"lower": True}], ids=str
)
def test_every_line_is_found_and_nothing_else(tmp_path, form, count):
    """The first and the last line too, whatever ends them."""
    known = Breached(listed(tmp_path / "list", LEAKED[:count], **form))
    assert all(known(password) for password in LEAKED[:count])
    assert not any(known(f"{password}!") for password in LEAKED) and not any(
        known(password) for password in LEAKED[count:]
    )
    assert not known("") and not known("\ud800 alone")


def test_a_password_is_found_in_the_form_in_which_it_was_typed_elsewhere(tmp_path):
    known = Breached(listed(tmp_path / "list", ["de\u0301ja\u0300 divulgue\u0301", "\u00e9b\u00e8ne et lune"]))
    assert known("de\u0301ja\u0300 divulgue\u0301"), "as it stands in the list"
    assert known("e\u0301be\u0300ne et lune"), "in NFC"


def test_little_of_the_file_is_read(tmp_path):
    known = Breached(listed(tmp_path / "list", [f"{place}" for place in range(50_000)]))
    reads, pread = [], os.pread
    with patch.object(os, "pread", lambda file, size, place: reads.append(size) or pread(file, size, place)):
        assert known("777") and not known("not there")
    assert sum(reads) < 20_000 < (tmp_path / "list").stat().st_size / 100


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "hello\n",
        "5BAA61E4C9B93F3F0682250B6CF8331B\n",
        hashed("a") + "\n",
        hashed("a") + ":x\n",
        hashed("a") + ":3 \n",
        "x" * 500,
        hashed("a") + ":1\n\n",
    ],
)
def test_what_is_no_such_list_is_refused_at_the_start(tmp_path, text):
    (tmp_path / "list").write_text(text)
    with pytest.raises(ConfigError, match=r"web\.breached_passwords names .* is no list of SHA-1 .* Give such a list"):
        Breached(tmp_path / "list")


def test_a_list_ordered_by_count_is_refused(tmp_path):
    lines = listed(tmp_path / "list").read_text().splitlines()
    random.Random(1).shuffle(lines)
    (tmp_path / "list").write_text("\n".join(lines))
    with pytest.raises(ConfigError, match="in the order of the SHA-1"):
        Breached(tmp_path / "list")


def test_a_missing_list_is_told_before_anything_is_served(tmp_path):
    agency_home = Agency(tmp_path).home
    with (agency_home.path / "config.toml").open("a") as file:
        file.write('\n[web]\nbreached_passwords = "../none"\n')
    with pytest.raises(
        ConfigError,
        match=(
            r"web\.breached_passwords names .*none, which cannot be read \(No such file or directory\)\. Correct the"
            r" path"
        ),
    ):
        check_settings(agency_home.reopened())
    (tmp_path / "none").mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        check_settings(agency_home.reopened())


@pytest.mark.parametrize("name", ["list", "public/list", "../link/list"])
def test_a_list_within_the_home_is_refused(tmp_path, name):
    """A backup would take it whole, which may be tens of gigabytes."""
    (tmp_path / "home/public").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "home")
    with pytest.raises(ConfigError, match="within the home, which every backup takes whole. Put the file elsewhere"):
        from_table({"breached_passwords": name}).breached(tmp_path / "home")


def test_a_breached_password_cannot_be_chosen(tmp_path, request):
    """By a person on the page, in the person's language; nor by whoever makes an account."""
    file = listed(tmp_path / "known", [*LEAKED, "quatre lunes sans vent"])
    agency = Agency(tmp_path, web=f'breached_passwords = "{file}"')
    agency.start()
    request.addfinalizer(agency.stop)
    visitor = agency.client("agent")
    now = "une phrase de passe inventée"

    def choose(password):
        return visitor.submit(
            "/account/password", {"password_now": now, "password_new": password, "password_again": password}
        )

    assert (
        "figure dans une liste de mots de passe divulgués. Choisissez-en un autre"
        in choose("quatre lunes sans vent").text
    )
    assert agency.context.credentials.password_is(agency.people["agent"], now), "nothing was changed"
    with pytest.raises(AccountRefused) as refused:
        agency.context.directory.add(
            "nouveau", "auditor", (), "Nom", "Titre", "Service", "test", password="quatre lunes sans vent"
        )
    assert refused.value.code == "password_breached" and "quatre" not in str(refused.value)
    choose("quatre lunes sans nuages")
    assert agency.context.credentials.password_is(agency.people["agent"], "quatre lunes sans nuages")


def test_without_a_list_nothing_is_looked_up():
    assert passwords.check(LEAKED[0]) == LEAKED[0]

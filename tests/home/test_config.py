"""Every settings table is read in one way: what is wrong in it is told by its key."""

import tomllib

import pytest

from issuer import config
from issuer.errors import ConfigError
from issuer.web import settings as web

TOP = 'origin = "https://verif.example.org"\nauthority = "Préfecture"\n'
ROOTS = f'[roots]\nthreshold = 1\nkeys = ["{"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"}"]\n'
OPENID = '[openid]\nissuer = "https://proconnect.example"\nclient_id = "wif"\nclient_secret = "hidden"\n'


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('departments = "75"', "departments is a list of texts"),
        ("departments = [75]", "departments is a list of texts"),
        ('signatory = "Claire"', "signatory is a table"),
        ("former_roots = 1", "former_roots is a list of tables"),
        ('demonstration = "yes"', "demonstration is true or false"),
        ("status_ttl = 59", "status_ttl is a number of seconds, at least 60"),
        ("status_ttl = true", "status_ttl is a number of seconds"),
        ("pdf_engine = 1", "pdf_engine is a text"),
        ('pdf_engine = "latex"', "pdf_engine is one of typst, pdfkit"),
        ('colour = "red"', "the key 'colour' does not exist"),
        ('extra = "red"', "the key 'extra' does not exist"),
    ],
)
def test_what_is_wrong_at_the_top_of_the_file_is_named(lines, said):
    config.from_table(tomllib.loads(TOP + ROOTS))
    with pytest.raises(ConfigError, match=said):
        config.from_table(tomllib.loads(TOP + lines + "\n" + ROOTS))


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("proxies = 6", "web.proxies is a whole number from 0 to 5"),
        ("proxies = true", "web.proxies is a whole number"),
        ("second_person = 1", "web.second_person is true or false"),
        ("contact = 5", "web.contact is a text"),
        ('contact = """a\nb"""', "web.contact is a text of one line"),
        ('colour = "red"', "the key web.colour does not exist"),
        ("openid = true", "web.openid is a table with issuer"),
        (OPENID + 'levels = "eidas2"', "web.openid.levels is a list of texts"),
        (OPENID + 'secret = "x"', "the key web.openid.secret does not exist"),
        (OPENID.replace('"wif"', '""'), "the key web.openid.client_id is missing"),
        (OPENID.replace("https", "http"), "web.openid.issuer is the provider's https"),
    ],
)
def test_what_is_wrong_in_the_web_table_is_named(table, said):
    with pytest.raises(ConfigError, match=said) as told:
        web.from_table(tomllib.loads(table))
    assert "hidden" not in str(told.value)


def test_a_good_web_table_is_read():
    read = web.from_table(tomllib.loads('contact = "Pôle\u00a0: 01"\nproxies = 2\n' + OPENID + 'levels = ["eidas2"]'))
    assert (read.contact, read.proxies, read.openid.levels) == ("Pôle\u00a0: 01", 2, ("eidas2",))
    assert web.from_table({}) == web.WebSettings()


def test_a_secret_is_the_first_line_of_its_file(tmp_path):
    path = tmp_path / "secret"
    for written, read in ((b" open sesame \r\nsecond\n", " open sesame "), (b"", "")):
        path.write_bytes(written)
        assert config.first_line(path, "WIF_PASSPHRASE_FILE") == read
    for bad in (b"\xff\xfe", None):
        path.unlink()
        if bad:
            path.write_bytes(bad)
        else:
            path.mkdir()
        with pytest.raises(ConfigError, match="WIF_PASSPHRASE_FILE names .*Correct the path"):
            config.first_line(path, "WIF_PASSPHRASE_FILE")

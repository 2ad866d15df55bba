"""``wif site``: the folder it makes, and the lists it will not build upon."""

import json

import pytest


def altered(path):
    content = bytearray(path.read_bytes())
    content[-1] ^= 1  # the end of a signature
    path.write_bytes(bytes(content))


def test_the_site_embeds_the_published_lists_and_is_left_alone_when_nothing_changed(wif, tmp_path):
    first, again = (wif("site", str(tmp_path / "site")) for _ in range(2))
    assert (first.code, first.rows[0]["changed"], again.code, again.rows[0]["changed"]) == (0, True, 0, False)
    assert (tmp_path / "site" / "trust.cose").read_bytes() == (wif.home / "public" / "trust.cose").read_bytes()
    (module,) = (tmp_path / "site").glob("v/app-*/js/site.js")
    source = module.read_text("utf-8")
    values = json.loads(source[source.index("{") : source.rindex("}") + 1])
    assert values["trust"] and values["status"].keys() == {"1", "2"}


@pytest.mark.parametrize("name", ["trust.cose", "status-1.cose"])
def test_a_published_list_that_is_not_ours_is_not_built_upon(wif, tmp_path, name):
    altered(wif.home / "public" / name)
    run = wif("site", str(tmp_path / "site"))
    assert run.code == 2 and name in run.words and "Traceback" not in run.words
    assert not (tmp_path / "site").exists()
    assert wif("publish").code == (0 if name == "status-1.cose" else 2)
    assert wif("site", str(tmp_path / "site")).code == (0 if name == "status-1.cose" else 2)

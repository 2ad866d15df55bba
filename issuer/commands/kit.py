"""``wif kit``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from issuer.commands.site import checked_lists
from issuer.commands.terminal import emit, open_home, say
from issuer.errors import ConfigError
from keys import durable

if TYPE_CHECKING:
    from issuer.home import Home

PAGE = "verificateur.html"
README = "LISEZ-MOI.txt"
_GOLDEN = "vectors/golden/"
_AUTHORITY = "Service d’exemple"
_SIGNATORY = {"given_names": "Camille", "family_name": "MARTIN", "title": "Adjointe", "service": _AUTHORITY}
_README = """\
VÉRIFIER UNE ATTESTATION WORK IN FRANCE, SANS NOUS                        (English below)

verificateur.html   S’ouvre d’un double clic, sans réseau : vérifie un texte, une photo ou le PDF.
lists/              Les listes publiées au moment où ce dossier a été fait. La page les contient.
                    De plus récentes se donnent à la page, fichier par fichier.
roots.json          Les clés racines : comparez-les avec une autre source avant de vous y fier.
format.md           Le format entier, pour écrire un autre vérificateur (en anglais).
vectors/            Les cas d’essai de chaque règle ; dans golden/, ce que chaque version a signé.
papers/             Les mêmes papiers en PDF : d’essai, signés par les clés d’essai de vectors/.
SHA256SUMS          Les empreintes : sha256sum --check SHA256SUMS.

Le résultat dépend de l’âge des listes : un retrait plus récent n’est pas vu.
Le code QR n’est ni un cachet électronique qualifié ni un 2D-DOC. Vérifier ici ne remplace pas
la vérification que l’employeur doit faire (articles L5221-8 et R5221-41 du code du travail).


CHECKING A WORK IN FRANCE ATTESTATION WITHOUT US

verificateur.html   Opens with a double click, without a network: checks a text, a photo or the PDF.
lists/              The lists published when this folder was made. The page holds them.
                    Newer ones are given to the page as files.
roots.json          The root keys: compare them with another source before you rely on them.
format.md           The whole format, to write another verifier.
vectors/            Test cases for each rule; in golden/, what each release has signed.
papers/             The same papers as PDFs: samples, signed by the test keys of vectors/.
SHA256SUMS          The hashes: sha256sum --check SHA256SUMS.

The result depends on the age of the lists: a more recent withdrawal is not seen.
The QR code is neither a qualified electronic seal nor a 2D-DOC. A check here does not replace
the one that the employer owes (articles L5221-8 and R5221-41 of the Code du travail).
"""


def golden_papers(materials: dict[str, bytes]) -> dict[str, bytes]:
    """The papers of every golden file, printed as this release prints them, by their path in a kit."""
    from issuer.attestation import claims, qr
    from issuer.documents import PrintedAttestation, render

    made = {}
    for path, data in materials.items():
        release = path.removeprefix(_GOLDEN).removesuffix(".json")
        if not path.startswith(_GOLDEN) or path == release:
            continue
        for case in json.loads(data)["cases"]:
            origin, digits = qr.split_text(case["text"]) or ("", "")
            parts = qr.unpack(digits[1:])
            if parts is None:
                raise ConfigError(f"The paper {case['id']} of {path} is no attestation. Get the project's files again.")
            content = claims.decode(parts.payload).to_json()
            paper = PrintedAttestation(content, case["text"], origin, _AUTHORITY, _SIGNATORY, demonstration=True)
            made[f"papers/{release}/{case['id']}.pdf"] = render(paper)
    return made


def contents(home: Home) -> dict[str, bytes]:
    """Every file of the kit of this home, by its path. Raises ConfigError, also for lists that are not ours."""
    from verifier_pwa.composition import sums
    from verifier_pwa.kit import compose_kit_page, materials
    from verifier_pwa.packages import BuildError
    from verifier_pwa.site_data import FETCHED_NAME, Anchors, read_lists

    trust = checked_lists(home)
    roots = home.config.roots
    lists = read_lists(home.public)
    fetched = {
        name: path.read_bytes()
        for path in sorted(home.public.rglob("*"))
        if path.is_file() and FETCHED_NAME.fullmatch(name := path.relative_to(home.public).as_posix())
    }
    anchors = Anchors(roots.keys, roots.threshold, trust.origins, home.config.demonstration, home.clock(), lists)
    genuine = {name.rpartition("/")[2]: data for name, data in fetched.items() if name.startswith("genuine/")}
    pinned = {
        "threshold": roots.threshold,
        "keys": [key.hex() for key in roots.keys],
        "origins": list(trust.origins),
        "demonstration": home.config.demonstration,
    }
    try:
        files = materials()
        files |= golden_papers(files) | {
            README: _README.encode(),
            PAGE: compose_kit_page(anchors, genuine),
            "roots.json": (json.dumps(pinned, indent=1) + "\n").encode(),
        }
    except BuildError as error:
        raise ConfigError(f"The kit cannot be made: {error}") from None
    files |= {f"lists/{name}": data for name, data in (lists | fetched).items()}
    return files | {"SHA256SUMS": sums(files)}


@click.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
def kit(directory: Path) -> None:
    """Make in DIR all that somebody needs to verify without us: the format, its vectors, the roots, the last lists, and
    a page of one file that verifies when it is opened from a disk.

    DIR is a new folder, or an empty one.
    """
    home = open_home()
    if directory.is_dir() and any(directory.iterdir()):
        raise ConfigError(
            f"{directory} is not empty, and a kit holds nothing but itself. Give another folder, or empty this one."
        )
    files = contents(home)
    for path, data in files.items():
        durable.make_folder((directory / path).parent, durable.PUBLIC_FOLDER)
        durable.write(directory / path, data, durable.PUBLIC)
    emit({"directory": str(directory), "files": len(files), "page_bytes": len(files[PAGE])})
    say(f"Open {directory / PAGE} in a browser. Publish the hash of {directory / 'SHA256SUMS'} beside the kit.")

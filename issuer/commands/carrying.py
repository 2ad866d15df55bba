"""``wif keys carry`` and ``collect``: a file as QR symbols, on a screen, in pictures, and back."""

import sys
from pathlib import Path

import click

from issuer.commands.terminal import check_folder, counted, emit, say
from issuer.errors import ConfigError, UnreadableSource
from keys import carrying, durable
from keys.errors import FormError


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--png",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the symbols there as pictures, instead of the terminal.",
)
def carry(file: Path, folder: Path | None) -> None:
    """Show FILE as QR symbols, to be photographed by a machine that no cable or stick reaches."""
    import segno

    try:
        texts = carrying.texts(file.read_bytes())
    except FormError as error:
        raise ConfigError(f"{file}: {error}") from None
    for place, text in enumerate(texts, 1):
        symbol = segno.make(text, micro=False, error="m", mode="alphanumeric", boost_error=False)
        if folder is None:
            say(f"{file.name}: {place} of {len(texts)}")
            symbol.terminal(out=sys.stderr, compact=True)
            continue
        path = check_folder(folder) / f"{file.stem}-{place}.png"
        symbol.save(str(path), scale=8)
        emit({"picture": str(path), "part": place, "parts": len(texts)})
    say(f'{counted(len(texts), "symbol", "symbols")}. Read them back with "wif keys collect PICTURE... --out FILE".')


@click.command()
@click.argument("pictures", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Where the file goes.")
def collect(pictures: tuple[Path, ...], out: Path) -> None:
    """Read the symbols of PICTURES (PNG, JPEG or PDF, in any order) and put their file together again."""
    from issuer.reading import read_codes

    found = [text for picture in pictures for text in read_codes(picture)]
    try:
        data = carrying.collect(found)
    except FormError as error:
        raise UnreadableSource(str(error)) from None
    durable.write(out, data, durable.PUBLIC)
    emit({"file": str(out), "bytes": len(data)})

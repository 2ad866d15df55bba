"""The reading process: a path and whether 2D-DOC are read too, as one JSON line in; one JSON line out for each code,
each page and each end.

["/a/file.pdf", false]  →  {"code": "…"}  {"page": true}  …  {"end": null}, or {"end": "why it cannot be read", "fault":
code of :class:`~issuer.errors.UnreadableSource`, "params": {…}}
"""

import contextlib
import json
import resource
import sys
from pathlib import Path

from issuer.errors import UnreadableSource
from issuer.reading.decoding import decode

MOST_MEMORY = 4 << 30
"""Bytes of address space: a picture of the greatest size takes less than a quarter."""


def _say(**line: object) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Answer each line until there is none."""
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    _say(ready=True)
    for line in sys.stdin:
        why, fault, params = None, "", {}
        try:
            path, seals = json.loads(line)
            for code in decode(Path(path), seals):
                _say(**({"page": True} if code is None else {"code": code}))
        except UnreadableSource as error:
            why, fault, params = str(error), error.code, error.params
        except MemoryError:
            path = json.loads(line)[0]
            why = f"{path} takes more memory than a page should. Give a picture of the page."
            fault, params = "memory", {"path": path}
        _say(end=why, fault=fault, params=params)


if __name__ == "__main__":
    main()

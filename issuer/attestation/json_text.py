"""JSON as browsers read it (RFC 8259), for files that two programs must read alike."""

import json
from typing import Any


def parse(text: str) -> Any:
    """What stands in a text; every number is a float. Raises ValueError for whatever is no JSON, `NaN` included, and
    for what is nested too deep to be read.
    """
    try:
        return json.loads(text, parse_constant=_no_number, parse_int=float)
    except RecursionError:
        raise ValueError("This JSON is nested too deep.") from None


def _no_number(name: str) -> float:
    raise ValueError(f"JSON has no {name}.")

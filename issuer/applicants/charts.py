"""Charts as SVG made on the server: bars that grow with the screen and with the size of the text, a title and a
description for screen readers.

Positions are in per cent across and in rem down. Series differ by lightness and outline, not by hue.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

LABEL, BAR, GAP = 1.35, 0.85, 0.65
"""Rem of a label's line, of a bar, and between two groups."""
WIDEST = 74
"""Per cent of the width that the longest bar takes: its number stands to its right."""


@dataclass(frozen=True)
class Bars:
    """A group of bars under one label: a value and its words for each series; None is not disclosed and draws no
    bar.
    """

    label: str
    values: tuple[float | None, ...]
    words: tuple[str, ...]


def bar_chart(name: str, title: str, description: str, groups: Sequence[Bars]) -> str:
    """The SVG element; ``name`` makes its identifiers, letters only. Every text is escaped."""
    largest = max((value for group in groups for value in group.values if value), default=1)
    parts, down = [], 0.0
    for group in groups:
        parts.append(f'<text class="chart-label" x="0" y="{down + 1:g}rem">{escape(group.label)}</text>')
        down += LABEL
        for series, (value, words) in enumerate(zip(group.values, group.words, strict=True)):
            width = WIDEST * (value or 0) / largest
            if width:
                parts.append(
                    f'<rect class="chart-bar series-{series}" x="0.2%" y="{down:g}rem" width="{width:.2f}%"'
                    f' height="{BAR - 0.1:g}rem"/>'
                )
            parts.append(
                f'<text class="chart-value" x="{width + 1.5:.2f}%" y="{down + 0.7:g}rem">{escape(words)}</text>'
            )
            down += BAR
        down += GAP
    return (
        f'<svg class="chart" role="img" aria-labelledby="{name}-title {name}-text" width="100%"'
        f' height="{max(down, 1):g}rem" focusable="false"><title id="{name}-title">{escape(title)}</title><desc'
        f' id="{name}-text">{escape(description)}</desc>{"".join(parts)}</svg>'
    )

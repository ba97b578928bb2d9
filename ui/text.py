"""Text that was written elsewhere, made inert for the two ways in which a screen takes it."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

_LISTED = 20

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&^=])")


def plain(text: str) -> str:
    """Text that Markdown shows as it is."""
    return _MARKDOWN.sub(r"\\\1", text)


def listed(faults: Sequence[str]) -> str:
    """What was not used as a list in Markdown, one line each; of many the first ones."""
    left = len(faults) - _LISTED
    lines = [plain(f) for f in faults[:_LISTED]] + ([f"还有 {left} 处。"] if left > 0 else [])
    return "".join(f"\n- {line}" for line in lines)


def escaped(text: str) -> str:
    """Text that HTML shows as it is."""
    return html.escape(text)


def clauses(text: str) -> str:
    """Escaped text whose lines end, where they can, after a clause: a browser does not look for a good place in Chinese."""
    return "".join(f'<span class="clause">{escaped(part)}</span>' for part in re.findall(r"[^，；、]+[，；、]?", text))

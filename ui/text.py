"""Text that was written elsewhere, made inert for the two ways in which a screen takes it."""

from __future__ import annotations

import html
import re

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&^=])")


def plain(text: str) -> str:
    """Text that Markdown shows as it is."""
    return _MARKDOWN.sub(r"\\\1", text)


def escaped(text: str) -> str:
    """Text that HTML shows as it is."""
    return html.escape(text)


def clauses(text: str) -> str:
    """Escaped text whose lines end, where they can, after a clause: a browser does not look for a good place in Chinese."""
    return "".join(f'<span class="clause">{escaped(part)}</span>' for part in re.findall(r"[^，；、]+[，；、]?", text))

"""Text with the words that were looked for made visible."""

from __future__ import annotations

from collections.abc import Sequence

from eligibility.search import hits
from ui.text import escaped


def marked(text: str, terms: Sequence[str]) -> str:
    """The text as HTML, every occurrence of a word marked."""
    return "".join(f"<mark>{escaped(piece)}</mark>" if hit else escaped(piece) for piece, hit in hits(text, terms))

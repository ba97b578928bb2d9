"""A file that an advisor sent to a client, as it comes back from whatever editor."""

from __future__ import annotations

from eligibility.clients.returned import Returned, read_returned
from eligibility.rulebook.book import Rulebook
from eligibility.screening.sheets import UnreadableLedgerError, decoded
from ui.answers_file import UnreadableFileError
from ui.unfolding import too_much


def returned(content: bytes, book: Rulebook) -> Returned:
    """What the file says. Raises UnreadableFileError."""
    try:
        text, _ = decoded(content)
    except UnreadableLedgerError:
        raise UnreadableFileError("看不出这个文件里文字的编码。请用记事本打开，另存为 UTF-8 再选。") from None
    if too_much(text.encode()):
        raise UnreadableFileError("这个文件展开来太大，不像顾问发出的文件。")
    return read_returned(text, book)

"""What can go wrong at the desk. Every message is a sentence for the user."""

from __future__ import annotations

from eligibility.assessment import HERE
from eligibility.clients.records import Client


class ClientsError(Exception):
    """The clients cannot be used as asked; nothing was changed."""


class NoSuchClientError(ClientsError):
    """No such client in this advisor's organisation. Whether another organisation has it is not told."""

    def __init__(self) -> None:
        super().__init__("找不到这家企业的档案：可能已经删除，或者不属于您的机构。")


class NotAllowedError(ClientsError):
    """Only a lead may do this."""

    def __init__(self, what: str) -> None:
        super().__init__(f"只有负责人可以{what}。")


class ConflictError(ClientsError):
    """Somebody saved the client since it was read. `theirs` is how it is now."""

    def __init__(self, theirs: Client) -> None:
        self.theirs = theirs
        when = theirs.changed.astimezone(HERE)
        super().__init__(f"您打开“{theirs.name}”以后，{theirs.changed_by}在 {when:%Y-%m-%d %H:%M} 改过它。您的修改没有保存；请打开最新的档案，看过对方的修改再改。")

"""Who may see what: visitors their own answers, advisors the clients of their organisation."""

from ui.access.people import advisor, require_advisor

__all__ = ["advisor", "require_advisor"]

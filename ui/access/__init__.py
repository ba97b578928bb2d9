"""Who may see what: visitors their own answers, advisors the clients of their organisation."""

from ui.access.frame import inside_a_frame
from ui.access.people import advisor, require_advisor

__all__ = ["advisor", "inside_a_frame", "require_advisor"]

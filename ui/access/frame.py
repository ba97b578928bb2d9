"""Whether our page stands inside somebody else's.

That other page can lay its own buttons over ours and have people press what they do not see. So nothing inside it is
more than a visitor may do: no client data, no login. The browser says so through `?embed=true`, which our own script
adds wherever it finds itself in a frame; a session that was inside once stays so.
"""

from __future__ import annotations

import streamlit as st

PATHS = frozenset({"", "result", "check", "library"})  # of the pages that may stand there: nothing on them is more than this browser's own answers
_INSIDE = "inside-a-frame"  # in st.session_state


def inside_a_frame() -> bool:
    """Whether this run is for a page inside another one."""
    if st.context.is_embedded:
        st.session_state[_INSIDE] = True
    return bool(st.session_state.get(_INSIDE))

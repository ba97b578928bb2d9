"""The clients of 客户档案 among the companies for which a change of the rules is worked out. For advisors: imported only for them."""

from __future__ import annotations

import streamlit as st

from eligibility.clients.problems import ClientsError
from eligibility.clients.screened import stored_companies
from eligibility.clients.words import NOBODY_SERVED, SERVED
from eligibility.roster import Company
from ui.desk import desk
from ui.text import plain


def stored() -> list[Company]:
    """All clients of the advisor's organisation, if they are to be counted in. Read anew in every run, for whoever is behind that run."""
    if not st.checkbox("算上客户档案里的企业", key="changes-stored", persist_state="session", help=SERVED):
        return []
    try:
        found = stored_companies(desk())
    except ClientsError as error:
        st.error(plain(str(error)))
        return []
    st.caption(f"算上了客户档案里的 {len(found):,} 家。" if found else NOBODY_SERVED)
    return found

"""The rulebook that all sessions share: loaded once, never changed."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import streamlit as st

from eligibility.data_folder import data_folder
from eligibility.rulebook import archive
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import DEFAULT_RULES, load
from eligibility.rulebook.problems import RulebookError
from ui.text import plain

_log = logging.getLogger(__name__)


@st.cache_resource(show_spinner=False)
def rulebook() -> Rulebook:
    """The rules of the folder that the environment names, else the project's own.

    Raises RulebookError. A failure is not kept: once the files are mended, the next visit reads them again.
    """
    rules = rules_folder()
    book = load(rules)
    _keep(book, rules)
    return book


def rules_folder() -> Path:
    """Where the rules in use are written."""
    return Path(os.environ.get("ELIGIBILITY_RULES") or DEFAULT_RULES)


def kept_versions() -> Path:
    """The folder of all versions that this application has used."""
    return data_folder() / "rulebooks"


def _keep(book: Rulebook, rules: Path) -> None:
    """Keep the version in use, so that later its results can be repeated and its successor compared. Without it, all else works."""
    try:
        archive.keep(book, rules, kept_versions())
    except (OSError, RulebookError):
        _log.exception("rulebook %s not kept", book.version)


def show_problems(error: RulebookError) -> None:
    """Instead of any page, while the rules cannot be used: what is wrong, where, and how to mend it."""
    st.title("规则文件有误，暂时不能自测", anchor=False)
    st.markdown(f"发现 {len(error.problems)} 处问题。已填的答案都还在；改好规则文件后，刷新本页即可继续。如果您不负责维护规则，请把本页转给维护人员。")
    for problem in error.problems:
        place = f"{problem.file}，第 {problem.line} 行" if problem.line else problem.file
        with st.container(border=True):
            st.markdown(f"**{plain(place)}**  \n{plain(problem.what)}。  \n{plain(problem.remedy)}")

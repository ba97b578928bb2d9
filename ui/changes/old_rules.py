"""Which older version is compared with the rules in use: one that was kept, or one that is brought along."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st

from eligibility.assessment import HERE
from eligibility.rulebook.archive import KeptVersion, opened, versions
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.load import load
from eligibility.rulebook.problems import Problem, RulebookError
from ui.rulebook import kept_versions
from ui.text import plain
from ui.unfolding import too_much

LARGEST_MB = 2
FAULTS_SHOWN = 10
_UPLOADED = "uploaded"


def chosen(current: Rulebook) -> Rulebook | None:
    """The older version, as soon as one is chosen and can be read."""
    kept = {v.path.name: v for v in versions(kept_versions()) if not current.fingerprint.startswith(v.path.stem)}
    if kept:
        choice = st.selectbox("和哪一版比", [*kept, _UPLOADED], format_func=lambda c: _named(kept[c]) if c in kept else "自己上传一版（.zip）", key="changes-old", persist_state="session")
    else:
        st.info("这里还没有存下旧的版本。以后规则每次更新，用过的版本都会自动存下，到时可以直接选。现在也可以上传一版来比。")
        choice = _UPLOADED
    try:
        if choice in kept:
            path = kept[choice].path
            return _kept(str(path), path.stat().st_mtime_ns)
        file = st.file_uploader("旧规则的压缩包（.zip，就是把规则文件夹打包）", type=["zip"], max_upload_size=LARGEST_MB, key="changes-zip")
        return _brought(file.name, file.getvalue()) if file is not None else None
    except RulebookError as error:
        _tell(error)
    except OSError:
        st.error("这一版刚刚还在，现在读不到了。请刷新本页再试。")
    return None


def _named(version: KeptVersion) -> str:
    at = version.at.astimezone(HERE)
    return f"{version.version}（{at.year} 年 {at.month} 月 {at.day} 日存下）"


def _tell(error: RulebookError) -> None:
    told = error.problems[:FAULTS_SHOWN]
    lines = [f"- {plain(f'{p.file}，第 {p.line} 行' if p.line else p.file)}：{plain(p.what)}。{plain(p.remedy)}" for p in told]
    left = len(error.problems) - len(told)
    st.error(f"这一版规则用不了，发现 {len(error.problems)} 处问题：\n\n" + "\n".join(lines) + (f"\n- 还有 {left} 处，改好上面的再试。" if left else ""))


@st.cache_resource(show_spinner="正在读旧规则……", max_entries=4)
def _kept(path: str, written: int) -> Rulebook:
    """`written` is when: a file that was replaced is read again."""
    return load(Path(path))


@st.cache_resource(show_spinner="正在读旧规则……", max_entries=4)
def _brought(name: str, content: bytes) -> Rulebook:
    """A version that a visitor brings along: from anywhere, so it is not trusted."""
    name = Path(name.replace("\\", "/")).name or "rules.zip"
    with TemporaryDirectory() as temporary:
        path = Path(temporary) / "rules.zip"
        path.write_bytes(content)
        try:
            with opened(path) as folder:
                for file in folder.rglob("*.yaml"):
                    if too_much(file.read_bytes()):
                        raise RulebookError([Problem(file.name, 0, 0, "展开以后太大，不像是规则", "请检查这个文件里的引用（& 和 *）。")])
                return load(folder)
        except RulebookError as error:  # by the name that the visitor knows, not by ours
            raise RulebookError(replace(p, file=p.file.replace(str(path), name).replace(path.name, name)) for p in error.problems) from None

"""Which column of the ledger is which question: shown, and corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Question
from eligibility.screening.cells import convertible
from eligibility.screening.headers import Column, RememberedColumn, Target, suggestions, target_name, targets
from ui.screening.column_maps import as_map, remembered_unit
from ui.screening.sitting import Sitting
from ui.text import escaped, plain

AT_ONCE = 20  # columns that are asked about
_UNITS = ("元", "千元", "万元", "百万元", "亿元")
_NEVER = "never"
_AS_WRITTEN = "as written"  # the unit is the one that the file names, as for a column that is known

Said = dict[str, RememberedColumn]


def columns(sitting: Sitting) -> None:
    """The columns of the ledger on the desk: how they were read, and a select for each that was not."""
    if sitting.found is not None:
        facts = sitting.found.facts
        listed, samples, said = facts.columns, facts.samples, dict(facts.said)
    elif sitting.unknown is not None:
        listed, samples, said = sitting.unknown.columns, {}, {}
    else:
        return
    used = [c for c in listed if c.target is not None]
    unused = [c for c in listed if c.target is None]
    silent = {h for h, entry in said.items() if entry.question is None}
    asked = [c for c in unused if c.header not in silent]
    title = f"列对照：用上 {len(used)} 列" + (f"，{len(asked)} 列没有用上" if asked else "，全部用上" if not silent else f"，{len(silent)} 列按您说的不用")
    folded = st.expander(title, expanded=not used, key=f"screening-columns-{sitting.number}", on_change="rerun")
    if folded.open:
        with folded:
            if used:
                st.html(_used(used, sitting.book))
            _correct(sitting, listed, asked, samples, said)


def _used(used: Sequence[Column], book: Rulebook) -> str:
    """The columns that were read, with what was assumed of them."""
    rows = "".join(
        f"<tr><td>{escaped(c.header)}</td><td>{escaped(target_name(c.target, book))}{f'，单位{escaped(c.unit)}' if c.unit else ''}"
        f"{f'<br><span class=note>{escaped(c.remark)}</span>' if c.remark else ''}</td></tr>"
        for c in used
        if c.target
    )
    return f'<details class="columns"><summary>用上的 {len(used)} 列</summary><table><thead><tr><th>台账里的列</th><th>读作</th></tr></thead><tbody>{rows}</tbody></table></details>'


def _correct(sitting: Sitting, listed: Sequence[Column], asked: Sequence[Column], samples: Mapping[int, Sequence[str]], said: Said) -> None:
    """A select for each column that was not used, and for any other that the user wants to change."""
    by_place = {c.place: c for c in listed}
    others = [c.place for c in listed if c not in asked]
    more = []
    if others:
        more = st.multiselect(
            "要改的其他列",
            others,
            format_func=lambda place: plain(by_place[place].header),
            placeholder="选择台账里的列",
            key=f"screening-more-{sitting.number}",
            persist_state="session",
        )
    edited: Said = {}
    drawn = [*asked[:AT_ONCE], *(by_place[place] for place in more)]
    if drawn:
        st.caption("告诉程序每一列是什么。下次上传列名相同的台账，会记得。")
    for column in drawn:
        if (entry := _select(sitting, column, samples.get(column.place, ()), remembered_unit(column.header, said))) is not None:
            edited[column.header] = entry
    if len(asked) > AT_ONCE:
        st.caption(f"还有 {len(asked) - AT_ONCE} 列没有用上，对照好上面的再看。")
    with st.container(horizontal=True, gap="small"):
        if st.button("按新的对照重新判断", type="primary", disabled=not edited, key=f"screening-again-{sitting.number}"):
            _again(sitting, listed, {**said, **edited})
        if said:
            st.download_button("下载列对照", as_map(said), "列对照.yaml", "application/yaml", on_click="ignore", key=f"screening-map-{sitting.number}", help="命令行用 --columns 给回来。")
            if st.button("忘掉以前的对照", key=f"screening-forget-{sitting.number}"):
                _again(sitting, listed, {})


def _again(sitting: Sitting, listed: Sequence[Column], said: Said) -> None:
    try:
        sitting.maps.keep([c.header for c in listed], said)
    except OSError:
        st.warning("对照没有记下来，这一次照用。请告诉维护人员检查数据文件夹。")
    sitting.again(said)
    st.rerun()


def _select(sitting: Sitting, column: Column, samples: Sequence[str], said_unit: str | None) -> RememberedColumn | None:
    """What the user says of one column, of whose unit `said_unit` was said before; None: nothing new."""
    book = sitting.book
    likely = suggestions(column.header, book) if column.target is None else ()
    options: list[Target | str] = [*likely, _NEVER, *(t for t in targets(book) if t not in likely)]
    now = options.index(column.target) if column.target in options else None
    name = "不用这一列，不再提示"
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        chosen = st.selectbox(
            f"{plain(column.header)}" + (f"（如：{plain('、'.join(samples))}）" if samples else ""),
            options,
            index=now,
            format_func=lambda t: name if isinstance(t, str) else target_name(t, book),
            placeholder="没有用上，选一题",
            key=f"screening-column-{sitting.number}-{column.place}",
            width=420,
            persist_state="session",
        )
        if column.remark and column.target is None:
            st.caption(plain(column.remark))
        if chosen is None:
            return None
        if isinstance(chosen, str):
            return RememberedColumn(header=column.header)
        unit = _unit(f"screening-unit-{sitting.number}-{column.place}-{chosen.question}", book.questions[chosen.question], said_unit)
    if chosen == column.target and unit == said_unit:
        return None
    return RememberedColumn(header=column.header, question=chosen.question, option=chosen.option, part=chosen.part, unit=unit)


def _unit(key: str, question: Question, said: str | None) -> str | None:
    """The unit that the user says; None: the one that the file names. What stands in the box unasked must never override the file."""
    units = [u for u in dict.fromkeys([question.unit or "", *_UNITS, said or ""]) if u and convertible(u, question)]
    if len(units) < 2:
        return None
    options = [_AS_WRITTEN, *units]
    chosen = st.selectbox(
        "单位",
        options,
        index=options.index(said) if said in options else 0,
        format_func=lambda unit: f"照表里写的，没有写就按{question.unit}" if unit == _AS_WRITTEN else unit,
        key=key,
        width=300,
        persist_state="session",
    )
    return None if chosen == _AS_WRITTEN else chosen

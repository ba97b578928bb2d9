"""What all clients together lack, whom to call for them, and what the ledger could not say."""

from __future__ import annotations

import streamlit as st
from streamlit.column_config import NumberColumn, TextColumn

from eligibility.report.ledger_problems import COLUMNS, problems, problems_csv
from eligibility.report.screening_workbook import LACKS
from eligibility.report.wording import reach
from eligibility.rulebook.models import Strength
from ui.more import limit, more
from ui.screening.charts import gap_bars, kinds_by_verdict, supports_by_verdict
from ui.screening.matrix import Filters, codes, view
from ui.screening.sitting import Sitting
from ui.screening.work import Found
from ui.segments import one_of
from ui.text import escaped

AT_ONCE = 12  # gaps, doors or supports drawn before the user asks for more
MOST_ROWS = 1_000  # problems in the table; all of them are in the file


def gaps(sitting: Sitting, found: Found) -> None:
    """The ranking of what is lacking."""
    if not found.gaps:
        st.info("没有企业缺什么：每一项不是对应，就是不对应。")
        return
    by_kind = {kind: [g for g in found.gaps if g.lack.kind == kind] for kind in LACKS}
    names = {kind: f"{LACKS[kind].name} {len(listed)}" for kind, listed in by_kind.items()}
    kind = one_of("看哪一种", names, next(k for k, listed in by_kind.items() if listed), f"screening-gaps-{sitting.number}")
    st.caption(f"{LACKS[kind].explanation}。缺的企业多的排在前面。")
    listed = by_kind[kind]
    if not listed:
        st.info("这一种没有。")
        return
    st.html(gap_bars(found, listed[: limit(AT_ONCE, _limit(sitting, kind))]))
    more(len(listed), AT_ONCE, _limit(sitting, kind), "个")
    questions = sitting.book.questions
    if kind == "answer" and (look_up := [(q.short, q.look_up) for g in listed[:AT_ONCE] if (q := questions[g.lack.what]).look_up]):
        st.html("<details class='group'><summary>这些去哪里查</summary><ul>" + "".join(f"<li>{escaped(a)}：{escaped(b or '')}</li>" for a, b in look_up) + "</ul></details>")


def agencies(sitting: Sitting, found: Found) -> None:
    """Whom to call, with how many clients."""
    if not found.calls:
        st.info("没有要联系的部门。")
        return
    clients, supports = found.screening.clients, sitting.book.supports
    rows = []
    for call in found.calls[: limit(AT_ONCE, _limit(sitting, "calls"))]:
        often = "".join(f"<li>{escaped(supports[id_].title)}（{n:,} 家）</li>" for id_, n in list(call.supports.items())[:5])
        names = "、".join(escaped(clients[n].name) for n in call.matched[:20]) + (f"……等 {len(call.matched):,} 家" if len(call.matched) > 20 else "")
        rows.append(
            f"<article class='call'><h3>{escaped(call.door.ask_at)}</h3><p>{len(call.matched):,} 家现在就有对应的，{len(call.undecided):,} 家还有没定的，牵涉 {len(call.supports)} 项支持</p>"
            f"<p class='note'>{escaped(reach(call.door, found.screening.on))}</p>"
            f"<details class='group'><summary>问得最多的支持，和现在就对应的企业</summary><ul>{often}</ul><p>{names}</p></details></article>"
        )
    st.html("".join(rows))
    more(len(found.calls), AT_ONCE, _limit(sitting, "calls"), "个")


def pictures(sitting: Sitting, found: Found) -> None:
    """Heat maps of kinds and of supports."""
    everything = codes(found.shown)
    st.html("<h3>各类支持</h3><p class='note'>格里是家次（几家企业 × 几项支持）和占这一类的比例；颜色越醒目，比例越高。</p>" + kinds_by_verdict(found, everything))
    direct = view(found.screening, everything, Filters(strengths=frozenset({Strength.DIRECT}))).supports
    if len(direct):
        st.html("<h3>直接支持，对应的企业多的在前</h3>" + supports_by_verdict(found, everything, direct[: limit(AT_ONCE, _limit(sitting, "direct"))]))
        more(len(direct), AT_ONCE, _limit(sitting, "direct"), "个")


def faults(sitting: Sitting, found: Found) -> None:
    """What could not be used, by row and column, and what was converted."""
    listed = list(problems(found.reading))
    if not listed:
        st.success("每一格都用上了。")
        return
    st.download_button("下载全部问题", lambda: problems_csv(found.reading), "台账的数据问题.csv", "text/csv", on_click="ignore", key=f"screening-problems-{sitting.number}")
    left = found.all_faults + found.all_remarks - len(found.reading.faults) - len(found.reading.remarks)
    if left > 0:
        st.caption(f"问题太多，另有 {left:,} 处没有列出来；改好这些再上传一次。")
    if len(listed) > MOST_ROWS:
        st.caption(f"这里只列前 {MOST_ROWS:,} 处，全部 {len(listed):,} 处在下载的文件里。")
    shown = dict(zip(COLUMNS, zip(*listed[:MOST_ROWS], strict=True), strict=True))
    widths = {"哪一类": 120, "行": 70, "列": 180, "情况": 360, "怎么改": 420}
    config = {name: NumberColumn(width=w, format="%d") if name == "行" else TextColumn(width=w) for name, w in widths.items()}
    st.dataframe(shown, hide_index=True, height=min(38 + 35 * len(listed), 490), column_config=config, placeholder="", alt="台账的数据问题")


def _limit(sitting: Sitting, name: str) -> str:
    """Where it stands how many of a list are drawn; it ends with the ledger."""
    return f"screening-limit-{sitting.number}-{name}"

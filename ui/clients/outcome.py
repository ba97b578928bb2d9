"""What the rules of today say about a client: the result, what an advisor decided otherwise, and the papers to hand out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from eligibility.advice import FirstStep, first_steps, ranked, to_ask
from eligibility.assessment import Assessment, Verdict
from eligibility.clients.desk import REASON_LENGTH
from eligibility.clients.problems import ClientsError
from eligibility.override import Override, actionable, laid, standing
from eligibility.report.file_name import file_name
from eligibility.report.labels import STRENGTHS, VERDICTS
from eligibility.report.overrides import ShownVerdict, overlaid
from eligibility.report.pdf import render_pdf
from eligibility.report.statuses import told
from eligibility.report.wording import headline, whom
from eligibility.report.workbook import render_workbook
from ui.clicks import followed_once
from ui.clients.opened import Opened
from ui.downloads import WORKBOOK
from ui.more import limit, more
from ui.segments import group
from ui.standing import counts
from ui.support_card import card, contacts, refusal
from ui.text import escaped, plain

AT_ONCE = 15  # cards drawn before the user asks for more
_NUMERALS = ("", "一", "两", "三")


def outcome(opened: Opened, assessment: Assessment, overrides: tuple[Override, ...]) -> None:
    """The result as it is shown and handed out."""
    shown = laid(assessment, overrides)
    decided = [s for s in overlaid(assessment, overrides) if s.override]
    notices = "".join(f'<p class="caution">{escaped(n.text)}</p>' for n in assessment.notices)
    changed = f"<p class='note'>其中 {len(decided)} 项按顾问的改判列出，程序的判断写在旁边。</p>" if decided else ""
    st.html(f'<section class="summary"><h2>{headline(shown)}</h2>{notices}{counts(shown)}{changed}</section>')
    _downloads(opened, assessment, overrides)
    _first_steps(actionable(assessment, overrides))
    st.html("<h2>改判</h2>")
    _decided(opened, decided)
    _override(opened, assessment, overrides)
    _groups(opened, assessment, shown, {s.entry.support.id: s for s in decided})


def _downloads(opened: Opened, assessment: Assessment, overrides: tuple[Override, ...]) -> None:
    name = opened.client.name
    made = tuple(standing(overrides).values())
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "下载 PDF",
            lambda: render_pdf(assessment, title=name, overrides=made),
            file_name(assessment, "pdf", title=name),
            "application/pdf",
            on_click="ignore",
            type="primary",
            key=f"{opened.scope}pdf",
        )
        st.download_button(
            "下载工作簿", lambda: render_workbook(assessment, title=name, overrides=made), file_name(assessment, "xlsx", title=name), WORKBOOK, on_click="ignore", key=f"{opened.scope}workbook"
        )


def _first_steps(assessment: Assessment) -> None:
    if steps := first_steps(assessment):
        st.html(f'<h2>先做这{_NUMERALS[len(steps)]}件事</h2><ol class="steps">{"".join(_step(s, assessment.on) for s in steps)}</ol>')


def _step(first: FirstStep, on: date) -> str:
    lines = [f"<b>{escaped(first.text)}</b>"]
    if first.door is not None:
        lines.append(f"{escaped(whom(first.door))}：{contacts(first.door, on)}")
    if first.kind == "contact":
        lines.append(f"可以这样问：{escaped(to_ask(first.supports[0]))}")
    return f"<li>{'<br>'.join(lines)}</li>"


def _decided(opened: Opened, decided: Sequence[ShownVerdict]) -> None:
    """The overrides that stand, each of which can be taken back."""
    if not decided:
        st.caption("还没有改判。问过部门、看过材料，结论和程序判断的不一样时，可以改判：写明理由，留名、留日期；程序的判断一直显示在旁边。")
    for shown in decided:
        made = shown.override
        assert made is not None
        with st.container(key=f"override-{made.id}", border=True, gap="xsmall"):
            st.html(f"<p><b>{escaped(shown.entry.support.title)}</b><br>{escaped(shown.text)}</p>")
            if st.button("撤回改判", key=f"{opened.scope}withdraw-{made.id}"):
                try:
                    opened.desk.withdraw(opened.client.id, made.id, at=opened.now())
                except ClientsError as error:
                    st.error(plain(str(error)))
                else:
                    st.rerun()


def _override(opened: Opened, assessment: Assessment, overrides: tuple[Override, ...]) -> None:
    """The form for another one. Its key counts the overrides, so that a second click makes no second one."""
    key = f"{opened.scope}override-{len(overrides)}"
    folded = st.expander("改判一项", key=f"{key}-open", on_change="rerun")
    if not folded.open:
        return
    entries = {e.support.id: e for e in ranked(assessment)}
    with folded, st.form(key, border=False):
        support = st.selectbox(
            "哪一项支持",
            list(entries),
            index=None,
            format_func=lambda i: f"{entries[i].support.title}（程序判为：{VERDICTS[entries[i].verdict].name}）",
            placeholder="打几个字找",
            key=f"{key}-support",
        )
        verdict = st.radio("改判为", list(Verdict), index=None, format_func=lambda v: VERDICTS[v].name, key=f"{key}-verdict")
        reason = st.text_area("理由", placeholder="如：11 月 20 日电话问过沈阳市科技局成果处，答复可以申请", max_chars=REASON_LENGTH, key=f"{key}-reason")
        if st.form_submit_button("改判", type="primary", key=f"{key}-do"):
            if support is None or verdict is None:
                st.error("请选一项支持和改判后的结论。")
                return
            if verdict is entries[support].verdict:
                st.error(f"程序的判断就是“{VERDICTS[verdict].name}”，不用改判。")
                return
            try:
                followed_once(f"{key}-made", lambda: opened.desk.override(opened.client.id, assessment, support, verdict, reason or "", at=opened.now()))
            except ClientsError as error:
                st.error(plain(str(error)))
            else:
                st.rerun()


def _groups(opened: Opened, assessment: Assessment, shown: Assessment, decided: dict[str, ShownVerdict]) -> None:
    """The supports, one verdict at a time, each with what the program itself says."""
    st.html("<h2>逐项看</h2>")
    own = {e.support.id: e for e in assessment.supports}
    found = {verdict: [own[e.support.id] for e in ranked(shown) if e.verdict is verdict] for verdict in Verdict}
    verdict = group(found, f"{opened.scope}group")
    entries = found[verdict]
    said = {id_: s.text for id_, s in decided.items()}
    if not entries:
        st.info("这一组里没有。")
    elif verdict is Verdict.EXCLUDED:
        st.html(f'<ul class="refusals">{"".join(refusal(e, assessment, said.get(e.support.id, "")) for e in entries)}</ul>')
    else:
        known = told(assessment)
        key = f"{opened.scope}limit-{verdict.value}"
        strength = None
        for entry in entries[: limit(AT_ONCE, key)]:
            if entry.support.strength is not strength:
                strength = entry.support.strength
                st.html(f"<h3>{STRENGTHS[strength].name}（{sum(e.support.strength is strength for e in entries)} 项）</h3>")
            with st.container(border=True, gap="small"):
                st.html(card(entry, assessment, known, said.get(entry.support.id, "")))
        more(len(entries), AT_ONCE, key)

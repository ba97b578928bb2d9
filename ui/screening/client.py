"""One client of the screening: what fits, what it lacks, what to do first. Nothing of it reaches the self-assessment of this browser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from eligibility.advice import first_steps, ranked
from eligibility.assessment import Assessment, SupportVerdict, Verdict
from eligibility.override import actionable, laid
from eligibility.report.file_name import file_name
from eligibility.report.labels import STRENGTHS, VERDICTS
from eligibility.report.overrides import overlaid
from eligibility.report.pdf import render_pdf
from eligibility.report.screening_workbook import lack_words
from eligibility.report.statuses import told
from eligibility.report.wording import headline, whom
from eligibility.screening.screening import lacks_of
from ui.answers_file import written
from ui.screening.keep import keep_one
from ui.screening.sitting import Sitting
from ui.screening.work import Found
from ui.standing import counts
from ui.support_card import card, contacts, refusal
from ui.text import escaped


def client(sitting: Sitting, found: Found, place: int, support: str | None) -> None:
    """Everything about one client; `support` is the one that was pointed at."""
    listed = found.screening.clients[place]
    assessment = found.screening.assessment(place)
    said = {s.entry.support.id: s.text for s in overlaid(assessment, listed.overrides) if s.override}
    shown = laid(assessment, listed.overrides)
    row = f'<span class="note">　台账第 {listed.row} 行</span>' if listed.row is not None else ""
    st.html(f'<section class="client" id="client"><h2>{escaped(listed.name)}{row}</h2><p>{headline(shown)}</p>{counts(shown)}</section>')
    if support is not None:
        entry = next(e for e in assessment.supports if e.support.id == support)
        label = VERDICTS[next(e.verdict for e in shown.supports if e.support.id == support)]
        st.html(f'<p class="pointed"><b>{label.symbol} {label.name}</b></p>')
        with st.container(border=True):
            st.html(card(entry, assessment, told(assessment), said.get(support, "")))
    if said:
        lines = [f"<li>{escaped(sitting.book.supports[id_].title)}<br><span class='note'>{escaped(text)}</span></li>" for id_, text in said.items()]
        st.html(f'<h3>顾问改判（{len(said)} 项）</h3><ul class="refusals">{"".join(lines)}</ul>')
    if steps := first_steps(actionable(assessment, listed.overrides)):
        lines = [f"<li>{escaped(s.text)}{f'<br>{escaped(whom(s.door))}：{contacts(s.door, assessment.on)}' if s.door else ''}</li>" for s in steps]
        st.html(f'<h3>先做的事</h3><ol class="steps">{"".join(lines)}</ol>')
    st.html(_entries(assessment, shown, said) + _answers(assessment))
    with st.container(horizontal=True, gap="small"):
        name = file_name(assessment, "pdf", title=listed.name)
        pdf = partial(render_pdf, assessment, title=listed.name, overrides=listed.overrides)
        st.download_button("下载这家的 PDF", pdf, name, "application/pdf", on_click="ignore", key=f"screening-pdf-{sitting.number}-{place}")
        answers = written(listed.profile.as_data(), sitting.book)
        st.download_button(
            "下载这家的答案",
            answers,
            file_name(assessment, "yaml", title=listed.name),
            "application/yaml",
            on_click="ignore",
            key=f"screening-answers-{sitting.number}-{place}",
            help="在“自测”页的“保存、载入答案”里载入，就能接着问这家没有答的题。",
        )
        if not sitting.stored:
            keep_one(sitting, found, place)


def _entries(assessment: Assessment, shown: Assessment, said: Mapping[str, str]) -> str:
    """All supports under the verdict that counts, folded; each with what the program finds lacking."""
    own = {e.support.id: e for e in assessment.supports}
    entries = ranked(shown)
    return "".join(_group(v, [own[e.support.id] for e in entries if e.verdict is v], assessment, said) for v in Verdict)


def _group(verdict: Verdict, entries: Sequence[SupportVerdict], assessment: Assessment, said: Mapping[str, str]) -> str:
    if not entries:
        return ""
    label = VERDICTS[verdict]
    lines = "".join(refusal(e, assessment, said.get(e.support.id, "")) if verdict is Verdict.EXCLUDED else _line(e, assessment, said.get(e.support.id, "")) for e in entries)
    return f'<details class="group"><summary>{label.symbol} {label.name}（{len(entries)} 项）</summary><ul class="refusals">{lines}</ul></details>'


def _line(entry: SupportVerdict, assessment: Assessment, otherwise: str) -> str:
    lacks = escaped(otherwise) if otherwise else "" if entry.verdict is Verdict.MATCHED else "<br>".join(map(escaped, lack_words(lacks_of(entry), assessment.rulebook).splitlines()))
    door = f"先联系{escaped(entry.first_door.ask_at)}" if entry.first_door else ""
    told = "<br>".join(filter(None, [lacks, door]))
    return f'<li>{escaped(entry.support.title)}（{STRENGTHS[entry.support.strength].name}）<br><span class="note">{told}</span></li>'


def _answers(assessment: Assessment) -> str:
    rows = "".join(f"<tr><td>{escaped(g.short)}</td><td>{escaped(g.text)}</td></tr>" for g in assessment.given())
    return f'<details class="group"><summary>回答（{len(assessment.given())} 个）</summary><table><tbody>{rows}</tbody></table></details>' if rows else ""

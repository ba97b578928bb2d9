"""The results that were handed out, and what has changed since one of them, and why."""

from __future__ import annotations

import json
from datetime import date
from functools import partial

import streamlit as st

from eligibility.advice import quoted
from eligibility.assessment import Assessment
from eligibility.clients.problems import ClientsError
from eligibility.clients.records import KeptAssessment
from eligibility.clients.since import Since, since, worked_out_again
from eligibility.clients.words import answer_words, question_name
from eligibility.override import Override, standing_at
from eligibility.receipt import read_receipt, receipt
from eligibility.report.file_name import file_name
from eligibility.report.impact import wording
from eligibility.report.labels import VERDICTS
from eligibility.report.pdf import render_pdf
from eligibility.rulebook.archive import kept as archived
from eligibility.rulebook.problems import RulebookError
from ui.clicks import followed_once
from ui.clients.opened import Opened
from ui.clock import BEIJING
from ui.rulebook import kept_versions, rules_folder
from ui.text import escaped, plain

_SHOWN = 40  # verdicts that changed, listed


def kept(opened: Opened, assessment: Assessment, overrides: tuple[Override, ...]) -> None:
    """Keep the result of today, look at those kept, compare."""
    results = opened.desk.results(opened.client.id)
    st.html("<h2>留存的结果</h2><p class='note'>把结果交给企业的那天留存一份：当时的回答、规则和结论都原样留着，以后规则改了也不变。</p>")
    if st.button("留存今天的结果", type="primary", key=f"{opened.scope}keep-{len(results)}"):
        # The same once more would say nothing new, so a second click keeps no second one, even on the button drawn after the first.
        same = f"{opened.scope}kept-{receipt(assessment).result}-{hash(overrides)}"
        try:
            followed_once(same, lambda: opened.desk.keep_result(opened.client.id, assessment, at=opened.now(), rules=rules_folder(), archive=kept_versions()))
        except RulebookError as error:
            st.error(f"规则没有存下来，所以结果也没有留存：{plain(str(error))}")
        except OSError as error:
            st.error(f"规则没有存下来，所以结果也没有留存（{plain(error.strerror or '写不了文件')}）。请告诉维护人员。")
        except ClientsError as error:
            st.error(plain(str(error)))
        else:
            st.rerun()
    if not results:
        st.caption("还没有留存过。")
        return
    for result in reversed(results):
        with st.container(key=f"kept-{result.id}", horizontal=True, gap="small", vertical_alignment="center"):
            made = f"{result.by}在 {result.made.astimezone(BEIJING):%Y-%m-%d %H:%M} 留存，规则库 {result.rulebook}"
            name = f"{opened.client.name}-{result.on.isoformat()}"
            st.html(f"<p><b>{result.on.isoformat()}</b>　{_counted(result)}<br><span class='note'>{escaped(made)}</span></p>")
            if archived(read_receipt(result.receipt).fingerprint, kept_versions()) is not None:
                st.download_button(
                    "当时的 PDF",
                    partial(_pdf_then, result, opened.client.name, standing_at(overrides, result.made)),
                    file_name(assessment, "pdf", title=name),
                    "application/pdf",
                    on_click="ignore",
                    key=f"{opened.scope}then-{result.id}",
                    type="tertiary",
                    help="按当时的规则、回答和改判重新做一份。",
                )
            st.download_button(
                "原样下载",
                partial(_whole, opened, result.id),
                file_name(assessment, "json", title=name),
                "application/json",
                on_click="ignore",
                key=f"{opened.scope}result-{result.id}",
                type="tertiary",
                help="当时的全部结果和凭据，给程序读的格式；凭据可以用来重算核对。",
            )
    _compare(opened, assessment, results)


def _whole(opened: Opened, result: str) -> str:
    return json.dumps(opened.desk.result(result), ensure_ascii=False, indent=2) + "\n"


def _pdf_then(result: KeptAssessment, name: str, overrides: tuple[Override, ...]) -> bytes:
    return render_pdf(worked_out_again(result, archive=kept_versions()).assessment, title=name, overrides=overrides)


def _counted(result: KeptAssessment) -> str:
    verdicts = read_receipt(result.receipt).verdicts
    return "，".join(f"{VERDICTS[v].name} {len(ids)}" for v, ids in verdicts.items())


def _compare(opened: Opened, assessment: Assessment, results: tuple[KeptAssessment, ...]) -> None:
    """Now beside one of the kept results, last year's if there is one."""
    st.html("<h2>和以前比</h2>")
    by_id = {r.id: r for r in results}
    year_ago = opened.desk.result_by(opened.client.id, _year_before(assessment.on))
    chosen = st.selectbox(
        "和哪一次比",
        list(by_id),
        index=list(by_id).index(year_ago.id) if year_ago else 0,
        format_func=lambda i: f"{by_id[i].on.isoformat()} 的结果{'（一年前）' if year_ago and i == year_ago.id else ''}",
        key=f"{opened.scope}since-{len(results)}",
    )
    try:
        st.html(_told(_since(opened, by_id[chosen], assessment), opened))
    except ClientsError as error:
        st.warning(plain(str(error)))


def _since(opened: Opened, earlier: KeptAssessment, assessment: Assessment) -> Since:
    """The comparison, worked out once for the same result, answers, rules and day."""
    place = f"{opened.scope}since"
    made_of = (earlier.id, assessment.rulebook.fingerprint, assessment.profile, assessment.on)
    held = st.session_state.get(place)
    if held is None or held[0] != made_of:
        with st.spinner("正在对照……"):
            held = st.session_state[place] = (made_of, since(earlier, assessment, archive=kept_versions()))
    found: Since = held[1]
    return found


def _told(found: Since, opened: Opened) -> str:
    better = sum(v.better for v in found.verdicts)
    worse = len(found.verdicts) - better
    head = f"结论有变的 {len(found.verdicts)} 项：变好 {better} 项，变差 {worse} 项。" if found.verdicts else "每一项的结论都和那时一样。"
    doubts = "".join(f'<p class="caution">{escaped(d)}</p>' for d in found.doubts)
    rows = "".join(
        f'<li>{escaped(v.support.title)}<br><b class="{"better" if v.better else "worse"}">{"变好" if v.better else "变差"}</b>　{wording.turn(v)}'
        f'<br><span class="note">原因：{escaped(wording.causes(v))}</span></li>'
        for v in found.verdicts[:_SHOWN]
    )
    left = len(found.verdicts) - _SHOWN
    more = f'<p class="note">还有 {left} 项没有列出。</p>' if left > 0 else ""
    changed = [(question_name(a.question, opened.book), answer_words(a.question, a.before, opened.book), answer_words(a.question, a.after, opened.book)) for a in found.answers]
    answers = "".join(f"<li>{escaped(name)}：{escaped(before)} → {escaped(after)}</li>" for name, before, after in changed)
    told = f"<h3>回答改了 {len(changed)} 处</h3><ul>{answers}</ul>" if changed else "<p>回答都和那时一样。</p>"
    if found.before.rulebook.fingerprint != found.after.rulebook.fingerprint:
        told += f"<p>规则也换过：那时是{escaped(quoted(found.before.rulebook.version))}，现在是{escaped(quoted(found.after.rulebook.version))}。</p>"
    return f'<section class="since">{doubts}<p><b>{head}</b></p><ul>{rows}</ul>{more}{told}</section>'


def _year_before(on: date) -> date:
    try:
        return on.replace(year=on.year - 1)
    except ValueError:  # 29 February
        return on.replace(year=on.year - 1, day=28)

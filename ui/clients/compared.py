"""What has changed since an earlier result, and why: the program's verdicts, what an advisor decided otherwise, and the answers."""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import date

import streamlit as st

from eligibility.advice import quoted
from eligibility.assessment import Assessment
from eligibility.clients.problems import ClientsError
from eligibility.clients.records import KeptAssessment
from eligibility.clients.since import Since, since
from eligibility.clients.words import answer_words, question_name
from eligibility.override import Override, standing, standing_at
from eligibility.report.impact import wording
from eligibility.report.labels import VERDICTS
from eligibility.report.overrides import overlaid
from ui.clients.opened import Opened
from ui.rulebook import kept_versions
from ui.text import escaped, plain

_SHOWN = 40  # verdicts that changed, listed


def compared(opened: Opened, assessment: Assessment, results: tuple[KeptAssessment, ...], overrides: tuple[Override, ...]) -> None:
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
        found = _since(opened, by_id[chosen], assessment)
        st.html(_told(found, _decided(found, by_id[chosen], overrides), opened))
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


def _decided(found: Since, earlier: KeptAssessment, overrides: tuple[Override, ...]) -> Mapping[str, str]:
    """By support, what an advisor had decided then and has decided now: the verdicts compared are the program's, these count instead."""
    now = standing(overrides)
    told = {
        support: f"那时按{made.by}的改判列为“{VERDICTS[made.verdict].name}”{'' if support in now else '，后来撤回了'}。"
        for support, made in standing(standing_at(overrides, earlier.made)).items()
        if support not in now or now[support].id != made.id
    }
    return told | {s.entry.support.id: told.get(s.entry.support.id, "") + s.text for s in overlaid(found.after, overrides) if s.override}


def _told(found: Since, decided: Mapping[str, str], opened: Opened) -> str:
    better = sum(v.better for v in found.verdicts)
    worse = len(found.verdicts) - better
    what = "程序的判断" if decided else "结论"
    head = f"{what}有变的 {len(found.verdicts)} 项：变好 {better} 项，变差 {worse} 项。" if found.verdicts else f"每一项的{what}都和那时一样。"
    doubts = "".join(f'<p class="caution">{escaped(d)}</p>' for d in found.doubts)
    listed = found.verdicts[:_SHOWN]
    rows = "".join(
        f'<li>{escaped(v.support.title)}<br><b class="{"better" if v.better else "worse"}">{"变好" if v.better else "变差"}</b>　{wording.turn(v)}'
        f'<br><span class="note">原因：{escaped(wording.causes(v))}</span>{_override(decided.get(v.support.id))}</li>'
        for v in listed
    )
    left = len(found.verdicts) - _SHOWN
    more = f'<p class="note">还有 {left} 项没有列出。</p>' if left > 0 else ""
    return f'<section class="since">{doubts}<p><b>{head}</b></p><ul>{rows}</ul>{more}{_elsewhere(decided, {v.support.id for v in listed}, found)}{_answers(found, opened)}</section>'


def _override(said: str | None) -> str:
    return f"<br><b>顾问改判</b>　{escaped(said)}" if said else ""


def _elsewhere(decided: Mapping[str, str], told: Container[str], found: Since) -> str:
    """What an advisor decided on supports that are not listed for a change of the program's verdict."""
    supports = {**found.before.rulebook.supports, **found.after.rulebook.supports}
    lines = [f"<li>{escaped(supports[id_].title if id_ in supports else id_)}<br>{escaped(said)}</li>" for id_, said in decided.items() if id_ not in told]
    return f"<h3>另有 {len(lines)} 项有顾问的改判</h3><ul>{''.join(lines)}</ul>" if lines else ""


def _answers(found: Since, opened: Opened) -> str:
    changed = [(question_name(a.question, opened.book), answer_words(a.question, a.before, opened.book), answer_words(a.question, a.after, opened.book)) for a in found.answers]
    answers = "".join(f"<li>{escaped(name)}：{escaped(before)} → {escaped(after)}</li>" for name, before, after in changed)
    told = f"<h3>回答改了 {len(changed)} 处</h3><ul>{answers}</ul>" if changed else "<p>回答都和那时一样。</p>"
    if found.before.rulebook.fingerprint != found.after.rulebook.fingerprint:
        told += f"<p>规则也换过：那时是{escaped(quoted(found.before.rulebook.version))}，现在是{escaped(quoted(found.after.rulebook.version))}。</p>"
    return told


def _year_before(on: date) -> date:
    try:
        return on.replace(year=on.year - 1)
    except ValueError:  # 29 February
        return on.replace(year=on.year - 1, day=28)

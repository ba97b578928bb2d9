"""结果: the same objects as the library decided, ordered for a reader, with the next step one tap away."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape

import pytest

from eligibility.advice import first_steps, ranked
from eligibility.assessment import Assessment, Outcome, SupportVerdict, Verdict, assess
from eligibility.grounds import grounds
from eligibility.profile import read_profile
from eligibility.report.wording import headline
from eligibility.rulebook.book import Rulebook
from eligibility.rulebook.models import Strength
from tests.conftest import DAY
from tests.pages.conftest import Visit
from ui.fields import Said
from ui.filters import Filters
from ui.support_card import card, refusal
from ui.text import clauses

Open = Callable[..., Visit]

FIRM: dict[str, object] = {
    "entity": "company",
    "city": "dalian",
    "ownership": "private",
    "industry": "software",
    "staff": 35,
    "revenue": 1200,
    "assets": 900,
    "titles": ["tech_sme"],
    "people": [],
    "rd_expense": 180,
}


@pytest.fixture
def firm(rulebook: Rulebook) -> Assessment:
    return assess(rulebook, read_profile(FIRM, rulebook.questions)[0], on=DAY)


def show(visit: Visit, verdict: Verdict) -> Visit:
    control = next(c for c in visit.app.segmented_control if c.key == f"group-{visit.draft.epoch}")
    control.set_value(verdict)
    return visit.run()


def test_without_answers_the_page_says_so_and_leads_to_the_questions(visit: Open) -> None:
    page = visit().results()
    assert "还没有回答任何题" in page.html()
    assert not page.app.segmented_control


def test_the_first_screen_has_the_sentence_the_counts_and_what_to_do_first(visit: Open, firm: Assessment) -> None:
    html = visit().load(FIRM).results().html()
    assert clauses(headline(firm)) in html
    assert re.sub("<[^>]*>", "", clauses(headline(firm))) == headline(firm)
    for verdict, count in firm.counts.items():
        assert f'<li class="{verdict.value}"><b>{count}<' in html
    steps = first_steps(firm)
    assert len(steps) == 3
    for step in steps:
        assert escape(step.text) in html
        assert step.door is None or escape(step.door.ask_at) in html


def test_direct_and_service_matches_are_shown_indirect_ones_folded(visit: Open, firm: Assessment) -> None:
    page = visit().load(FIRM).results()
    matched = [e for e in ranked(firm) if e.verdict is Verdict.MATCHED]
    indirect = [e for e in matched if e.support.strength is Strength.INDIRECT]
    direct = [e for e in matched if e.support.strength is Strength.DIRECT]
    assert indirect
    assert direct
    assert all(f"<h4>{escape(e.support.title)}</h4>" in page.html() for e in direct)
    assert not any(f"<h4>{escape(e.support.title)}</h4>" in page.html() for e in indirect)
    page.app.session_state[f"indirect-{page.draft.epoch}-matched"] = True
    assert f"<h4>{escape(indirect[0].support.title)}</h4>" in page.run().html()


def test_more_cards_come_on_demand_and_none_is_lost(visit: Open, firm: Assessment) -> None:
    page = show(visit().load(FIRM).results(), Verdict.MATCHED)
    service = [e for e in ranked(firm) if e.verdict is Verdict.MATCHED and e.support.strength is Strength.SERVICE]
    while more := [b for b in page.app.button if b.label.startswith("再看")]:
        page.press(more[0].key)
    html = page.html()
    assert all(f"<h4>{escape(e.support.title)}</h4>" in html for e in service)


def test_every_support_that_does_not_fit_has_its_reason(visit: Open, firm: Assessment) -> None:
    html = show(visit().load(FIRM).results(), Verdict.EXCLUDED).html()
    for entry in firm.supports:
        if entry.verdict is Verdict.EXCLUDED:
            assert escape(entry.support.title) in html
            assert "不满足：" in refusal(entry, firm)


def test_a_missing_answer_is_one_tap_away_from_its_card(visit: Open, firm: Assessment) -> None:
    page = show(visit().load(FIRM).results(), Verdict.OPEN)
    entry = next(e for e in ranked(firm) if e.verdict is Verdict.OPEN and e.missing and firm.rulebook.questions[e.missing[0]].kind != "yes_no")
    page.press(f"answer-{entry.support.id}")
    assert page.asking == entry.missing[0]


def test_yes_and_no_are_answered_on_the_card(visit: Open, rulebook: Rulebook) -> None:
    yes_no = next(q for q in rulebook.questions.values() if q.kind == "yes_no" and q.purpose == "eligibility")
    page = visit().load({"entity": "company", "city": "shenyang", "ownership": "provincial_soe"}).results()
    entry = next(e for e in assess(rulebook, page.draft.profile, on=DAY).supports if e.missing == (yes_no.id,))
    show(page, Verdict.OPEN)
    while f"是-{entry.support.id}" not in [b.key for b in page.app.button]:
        page.press(next(b.key for b in page.app.button if b.label.startswith("再看")))
    page.press(f"是-{entry.support.id}")
    assert page.draft.profile.answers[yes_no.id] is True
    assert page.draft.profile.answers["ownership"] == "provincial_soe"


def test_the_name_is_asked_where_the_report_is_made(visit: Open) -> None:
    page = visit().load(FIRM).results()
    name = next(t for t in page.app.text_input if t.key.endswith("company_name-value"))
    name.set_value("大连某某软件有限公司")
    page.run()
    assert page.draft.profile.answers["company_name"] == "大连某某软件有限公司"
    assert page.draft.profile.answers["staff"] == 35.0


def test_filters_keep_what_was_asked_for(firm: Assessment) -> None:
    entries = ranked(firm)
    kind = entries[0].support.kind
    policy = entries[0].support.sources[0].policy
    door = entries[0].doors[0].id

    def all_of(filters: Filters, holds: Callable[[SupportVerdict], bool]) -> None:
        kept = filters.keep(entries)
        assert kept == tuple(e for e in entries if holds(e))
        assert 0 < len(kept) < len(entries)
        assert filters.chosen == 1

    all_of(Filters(kinds=frozenset({kind})), lambda e: e.support.kind == kind)
    all_of(Filters(strengths=frozenset({Strength.DIRECT})), lambda e: e.support.strength is Strength.DIRECT)
    all_of(Filters(policies=frozenset({policy})), lambda e: any(s.policy == policy for s in e.support.sources))
    all_of(Filters(door=door), lambda e: any(d.id == door for d in e.doors))
    assert all("贷款" in str(e.support.model_dump()) for e in Filters(words="贷款 企业").keep(entries))
    assert Filters().keep(entries) == entries


def test_filters_on_the_page_lead_to_fewer_supports_and_say_so(visit: Open, firm: Assessment) -> None:
    page = visit().load(FIRM).results().unfold("filters")
    search = next(t for t in page.app.text_input if t.key.endswith("-words"))
    search.set_value("没有一项会写的话")
    page.run()
    assert f"{len(firm.supports)} 项里显示 0 项" in page.told()
    assert "没有符合筛选条件的" in page.told()


def test_a_card_says_everything_that_was_decided(firm: Assessment) -> None:
    for entry in firm.supports:
        if entry.verdict is Verdict.EXCLUDED:
            continue
        text = unescape(card(entry, firm))
        support = entry.support
        said = [support.title, support.gives, f"文件用词：“{support.wording}”", *support.not_stated, *(s.quote for s in support.sources), *entry.asks, *entry.steps]
        said += [firm.rulebook.policies[s.policy].cite(s.article) for s in support.sources]
        said += [d.name for d in entry.doors] + [c.value for d in entry.doors for c in d.contacts]
        said += [*grounds(entry, firm)] + [g.text for r in entry.reasons if r.outcome is Outcome.MET for g in r.given]
        said += [firm.rulebook.questions[q].short for q in entry.missing]
        said += [entry.caution] if entry.caution else []
        assert not [s for s in said if s not in text], support.id


def test_text_from_the_rulebook_and_the_user_stays_text(firm: Assessment) -> None:
    entry = firm.supports[0]
    hostile = entry._replace(support=entry.support.model_copy(update={"title": "<script>alert(1)</script>", "note": "<img src=x onerror=alert(1)>"}))
    shown = card(hostile, firm)
    assert "<script>" not in shown
    assert "<img" not in shown
    assert "&lt;script&gt;" in shown


def test_a_filter_counts_while_it_is_folded(visit: Open, firm: Assessment) -> None:
    page = visit().load(FIRM).results().unfold("filters")
    next(p for p in page.app.button_group if p.key.endswith("力度")).set_value(["direct"])
    page.run()
    page.app.session_state[f"filters-{page.draft.epoch}"] = False
    page.run()
    assert not [p for p in page.app.button_group if p.key.endswith("力度")]
    direct = [s for s in firm.supports if s.support.strength.value == "direct"]
    assert f"{len(firm.supports)} 项里显示 {len(direct)} 项" in page.told()


def test_what_was_worked_out_before_an_answer_changed_is_not_shown_after_it(visit: Open) -> None:
    page = visit().load(FIRM).results()
    before = page.html()
    session = page.app.session_state["session"]
    page.self_assessment().app.session_state["draft"] = session.draft.saying("city", Said("shenyang"))
    page.results()
    assert "大连市科学技术局" in before
    assert "大连市科学技术局" not in page.html()
    assert "沈阳市科学技术局" in page.html()

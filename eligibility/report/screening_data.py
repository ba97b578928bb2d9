"""A screening as plain data: what `screen --format json` writes."""

from __future__ import annotations

from typing import Any

from eligibility.assessment import Verdict
from eligibility.override import standing
from eligibility.screening.gaps import gaps
from eligibility.screening.ledger import Reading
from eligibility.screening.screening import Screening


def screening_data(screening: Screening, source: Reading | None = None) -> dict[str, Any]:
    """Every client with every verdict and what it lacks, the gaps, and what the ledger could not say."""
    book = screening.rulebook
    return {
        "rulebook": {"version": book.version, "title": book.cover.title, "fingerprint": book.fingerprint},
        "on": screening.on.isoformat(),
        "supports": [
            {"id": s.id, "title": s.title, "strength": s.strength.value, "kind": s.kind, "counts": {v.value: n for v, n in screening.totals(s.id).items()}} for s in screening.supports
        ],
        "clients": [_client(screening, place) for place in range(len(screening.clients))],
        "gaps": [{"kind": g.lack.kind, "what": g.lack.what, "clients": g.clients, "supports": g.supports, "alone": g.alone, "alone_direct": g.alone_direct} for g in gaps(screening)],
        "ledger": None if source is None else _ledger(source),
    }


def _client(screening: Screening, place: int) -> dict[str, Any]:
    client = screening.clients[place]
    verdicts = dict(zip(screening.rulebook.supports, screening.row(place), strict=True))
    undecided = (id_ for id_, v in verdicts.items() if v in (Verdict.OPEN, Verdict.NEAR))
    overrides = {"overrides": [o.as_data() for o in standing(client.overrides).values()]} if client.overrides else {}
    return {
        "name": client.name,
        "row": client.row,
        "answers": client.profile.as_data(),
        "counts": {v.value: n for v, n in screening.counts(place).items()},
        "verdicts": {id_: v.value for id_, v in verdicts.items()},
        "lacks": {id_: [{"kind": lack.kind, "what": lack.what} for lack in screening.lacks(place, id_)] for id_ in undecided},
        **overrides,
    }


def _ledger(source: Reading) -> dict[str, Any]:
    return {
        "columns": [{"header": c.header, "question": c.target and c.target.question, "option": c.target and c.target.option, "unit": c.unit, "remark": c.remark} for c in source.ledger.columns],
        "unread": [s._asdict() for s in source.ledger.unread],
        "faults": [f._asdict() for f in source.faults],
        "remarks": [r._asdict() for r in source.remarks],
    }

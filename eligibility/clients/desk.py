"""What one advisor can do with the stored clients: every query is of their organisation, and of no other.

Nothing here reads the clock: whoever writes says at what moment.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import ScalarSelect, Select, exists, func, select
from sqlalchemy.orm import Session, selectinload

from eligibility.assessment import Assessment, Verdict
from eligibility.clients.database import Database
from eligibility.clients.problems import ClientsError, ConflictError, NoSuchClientError, NotAllowedError
from eligibility.clients.records import Advisor, AnswerChange, Client, ClientFile, ClientList, Detail, DetailChange, Expiry, KeptAssessment, ListedClient, Role, Stage, Via
from eligibility.clients.tables import AnswerChangeRow, AssessmentRow, CertificateRow, ClientRow, DetailChangeRow, OverrideRow, TagRow
from eligibility.override import Override, standing
from eligibility.receipt import ReceiptedData, with_receipt
from eligibility.rulebook.archive import ARCHIVE, keep
from eligibility.rulebook.load import DEFAULT_RULES

NAME_LENGTH, TAG_LENGTH, REASON_LENGTH, NOTES_LENGTH = 120, 40, 500, 10_000


class Order(StrEnum):
    """By what the list of clients is ordered."""

    CHANGED = "changed"  # the last one first
    NAME = "name"
    EXPIRY = "expiry"  # the next paper to run out first


class Desk:
    """The stored clients as one advisor sees them."""

    def __init__(self, database: Database, advisor: Advisor) -> None:
        self._database = database
        self.advisor = advisor

    def add(self, name: str, *, at: datetime, notes: str = "", tags: tuple[str, ...] = (), answers: Mapping[str, Any] | None = None, via: Via = Via.DESK) -> Client:
        """Keep a new client."""
        client = Client(uuid4().hex, 0, name, notes, tags, Stage.ACTIVE, answers or {}, at, at, self.advisor.name)
        with self._database.writing() as session:
            row = ClientRow(id=client.id, organisation=self.advisor.organisation, version=0, answers={}, created=at)
            session.add(row)
            session.add_all(self._write(row, client, at, via))
            session.flush()
            return _client(row)

    def client(self, id_: str) -> Client:
        """One client as it is now. Raises NoSuchClientError."""
        with self._database.reading() as session:
            return _client(self._row(session, id_))

    def save(self, client: Client, *, at: datetime, via: Via = Via.DESK) -> Client:
        """Keep a client as it was edited; what changed goes into its history.

        Raises ConflictError if somebody saved it since it was read: then nothing is changed.
        """
        with self._database.writing() as session:
            row = self._row(session, client.id, lock=True)
            if row.version != client.version:
                raise ConflictError(_client(row))
            session.add_all(self._write(row, client, at, via))
            session.flush()
            return _client(row)

    def _write(self, row: ClientRow, client: Client, at: datetime, via: Via) -> list[AnswerChangeRow | DetailChangeRow]:
        """Put a client into its row; what changes is returned, for the history."""
        before, answers = row.answers, dict(client.answers)
        known = _client(row) if row.version else None
        row.name = _named(client.name)
        row.notes = _notes(client.notes)
        row.stage = client.stage
        row.answers = answers
        row.tags = [TagRow(tag=tag) for tag in _tags(client.tags)]
        row.certificates = list(_certificates(answers))
        row.version += 1
        row.changed, row.changed_by = at, self.advisor.name
        by, kept = self.advisor.name, _client(row)
        details = {d: (known.detail(d) if known else None, kept.detail(d)) for d in Detail}
        return [
            *(DetailChangeRow(client_id=row.id, detail=d, before=was, after=now, made_by=by, made=at) for d, (was, now) in details.items() if was != now),
            *(
                AnswerChangeRow(client_id=row.id, question=q, before=before.get(q), after=answers.get(q), made_by=by, made=at, via=via)
                for q in dict.fromkeys([*before, *answers])
                if before.get(q) != answers.get(q)
            ),
        ]

    def clients(
        self, *, on: date, search: str = "", stage: Stage | None = None, tag: str | None = None, order: Order = Order.CHANGED, limit: int = 50, offset: int = 0
    ) -> ClientList:
        """One page of the list. `search` is looked for in names, notes and tags; `on` is the day from which expiries count."""
        wanted = [ClientRow.organisation == self.advisor.organisation]
        for word in _printable(search).split():
            in_tags = ClientRow.tags.any(TagRow.tag.icontains(word, autoescape=True))
            wanted.append(ClientRow.name.icontains(word, autoescape=True) | ClientRow.notes.icontains(word, autoescape=True) | in_tags)
        if stage is not None:
            wanted.append(ClientRow.stage == stage)
        if tag is not None:
            wanted.append(ClientRow.tags.any(TagRow.tag == _printable(tag)))
        with self._database.reading() as session:
            total = session.scalar(select(func.count()).select_from(ClientRow).where(*wanted)) or 0
            ids = session.scalars(_ordered(select(ClientRow.id).where(*wanted), order, on).limit(limit).offset(offset)).all()
            return ClientList(tuple(_listed(session, ids, on)), total)

    def names(self) -> frozenset[str]:
        """All names in use."""
        with self._database.reading() as session:
            return frozenset(session.scalars(select(ClientRow.name).where(ClientRow.organisation == self.advisor.organisation)))

    def tags(self) -> tuple[str, ...]:
        """All tags in use."""
        with self._database.reading() as session:
            found = select(TagRow.tag).join(ClientRow, ClientRow.id == TagRow.client_id).where(ClientRow.organisation == self.advisor.organisation)
            return tuple(session.scalars(found.distinct().order_by(TagRow.tag)))

    def expiring(self, *, first: date, last: date) -> tuple[Expiry, ...]:
        """The papers that run out in that time, the soonest first."""
        found = select(CertificateRow, ClientRow.name).join(ClientRow, ClientRow.id == CertificateRow.client_id)
        found = found.where(ClientRow.organisation == self.advisor.organisation, CertificateRow.until.between(first, last))
        with self._database.reading() as session:
            rows = session.execute(found.order_by(CertificateRow.until, ClientRow.name, CertificateRow.option)).all()
            return tuple(Expiry(c.client_id, name, c.question, c.option, c.number, c.until) for c, name in rows)

    def everyone(self) -> Iterator[Client]:
        """All clients, in the order of their names; each is read when it is its turn."""
        own = select(ClientRow).where(ClientRow.organisation == self.advisor.organisation)
        with self._database.reading() as session:
            ids = session.scalars(own.with_only_columns(ClientRow.id).order_by(ClientRow.name, ClientRow.id)).all()
        for start in range(0, len(ids), 200):
            with self._database.reading() as session:
                rows = {r.id: r for r in session.scalars(own.where(ClientRow.id.in_(ids[start : start + 200])).options(selectinload(ClientRow.tags)))}
                page = [_client(rows[id_]) for id_ in ids[start : start + 200] if id_ in rows]
            yield from page

    def history(self, id_: str) -> tuple[AnswerChange, ...]:
        """Who changed which answer when, the first change first."""
        with self._database.reading() as session:
            return _history(self._row(session, id_))

    def details(self, id_: str) -> tuple[DetailChange, ...]:
        """Who changed the name, the notes, the tags or the stage when, the first change first."""
        with self._database.reading() as session:
            return _details(self._row(session, id_))

    def keep_result(self, id_: str, assessment: Assessment, *, at: datetime, rules: Path = DEFAULT_RULES, archive: Path = ARCHIVE) -> KeptAssessment:
        """Keep a result as it is handed out, with the version of the rules that it rests on.

        Raises RulebookError or OSError if the version cannot be kept: then the result is not kept either.
        """
        keep(assessment.rulebook, rules, archive)
        result = with_receipt(assessment)
        with self._database.writing() as session:
            return self._add_result(session, self._row(session, id_, lock=True), assessment, result, at)

    def keep_first_result(self, id_: str, assessment: Assessment, *, at: datetime, rules: Path = DEFAULT_RULES, archive: Path = ARCHIVE) -> KeptAssessment | None:
        """The same, unless a result of that day is there: then None. Of several who try at once one keeps it."""
        keep(assessment.rulebook, rules, archive)
        result = with_receipt(assessment)
        with self._database.writing() as session:
            row = self._row(session, id_, lock=True)
            if session.scalar(select(exists().where(AssessmentRow.client_id == row.id, AssessmentRow.day == assessment.on))):
                return None
            return self._add_result(session, row, assessment, result, at)

    def _add_result(self, session: Session, client: ClientRow, assessment: Assessment, result: ReceiptedData, at: datetime) -> KeptAssessment:
        row = AssessmentRow(
            id=uuid4().hex,
            client_id=client.id,
            day=assessment.on,
            made=at,
            made_by=self.advisor.name,
            rulebook=assessment.rulebook.version,
            receipt=result["receipt"],
            result=packed(result),
        )
        session.add(row)
        session.flush()
        return _kept(row)

    def assessed_on(self, day: date) -> frozenset[str]:
        """The ids of the clients of which a result of that day was kept."""
        found = select(AssessmentRow.client_id).join(ClientRow, ClientRow.id == AssessmentRow.client_id)
        with self._database.reading() as session:
            return frozenset(session.scalars(found.where(ClientRow.organisation == self.advisor.organisation, AssessmentRow.day == day)))

    def results(self, id_: str) -> tuple[KeptAssessment, ...]:
        """The results that were kept of a client, the oldest first."""
        with self._database.reading() as session:
            return tuple(map(_kept, self._row(session, id_).assessments))

    def result_by(self, id_: str, day: date) -> KeptAssessment | None:
        """The last result that was kept of a client up to that day."""
        found = [a for a in self.results(id_) if a.on <= day]
        return max(reversed(found), key=lambda a: a.on, default=None)  # of several on one day the last

    def result(self, assessment: str) -> dict[str, Any]:
        """A result as it was handed out, to the byte. Raises NoSuchClientError."""
        found = select(AssessmentRow.result).join(ClientRow, ClientRow.id == AssessmentRow.client_id)
        with self._database.reading() as session:
            wanted = found.where(AssessmentRow.id == assessment, ClientRow.organisation == self.advisor.organisation)
            content = session.scalar(wanted) if is_id(assessment) else None
        if content is None:
            raise NoSuchClientError
        return unpacked(content)

    def override(self, id_: str, assessment: Assessment, support: str, verdict: Verdict, reason: str, *, at: datetime) -> Override:
        """Put an advisor's own verdict over the program's, which stays as it is. An earlier one on the same support is withdrawn."""
        said = next((s.verdict for s in assessment.supports if s.support.id == support), None)
        if said is None:
            raise ClientsError("规则里没有这项支持，不能改判。")
        why = " ".join(_printable(reason).split())[:REASON_LENGTH]
        if not why:
            raise ClientsError("请写明改判的理由。")
        with self._database.writing() as session:
            client = self._row(session, id_, lock=True)
            for earlier in client.overrides:
                if earlier.support == support and earlier.withdrawn is None:
                    earlier.withdrawn, earlier.withdrawn_by = at, self.advisor.name
            row = OverrideRow(id=uuid4().hex, client_id=client.id, support=support, verdict=verdict, instead_of=said, reason=why, made_by=self.advisor.name, made=at)
            session.add(row)
            session.flush()
            return _override(row)

    def withdraw(self, id_: str, override: str, *, at: datetime) -> None:
        """Take an override back. It stays in the history."""
        with self._database.writing() as session:
            row = next((o for o in self._row(session, id_, lock=True).overrides if o.id == override), None)
            if row is None:
                raise NoSuchClientError
            if row.withdrawn is None:
                row.withdrawn, row.withdrawn_by = at, self.advisor.name

    def overrides(self, id_: str) -> tuple[Override, ...]:
        """All overrides of a client, withdrawn ones included, the oldest first."""
        with self._database.reading() as session:
            return tuple(map(_override, self._row(session, id_).overrides))

    def standing_overrides(self) -> Mapping[str, tuple[Override, ...]]:
        """By client, the overrides that were not withdrawn."""
        found = select(OverrideRow).join(ClientRow, ClientRow.id == OverrideRow.client_id)
        by_client: dict[str, list[Override]] = {}
        with self._database.reading() as session:
            for row in session.scalars(found.where(ClientRow.organisation == self.advisor.organisation, OverrideRow.withdrawn.is_(None)).order_by(OverrideRow.number)):
                by_client.setdefault(row.client_id, []).append(_override(row))
        return {client: tuple(standing(listed).values()) for client, listed in by_client.items()}

    def delete(self, id_: str) -> None:
        """Delete a client with everything that was kept of it, for good. Backups and exported archives are not touched."""
        self._lead("彻底删除档案")
        with self._database.writing() as session:
            session.delete(self._row(session, id_, lock=True))
        self._database.forget()

    def file(self, id_: str) -> ClientFile:
        """Everything that is kept of a client. For a lead."""
        self._lead("导出档案")
        with self._database.reading() as session:
            row = self._row(session, id_)
            results = {a.id: unpacked(a.result) for a in row.assessments}
            return ClientFile(_client(row), _history(row), tuple(map(_kept, row.assessments)), results, tuple(map(_override, row.overrides)), _details(row))

    def restore(self, file: ClientFile) -> bool:
        """Keep a client from an archive, whole and as it was. One that is here already is left alone: False. For a lead."""
        self._lead("导入档案")
        client = file.client
        with self._database.writing() as session:
            owner = session.scalar(select(ClientRow.organisation).where(ClientRow.id == client.id)) if is_id(client.id) else None
            if owner == self.advisor.organisation:
                return False
            id_ = client.id if owner is None and is_id(client.id) else uuid4().hex  # what another organisation has is not ours to touch
            row = ClientRow(id=id_, organisation=self.advisor.organisation, version=0, answers=dict(client.answers), created=client.created)
            session.add(row)
            self._write(row, client, client.changed, Via.DESK)
            row.version, row.changed_by = client.version, client.changed_by
            row.history = [AnswerChangeRow(question=h.question, before=h.before, after=h.after, made_by=h.by, made=h.at, via=h.via) for h in file.history]
            row.details = [DetailChangeRow(detail=d.detail, before=d.before, after=d.after, made_by=d.by, made=d.at) for d in file.details]
            row.assessments = [
                AssessmentRow(id=uuid4().hex, day=a.on, made=a.made, made_by=a.by, rulebook=a.rulebook, receipt=dict(a.receipt), result=packed(file.results[a.id]))
                for a in file.assessments
            ]
            row.overrides = [
                OverrideRow(
                    id=uuid4().hex,
                    support=o.support,
                    verdict=o.verdict,
                    instead_of=o.instead_of,
                    reason=o.reason,
                    made_by=o.by,
                    made=o.at,
                    withdrawn=o.withdrawn,
                    withdrawn_by=o.withdrawn_by,
                )
                for o in file.overrides
            ]
        return True

    def _row(self, session: Session, id_: str, *, lock: bool = False) -> ClientRow:
        found = select(ClientRow).where(ClientRow.id == id_, ClientRow.organisation == self.advisor.organisation)
        row = session.scalar(found.with_for_update() if lock else found) if is_id(id_) else None
        if row is None:
            raise NoSuchClientError
        return row

    def _lead(self, what: str) -> None:
        if self.advisor.role is not Role.LEAD:
            raise NotAllowedError(what)


def is_id(text: str) -> bool:
    """Whether a text can be the id of anything here. Nothing else that somebody types into an address reaches the database."""
    return re.fullmatch(r"[0-9a-f]{32}", text) is not None


def packed(result: Mapping[str, Any]) -> bytes:
    """A result in the form in which it is stored."""
    return zlib.compress(json.dumps(result, ensure_ascii=False, separators=(",", ":")).encode())


def unpacked(content: bytes) -> dict[str, Any]:
    """A stored result."""
    result: dict[str, Any] = json.loads(zlib.decompress(content))
    return result


def _ordered(found: Select[Any], order: Order, on: date) -> Select[Any]:
    match order:
        case Order.CHANGED:
            return found.order_by(ClientRow.changed.desc(), ClientRow.id)
        case Order.NAME:
            return found.order_by(ClientRow.name, ClientRow.id)
        case Order.EXPIRY:
            return found.order_by(_next_expiry(on).asc().nulls_last(), ClientRow.name, ClientRow.id)


def _next_expiry(on: date) -> ScalarSelect[Any]:
    return select(func.min(CertificateRow.until)).where(CertificateRow.client_id == ClientRow.id, CertificateRow.until >= on).scalar_subquery()


def _listed(session: Session, ids: Any, on: date) -> Iterator[ListedClient]:
    expired = select(func.count()).where(CertificateRow.client_id == ClientRow.id, CertificateRow.until < on).scalar_subquery()
    rows = {row.ClientRow.id: row for row in session.execute(select(ClientRow, _next_expiry(on).label("soonest"), expired.label("expired")).where(ClientRow.id.in_(ids)))}
    last: dict[str, tuple[date | None, str | None]] = {}
    made = select(AssessmentRow.client_id, AssessmentRow.day, AssessmentRow.rulebook).where(AssessmentRow.client_id.in_(ids))
    for client, day, rulebook in session.execute(made.order_by(AssessmentRow.day, AssessmentRow.number)):
        last[client] = day, rulebook
    tags: dict[str, list[str]] = {}
    for tag in session.scalars(select(TagRow).where(TagRow.client_id.in_(ids)).order_by(TagRow.tag)):
        tags.setdefault(tag.client_id, []).append(tag.tag)
    for id_ in ids:
        if id_ not in rows:  # deleted a moment ago
            continue
        row = rows[id_].ClientRow
        assessed, version = last.get(id_, (None, None))
        yield ListedClient(id_, row.name, tuple(tags.get(id_, ())), Stage(row.stage), row.changed, rows[id_].soonest, rows[id_].expired, assessed, version)


def _client(row: ClientRow) -> Client:
    return Client(row.id, row.version, row.name, row.notes, tuple(t.tag for t in row.tags), Stage(row.stage), dict(row.answers), row.created, row.changed, row.changed_by)


def _history(row: ClientRow) -> tuple[AnswerChange, ...]:
    return tuple(AnswerChange(h.question, h.before, h.after, h.made_by, h.made, Via(h.via)) for h in row.history)


def _details(row: ClientRow) -> tuple[DetailChange, ...]:
    return tuple(DetailChange(Detail(d.detail), d.before, d.after, d.made_by, d.made) for d in row.details)


def _kept(row: AssessmentRow) -> KeptAssessment:
    return KeptAssessment(row.id, row.day, row.made, row.made_by, row.rulebook, row.receipt)


def _override(row: OverrideRow) -> Override:
    return Override(row.id, row.support, Verdict(row.verdict), Verdict(row.instead_of), row.reason, row.made_by, row.made, row.withdrawn, row.withdrawn_by)


def _certificates(answers: Mapping[str, Any]) -> Iterator[CertificateRow]:
    """The papers with a last day, as the answers hold them. One that nobody can read is of no use to the list; the answers keep it."""
    for question, value in answers.items():
        papers = value.get("certificates") if isinstance(value, Mapping) else None
        for option, paper in papers.items() if isinstance(papers, Mapping) else ():
            try:
                yield CertificateRow(question=question, option=str(option), number=paper.get("number"), until=date.fromisoformat(paper["until"]))
            except (AttributeError, KeyError, TypeError, ValueError):
                continue


def _named(text: str) -> str:
    name = " ".join(_printable(text).split())
    if not name:
        raise ClientsError("请写企业名称。")
    if len(name) > NAME_LENGTH:
        raise ClientsError(f"企业名称有 {len(name)} 个字，太长了。最多 {NAME_LENGTH} 个字。")
    return name


def _notes(text: str) -> str:
    notes = "\n".join(_printable(line).rstrip() for line in text.splitlines()).strip()
    if len(notes) > NOTES_LENGTH:
        raise ClientsError(f"备注有 {len(notes)} 个字，太长了。最多 {NOTES_LENGTH} 个字。")
    return notes


def _tags(tags: tuple[str, ...]) -> list[str]:
    cleaned = [" ".join(_printable(tag).split()) for tag in tags]
    if long := next((t for t in cleaned if len(t) > TAG_LENGTH), None):
        raise ClientsError(f"标签“{long[:10]}……”太长了。最多 {TAG_LENGTH} 个字。")
    return sorted({tag for tag in cleaned if tag})


def _printable(text: str) -> str:
    """Without control characters, and without the marks that turn the direction of text round."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "" for c in text)

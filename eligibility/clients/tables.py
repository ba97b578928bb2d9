"""The tables of stored clients. Their history is in `migrations`; a test holds the two together."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator


class Moment(TypeDecorator[datetime]):
    """A point in time. SQLite keeps no time zone, so all are kept in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """All tables. JSON null and "nothing there" are the same to us, so both are SQL's NULL."""

    type_annotation_map = {str: Text(), datetime: Moment(), dict[str, Any]: JSON(none_as_null=True), Any: JSON(none_as_null=True)}  # noqa: RUF012 (SQLAlchemy reads it off the class)


_OF_CLIENT = "client.id"
_KEY = String(64)


class ClientRow(Base):
    """A client and its answers as they are now."""

    __tablename__ = "client"
    __table_args__ = (Index("client_by_name", "organisation", "name"), Index("client_by_change", "organisation", "changed"))

    id: Mapped[str] = mapped_column(_KEY, primary_key=True)
    organisation: Mapped[str]
    version: Mapped[int]
    name: Mapped[str]
    notes: Mapped[str]
    stage: Mapped[str] = mapped_column(String(16))
    answers: Mapped[dict[str, Any]]
    created: Mapped[datetime]
    changed: Mapped[datetime]
    changed_by: Mapped[str]

    tags: Mapped[list[TagRow]] = relationship(cascade="all, delete-orphan", passive_deletes=True, order_by="TagRow.tag")
    certificates: Mapped[list[CertificateRow]] = relationship(cascade="all, delete-orphan", passive_deletes=True)
    history: Mapped[list[AnswerChangeRow]] = relationship(cascade="all, delete-orphan", passive_deletes=True, order_by="AnswerChangeRow.id")
    details: Mapped[list[DetailChangeRow]] = relationship(cascade="all, delete-orphan", passive_deletes=True, order_by="DetailChangeRow.id")
    assessments: Mapped[list[AssessmentRow]] = relationship(cascade="all, delete-orphan", passive_deletes=True, order_by="AssessmentRow.number")
    overrides: Mapped[list[OverrideRow]] = relationship(cascade="all, delete-orphan", passive_deletes=True, order_by="OverrideRow.number")


class TagRow(Base):
    """A word by which clients are found."""

    __tablename__ = "client_tag"

    client_id: Mapped[str] = mapped_column(_KEY, ForeignKey(_OF_CLIENT, ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(40), primary_key=True)


class CertificateRow(Base):
    """A paper with a last day, drawn from the answers at every save so that the list can be ordered by it."""

    __tablename__ = "certificate"
    __table_args__ = (Index("certificate_by_day", "client_id", "until"),)

    client_id: Mapped[str] = mapped_column(_KEY, ForeignKey(_OF_CLIENT, ondelete="CASCADE"), primary_key=True)
    question: Mapped[str] = mapped_column(primary_key=True)
    option: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str | None]
    until: Mapped[date]


class AnswerChangeRow(Base):
    """One change of one answer."""

    __tablename__ = "answer_change"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    client_id: Mapped[str] = mapped_column(_KEY, ForeignKey(_OF_CLIENT, ondelete="CASCADE"), index=True)
    question: Mapped[str]
    before: Mapped[Any | None]
    after: Mapped[Any | None]
    made_by: Mapped[str]
    made: Mapped[datetime]
    via: Mapped[str] = mapped_column(String(16))


class DetailChangeRow(Base):
    """One change of the name, the notes, the tags or the stage."""

    __tablename__ = "detail_change"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    client_id: Mapped[str] = mapped_column(_KEY, ForeignKey(_OF_CLIENT, ondelete="CASCADE"), index=True)
    detail: Mapped[str] = mapped_column(String(16))
    before: Mapped[Any | None]
    after: Mapped[Any | None]
    made_by: Mapped[str]
    made: Mapped[datetime]


class AssessmentRow(Base):
    """A result as it was handed out; `result` is the whole of it, compressed."""

    __tablename__ = "assessment"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)  # tells which came first
    id: Mapped[str] = mapped_column(_KEY, unique=True)
    client_id: Mapped[str] = mapped_column(_KEY, ForeignKey(_OF_CLIENT, ondelete="CASCADE"), index=True)
    day: Mapped[date]
    made: Mapped[datetime]
    made_by: Mapped[str]
    rulebook: Mapped[str]
    receipt: Mapped[dict[str, Any]]
    result: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class OverrideRow(Base):
    """An advisor's own verdict, withdrawn or not."""

    __tablename__ = "override"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)  # tells which came first
    id: Mapped[str] = mapped_column(_KEY, unique=True)
    client_id: Mapped[str] = mapped_column(_KEY, ForeignKey(_OF_CLIENT, ondelete="CASCADE"), index=True)
    support: Mapped[str]
    verdict: Mapped[str] = mapped_column(String(16))
    instead_of: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str]
    made_by: Mapped[str]
    made: Mapped[datetime]
    withdrawn: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None]

"""The first tables: clients, their answers and what became of them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_KEY = sa.String(64)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "client",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("organisation", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("stage", sa.String(16), nullable=False),
        sa.Column("answers", sa.JSON, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
    )
    op.create_index("client_by_name", "client", ["organisation", "name"])
    op.create_index("client_by_change", "client", ["organisation", "changed"])
    op.create_table("client_tag", _client(primary_key=True), sa.Column("tag", sa.String(40), primary_key=True))
    op.create_table(
        "certificate",
        _client(primary_key=True),
        sa.Column("question", sa.Text, primary_key=True),
        sa.Column("option", sa.Text, primary_key=True),
        sa.Column("number", sa.Text),
        sa.Column("until", sa.Date, nullable=False),
    )
    op.create_index("certificate_by_day", "certificate", ["client_id", "until"])
    op.create_table(
        "answer_change",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        _client(),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("before", sa.JSON),
        sa.Column("after", sa.JSON),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("via", sa.String(16), nullable=False),
    )
    op.create_table(
        "assessment",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("id", _KEY, nullable=False, unique=True),
        _client(),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("rulebook", sa.Text, nullable=False),
        sa.Column("receipt", sa.JSON, nullable=False),
        sa.Column("result", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "override",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("id", _KEY, nullable=False, unique=True),
        _client(),
        sa.Column("support", sa.Text, nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("instead_of", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn", sa.DateTime(timezone=True)),
        sa.Column("withdrawn_by", sa.Text),
    )
    for table in ("answer_change", "assessment", "override"):
        op.create_index(f"ix_{table}_client_id", table, ["client_id"])


def _client(*, primary_key: bool = False) -> "sa.Column[str]":
    return sa.Column("client_id", _KEY, sa.ForeignKey("client.id", ondelete="CASCADE"), primary_key=primary_key, nullable=False)

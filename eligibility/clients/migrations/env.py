"""Runs the migrations on the connection, and in the transaction, that the program gives."""

from alembic import context

from eligibility.clients.tables import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()

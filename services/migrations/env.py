"""Runs the migrations on the connection that `services.migrations` hands over."""

from alembic import context

from services.database import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()

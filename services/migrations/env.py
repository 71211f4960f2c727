"""Runs the migrations on the connection that `services.migrations` hands over."""

from typing import Any, Literal

from alembic import context

from services.database import Base
from services.secrets import Encrypted


def render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """A migration names the column types of the database, not ours, so that it outlives our modules."""
    if kind == "type" and isinstance(item, Encrypted):
        return "sa.LargeBinary()"
    return False


context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, render_item=render
)
with context.begin_transaction():
    context.run_migrations()

"""Brings a database to the tables of this version (Alembic), and tells whether any step is missing."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine

import services
from services.database import Base, address

HERE = Path(__file__).parent
LOCK = 0x0E17A1


def load_tables() -> None:
    """Import every module of services that declares tables; the platforms' own come with the app."""
    for module in iter_modules(services.__path__):
        if not module.ispkg:
            import_module(f"services.{module.name}")


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without a file of its own."""
    settings = Config()
    settings.set_main_option("script_location", str(HERE))
    settings.attributes["connection"] = connection
    return settings


def upgrade(url: str) -> None:
    """Bring the database to the newest tables; processes that start together wait for each other."""
    engine = create_engine(address(url))
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
            command.upgrade(config(connection), "head")
    finally:
        engine.dispose()


def missing(url: str) -> list[Any]:
    """What the models have and the migrations do not, or the other way round; empty when they agree."""
    load_tables()
    engine = create_engine(address(url))
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            return list(compare_metadata(context, Base.metadata))
    finally:
        engine.dispose()


def write(url: str, message: str, number: str) -> None:
    """Write the migration that brings the newest tables to what the models say."""
    load_tables()
    engine = create_engine(address(url))
    try:
        with engine.connect() as connection:
            command.revision(config(connection), message, autogenerate=True, rev_id=number)
    finally:
        engine.dispose()

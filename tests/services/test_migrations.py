"""The migrations make exactly the tables that the models describe."""

import psycopg

import app  # noqa: F401  (declares every table, those of the platforms too)
from services.database import Base
from services.migrations import missing


def test_nothing_is_missing_and_nothing_is_left_over(database: str) -> None:
    assert missing(database) == []


def test_every_sequence_is_made(database: str) -> None:
    with psycopg.connect(database.replace("+psycopg", "")) as connection:
        found = {row[0] for row in connection.execute("SELECT sequencename FROM pg_sequences")}
    assert set(Base.metadata._sequences) <= found

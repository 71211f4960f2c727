"""Every word that stands in an open case: how it is read, and in how many cases it stands.

What is looked for and not there is sought here by its reading, in other letters, or by its spelling.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Index, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from services.database import Base

ALL = ""
"""The word that stands for all of them: the row that counts the open cases."""
ALIKE = 0.4
MOST_ALIKE = 5


class SearchWordRow(Base):
    """A word; `cases` is counted each night, and 1 until then."""

    __tablename__ = "search_words"
    word: Mapped[str] = mapped_column(primary_key=True)
    reading: Mapped[str]
    cases: Mapped[int] = mapped_column(server_default="1")
    __table_args__ = (
        Index("ix_search_words_reading", "reading"),
        Index(
            "ix_search_words_word",
            "word",
            postgresql_using="gin",
            postgresql_ops={"word": "gin_trgm_ops"},
        ),
    )


# In order, so that two cases published at once do not wait for each other in a circle.
_KEEP = text("""
    INSERT INTO search_words (word, reading)
    SELECT word, reading FROM unnest(CAST(:words AS text[]), CAST(:readings AS text[])) AS new (word, reading)
    WHERE NOT EXISTS (SELECT FROM search_words known WHERE known.word = new.word) ORDER BY word
    ON CONFLICT (word) DO NOTHING
""")
_COUNTED = text("SELECT word, cases FROM search_words WHERE word = ANY(:words)")
_READ = text("SELECT word FROM search_words WHERE reading = ANY(:readings) OR word = ANY(:readings) LIMIT 5")
_SPELLED = text("""
    SELECT word FROM search_words WHERE word % :word ORDER BY similarity(word, :word) DESC, word LIMIT :most
""")
_BEGINNING = text(
    "SELECT word FROM search_words WHERE word LIKE :beginning ORDER BY cases DESC, word LIMIT :most"
)
_BEGINNINGS = text("""
    SELECT word, reading FROM search_words WHERE reading = ANY(:readings)
    ORDER BY length(reading) DESC, cases DESC, word LIMIT 1
""")
_REFRESH = text("""
    WITH counted AS MATERIALIZED (
        SELECT word, ndoc FROM ts_stat('SELECT vector FROM case_index') WHERE word !~ '^[@^]'
        UNION ALL SELECT '', count(*) FROM case_index)
    INSERT INTO search_words (word, reading, cases) SELECT word, word, ndoc FROM counted ORDER BY word
    ON CONFLICT (word) DO UPDATE SET cases = excluded.cases WHERE search_words.cases <> excluded.cases
""")
_FORGET = text("""
    DELETE FROM search_words WHERE word <> '' AND word NOT IN
        (SELECT word FROM ts_stat('SELECT vector FROM case_index') WHERE word !~ '^[@^]')
""")


async def keep(connection: AsyncConnection, readings: Mapping[str, str]) -> None:
    """Know these words, each with its reading, from now on."""
    words = sorted(readings)
    await connection.execute(_KEEP, {"words": words, "readings": [readings[word] for word in words]})


async def counted(connection: AsyncConnection, words: Iterable[str]) -> dict[str, int]:
    """In how many open cases each of these words stands, as counted last; unknown ones are left out."""
    found = await connection.execute(_COUNTED, {"words": [*words, ALL]})
    return {row.word: row.cases for row in found}


async def read_as(connection: AsyncConnection, readings: Sequence[str]) -> list[str]:
    """The words that are read in one of these ways, in katakana."""
    return list((await connection.execute(_READ, {"readings": list(readings)})).scalars())


async def longest_beginning(connection: AsyncConnection, reading: str, least: int) -> tuple[str, str] | None:
    """The word, with its reading, that the longest part from the beginning of a reading may be."""
    beginnings = [reading[:end] for end in range(least, len(reading) + 1)]
    row = (await connection.execute(_BEGINNINGS, {"readings": beginnings})).one_or_none()
    return (row.word, row.reading) if row else None


async def spelled_like(connection: AsyncConnection, word: str) -> list[str]:
    """The words that are spelled nearly like this one, the nearest first."""
    await connection.execute(text(f"SET LOCAL pg_trgm.similarity_threshold = {ALIKE}"))
    return list((await connection.execute(_SPELLED, {"word": word, "most": MOST_ALIKE})).scalars())


async def beginning_with(connection: AsyncConnection, letter: str) -> list[str]:
    """The words that begin with one letter, the commonest first."""
    escaped = letter.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    found = await connection.execute(_BEGINNING, {"beginning": escaped + "%", "most": MOST_ALIKE})
    return list(found.scalars())


async def refresh(connection: AsyncConnection) -> None:
    """Count anew in how many open cases each word stands, and forget those that stand in none."""
    await connection.execute(_REFRESH)
    await connection.execute(_FORGET)

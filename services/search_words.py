"""Every word that stands in an open case: how it is read, and in how many cases it stands.

What is looked for and not there is sought here by its reading, in other letters, or by its spelling.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Index, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from services import timers
from services.clock import TOKYO, in_tokyo
from services.database import Base, driver

if TYPE_CHECKING:
    from services.bundle import Services

ALL = ""
"""The word that stands for all of them: the row that counts the open cases."""
TIMER = "search.count"
EVERY, NIGHT = timedelta(hours=1), time(3)
SAMPLE = 20_000
"""Of how many cases the words are counted at most, so that it takes a second or two however many there are."""
CLOSE = 10
"""A count that is wrong by less than one in so many is as good as right."""
MOST_FORGOTTEN = 5000
"""How many words at most are looked up, each time others, whether they still stand anywhere."""
ALIKE = 0.4
MOST_ALIKE = 5


class SearchWordRow(Base):
    """A word; `cases` is counted each hour, or night, and 1 until then."""

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
_KEEP = """
    INSERT INTO search_words (word, reading)
    SELECT word, reading FROM unnest(%(words)s::text[], %(readings)s::text[]) AS new (word, reading)
    WHERE NOT EXISTS (SELECT FROM search_words known WHERE known.word = new.word) ORDER BY word
    ON CONFLICT (word) DO NOTHING
"""
_COUNTED = "SELECT word, cases FROM search_words WHERE word = ANY(%(words)s)"
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
# Of very many cases some are counted, for all of them alike. What changed by little is left alone.
_REFRESH = text("""
    WITH open_cases AS MATERIALIZED (
        SELECT count(*) AS open, CAST(greatest(1, ceil(count(*) / CAST(:sample AS float))) AS int) AS each FROM case_index),
    counted AS MATERIALIZED (
        SELECT word, ndoc * each AS cases
        FROM open_cases, ts_stat(format('SELECT vector FROM case_index WHERE mod(case_id, %s) = 0', each))
        WHERE word !~ '^[@^]'
        UNION ALL SELECT '', open FROM open_cases)
    INSERT INTO search_words (word, reading, cases) SELECT word, word, cases FROM counted ORDER BY word
    ON CONFLICT (word) DO UPDATE SET cases = excluded.cases
        WHERE abs(search_words.cases - excluded.cases) > excluded.cases / :close
""")
# Looked up one by one, so that no word is forgotten that stands in a case which was not counted.
_FORGET = text(r"""
    DELETE FROM search_words WHERE word IN (
        SELECT word FROM search_words WHERE word <> '' ORDER BY random() LIMIT :most)
    AND NOT EXISTS (
        SELECT FROM case_index
        WHERE vector @@ CAST('''' || replace(replace(word, '\', '\\'), '''', '''''') || '''' AS tsquery))
""")


async def keep(connection: AsyncConnection, readings: Mapping[str, str]) -> None:
    """Know these words, each with its reading, from now on."""
    words = sorted(readings)
    await driver(connection).rows(_KEEP, {"words": words, "readings": [readings[word] for word in words]})


async def counted(connection: AsyncConnection, words: Iterable[str]) -> dict[str, int]:
    """In how many open cases each of these words stands, as counted last; unknown ones are left out."""
    return dict(await driver(connection).rows(_COUNTED, {"words": [*words, ALL]}))


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
    """Count anew in how many open cases each word stands, and forget some of those that stand in none."""
    await connection.execute(_REFRESH, {"sample": SAMPLE, "close": CLOSE})
    await connection.execute(_FORGET, {"most": MOST_FORGOTTEN})


async def begin(connection: AsyncConnection, now: datetime) -> None:
    """See to it that words are counted before long; for whoever runs the programme, as often as it likes."""
    await timers.wait(connection, TIMER, 0, now + EVERY)


@timers.due(TIMER)
async def count(services: Services, _ref: int) -> None:
    """Count the words, and again an hour later, or at night where that takes its time."""
    connection, now = services.connection, services.now
    await refresh(connection)
    many = (await counted(connection, ())).get(ALL, 0) > SAMPLE
    await services.timers.set(TIMER, 0, _next_night(now) if many else now + EVERY)


def _next_night(now: datetime) -> datetime:
    """The next moment (aware) at which hardly anybody is up."""
    tonight = datetime.combine(in_tokyo(now).date(), NIGHT, TOKYO)
    return tonight if tonight > now else tonight + timedelta(days=1)

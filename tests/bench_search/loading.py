"""Fills a database with cases by COPY, each row and its entry in the index as the product would have written them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import psycopg
from psycopg import sql

from services.case_index import IndexRow
from services.case_records import Case, CaseState
from services.case_rows import row_of, vector_of
from services.companies import Company, EntityKind, Matching, Standing
from services.database import Base
from services.programme import Programme
from services.secrets import Encrypted, seal
from services.thesaurus import built_in
from tests.bench_search.collection import COMPANIES, NOW, Maker
from tests.bench_search.words import tokenised_once

PLAIN = "plain_cases"
"""The table beside, of open cases as plain text, for what is not the product's search."""
CLOSED_KINDS = 2_000
"""How many different closed cases there are; they only take up room."""
CLOSED_FROM = 10_000_000
TOGETHER = 500
INDUSTRIES = ("MANUFACTURING", "RETAIL", "SERVICE", "WHOLESALE", "HOTEL")


class Collection:
    """The cases of one database, open and closed."""

    def __init__(self, url: str, programme: Programme) -> None:
        self._connection = psycopg.connect(url, autocommit=True)
        self._programme = programme
        self._patterns: list[dict[str, Any]] = []
        self._connection.execute(f"CREATE TABLE {PLAIN} (case_id bigint PRIMARY KEY, body text NOT NULL)")

    def close(self) -> None:
        """Leave the database."""
        self._connection.close()

    async def fill(self, open_cases: int, cases: int) -> None:
        """Have so many open cases, of so many in all, and no others."""
        await asyncio.to_thread(self._fill, open_cases, cases)

    def _fill(self, open_cases: int, cases: int) -> None:
        self._connection.execute(f"TRUNCATE companies, search_words, {PLAIN} CASCADE")
        self._copy(Company.__tablename__, map(_company, range(1, COMPANIES + 1)))
        definitions = self._drop_indexes()
        self._add_open(open_cases)
        self._add_closed(cases - open_cases)
        for definition in definitions:
            self._connection.execute(definition)
        self._connection.execute("VACUUM (ANALYZE)")

    def _add_open(self, count: int) -> None:
        readings: dict[str, str] = {}
        made = Maker().cases(1, count)
        with tokenised_once():
            while some := list(islice(made, TOGETHER)):
                industries = [_industry(case.company_id) for case in some]
                vectors = [
                    vector_of(case, industry, self._programme, built_in())
                    for case, industry in zip(some, industries, strict=True)
                ]
                self._copy(Case.__tablename__, map(record, some))
                self._copy(IndexRow.__tablename__, map(row_of, some, vectors, industries))
                self._copy(PLAIN, [{"case_id": case.id, "body": body(case)} for case in some])
                for vector in vectors:
                    readings.update((word, vector.readings.get(word, word)) for word in vector.words)
        known = ({"word": word, "reading": reading} for word, reading in readings.items())
        self._copy("search_words", known)

    def _add_closed(self, count: int) -> None:
        if not self._patterns:
            self._patterns = [record(case) for case in Maker(seed=0).cases(1, CLOSED_KINDS)]
        rows = (
            self._patterns[number % CLOSED_KINDS]
            | {"id": number, "number": f"B{number:08}", "state": CaseState.CLOSED, "closed_at": NOW}
            for number in range(CLOSED_FROM, CLOSED_FROM + count)
        )
        self._copy(Case.__tablename__, rows)

    def _copy(self, table: str, rows: Iterator[Mapping[str, Any]] | Sequence[Mapping[str, Any]]) -> None:
        """COPY rows of equal columns."""
        rows = iter(rows)
        first = next(rows, None)
        if first is None:
            return
        columns = sql.SQL(", ").join(map(sql.Identifier, first))
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), columns)
        with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write_row(list(first.values()))
            for row in rows:
                copy.write_row(list(row.values()))

    def _drop_indexes(self) -> list[str]:
        """Drop what is quicker to make anew; returns how."""
        found = self._connection.execute(
            """SELECT indexname, indexdef FROM pg_indexes
               WHERE tablename IN ('case_index', 'search_words') AND indexname LIKE 'ix_%'"""
        ).fetchall()
        for name, _definition in found:
            self._connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
        return [definition for _name, definition in found]


def record(case: Case) -> dict[str, Any]:
    """A case as its table holds it."""
    return _stored(Case, vars(case))


def body(case: Case) -> str:
    """All that is said of a case, as one text."""
    texts = (case.title, case.area, case.trade, case.background, case.issue, case.goal, case.current_tools)
    return "\n".join(filter(None, (*texts, case.prefecture, case.city)))


def _stored(table: type[Base], values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        column.name: seal(value) if isinstance(column.type, Encrypted) and value is not None else value
        for column in table.__table__.columns
        if (value := values.get(column.name)) is not None or column.server_default is None
    }


def _industry(company: int) -> str:
    return INDUSTRIES[company % len(INDUSTRIES)]


def _company(number: int) -> dict[str, Any]:
    return _stored(
        Company,
        {
            "id": number,
            "number": f"BENCH{number}",
            "standing": Standing.COMPLETED,
            "kind": EntityKind.OTHER_BODY,
            "name": "-",
            "representative": "-",
            "industry": _industry(number),
            "employees": "-",
            "postal_code": "",
            "prefecture": "",
            "city": "",
            "street": "-",
            "phone": "-",
            "phone_hash": b"",
            "email": "-",
            "matching": Matching.UNMATCHED,
            "phase1_used_yen": 0,
            "terms_version": "-",
            "applied_at": datetime.fromisoformat("2021-10-01T00:00:00+00:00"),
        },
    )

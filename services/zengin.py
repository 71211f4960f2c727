"""The total transfer file that every Japanese bank takes: records of 120 bytes in half-width signs (ANCHORS 65).

Pure: what goes in are accounts and amounts, what comes out are bytes, and the other way round. The layout and the
permitted signs are those of the bankers' association (its record formats, section 8 and appendix 1).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from locales import _
from services import banks, kana
from services.programme_parts import Payer
from services.refusals import Refusal
from services.values import Yen, plain

RECORD = 120
"""Bytes of a record, without the signs that end a line."""
LONGEST_HOLDER = 30
LINE_END = b"\r\n"
ENCODING = "shift_jis"
MOST_YEN = 9_999_999_999

_SIGN = r"(?:[0-9A-Z ().\-]|[\uff71-\uff9d][\uff9e\uff9f]?)"
_PERMITTED = re.compile(f"{_SIGN}+")
_ANY = re.compile(_SIGN)
_NOT_IN_A_BANK_NAME = re.compile(r"[^0-9A-Z \-\uff71-\uff9f]")
_MARKS = ("\uff9e", "\uff9f")
_WO, _O = "\uff66", "\uff75"


@dataclass(frozen=True)
class Transfer:
    """One amount to one account. `reference` and `second` are whole numbers that come back from the bank unchanged."""

    bank: str
    branch: str
    kind: str
    number: str
    holder: str
    yen: Yen
    reference: int = 0
    second: int = 0


@dataclass(frozen=True)
class File:
    """What a transfer file says: who pays, on which day of which month, and what to whom."""

    payer: Payer
    month: int
    day: int
    transfers: tuple[Transfer, ...]

    @property
    def total(self) -> Yen:
        """All amounts together."""
        return Yen(sum(transfer.yen for transfer in self.transfers))


class UnreadableFile(ValueError):
    """It is no total transfer file, or not a whole one; the message says which record and why."""


# --- names of accounts -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Short:
    name: str
    reading: str
    short: str


def _words() -> tuple[tuple[_Short, ...], ...]:
    rows = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return tuple(
        tuple(_Short(row["name"], kana.transfer_text(row["reading"]), row["short"]) for row in rows[kind])
        for kind in ("companies", "offices")
    )


_WORDS = _words()


def holder(text: str) -> str:
    """The name of an account as banks exchange it: shortened, large kana, at most 30 signs of those they know.

    Raises Refusal naming the signs that no bank takes, such as kanji, whose reading nobody can guess.
    """
    written = _shortened(plain(text))
    name = kana.transfer_text(written).replace(_WO, _O).strip()
    unknown = dict.fromkeys(_ANY.sub("", name))
    if unknown or not name:
        raise Refusal(
            _("The bank does not take these signs in the account holder: {signs}. Please write it in kana.")(
                signs=" ".join(unknown) or "-"
            )
        )
    return cut(name, LONGEST_HOLDER)


def _shortened(text: str) -> str:
    for words in _WORDS:
        text = _shorten(text, words)
    return text


def _shorten(text: str, words: Sequence[_Short]) -> str:
    reading = kana.transfer_text(text).replace(_WO, _O)
    for word in words:
        for spelled, within in ((word.name, text), (word.reading, reading)):
            before, found, after = within.partition(spelled)
            if found:
                before, after = before.strip(), after.strip()
                left, right = "(" if before else "", ")" if after else ""
                return f"{before}{left}{word.short}{right}{after}"
    return text


def cut(text: str, longest: int) -> str:
    """The beginning of a half-width text, never between a kana and its mark, which would make it another kana."""
    end = longest - 1 if text[longest : longest + 1] in _MARKS and len(text) > longest else longest
    return text[:end]


def is_permitted(name: str) -> bool:
    """Whether every sign of a name may stand in the file as it is."""
    return bool(_PERMITTED.fullmatch(name))


# --- records ---------------------------------------------------------------------------------------------

Layout = tuple[tuple[str, int, bool], ...]
"""The fields of a record: name, width in bytes, and whether it is a number (right, zeros) or a text (left, spaces)."""

HEADER: Layout = (
    ("record", 1, True),
    ("sort", 2, True),
    ("code", 1, True),
    ("payer", 10, True),
    ("name", 40, False),
    ("date", 4, True),
    ("bank", 4, True),
    ("bank_name", 15, False),
    ("branch", 3, True),
    ("branch_name", 15, False),
    ("kind", 1, True),
    ("number", 7, True),
    ("filler", 17, False),
)
DATA: Layout = (
    ("record", 1, True),
    ("bank", 4, True),
    ("bank_name", 15, False),
    ("branch", 3, True),
    ("branch_name", 15, False),
    ("clearing_house", 4, True),
    ("kind", 1, True),
    ("number", 7, True),
    ("holder", 30, False),
    ("yen", 10, True),
    ("new", 1, True),
    ("reference", 10, True),
    ("second", 10, True),
    ("category", 1, True),
    ("identification", 1, False),
    ("filler", 7, False),
)
TRAILER: Layout = (("record", 1, True), ("count", 6, True), ("total", 12, True), ("filler", 101, False))
END: Layout = (("record", 1, True), ("filler", 119, False))
TOTAL_TRANSFER, JIS, TELEGRAPHIC = "21", "0", "7"


def write(payer: Payer, transfer_on: date, transfers: Sequence[Transfer], *, line_ends: bool = True) -> bytes:
    """The file for one day; raises ValueError for what does not fit into it, which checked accounts always do."""
    sender: dict[str, object] = {
        "record": 1,
        "sort": TOTAL_TRANSFER,
        "code": JIS,
        "payer": payer.code,
        "name": payer.name,
        "date": f"{transfer_on:%m%d}",
        "bank": payer.bank,
        "bank_name": payer.bank_name,
        "branch": payer.branch,
        "branch_name": payer.branch_name,
        "kind": payer.account_kind,
        "number": payer.account,
    }
    totals = {"record": 8, "count": len(transfers), "total": int(sum(t.yen for t in transfers))}
    records = [
        _record(HEADER, sender),
        *(_record(DATA, _data(transfer)) for transfer in transfers),
        _record(TRAILER, totals),
        _record(END, {"record": 9}),
    ]
    return b"".join(record + (LINE_END if line_ends else b"") for record in records)


def _data(transfer: Transfer) -> dict[str, object]:
    bank = banks.bank(transfer.bank)
    branch = banks.branch(bank, transfer.branch)
    if not 0 < transfer.yen <= MOST_YEN:
        raise ValueError("an amount the bank cannot transfer")
    if not is_permitted(transfer.holder):
        raise ValueError("an account holder with signs the bank does not take")
    return {
        "record": 2,
        "bank": bank.code,
        "bank_name": _bank_name(bank.kana),
        "branch": branch.code,
        "branch_name": _bank_name(branch.kana),
        "kind": transfer.kind,
        "number": transfer.number,
        "holder": transfer.holder,
        "yen": int(transfer.yen),
        "reference": transfer.reference,
        "second": transfer.second,
        "category": TELEGRAPHIC,
    }


def _bank_name(reading: str) -> str:
    return cut(_NOT_IN_A_BANK_NAME.sub("", kana.transfer_text(reading)), 15)


def _record(layout: Layout, values: Mapping[str, object]) -> bytes:
    record = b"".join(_field(name, width, number, values.get(name, "")) for name, width, number in layout)
    assert len(record) == RECORD
    return record


def _field(name: str, width: int, number: bool, value: object) -> bytes:
    text = str(value)
    data = text.encode(ENCODING)
    if len(data) > width or len(data) != len(text) or (number and not re.fullmatch("[0-9]*", text)):
        raise ValueError(f"{name} does not fit into its field")
    return data.rjust(width, b"0") if number else data.ljust(width)


def read(data: bytes) -> File:
    """What a file says, with or without ends of lines; raises UnreadableFile unless count and total are right."""
    records = list(_records(data))
    if len(records) < 3:
        raise UnreadableFile("a header, a trailer and an end are needed")
    header = _parsed(HEADER, records[0], "1", 1)
    if (header["sort"], header["code"]) != (TOTAL_TRANSFER, JIS):
        raise UnreadableFile("record 1: it is no total transfer in JIS signs")
    transfers = tuple(
        _transfer(_parsed(DATA, record, "2", place)) for place, record in enumerate(records[1:-2], start=2)
    )
    trailer = _parsed(TRAILER, records[-2], "8", len(records) - 1)
    _parsed(END, records[-1], "9", len(records))
    payer = Payer(
        header["payer"],
        header["name"],
        header["bank"],
        header["bank_name"],
        header["branch"],
        header["branch_name"],
        header["kind"],
        header["number"],
    )
    file = File(payer, int(header["date"][:2]), int(header["date"][2:]), transfers)
    if (int(trailer["count"]), int(trailer["total"])) != (len(transfers), file.total):
        raise UnreadableFile("the trailer does not agree with the records")
    return file


def _records(data: bytes) -> Iterator[bytes]:
    body = data.rstrip(b"\x1a")
    pieces = body.split(LINE_END)
    if len(pieces) > 1 and not pieces[-1]:
        pieces.pop()
    if len(pieces) == 1:
        pieces = [body[start : start + RECORD] for start in range(0, len(body), RECORD)]
    for place, piece in enumerate(pieces, start=1):
        if len(piece) != RECORD:
            raise UnreadableFile(f"record {place}: it has {len(piece)} bytes, not {RECORD}")
        yield piece


def _parsed(layout: Layout, record: bytes, kind: str, place: int) -> dict[str, str]:
    values, start = {}, 0
    for name, width, number in layout:
        piece = record[start : start + width]
        start += width
        text = "".join(bytes([byte]).decode(ENCODING, "replace") for byte in piece)
        if number and not re.fullmatch("[0-9]+", text):
            raise UnreadableFile(f"record {place}: {name} is no number")
        values[name] = text if number else text.rstrip(" ")
    if values["record"] != kind:
        raise UnreadableFile(f"record {place}: a record of the kind {kind} should stand here")
    return values


def _transfer(values: Mapping[str, str]) -> Transfer:
    return Transfer(
        values["bank"],
        values["branch"],
        values["kind"],
        values["number"],
        values["holder"],
        Yen(int(values["yen"])),
        int(values["reference"]),
        int(values["second"]),
    )

"""The papers of payments: transfer file and lists of a run, notices of payment, and statements of a year."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from locales import Text, _
from locales.language import DEFAULT, speaker
from services import banks, zengin
from services.claim_records import Claim
from services.companies import Company
from services.contract_records import Contract
from services.experts import Expert
from services.ledger_records import LedgerEntry, Stage
from services.paper_records import Paper
from services.payment_records import Payment, PaymentRun
from services.values import Yen
from services.zengin import Transfer

if TYPE_CHECKING:
    from services.bundle import Services

NOTICE, STATEMENT, LIST = (
    "payment-notice-2021-10-19",
    "payment-statement-2021-10-19",
    "payment-list-2021-10-19",
)
PLAIN, CSV = "text/plain", "text/csv"
COLUMNS: dict[str, Text] = {
    "claim": _("Claim"),
    "expert": _("Expert"),
    "contract": _("Contract"),
    "company": _("Company"),
    "bank": _("Bank"),
    "branch": _("Branch"),
    "kind": _("Kind of account"),
    "account": _("Account number"),
    "holder": _("Account holder"),
    "honorarium": _("Honorarium"),
    "travel": _("Travel"),
    "gross": _("Gross"),
    "withheld": _("Withheld tax"),
    "net": _("Transferred"),
}
AMOUNTS = ("honorarium", "travel", "gross", "withheld", "net")
SHOWN_DIGITS = 3


def masked(number: str) -> str:
    """An account number of which the last three digits can be read."""
    return "*" * (len(number) - SHOWN_DIGITS) + number[-SHOWN_DIGITS:]


def transfer(payment: Payment) -> Transfer:
    """One payment as the transfer file has it; its id comes back with the bank's answer."""
    bank: Mapping[str, str] = payment.bank
    return Transfer(
        bank["bank"],
        bank["branch"],
        bank["kind"],
        bank["number"],
        bank["holder"],
        Yen(payment.net_yen),
        payment.id,
        payment.run_id,
    )


class PaymentPapers:
    """Makes the papers of payments within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def of_run(self, run: PaymentRun, payments: Sequence[Payment]) -> None:
        """Make the transfer file of a run and its lists, and put them with the run."""
        papers, payer = self._services.papers, self._services.programme.payer
        transfers = tuple(transfer(payment) for payment in payments)
        data = zengin.write(payer, run.transfer_on, transfers, line_ends=payer.line_ends)
        # What the bank would read is what the books say, or nothing leaves the house.
        assert zengin.read(data).transfers == transfers
        rows = await self._rows(payments)
        name = f"{run.number}-{run.transfer_on:%Y%m%d}"
        file = await papers.keep("payment_file", run.id, data, PLAIN, f"{name}.txt")
        table = await papers.keep("payment_table", run.id, _csv(rows), CSV, f"{name}.csv")
        listed = await papers.make(
            "payment_list",
            run.id,
            LIST,
            {
                "number": run.number,
                "transfer_on": run.transfer_on,
                "payer": vars(payer),
                "count": run.count,
                "total": int(run.total_yen),
                "rows": [row | {"account": masked(row["account"])} for row in rows],
                "sum": {key: sum(row[key] for row in rows) for key in AMOUNTS},
            },
            f"{name}.pdf",
        )
        run.file_paper_id, run.table_paper_id, run.list_paper_id = file.id, table.id, listed.id

    async def _rows(self, payments: Sequence[Payment]) -> list[dict[str, Any]]:
        """What the lists say of each payment, in the order of the transfer file."""
        found = await self._services.session.execute(
            select(Claim.id, Claim.number, Expert.number, Contract.number, Company.number)
            .join(Expert, Expert.id == Claim.expert_id)
            .join(Contract, Contract.id == Claim.contract_id)
            .join(Company, Company.id == Claim.company_id)
            .where(Claim.id.in_([payment.claim_id for payment in payments]))
        )
        numbers = {claim_id: rest for claim_id, *rest in found}
        rows = []
        for payment in payments:
            bank = banks.bank(payment.bank["bank"])
            branch = banks.branch(bank, payment.bank["branch"])
            values = (
                *numbers[payment.claim_id],
                f"{bank.code} {bank.name}",
                f"{branch.code} {branch.name}",
                payment.bank["kind"],
                payment.bank["number"],
                payment.bank["holder"],
                payment.honorarium_yen,
                payment.travel_yen,
                payment.gross_yen,
                payment.withheld_yen,
                payment.net_yen,
            )
            rows.append(dict(zip(COLUMNS, values, strict=True)))
        return rows

    async def notice(self, payment: Payment) -> Paper:
        """The notice of one payment: what was paid, for what, and what was withheld."""
        services = self._services
        claim = await services.claims.get(payment.claim_id)
        expert = await services.experts.get(payment.expert_id)
        run = await services.payments.get(payment.run_id)
        assert claim is not None and expert is not None and run is not None
        contract = await services.session.get_one(Contract, claim.contract_id)
        company = await services.session.get_one(Company, claim.company_id)
        bank = banks.bank(payment.bank["bank"])
        return await services.papers.make(
            "payment_notice",
            payment.id,
            NOTICE,
            {
                "number": claim.number,
                "expert": expert.name,
                "expert_number": expert.number,
                "contract": contract.number,
                "company": company.number,
                "run": run.number,
                "transfer_on": payment.paid_on,
                "minutes": claim.minutes,
                "honorarium": payment.honorarium_yen,
                "travel": payment.travel_yen,
                "gross": payment.gross_yen,
                "withheld": payment.withheld_yen,
                "net": payment.net_yen,
                "bank": bank.name,
                "branch": banks.branch(bank, payment.bank["branch"]).name,
                "account": masked(payment.bank["number"]),
            },
            f"{claim.number}-{payment.paid_on:%Y%m%d}.pdf",
        )

    async def paid_by_the_books(self, payments: Sequence[Payment]) -> dict[int, Yen]:
        """What the ledger says was paid by each of these payments, gross; what came back is taken off."""
        rows = await self._services.session.execute(
            select(LedgerEntry.payment_id, LedgerEntry.target, func.sum(LedgerEntry.yen))
            .where(LedgerEntry.payment_id.in_([payment.id for payment in payments]))
            .group_by(LedgerEntry.payment_id, LedgerEntry.target)
        )
        paid = {payment.id: Yen(0) for payment in payments}
        for payment_id, target, yen in rows:
            assert payment_id is not None
            paid[payment_id] += int(yen) if target == Stage.PAID else -int(yen)
        return paid


def _csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """A table that spreadsheets in Japan read, which take it for UTF-8 by its first three bytes."""
    out = io.StringIO()
    say = speaker(DEFAULT)
    writer = csv.writer(out)
    writer.writerow([say(heading) for heading in COLUMNS.values()])
    writer.writerows([row[key] for key in COLUMNS] for row in rows)
    return out.getvalue().encode("utf-8-sig")

"""What could be done next in a season, read from the records: the next step of each thing on the road, and what leads off it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from services.clock import TOKYO
from services.database import driver
from tests.services.season import contract_deeds, money_deeds, plan_deeds
from tests.services.season.cast import CLERKS, EVERYBODY, EXPERTS, OWNERS, Season
from tests.services.season.deeds import KINDS, Deed

DONE_IN = (plan_deeds, contract_deeds, money_deeds)
"""Where the deeds are that `KINDS` holds."""
_STANDS = """
SELECT 'case' AS kind, id, state, company_id, 0 AS expert_id, NULL::jsonb AS more FROM cases
    WHERE state IN ('published', 'negotiating')
UNION ALL SELECT 'plan', id, state, company_id, expert_id, jsonb_build_object('case', case_id) FROM plans
UNION ALL SELECT 'contract', k.id, k.state, k.company_id, k.expert_id, jsonb_build_object(
        'by_expert', k.signed_by_expert_at IS NOT NULL, 'minutes', k.minutes, 'begins', k.period_start,
        'given', (SELECT coalesce(sum(billable_minutes), 0) FROM sessions s WHERE s.contract_id = k.id
            AND s.state IN ('ended', 'recorded', 'confirmed', 'disputed')),
        'session', (SELECT id FROM sessions s WHERE s.contract_id = k.id
            AND s.state NOT IN ('confirmed', 'cancelled') ORDER BY id LIMIT 1),
        'confirmed', (SELECT count(*) FROM sessions s WHERE s.contract_id = k.id AND s.state = 'confirmed'),
        'report', r.id, 'reported', r.state, 'invoice', i.id, 'invoiced', i.state,
        'outdated', (i.minutes, i.total_yen) <> (r.minutes, r.total_yen), 'claim', h.id, 'claimed', h.state)
    FROM contracts k LEFT JOIN reports r ON r.contract_id = k.id
    LEFT JOIN invoices i ON i.contract_id = k.id AND i.state <> 'cancelled'
    LEFT JOIN claims h ON h.contract_id = k.id
UNION ALL SELECT 'session', s.id, s.state, company_id, expert_id, jsonb_build_object(
        'proven', EXISTS (SELECT FROM evidence e WHERE e.session_id = s.id), 'since', start_at,
        'bills', billable_minutes > 0) FROM sessions s
UNION ALL SELECT 'change', c.id, c.state, company_id, expert_id, jsonb_build_object('by_sme', by_sme)
    FROM contract_changes c JOIN contracts k ON k.id = c.contract_id
UNION ALL SELECT 'report', id, state, company_id, expert_id, NULL FROM reports
UNION ALL SELECT 'invoice', id, state, company_id, expert_id, NULL FROM invoices
UNION ALL SELECT 'claim', id, state, company_id, expert_id, NULL FROM claims
UNION ALL SELECT 'run', id, state, 0, 0, jsonb_build_object('on', transfer_on, 'by', made_by) FROM payment_runs
UNION ALL SELECT 'payment', id, state, 0, expert_id, NULL FROM payments
UNION ALL SELECT 'reclaim', id, state, 0, expert_id, jsonb_build_object('by', proposed_by) FROM reclaims
UNION ALL SELECT 'account change', id, state, 0, expert_id, NULL FROM account_changes
UNION ALL SELECT 'switch', id, code, 0, 0, jsonb_build_object('by', proposed_by) FROM switch_changes
    WHERE state = 'proposed'
UNION ALL SELECT 'owes', c.id, c.terms_version, c.id, 0, NULL FROM companies c
    JOIN plans p ON p.company_id = c.id WHERE p.state = 'agreed'
UNION ALL SELECT 'owes', e.id, e.terms_version, 0, e.id, NULL FROM experts e
    JOIN plans p ON p.expert_id = e.id WHERE p.state = 'agreed'
ORDER BY 1, 2
"""


@dataclass(frozen=True)
class Thing:
    """A record as it stands."""

    kind: str
    id: int
    state: str
    company_id: int
    expert_id: int
    more: dict[str, Any]


class Prospects:
    """What can be done next. `onward` leads to a paid honorarium, what is furthest first; `aside` leads elsewhere."""

    def __init__(self, season: Season, things: list[Thing]) -> None:
        self._season = season
        self._owner = {id: who for who, id in season.company.items()}
        self._expert = {id: who for who, id in season.expert.items()}
        self._person = {id: who for who, id in season.person.items()}
        self.by_kind: dict[str, list[Thing]] = defaultdict(list)
        for thing in things:
            self.by_kind[thing.kind].append(thing)
        self.of = {(thing.kind, thing.id): thing for thing in things}
        self.onward = [deed for steps in self._onward() for deed in steps]
        self.aside = list(self._aside())

    @classmethod
    async def seen(cls, season: Season) -> Prospects:
        """The prospects at this moment."""
        async with season.engine.connect() as connection:
            rows = await driver(connection).rows(_STANDS, ())
        return cls(
            season,
            [
                Thing(kind, id, state, company_id, expert_id, more or {})
                for kind, id, state, company_id, expert_id, more in rows
            ],
        )

    def next_of(self, contract_id: int) -> Deed | None:
        """The next step of one contract, from its signatures to its payment."""
        ranked = self._claim_or(self.of["contract", contract_id])
        return None if ranked is None else ranked[1]

    def _clerk(self, thing: Thing, *, but: int | None = None) -> str:
        """A clerk who may decide about something; never the same for all."""
        free = [who for who in CLERKS if who != "rie" and self._season.person[who] != but]
        return free[thing.id % len(free)]

    # --- onward ----------------------------------------------------------------------------------------

    def _onward(self) -> Iterator[Iterator[Deed]]:
        yield self._owed()
        yield self._runs()
        yield self._contracts()
        yield self._plans()
        yield self._cases()

    def _owed(self) -> Iterator[Deed]:
        current = self._season.programme.terms_at(self._season.now).version
        for thing in self.by_kind["owes"]:
            if thing.state != current:
                who = self._owner.get(thing.company_id) or self._expert[thing.expert_id]
                yield Deed("accept_terms", who)

    def _runs(self) -> Iterator[Deed]:
        for thing in self.by_kind["run"]:
            if thing.state == "drawn_up":
                yield Deed("release", self._clerk(thing, but=thing.more["by"]), thing.id)
            elif thing.state == "released":
                day = datetime.combine(date.fromisoformat(thing.more["on"]), time(12), TOKYO)
                yield Deed("all_paid", self._clerk(thing), thing.id, after=self._until(day))
        if any(thing.state == "approved" for thing in self.by_kind["claim"]):
            yield Deed("draw_up", CLERKS[len(self.by_kind["run"]) % 2])

    def _until(self, moment: datetime) -> timedelta:
        return max(moment - self._season.now, timedelta(seconds=1))

    def _contracts(self) -> Iterator[Deed]:
        steps = [(self._claim_or(thing), thing.id) for thing in self.by_kind["contract"]]
        ranked = sorted(((step, id) for step, id in steps if step), key=lambda one: -one[0][0])
        yield from (deed for (_rank, deed), _id in ranked)

    def _claim_or(self, it: Thing) -> tuple[int, Deed] | None:
        """The next step of a contract with its rank; what is nearer to the money ranks higher."""
        expert = self._expert[it.expert_id]
        match it.more["claimed"]:
            case "under_review":
                if it.more["reported"] == "under_review":
                    return 8, Deed("accept_report", self._clerk(it), it.more["report"])
                return 9, Deed("approve_claim", CLERKS[it.id % 2], it.more["claim"])
            case "approved_once":
                return 9, Deed("approve_claim", CLERKS[(it.id + 1) % 2], it.more["claim"])
            case "deficient":
                return 8, Deed("hand_in", expert, it.id, 1)
            case "pay_failed":
                return 8, Deed("pay_again", self._clerk(it), it.more["claim"])
            case None:
                return self._report_or(it, expert)
        return None

    def _report_or(self, it: Thing, expert: str) -> tuple[int, Deed] | None:
        match it.more["reported"]:
            case "under_review" | "accepted":
                if it.more["invoice"] is None or it.more["outdated"]:
                    return 7, Deed("issue", expert, it.id)
                return 7, Deed("hand_in", expert, it.id, 1)
            case "confirming":
                return 6, Deed("confirm_report", self._owner[it.company_id], it.more["report"], 4)
            case "rejected":
                return None
        return self._session_or(it, expert)

    def _session_or(self, it: Thing, expert: str) -> tuple[int, Deed] | None:
        if it.state in ("ready", "signed_by_expert", "signed_by_sme"):
            who = self._owner[it.company_id] if it.more["by_expert"] else expert
            return 1, Deed("sign", who, it.id)
        if it.state not in ("concluded", "terminated"):
            return None
        if it.more["session"] is not None:
            return 5, self._of_session(self.of["session", it.more["session"]])
        if it.more["confirmed"] and it.more["given"] >= min(it.more["minutes"], 240):
            return 5, Deed("report", expert, it.id)
        if it.state == "concluded":
            begins = datetime.combine(date.fromisoformat(it.more["begins"]), time(10), TOKYO)
            if it.id % 3 == 2:
                return 3, Deed("enter_late", expert, it.id, 4, self._until(begins + timedelta(hours=10)))
            return 3, Deed("start", expert, it.id, after=self._until(begins))
        return (4, Deed("report", expert, it.id)) if it.more["confirmed"] else None

    def _of_session(self, it: Thing) -> Deed:
        expert, owner = self._expert[it.expert_id], self._owner[it.company_id]
        match it.state:
            case "running":
                if self._season.now - datetime.fromisoformat(it.more["since"]) > timedelta(hours=3):
                    return Deed("set_times", expert, it.id)
                return Deed("stop", expert, it.id, after=timedelta(hours=4, minutes=1))
            case "ended":
                return Deed("record" if it.more["bills"] else "cancel_session", expert, it.id)
            case "disputed":
                return Deed("record", expert, it.id)
            case "denied":
                return Deed("strike", self._clerk(it), it.id)
        if not it.more["proven"]:
            return Deed("prove", expert, it.id)
        return Deed("confirm_session", owner, it.id)

    def _plans(self) -> Iterator[Deed]:
        for it in self.by_kind["plan"]:
            if it.state == "agreed":
                yield Deed("approve_plan", self._clerk(it), it.id)
            elif it.state == "returned":
                yield Deed("revise", self._expert[it.expert_id], it.id, it.id * 7 + 2)
            elif it.state in ("sent", "kept", "in_discussion"):
                yield Deed("agree", self._owner[it.company_id], it.id)

    def _cases(self) -> Iterator[Deed]:
        live = {
            (it.more["case"], it.expert_id)
            for it in self.by_kind["plan"]
            if it.state in ("sent", "kept", "in_discussion", "agreed", "returned", "approved")
        }
        talked_about = sum(it.state in ("sent", "kept", "in_discussion") for it in self.by_kind["plan"])
        # Some plans at a time, and with a neighbour, so that the same caps are met again and again.
        for it in self.by_kind["case"] if talked_about < 3 else ():
            who = EXPERTS[(it.id + it.company_id) % 3]
            if (it.id, self._season.expert[who]) not in live and not (
                who == "jiro" and self._owner[it.company_id] == "owner2"
            ):
                yield Deed("propose", who, it.id, it.id * 13 % 60)

    # --- aside -----------------------------------------------------------------------------------------

    def _aside(self) -> Iterator[Deed]:
        for (kind, state), names in ASIDE.items():
            for it in self.by_kind[kind]:
                if state in (it.state, "any"):
                    for name in names:
                        yield from self._by_whom(name, it)
        yield Deed("turn_switches", "misaki")
        yield Deed("carry", "ken", len(self.by_kind["plan"]))
        if self.by_kind["switch"]:
            yield from (Deed("confirm_switches", clerk) for clerk in CLERKS)
        for after in (timedelta(hours=9), timedelta(days=3), timedelta(days=12)):
            yield Deed("wait", "misaki", after=after)

    def _by_whom(self, name: str, it: Thing) -> Iterator[Deed]:
        for who in KINDS[name].by:
            if who in OWNERS and it.company_id and self._owner[it.company_id] != who:
                continue
            if who in EXPERTS and it.expert_id and self._expert[it.expert_id] != who:
                continue
            yield Deed(name, who, it.id)

    # --- anything --------------------------------------------------------------------------------------

    def wild(self, name: int, who: int, which: int) -> Deed:
        """Anything, done by anybody to any record of its kind, or to none."""
        what = sorted(KINDS)[name % len(KINDS)]
        there = self.by_kind[KINDS[what].of]
        of = there[which % len(there)].id if there else 1 + which
        return Deed(what, EVERYBODY[who % len(EVERYBODY)], of)


ASIDE = {
    ("case", "published"): ("cancel_case", "hide_case"),
    ("case", "negotiating"): ("cancel_case",),
    ("plan", "sent"): ("revise", "decline", "withdraw_plan", "keep"),
    ("plan", "kept"): ("revise", "decline", "say"),
    ("plan", "agreed"): ("return_plan", "return_plan", "reject_plan", "revise", "withdraw_plan", "decline"),
    ("contract", "ready"): ("cancel_contract", "cancel_contract", "sign"),
    ("contract", "signed_by_expert"): ("cancel_contract",),
    ("contract", "concluded"): ("terminate", "propose_change", "propose_change", "enter_late", "start"),
    ("change", "proposed"): ("agree_to_change", "agree_to_change", "decline_change"),
    ("session", "running"): ("cancel_session", "stop"),
    ("session", "recorded"): ("dispute_session", "deny_session", "set_times", "cancel_session"),
    ("session", "confirmed"): ("set_times", "deny_session", "record"),
    ("session", "denied"): ("ask_again", "confirm_session"),
    ("session", "disputed"): ("set_times",),
    ("report", "confirming"): ("dispute_report", "withdraw_report"),
    ("report", "under_review"): ("return_report", "return_report", "reject_report"),
    ("invoice", "issued"): ("say_paid",),
    ("claim", "under_review"): ("return_claim", "reject_claim", "withhold"),
    ("claim", "approved_once"): ("return_claim", "reject_claim"),
    ("claim", "pay_failed"): ("pay_again", "correct_account"),
    ("claim", "paid"): ("demand", "demand"),
    ("claim", "reclaimed"): ("demand",),
    ("run", "drawn_up"): ("cancel_run",),
    ("run", "released"): ("one_failed",),
    ("payment", "scheduled"): ("settle",),
    ("payment", "paid"): ("bounce",),
    ("account change", "waiting"): ("confirm_account", "refuse_account"),
    ("reclaim", "proposed"): ("confirm_demand", "confirm_demand", "drop_demand"),
    ("reclaim", "demanded"): ("repay", "repay"),
}
"""What leads off the road, by what it is done to."""

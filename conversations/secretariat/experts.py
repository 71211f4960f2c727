"""What the secretariat sees of an expert's application besides the answers: a short line, and what is odd."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from conversations import words
from conversations.messages import Fact, Words
from conversations.secretariat.reviews import EXTRAS, summarised
from locales import _
from services import postal
from services.companies import Standing
from services.experts import Affiliation, age
from services.values import Kana, Yen

if TYPE_CHECKING:
    from services.bundle import Services
    from services.reviews import Review

OWN_NAME = (Affiliation.FREELANCE, Affiliation.SIDE_JOB)
"""Who has to give an account in the own name; the others may give a company's (DOMAIN 3.1)."""


@summarised("expert")
async def expert_summary(services: Services, subject_id: int) -> list[Fact]:
    """Number, how many areas and which prefecture; no names."""
    expert = await services.experts.get(subject_id)
    assert expert is not None
    prefecture = next((one for one in postal.PREFECTURES if expert.address.startswith(one.name)), None)
    return [
        Fact(_("Number"), expert.number),
        Fact(_("Areas"), _("{count} areas")(count=len(expert.areas))),
        Fact(_("Place"), prefecture.label if prefecture else "-"),
    ]


async def worth_a_look(services: Services, review: Review) -> list[Words]:
    """Age, account, price, and who else this may be (DOMAIN 3.2)."""
    expert = await services.experts.get(review.subject_id)
    assert expert is not None
    account = expert.account
    years = age(date.fromisoformat(expert.born_on), services.clock.today())
    seen: list[Words] = [
        _("{years} years old.")(years=years),
        _("Account {number}, holder {holder}: please compare with the passbook.")(
            number=account.number.masked(), holder=str(account.holder)
        ),
    ]
    if not account.holder.belongs_to(Kana(expert.kana)):
        seen.append(
            _("The account is in another name than the expert's. It must be the own account.")
            if expert.affiliation in OWN_NAME
            else _("The account is in another name than the expert's. A company's account is possible here.")
        )
    if services.programme.money.is_unusual(Yen(expert.hourly_price_yen)):
        seen.append(_("The price is much higher than usual."))
    for other in await services.experts.alike(expert):
        what = _("account") if other.account.key == account.key else _("phone number")
        seen.append(
            _("{number} has the same {what} ({state}).")(
                number=other.number, what=what, state=words.STANDING[Standing(other.standing)]
            )
        )
    seen.extend(
        _("Conflict: also speaks for the company {number}, or has its phone.")(number=company.number)
        for company in await services.experts.companies(expert)
    )
    return seen


EXTRAS["expert"] = worth_a_look

"""A small business registers: a short check first, then one question after the other (DOMAIN 1.2, 2)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from conversations import form as engine
from conversations import forms_shown, words
from conversations.acts import on, on_word
from conversations.catalogue import CarriedOver, found_place, prefectures, terms, terms_version
from conversations.choices import Choice, Consent, Documents
from conversations.form import Form
from conversations.menu import HELP
from conversations.messages import Button, Card, Fact, Pressed, Say, act
from conversations.questions import Facts, Line, Options, tidy
from conversations.sme import menu
from locales import Text, _
from services import postal
from services.answers import Draft
from services.companies import Application, Company, EntityKind, Matching, Standing
from services.programme import Band, Deadline, capital_bands, employee_bands
from services.readings import read_number, read_yen
from services.refusals import Refusal
from services.values import CorporateNumber, EmailAddress, PersonName, PhoneNumber, PostalCode, Yen

if TYPE_CHECKING:
    from conversations.turn import Turn


def industries(facts: Facts) -> Options:
    """The classes a business of this kind can belong to."""
    body = facts.values.get("kind") == EntityKind.OTHER_BODY
    return {industry.code: industry.label for industry in facts.programme.industries if industry.body == body}


def _employee_bands(facts: Facts) -> tuple[Band, ...]:
    industry = facts.values.get("industry")
    return employee_bands(facts.programme.industry(industry)) if industry else ()


def _capital_bands(facts: Facts) -> tuple[Band, ...]:
    industry = facts.values.get("industry")
    return capital_bands(facts.programme.industry(industry)) if industry else ()


def _band(bands: tuple[Band, ...], amount: int) -> str | None:
    return next((str(band.at_least) for band in bands if amount in band), None)


def employees(facts: Facts) -> Options:
    """The bands of employees that make a difference in the industry that was chosen."""
    return {str(band.at_least): band.label for band in _employee_bands(facts)}


def typed_employees(raw: str, facts: Facts) -> str | None:
    """The band that a typed number of people lies in."""
    return _band(_employee_bands(facts), read_number(raw))


def capitals(facts: Facts) -> Options:
    """The bands of capital that make a difference in the industry that was chosen."""
    return {str(band.at_least): band.label for band in _capital_bands(facts)} or {"0": _("Does not apply")}


def typed_capital(raw: str, facts: Facts) -> str | None:
    """The band that a typed amount of capital lies in."""
    return _band(_capital_bands(facts), int(read_yen(raw)))


def matchings(facts: Facts) -> Options:
    """The three states of matching, as the programme names them."""
    return {status.code: status.label for status in facts.programme.match_statuses}


class Registration(Form):
    """What a business says of itself; a sole proprietor is asked twelve questions, six of them typed."""

    name = "company"
    title = _("Register your business")
    submit = _("Apply with this")

    kind = Choice(
        _("What form of business is it?"),
        {kind.value: word for kind, word in words.ENTITY_KIND.items()},
        label=_("Form of business"),
    )
    trade_name = Line(_("What is your business called?"), at_most=60, label=_("Name of the business"))
    representative = Line(
        _("What is the representative's name?"), PersonName, at_most=40, label=_("Representative")
    )
    corporate_number = Line(
        _("What is your corporate number?"),
        CorporateNumber,
        label=_("Corporate number"),
        hint=_("13 digits. You find it on the tax agency's site."),
    ).when(kind.is_(EntityKind.CORPORATION, EntityKind.OTHER_BODY))
    industry = Choice(
        _("Which industry are you in?"),
        industries,
        label=_("Industry"),
        hint=_("If in doubt, the nearest one. A shop that sells what it makes is retail."),
    ).follows(kind)
    employees = Choice(
        _("How many permanent employees are there?"),
        employees,
        typed=typed_employees,
        label=_("Employees"),
        hint=_("Without family members and officers."),
    ).follows(industry)
    capital = (
        Choice(_("How much is the capital?"), capitals, typed=typed_capital, label=_("Capital"))
        .when(kind.is_(EntityKind.CORPORATION))
        .follows(industry)
    )
    postal_code = Line(
        _("What is the postal code of your place of business?"),
        PostalCode,
        label=_("Postal code"),
        hint=_("For example 650-0001. We look the address up."),
    )
    prefecture = (
        Choice(_("Which prefecture is it in?"), prefectures, label=_("Prefecture"))
        .follows(postal_code)
        .filled(lambda facts: (place := found_place(facts)) and place.prefecture or None)
    )
    city = (
        Line(_("Which city, ward, town or village?"), at_most=40, label=_("City"))
        .follows(postal_code)
        .filled(lambda facts: (place := found_place(facts)) and place.city or None)
    )
    street = Line(_("What comes after that in the address?"), at_most=80, label=_("Street and building"))
    phone = Line(_("What is your phone number?"), PhoneNumber, label=_("Phone"))
    email = Line(
        _("Which e-mail address may we write to?"),
        EmailAddress,
        at_most=254,
        label=_("E-mail"),
        hint=_("Results of reviews are also sent there."),
    )
    matching = Choice(
        _("Have you found an IT expert already?"),
        matchings,
        label=_("Matching"),
        hint=_("Choose the first one if you have not."),
    )
    phase1_used = CarriedOver(
        _("How much honorarium was used for you in the phase before?"),
        lambda money: money.sme_cap,
        label=_("Used in the phase before"),
        hint=_("If you do not remember it exactly, a rough amount is fine."),
    )
    consent = Consent(
        _("Please read this. Do you agree?"),
        terms_version,
        terms(lambda facts: facts.programme.declarations.sme),
        agree=_("I agree"),
        label=_("Terms and declarations"),
    )
    registry = Documents(
        _("Please send your certificate of registered matters."),
        purpose="business_registry",
        label=_("Certificate of registered matters"),
        hint=_("Issued within the last three months. A photo is fine."),
    ).when(kind.is_(EntityKind.CORPORATION, EntityKind.OTHER_BODY))
    tax_return = Documents(
        _("Please send a copy of your latest tax return."),
        purpose="tax_return",
        label=_("Tax return"),
        hint=_("The first page with the mark of receipt. A photo is fine."),
    ).when(kind.is_(EntityKind.SOLE_PROPRIETOR))
    identity = Documents(
        _("Please send a document that shows who you are."),
        purpose="identity_document",
        label=_("Identity document"),
        hint=_("Driver's licence or similar. Of a My Number card only the front."),
    ).when(kind.is_(EntityKind.SOLE_PROPRIETOR))

    @classmethod
    def hint(cls, key: str, facts: Facts) -> tuple[Text | None, str | None]:
        """The address that was found, where the rest of it is asked."""
        prefecture, city = facts.values.get("prefecture"), facts.values.get("city")
        if key != "street" or not prefecture:
            return None, None
        place = found_place(facts)
        town = place.town if place else ""
        return (
            _("After “{place}”. If that is wrong, go back to the postal code.")(
                place=f"{prefecture}{city}{town}"
            ),
            None,
        )

    def check(self) -> None:
        """The programme is for small and medium businesses (DOMAIN 1.2)."""
        if not self.facts.programme.is_small(
            self.industry,
            int(self.employees),
            int(self.capital) if self.capital is not None else None,
            self.kind == EntityKind.SOLE_PROPRIETOR,
        ):
            raise Refusal(
                _("Sorry, this programme is for small and medium businesses. Is this number right?"),
                about="employees",
            )

    async def complete(self, turn: Turn) -> None:
        """Apply; the secretariat reviews it within a few business days."""
        place = postal.look_up(self.postal_code)
        files = [*(self.registry or ()), *(self.tax_return or ()), *(self.identity or ())]
        await turn.services.documents.owned(files, turn.person.id)
        company = await turn.services.companies.apply(
            Application(
                EntityKind(self.kind),
                self.trade_name,
                str(self.representative),
                self.industry,
                self.employees,
                self.postal_code,
                self.prefecture,
                self.city,
                _street(place, self.street),
                self.phone,
                self.email,
                Matching(self.matching),
                Yen(self.phase1_used),
                self.consent,
                self.corporate_number,
                self.capital,
            ),
            self.name,
            self.kept,
        )
        review = await turn.services.reviews.latest("company", company.id)
        assert review is not None
        turn.say(
            Card(
                _("Thank you. We have received your application."),
                badge=words.STANDING[Standing.UNDER_REVIEW],
                body=[
                    _("Your number is {number}.")(number=company.number),
                    _("We look at it by about {day} and tell you here and by e-mail.")(day=review.due_at),
                ],
                buttons=[Button(_("See where it stands"), act("menu.status"))],
                tone="good",
            )
        )


def _street(place: postal.Place | None, street: str) -> str:
    """The street with the town in front, unless it was typed once more."""
    town = place.town if place else ""
    return street if tidy(street).startswith(town) else town + street


# --- before the form -----------------------------------------------------------------------------------


@on("menu.register")
async def begin(turn: Turn, pressed: Pressed) -> None:
    """Begin to register, go on with it, or say where it stands."""
    await begin_registration(turn)


@on_word("register")
async def begin_registration(turn: Turn) -> None:
    """Begin to register, go on with it, or say where it stands."""
    company = await turn.services.companies.mine()
    if company is not None and company.standing == Standing.DEFICIENT:
        await correct(turn)
    elif company is not None and company.standing in (Standing.UNDER_REVIEW, Standing.COMPLETED):
        await _show_registered(turn, company)
    elif await turn.services.drafts.live(Registration.name):
        await turn.start(Registration)
    else:
        await require_open(turn)
        turn.say(eligibility(turn))


async def require_open(turn: Turn) -> None:
    """Refuses to begin what could not be handed in: it is too late, or registration is stopped."""
    turn.services.programme.require_open(Deadline.REGISTRATION, turn.services.now)
    await turn.services.switches.require("registration")


async def _show_registered(turn: Turn, company: Company) -> None:
    """What was handed in, for reading."""
    review = await turn.services.reviews.latest("company", company.id)
    if review is None:
        # Taken over from elsewhere, without a form.
        await menu.show_status(turn)
        return
    path = engine.walk(Registration, Draft(Registration.name, answers=review.answers), turn.facts)
    turn.say(
        Card(
            _("What you registered"),
            badge=words.STANDING[Standing(company.standing)],
            facts=[Fact(_("Number"), company.number), *forms_shown.facts(path)],
            buttons=[menu.STATUS],
            quick=[HELP],
        )
    )


def eligibility(turn: Turn) -> Card:
    """The short check that comes before any data is asked."""
    return Card(
        _("First, a short check"),
        body=[
            _("• You run a small or medium business, or work on your own account."),
            _("• The business really exists and is active."),
            _("• No large company owns or controls it."),
        ],
        note=_("It takes about three minutes. You can stop and go on later."),
        buttons=[
            Button(_("Yes, all of it"), act("register.begin"), "primary"),
            Button(_("I am not sure"), act("register.unsure")),
            Button(_("No"), act("register.no")),
        ],
    )


@on("register.begin")
async def begin_form(turn: Turn, pressed: Pressed) -> None:
    """The check was passed."""
    await require_open(turn)
    company = await turn.services.companies.mine()
    if company is not None and company.standing not in (Standing.REJECTED, Standing.WITHDRAWN):
        await begin_registration(turn)
    else:
        await turn.start(Registration)


@on("register.unsure")
async def explain_eligibility(turn: Turn, pressed: Pressed) -> None:
    """Who may take part, in a little more detail."""
    trades = [one for one in turn.services.programme.industries if not one.body]
    usual = Counter(one.employees for one in trades).most_common(1)[0][0]
    turn.say(
        Card(
            _("Who can take part"),
            facts=[
                Fact(one.label, _("{most} people or fewer")(most=one.employees))
                for one in trades
                if one.employees != usual
            ],
            body=[
                _("Most businesses with up to {most} people can.")(most=usual),
                _("Sole proprietors can, with a tax return. A voluntary group can't."),
                _("Not sure? Just begin: the secretariat looks at every application."),
            ],
            buttons=[Button(_("Begin"), act("register.begin"), "primary")],
        )
    )


@on("register.no")
async def not_eligible(turn: Turn, pressed: Pressed) -> None:
    """A kind word for those who can't take part."""
    turn.say(
        Say(
            _("Then this programme does not fit, sorry. Your local chamber of commerce can advise you."),
            quick=[Button(_("Check again"), act("menu.register"))],
        )
    )


@on("company.correct")
async def correct_button(turn: Turn, pressed: Pressed) -> None:
    """Put right what the secretariat returned."""
    await correct(turn)


async def correct(turn: Turn) -> None:
    """Ask again only what was returned, with the reasons; everything else stays as it was."""
    company = await turn.services.companies.mine()
    if company is None or company.standing != Standing.DEFICIENT:
        raise Refusal(_("There is nothing to correct at the moment."))
    review = await turn.services.reviews.latest("company", company.id)
    assert review is not None
    reopened = {remark.question: remark.sentence for remark in review.remark_list}
    await turn.start(Registration, str(review.id), dict(review.answers), reopened)

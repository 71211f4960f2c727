"""The programme file holds what DOMAIN says, and a wrong one is refused with its line."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from services import programme
from services.checked_toml import FileError
from services.label import Label
from services.programme import Deadline, Programme, capital_bands, employee_bands, load
from services.values import Yen
from tests.programmes import PHASE2, for_each_programme

SOURCE = Path(programme.__file__).parent / "programmes" / "phase2.toml"
TOKYO = ZoneInfo("Asia/Tokyo")


def test_money_and_lists_are_those_of_the_programme() -> None:
    assert (PHASE2.rates.honorarium_cap, PHASE2.rates.self_paid_minimum) == (Yen(3500), Yen(500))
    assert (PHASE2.money.sme_cap, PHASE2.money.expert_cap) == (300_000, 1_500_000)
    assert [len(PHASE2.areas), len(PHASE2.steps), len(PHASE2.qualifications), len(PHASE2.industries)] == [
        24,
        7,
        6,
        14,
    ]


@pytest.mark.parametrize(
    ("moment", "version"),
    [
        ((2021, 4, 26, 0), "2021-04-26"),
        ((2021, 7, 19, 23), "2021-04-26"),
        ((2021, 7, 20, 0), "2021-07-20"),
        ((2021, 10, 18, 23), "2021-07-20"),
        ((2021, 10, 19, 0), "2021-10-19"),
        ((2020, 9, 1, 0), "2021-04-26"),
    ],
)
def test_terms_are_valid_until_the_next_begin(moment: tuple[int, int, int, int], version: str) -> None:
    assert PHASE2.terms_at(datetime(*moment, tzinfo=TOKYO)).version == version


def test_only_the_latest_terms_ask_for_a_qualification() -> None:
    first, second, third = PHASE2.terms
    assert [t.qualification_required for t in PHASE2.terms] == [False, False, True]
    assert not first.recording_required
    assert len({first.digest, second.digest, third.digest}) == 3
    assert PHASE2.terms_version("2021-07-20") is second


@pytest.mark.parametrize(
    ("industry", "employees", "capital", "sole", "small"),
    [
        ("RETAIL", 50, 60_000_000, False, True),
        ("RETAIL", 51, 50_000_000, False, True),
        ("RETAIL", 51, 50_000_001, False, False),
        ("RETAIL", 51, None, True, False),
        ("RETAIL", 51, 1, True, False),
        ("MANUFACTURING", 300, 900_000_000, False, True),
        ("RUBBER", 900, 900_000_000, False, True),
        ("CHAMBER", 101, 0, False, False),
        ("MEDICAL_WELFARE_SCHOOL", 300, None, False, True),
        ("NPO", 300, None, False, True),
    ],
)
def test_small_is_whoever_keeps_to_one_limit(
    industry: str, employees: int, capital: int | None, sole: bool, small: bool
) -> None:
    assert PHASE2.is_small(industry, employees, capital, sole) is small


def test_some_bodies_are_judged_by_their_main_business() -> None:
    assert PHASE2.is_small("NPO", 80, None)
    assert not PHASE2.is_small("NPO", 80, None, main_business="RETAIL")


def test_the_bands_of_shops_are_those_of_the_law() -> None:
    retail = employee_bands(PHASE2.industry("RETAIL"))
    assert [(band.at_least, band.at_most) for band in retail] == [(0, 5), (6, 50), (51, None)]


@for_each_programme
def test_every_industry_can_be_answered_by_tapping(programme: Programme) -> None:
    for industry in programme.industries:
        employees = employee_bands(industry)
        small = [programme.is_small(industry.code, band.at_least, None) for band in employees]
        assert small == [True, True, False]
        assert all(
            sum(number in band for band in employees) == 1 for number in (0, 5, 6, 50, 51, 300, 301, 5000)
        )
        assert len(capital_bands(industry)) == (0 if industry.capital is None else 2)


@for_each_programme
def test_every_area_has_a_menu_and_a_package(programme: Programme) -> None:
    for area in programme.areas:
        assert area in programme.areas_in(area.group)
        assert programme.packages_for(area.code)
    assert max(len(programme.areas_in(group.code)) for group in programme.groups) <= 10


def test_labels_come_in_the_language_asked_for() -> None:
    area = PHASE2.area("EC")
    assert (area.label.label("ja"), area.label.label("en")) == ("EC・ネット販売", "Online shop")
    assert area.label.label("ja_easy") == "ネットで物を売る"
    assert PHASE2.qualifications[0].label.label("ja_easy") == "中小企業診断士"


def test_reasons_kept_secret_are_for_the_staff_only() -> None:
    for kind, reasons in vars(PHASE2.deficiencies).items():
        secret = [] if kind == "payment" else ["FRAUD_CHECK"]
        assert [reason.code for reason in reasons if reason.staff_only] == secret


def test_companies_in_kobe_have_a_local_desk() -> None:
    desk = PHASE2.desk_for("兵庫県", "神戸市中央区")
    assert desk
    assert desk.code == "KOBE"
    assert PHASE2.desk_for("兵庫県", "姫路市") is None


def labels(value: object) -> list[Label]:
    if isinstance(value, Label):
        return [value]
    if isinstance(value, tuple):
        return [found for item in value for found in labels(item)]
    return (
        [found for item in vars(value).values() for found in labels(item)]
        if hasattr(value, "__dict__")
        else []
    )


@for_each_programme
def test_canned_sentences_are_short(programme: Programme) -> None:
    canned = (programme.deficiencies, programme.decline_reasons, programme.declarations)
    for label in [label for part in canned for label in labels(part)]:
        assert all(len(sentence) <= 50 for sentence in label.ja.split("。")), label.ja


def changed(folder: Path, old: str, new: str) -> Path:
    text = SOURCE.read_text(encoding="utf-8")
    assert old in text
    path = folder / "changed.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "place", "reason"),
    [
        ("sme_cap = 300_000", 'sme_cap = "much"', "money.sme_cap", "whole number of yen"),
        ("sme_cap = 300_000", "sme_cap = -1", "money.sme_cap", "zero or more"),
        ("expert_cap = 1_500_000", "expert_cap = 1_500", "money.expert_cap", "below the cap"),
        ("unit_minutes = 30", "unit_minutes = 7", "money.unit_minutes", "whole units"),
        ("self_paid_minimum = 500", "self_paid_minimum = 501", "money.self_paid_minimum", "whole yen"),
        ("claim = { opens", "clam = { opens", "dates.clam", "registration"),
        ("closes = 2021-12-17", "closes = 2021-04-01", "dates.contract", "before it opens"),
        ("closes = 2021-12-17", "closes = 2023-12-17", "dates.support", "before contract does"),
        ('time_zone = "Asia/Tokyo"', 'time_zone = "Mars"', "calendar.time_zone", "timezone"),
        ("case = 3, plan", "plan", "reminders.review_business_days", "these are reviewed"),
        ("case = 3, plan", "case = 4, plan", "reminders.review_business_days", "case takes longer"),
        ("draft_days = [1, 4]", "draft_days = [0]", "reminders.draft_days", "greater than or equal to 1"),
        ('expert = "E"', 'expert = "C"', "numbers", "same letter"),
        ('expert = "E"', 'expert = "専"', "numbers.expert", "A to Z"),
        ('code = "TELEWORK", ', 'code = "EC", ', "areas.4", "EC is there twice"),
        ('group = "SAFETY"', 'group = "SAFTY"', "areas.10", "no group SAFTY"),
        ("SURVEY = 3", "SURVEI = 3", "packages.0", "no step SURVEI"),
        ("SURVEY = 3", "SURVEY = 0.2", "packages.0", "whole units of time"),
        ('version = "2021-07-20"', 'version = "2021-07-20"\nfoo = 1', "terms.1.foo", "Unexpected"),
        ("valid_from = 2021-07-20T", "valid_from = 2021-01-20T", "terms.1.valid_from", "in the order"),
        (
            "valid_from = 2021-07-20T00:00:00+09:00",
            "valid_from = 2021-07-20T00:00:00",
            "terms.1",
            "time zone",
        ),
        ('code = "requests"', 'code = "request"', "switches", "exactly these codes"),
        ('code = "MATCHED"', 'code = "FOUND"', "match_statuses", "exactly these codes"),
        ('code = "SURVEY"', 'code = "LOOK"', "steps", "exactly these codes"),
        ('enquiry = "Q"', 'question = "Q"', "numbers", "enquiry is missing"),
        ("unit_minutes = 30", "unit_minutes = 20", "money.unit_minutes", "hundredths"),
        (
            "closing_reserve = 50_000_000",
            "closing_reserve = 5_000_000_000",
            "money.closing_reserve",
            "beginning",
        ),
        ('en = "Telework"', 'english = "Telework"', "areas.1.label", "required"),
    ],
)
def test_a_wrong_file_is_refused_with_line_and_reason(
    tmp_path: Path, old: str, new: str, place: str, reason: str
) -> None:
    path = changed(tmp_path, old, new)
    with pytest.raises(FileError, match=reason) as error:
        load(path)
    told = next(line for line in str(error.value).splitlines() if reason in line)
    assert place in told
    assert "changed.toml: line " in told


def test_the_line_told_is_that_of_the_key(tmp_path: Path) -> None:
    path = changed(tmp_path, "expert_cap = 1_500_000", "expert_cap = 1_500")
    line = 1 + path.read_text(encoding="utf-8").splitlines().index(
        next(row for row in path.read_text(encoding="utf-8").splitlines() if row.startswith("expert_cap"))
    )
    with pytest.raises(FileError, match=f"line {line}, money.expert_cap"):
        load(path)


def test_a_row_of_a_list_is_told_by_its_own_line(tmp_path: Path) -> None:
    path = changed(tmp_path, 'code = "TELEWORK", ', 'code = "EC", ')
    rows = path.read_text(encoding="utf-8").splitlines()
    second = [number for number, row in enumerate(rows, start=1) if row.lstrip().startswith('{ code = "EC"')][
        1
    ]
    with pytest.raises(FileError, match=f"line {second}, areas.4"):
        load(path)


def test_a_file_that_is_missing_or_no_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="phase9.toml"):
        load("phase9")
    with pytest.raises(FileError, match="line 1"):
        load(changed(tmp_path, "# The second phase", "The second phase"))


@for_each_programme
def test_the_playground_begins_while_everything_is_open(programme: Programme) -> None:
    assert all(programme.is_open(deadline, programme.playground_starts) for deadline in Deadline)
    assert all(part.open for part in programme.switches)

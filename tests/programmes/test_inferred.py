"""What is only inferred is a setting, and the page that lists them is true."""

from tests.programmes.inferred import DOCUMENT, FILE, document, inferred


def test_every_setting_that_is_only_inferred_is_listed_with_its_default() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "run python -m tests.programmes.inferred"


def test_marks_are_found_beside_a_value_and_above_a_list() -> None:
    lines = [
        "# The words (I).",
        "words = [",
        '    { code = "A", label = "#1 I" },',
        "]",
        "[money]",
        "cap = 3500   # S: stated",
        "unit = 30    # I: thirty minutes",
        'kind = "# I" # 2: stated as well',
        "",
        "# Invented (I).",
        "[[terms]]",
        'text = """',
        "x = 1 # I",
        '"""',
    ]
    assert [(one.place, one.default, one.why) for one in inferred(lines)] == [
        ("words", "as in the file", "The words (I)."),
        ("money.unit", "`30`", "thirty minutes"),
        ("terms", "as in the file", "Invented (I)."),
    ]


def test_nothing_marked_is_left_out() -> None:
    text = FILE.read_text(encoding="utf-8")
    places = {one.place for one in inferred(text.splitlines())}
    assert {"money.unit_minutes", "limits.cure_business_days", "calendar.review_business_days"} <= places
    assert "money.sme_cap" not in places and "limits.file_megabytes" not in places

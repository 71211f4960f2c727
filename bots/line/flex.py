"""The parts of our Flex bubbles: large letters, calm colours, and every tap wide enough for a thumb."""

from dataclasses import dataclass
from typing import Any

from bots.line.text import columns

Obj = dict[str, Any]

INK = "#1F2B26"
SOFT = "#64736B"
ACCENT = "#2F7A58"
DEEP = "#1F5C41"
PALE = "#F2F6F3"
TINT = "#E6F1EB"
EDGE = "#BCD3C7"
RULE = "#E3EAE6"
DANGER = "#B2432F"
QUESTION_COLUMNS = 40
"""A question wider than this is set a size smaller."""
BUTTON_COLUMNS = {"mega": 26, "kilo": 22}
"""What a button of LINE's own shows on its one line; a wider label gets a button of ours, which wraps."""
SIDE_BY_SIDE = (12, 16)
"""A fact is one row when label and value are no wider than this; otherwise the value stands below."""


@dataclass(frozen=True)
class Tone:
    """The colours of a card: its mark and the ground of its head."""

    mark: str
    ground: str


TONES = {
    "plain": Tone(ACCENT, PALE),
    "tip": Tone("#94660A", "#FDF5E1"),
    "review": Tone("#35648F", "#ECF3F9"),
    "good": Tone("#23744D", "#E1F2E8"),
    "bad": Tone(DANGER, "#FBEDEA"),
}


def text(words: str, size: str = "md", color: str = INK, **more: Any) -> Obj:
    """A text that wraps, and grows with the letters a person has set on the phone."""
    return {
        "type": "text",
        "text": words,
        "size": size,
        "color": color,
        "wrap": True,
        "scaling": True,
        **more,
    }


def box(layout: str, contents: list[Obj], **more: Any) -> Obj:
    """A box; what is not said is LINE's default."""
    return {"type": "box", "layout": layout, "contents": contents, **more}


def above(words: str) -> Obj:
    """What a bubble belongs to, small over its title."""
    return text(words, "sm", SOFT, weight="bold")


def progress(number: int, total: int) -> Obj:
    """Where we are: a count, and a thin bar."""
    done = box(
        "vertical",
        [],
        width=f"{_percent(number, total)}%",
        height="6px",
        backgroundColor=ACCENT,
        cornerRadius="3px",
    )
    bar = box("vertical", [done], height="6px", backgroundColor=RULE, cornerRadius="3px")
    count = text(f"{number}/{total}", "sm", ACCENT, weight="bold", flex=0, wrap=False)
    return box("horizontal", [count, bar], spacing="lg", margin="md", alignItems="center")


def _percent(number: int, total: int) -> int:
    return max(2, min(100, round(100 * number / max(total, 1))))


def notice(lines: list[str]) -> Obj:
    """What has to be read before the question: a problem, a reason of the secretariat, terms."""
    tone = TONES["tip"]
    contents = [
        text(line, lineSpacing="4px", **({"margin": "md"} if n else {})) for n, line in enumerate(lines)
    ]
    return box(
        "vertical", contents, backgroundColor=tone.ground, cornerRadius="10px", paddingAll="14px", margin="lg"
    )


def question(words: str) -> Obj:
    """The question itself, the largest letters in the bubble."""
    size = "xl" if columns(words) <= QUESTION_COLUMNS else "lg"
    return text(words, size, weight="bold", margin="lg", lineSpacing="3px")


def small(words: str) -> Obj:
    """A hint or a note."""
    return text(words, "sm", SOFT, margin="md", lineSpacing="3px")


def example(caption: str, words: str) -> Obj:
    """A good answer to look at."""
    contents = [text(caption, "xs", SOFT, weight="bold"), text(words, "sm", margin="sm", lineSpacing="3px")]
    return box(
        "vertical", contents, backgroundColor=PALE, cornerRadius="10px", paddingAll="14px", margin="lg"
    )


def option(words: str, action: Obj, number: int | None, first: bool) -> Obj:
    """One answer to tap, over the whole width; its words may wrap."""
    contents = [text(words, "md", DEEP, weight="bold", flex=1)]
    if number is not None:
        contents.insert(0, text(str(number), "md", ACCENT, flex=0, wrap=False))
    return box(
        "horizontal",
        contents,
        action=action,
        spacing="md",
        margin="xl" if first else "md",
        paddingAll="14px",
        cornerRadius="10px",
        borderWidth="normal",
        borderColor=EDGE,
    )


def head(title: str, badge: str, tone: Tone, over: list[str]) -> Obj:
    """The head of a card: what it is about and where it stands."""
    contents = [above(words) for words in over]
    if badge:
        contents.append(box("horizontal", [_chip(badge, tone)]))
    contents.append(text(title, "lg", weight="bold"))
    return box("vertical", contents, backgroundColor=tone.ground, paddingAll="18px", spacing="sm")


def _chip(words: str, tone: Tone) -> Obj:
    label = text(words, "sm", "#FFFFFF", weight="bold", wrap=False)
    return box(
        "vertical",
        [label],
        flex=0,
        backgroundColor=tone.mark,
        cornerRadius="12px",
        paddingStart="12px",
        paddingEnd="12px",
        paddingTop="3px",
        paddingBottom="3px",
    )


def fact(label: str, value: str, change: tuple[str, Obj] | None = None) -> Obj:
    """A label and its value; with a change (its word and action) the whole row can be tapped."""
    name, says = text(label, "sm", SOFT), text(value, "md", lineSpacing="3px")
    if change:
        word, action = change
        words = box("vertical", [name, says | {"margin": "xs"}], flex=1)
        return box(
            "horizontal", [words, _pill(word)], action=action, margin="lg", spacing="md", alignItems="center"
        )
    if columns(label) <= SIDE_BY_SIDE[0] and columns(value) <= SIDE_BY_SIDE[1]:
        return box("baseline", [name | {"flex": 2}, says | {"flex": 3}], margin="lg", spacing="md")
    return box("vertical", [name, says | {"margin": "xs"}], margin="lg")


def _pill(word: str) -> Obj:
    return box(
        "vertical",
        [text(word, "sm", ACCENT, weight="bold", wrap=False)],
        flex=0,
        backgroundColor=TINT,
        cornerRadius="14px",
        paddingStart="14px",
        paddingEnd="14px",
        paddingTop="7px",
        paddingBottom="7px",
    )


def paragraph(words: str) -> Obj:
    """A piece of running text."""
    return text(words, lineSpacing="5px", margin="lg")


def button(action: Obj, style: str, size: str) -> Obj:
    """Something to press: LINE's own button, or ours where the label needs more than its one line."""
    if columns(action["label"]) > BUTTON_COLUMNS[size]:
        return _wide_button(action, style)
    looks = {
        "primary": {"style": "primary", "color": ACCENT},
        "danger": {"style": "link", "color": DANGER},
    }.get(style, {"style": "secondary", "color": TINT})
    return {"type": "button", "action": action, "height": "md", "scaling": True, **looks}


def _wide_button(action: Obj, style: str) -> Obj:
    ground, ink = {"primary": (ACCENT, "#FFFFFF"), "danger": ("#FFFFFF", DANGER)}.get(style, (TINT, INK))
    label = text(action["label"], "md", ink, weight="bold", align="center")
    return box(
        "vertical", [label], action=action, backgroundColor=ground, cornerRadius="8px", paddingAll="14px"
    )

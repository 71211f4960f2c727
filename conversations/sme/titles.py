"""What a case is called: the question, and a title made of the answers that went before."""

from __future__ import annotations

from conversations.questions import Facts, Line, tidy
from locales import _

LONGEST = 40
SENTENCE_END, PAUSE, COLON = "\u3002", "\u3001", "\uff1a"


class Title(Line[str]):
    """A line that keeps its full-width colons: a title stands there as Japanese is written."""

    def hear(self, raw: str, facts: Facts) -> str:
        """The title, tidied."""
        return self.read(raw, facts)

    def read(self, kept: str, facts: Facts) -> str:
        """The title, if it is neither empty nor too long."""
        super().read(kept, facts)
        return _tidy(kept)


def automatic_title(facts: Facts) -> str | None:
    """A title made of the area and the first words of the problem."""
    area, issue = facts.values.get("area"), facts.values.get("issue")
    if area is None or issue is None:
        return None
    first = issue.replace(SENTENCE_END, "\n").strip().split("\n", 1)[0]
    # Tidied as typed titles are, because that changes the length.
    title = _tidy(facts.say(_("{area}: {problem}")(area=facts.programme.area(area).label, problem=first)))
    if len(title) <= LONGEST:
        return title
    clauses = title[: LONGEST + 1].rpartition(PAUSE)[0]
    return clauses if len(clauses) > LONGEST // 2 else title[:LONGEST]


def _tidy(title: str) -> str:
    return COLON.join(map(tidy, title.split(COLON)))

"""Questions that are answered by choosing: an option, several, one's consent, or files that come by a link."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from conversations.questions import Facts, Options, Question, Words, tidy
from locales import Text, _
from services.refusals import Refusal


class Choice(Question[str]):
    """One of a few options, by code; typed words and the option's number are understood too."""

    kind = "choice"

    def __init__(
        self,
        ask: Text,
        options: Options | Callable[[Facts], Options],
        *,
        typed: Callable[[str, Facts], str | None] | None = None,
        label: Text | None = None,
        hint: Text | None = None,
    ) -> None:
        super().__init__(ask, label=label, hint=hint)
        self.options = options
        self.typed = typed

    def options_for(self, facts: Facts) -> Options:
        """The options in order."""
        return self.options(facts) if callable(self.options) else self.options

    def hear(self, raw: str, facts: Facts) -> str:
        """The code of the option that was tapped, typed or numbered."""
        options = self.options_for(facts)
        if raw in options:
            return raw
        meant = find_option(raw, options, facts) or (self.typed(raw, facts) if self.typed else None)
        if meant is None or meant not in options:
            raise Refusal(_("Please choose one of the options."))
        return meant

    def read(self, kept: str, facts: Facts) -> str:
        """The code, if it is still an option."""
        if kept not in self.options_for(facts):
            raise Refusal(_("Please choose one of the options."))
        return kept

    def show(self, value: Any, facts: Facts) -> Words:
        """The words of the option."""
        return self.options_for(facts).get(value, str(value))


def find_option(raw: str, options: Options, facts: Facts) -> str | None:
    """The option whose words or whose number from one was typed."""
    typed = tidy(raw).casefold()
    for code, label in options.items():
        if tidy(facts.say(label)).casefold() == typed:
            return code
    if typed.isdecimal() and len(typed) <= 4 and 1 <= int(typed) <= len(options):
        return list(options)[int(typed) - 1]
    matching = [code for code, label in options.items() if typed in tidy(facts.say(label)).casefold()]
    return matching[0] if len(matching) == 1 and len(typed) > 1 else None


class Choices(Question[tuple[str, ...]]):
    """Several of a few options."""

    kind = "choices"

    def __init__(
        self,
        ask: Text,
        options: Options | Callable[[Facts], Options],
        *,
        at_most: int | None = None,
        label: Text | None = None,
        hint: Text | None = None,
    ) -> None:
        super().__init__(ask, label=label, hint=hint)
        self.options = options
        self.at_most = at_most

    def options_for(self, facts: Facts) -> Options:
        """The options in order."""
        return self.options(facts) if callable(self.options) else self.options

    def hear(self, raw: str, facts: Facts) -> str:
        """The codes in the order of the options, joined by commas."""
        options = self.options_for(facts)
        typed = [part for part in raw.replace("\u3001", ",").replace("\n", ",").split(",") if part.strip()]
        codes = {part if part in options else find_option(part, options, facts) for part in typed}
        if None in codes or not codes:
            raise Refusal(_("Please choose from the options."))
        if self.at_most is not None and len(codes) > self.at_most:
            raise Refusal(_("Please choose up to {at_most}.")(at_most=self.at_most))
        return ",".join(code for code in options if code in codes)

    def read(self, kept: str, facts: Facts) -> tuple[str, ...]:
        """The codes that are still options."""
        options = self.options_for(facts)
        codes = tuple(code for code in kept.split(",") if code in options)
        if not codes:
            raise Refusal(_("Please choose from the options."))
        return codes

    def show(self, value: Any, facts: Facts) -> Words:
        """The words of the options, one after the other."""
        options = self.options_for(facts)
        return _("{things}")(things=[options.get(code, code) for code in value])


AGREE = "agree"


class Consent(Question[str]):
    """A text to be agreed to as a whole: read, then one button. The value is the version agreed to."""

    kind = "consent"

    def __init__(
        self,
        ask: Text,
        version: Callable[[Facts], str],
        lines: Callable[[Facts], Sequence[Words]],
        *,
        agree: Text,
        label: Text | None = None,
    ) -> None:
        super().__init__(ask, label=label)
        self.version, self.lines, self.agree = version, lines, agree

    def options_for(self, facts: Facts) -> Options:
        """The one button; its code is the version, so an old button never agrees to a new text."""
        return {self.version(facts): self.agree}

    def hear(self, raw: str, facts: Facts) -> str:
        """The version agreed to."""
        version = self.version(facts)
        if raw in (version, AGREE) or tidy(raw) == tidy(facts.say(self.agree)):
            return version
        raise Refusal(_("Please read it and press the button if you agree."))

    def read(self, kept: str, facts: Facts) -> str:
        """The version, if it is the one in force."""
        if kept != self.version(facts):
            raise Refusal(_("The text has changed since. Please read it once more."))
        return kept

    def show(self, value: Any, facts: Facts) -> Words:
        """That it was agreed to, and which version."""
        return _("Agreed ({version})")(version=value)


class Documents(Question[tuple[int, ...]]):
    """Files that come through a one-time link; the value is their ids."""

    kind = "document"
    counts = False

    def __init__(
        self,
        ask: Text,
        *,
        purpose: str,
        at_least: int = 1,
        label: Text | None = None,
        hint: Text | None = None,
    ) -> None:
        super().__init__(ask, label=label, hint=hint)
        self.purpose = purpose
        self.at_least = at_least

    def read(self, kept: str, facts: Facts) -> tuple[int, ...]:
        """The ids of the files; a typed answer is no file."""
        ids = tuple(int(part) for part in kept.split(",") if part.isdecimal() and len(part) <= 18)
        if len(ids) < self.at_least or ",".join(map(str, ids)) != kept:
            raise self.missing()
        return ids

    def missing(self) -> Refusal:
        """What to say to whoever answers with anything but the files."""
        if self.at_least > 1:
            return Refusal(_("Please send {count} files with the button.")(count=self.at_least))
        return Refusal(_("Please send the file with the button."))

    def show(self, value: Any, facts: Facts) -> Words:
        """How many were received."""
        return _("{count} received")(count=len(value))

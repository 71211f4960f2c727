"""Why the service says no, in words a person can read."""

from locales import Text


class Refusal(Exception):
    """The person cannot do this, and here is why; `about` names the question that stands in the way."""

    def __init__(self, reason: Text, about: str | None = None) -> None:
        super().__init__(reason.message)
        self.reason = reason
        self.about = about

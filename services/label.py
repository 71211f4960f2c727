"""Words that come from data and not from code, in the languages the data has them in."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Label:
    """The same words in Japanese and in English; easy Japanese where it differs."""

    ja: str
    en: str
    ja_easy: str = ""

    def label(self, language: str) -> str:
        """The words in this language; Japanese where there are no others."""
        return {"en": self.en, "ja_easy": self.ja_easy}.get(language) or self.ja

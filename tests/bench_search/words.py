"""The product's own vectors for very many cases: what is slow in making them is done once for each sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from unittest.mock import patch

from services import case_vector
from services.case_vector import searchable
from services.tokens import Word, words_of
from tests.bench_search.collection import sentence_end

KEPT = 50_000


@lru_cache(KEPT)
def _sentence(text: str) -> Sequence[Word]:
    return words_of(searchable(text))


@lru_cache(KEPT)
def _text(text: str) -> list[Word]:
    sentences = text.replace(sentence_end(), sentence_end() + "\n").split("\n")
    return [word for sentence in sentences if sentence for word in _sentence(sentence)]


@contextmanager
def tokenised_once() -> Iterator[None]:
    """Meanwhile every sentence is cleaned and tokenised once; a vector made of them is what it would have been."""
    with patch.object(case_vector, "searchable", str), patch.object(case_vector, "words_of", _text):
        yield

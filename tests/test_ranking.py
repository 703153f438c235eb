"""Ranking by itself, of more notes than a vault of the tests has."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wiki.search.engine import Found, Mask, Notes, Numbers, Places, weighed
from wiki.search.lexicon import Lexicon
from wiki.search.query import Word
from wiki.search.ranking import listed, rank

MANY = 5_000


@dataclass(frozen=True)
class Counted:
    """A corpus with one word: how often each of its notes has it, in the body. Two notes are one concept."""

    counts: Sequence[int]
    lexicons: Sequence[Lexicon] = field(default_factory=list)

    @property
    def notes(self) -> Notes:
        size = len(self.counts)
        return Notes(np.full(size, 100), np.arange(size) // 2, np.ones(size, np.bool_))

    def found(self, words: Sequence[str]) -> list[Found]:
        counts = np.array(self.counts, np.int64)
        documents = np.flatnonzero(counts)
        return [weighed(self.notes, documents, np.full(len(documents), 4), counts[documents]) for _ in words]

    def places(self, word: str, wanted: Mask) -> Places:
        raise NotImplementedError

    def paths(self, documents: Numbers) -> list[str]:
        return [f"{document:05}" for document in documents.tolist()]

    def documents(self, paths: Set[str]) -> Numbers:
        return np.array([int(path) for path in paths], np.int64)


@settings(max_examples=60, deadline=None)
@given(st.randoms(), st.integers(1, MANY), st.sampled_from([1, 2, 3, 50]), st.booleans())
def test_best_hits_are_the_first_of_all(random: Random, size: int, most: int, is_grouped: bool) -> None:
    counts = [random.randrange(most + 1) for _ in range(size)]
    corpus = Counted(counts)
    whole = rank(corpus, Word("a"), size, is_grouped=is_grouped)
    some = rank(corpus, Word("a"), 30, is_grouped=is_grouped)
    assert some.paths == whole.paths[:30]
    assert some.count == whole.count == len(whole.paths)
    best = sorted(range(size), key=lambda each: (-counts[each], each))
    expected = [f"{each:05}" for each in best if counts[each]]
    firsts = {int(path) // 2: path for path in reversed(expected)}
    assert list(whole.paths) == (
        [path for path in expected if firsts[int(path) // 2] == path] if is_grouped else expected
    )


@settings(max_examples=60, deadline=None)
@given(st.randoms(), st.integers(1, 300), st.sampled_from([1, 2, 3, 50]))
def test_list_has_the_best_of_each_concept_in_its_order(random: Random, size: int, most: int) -> None:
    corpus = Counted([random.randrange(most + 1) for _ in range(size)])
    by, by_path = (np.array(random.sample(range(size), size), np.int32) for _ in range(2))
    best = sorted(np.flatnonzero(corpus.counts).tolist(), key=lambda each: (corpus.counts[each], -by_path[each]))
    firsts = {each // 2: each for each in best}
    assert listed(corpus, Word("a"), by, by_path).tolist() == sorted(firsts.values(), key=lambda each: by[each])


@pytest.mark.parametrize("at", [0, 1_999, 4_999])
def test_hits_that_are_few_and_together_are_all_found(at: int) -> None:
    """Most blocks of a long list have none."""
    counts = [0] * MANY
    for document in range(max(at - 40, 0), max(at - 40, 0) + 40):
        counts[document] = 1
    assert rank(Counted(counts), Word("a"), 30).count == 40

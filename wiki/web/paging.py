"""Long lists in pages: which one is asked for, and what is on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import request

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """One page of a list of ``count``. ``page`` counts from 1."""

    items: Sequence[T]
    count: int
    page: int
    pages: int


def part(found: Sequence[T], size: int) -> Part[T]:
    """The page that is asked for; the last one where there are fewer."""
    pages = max(-(-len(found) // size), 1)
    page = min(number("page"), pages)
    return Part(found[(page - 1) * size : page * size], len(found), page, pages)


def number(name: str, most: int = 100_000) -> int:
    """A page number from the query string; what is none is 1."""
    text = request.args.get(name, "")
    return min(max(int(text), 1), most) if text.isascii() and text.isdigit() and len(text) < 10 else 1

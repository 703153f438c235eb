"""What an expression is about. There is a row for each note, and a dataclass takes three times as long to make: these
are structs, and none is a part of a cycle."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from wiki.markup.record import Task

if TYPE_CHECKING:
    from wiki.queries.notes import Page
    from wiki.queries.values import Value


class TaskRow(msgspec.Struct, frozen=True, gc=False):
    page: "Page"
    task: Task
    number: int

    @property
    def completed(self) -> bool:
        return self.task.status in ("x", "X")


class Row(msgspec.Struct, frozen=True, gc=False):
    """A note or a task, with the names that the query has given to values; of a group only these."""

    page: "Page | None"
    given: "Mapping[str, Value]" = {}
    task: TaskRow | None = None

    def with_(self, name: str, value: "Value") -> "Row":
        return Row(self.page, {**self.given, name: value}, self.task)


class File(msgspec.Struct, frozen=True, gc=False):
    """``file`` of a row."""

    page: "Page"

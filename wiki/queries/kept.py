"""What queries read of a whole view, kept for each clearance and stamp, in bounds: most pages ask for the same."""

from collections.abc import Callable
from typing import Any, TypeVar

from wiki.cache import ViewCache
from wiki.queries.looked_up import Links, tagged
from wiki.queries.notes import Column, Page
from wiki.queries.values import Value
from wiki.view import View

BYTES = 96_000_000
_ROW, _VALUE = 500, 200

T = TypeVar("T")


class Kept:
    """Safe between threads: none of it is changed, but for a value that is decoded when it is first asked for. The
    clearance is in each key beside the stamps: nothing is read for another one."""

    def __init__(self) -> None:
        self.cache: ViewCache[Any] = ViewCache(BYTES)

    def pages(self, view: View) -> dict[str, Page]:
        """All notes, in the order of their paths."""

        def make() -> dict[str, Page]:
            return {row[0]: Page(*row) for row in sorted(view.rows_of())}

        return self._once(view, "pages", make, lambda pages: _ROW * len(pages))

    def column(self, view: View, name: str) -> Column:
        def cost(column: Column) -> int:
            long = sum(len(value) for value in column.values.values() if isinstance(value, (str, bytes)))
            return _VALUE * len(column.values) + 4 * long

        return self._once(view, f"column {name}", lambda: Column(view.column(name)), cost)

    def tags(self, view: View) -> dict[str, list[Value]]:
        def cost(found: dict[str, list[Value]]) -> int:
            return _VALUE * (len(found) + sum(map(len, found.values())))

        return self._once(view, "tags", lambda: tagged(view.tags()), cost)

    def links(self, view: View) -> Links:
        return self._once(view, "links", lambda: Links.of(view), lambda links: links.size)

    def _once(self, view: View, what: str, make: Callable[[], T], cost: Callable[[T], int]) -> T:
        found: T = self.cache.once((view.clearance, view.stamp, what), make, lambda made: 500 + cost(made))
        return found

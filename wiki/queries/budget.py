"""What the queries of one page may do."""

from wiki.queries.parser import Problem
from wiki.queries.values import Value

STEPS = 4_000_000
"""Together: a second or two. Steps and not seconds, for a page is kept, and must be the same whenever it is made."""
MAX_NESTED = 40
"""Lists in lists: whoever compares or shows them goes as deep."""


class Budget:
    """Counts what is done, and ends it."""

    def __init__(self, steps: int = STEPS) -> None:
        self.left = steps

    def spend(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise Problem("budget")

    def weigh(self, value: Value) -> Value:
        """Spend what it costs to go through a value: one that holds another many times over costs it as often."""
        if isinstance(value, str):
            self.spend(len(value) >> 5)
        elif isinstance(value, (list, dict)):
            waiting = [(value, 1)]
            while waiting:
                inner, depth = waiting.pop()
                self.spend(1 + len(inner))
                if depth > MAX_NESTED:
                    raise Problem("depth")
                items = inner.values() if isinstance(inner, dict) else inner
                waiting += [(item, depth + 1) for item in items if isinstance(item, (list, dict))]
        return value

"""A bounded cache: what was used longest ago goes first."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

V = TypeVar("V")


class Cache(Generic[V]):
    """Safe between threads. Each value has a cost; together they never cost more than ``limit``."""

    def __init__(self, limit: int) -> None:
        self.limit, self.cost = limit, 0
        self._kept: OrderedDict[Any, tuple[V, int]] = OrderedDict()
        self._lock = threading.Lock()
        self._making: dict[Hashable, threading.Lock] = {}

    def get(self, key: Hashable) -> V | None:
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, value: V, cost: int) -> None:
        with self._lock:
            self._put(key, value, cost)

    def _put(self, key: Hashable, value: V, cost: int) -> None:
        old = self._kept.pop(key, None)
        self.cost += cost - (old[1] if old else 0)
        self._kept[key] = value, cost
        while self.cost > self.limit:
            oldest, (_, gone) = self._kept.popitem(last=False)
            self.cost -= gone
            self._forget(oldest)

    def _forget(self, key: Any) -> None:
        """What is known of a key that is not kept any more."""

    def once(self, key: Hashable, make: Callable[[], V], cost: Callable[[V], int]) -> V:
        """What is kept; else it is made, by one thread for all that ask for it meanwhile."""
        with self._lock:
            turn = self._making.setdefault(key, threading.Lock())
        with turn:
            found = self.get(key)
            if found is None:
                found = make()
                self.put(key, found, cost(found))
        with self._lock:
            self._making.pop(key, None)
        return found


class ViewCache(Cache[V]):
    """For what views say, under whose view it is, its stamp, and what it is: what the view said under an earlier stamp
    goes, for that stamp never comes back. What is kept for others is not looked at."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self._latest: dict[Any, tuple[Any, set[Any]]] = {}

    def put(self, key: Any, value: V, cost: int) -> None:
        with self._lock:
            stamp, keys = self._latest.get(key[0], (None, set()))
            if stamp != key[1]:
                for stale in keys:
                    self.cost -= self._kept.pop(stale)[1]
                keys = set()
                self._latest[key[0]] = key[1], keys
            keys.add(key)
            self._put(key, value, cost)

    def _forget(self, key: Any) -> None:
        _, keys = self._latest[key[0]]
        keys.remove(key)
        if not keys:
            del self._latest[key[0]]

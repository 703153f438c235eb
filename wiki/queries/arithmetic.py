"""``+``, ``-``, ``*``, ``/`` and ``%`` of any two values; what makes no sense is nothing."""

from datetime import datetime

from wiki.queries.budget import Budget
from wiki.queries.parser import Problem
from wiki.queries.text import checked, shown
from wiki.queries.values import MAX_TEXT, Duration, Value, is_number, later, number


def plus(budget: Budget, a: Value, b: Value) -> Value:
    if is_number(a) and is_number(b):
        return number(a + b)
    if isinstance(a, str) or isinstance(b, str):
        for value in (a, b):
            budget.weigh(value)
        text = checked(shown(a) + shown(b))
        budget.spend(len(text) >> 5)
        return text
    if isinstance(a, datetime) and isinstance(b, Duration):
        return later(a, b)
    if isinstance(a, Duration) and isinstance(b, Duration):
        return Duration(a.months + b.months, a.seconds + b.seconds)
    if isinstance(a, Duration) and isinstance(b, datetime):
        return later(b, a)
    if isinstance(a, list) and isinstance(b, list):
        return budget.weigh([*a, *b])
    return None


def minus(budget: Budget, a: Value, b: Value) -> Value:
    if is_number(a) and is_number(b):
        return number(a - b)
    if isinstance(a, datetime):
        if isinstance(b, datetime):
            return Duration(0, (a - b).total_seconds())
        return later(a, b, -1) if isinstance(b, Duration) else None
    if isinstance(a, Duration) and isinstance(b, Duration):
        return Duration(a.months - b.months, a.seconds - b.seconds)
    return None


def times(budget: Budget, a: Value, b: Value) -> Value:
    if is_number(a) and is_number(b):
        return number(a * b)
    if isinstance(a, str) and is_number(b):
        if len(a) * b > MAX_TEXT:
            raise Problem("budget")
        return budget.weigh(a * int(b))
    if isinstance(a, Duration) and is_number(b) and abs(b) < 1e6:
        return Duration(int(a.months * b), a.seconds * b)
    return None


def over(budget: Budget, a: Value, b: Value) -> Value:
    return number(a / b) if is_number(a) and is_number(b) and b else None


def rest(budget: Budget, a: Value, b: Value) -> Value:
    return number(a % b) if is_number(a) and is_number(b) and b else None


OPERATORS = {"+": plus, "-": minus, "*": times, "/": over, "%": rest}

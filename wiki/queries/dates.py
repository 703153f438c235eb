"""What a date or a length of time has for fields, and what ``today`` and the like mean."""

from datetime import datetime, timedelta

from wiki.queries.values import Duration, Value, later, number


def clock(word: str, today: datetime) -> datetime | None:
    monday = today - timedelta(days=today.weekday())
    month, year = today.replace(day=1), today.replace(month=1, day=1)
    last = timedelta(days=1)
    ends = {"eom": later(month, Duration(months=1)), "eoy": later(year, Duration(months=12))}
    found = {
        "now": today, "today": today, "tomorrow": later(today, Duration(0, 86_400)), "yesterday": today - last,
        "sow": monday, "eow": later(monday, Duration(0, 6 * 86_400)), "som": month, "soy": year,
    }  # fmt: skip
    end = ends.get(word)
    return end - last if end else found.get(word)


def of_date(value: datetime, name: str) -> Value:
    parts: dict[str, Value] = {
        "year": value.year, "month": value.month, "day": value.day, "hour": value.hour, "minute": value.minute,
        "second": value.second, "weekday": value.isoweekday(), "week": value.isocalendar().week,
        "weekyear": value.isocalendar().week, "ordinal": value.timetuple().tm_yday,
    }  # fmt: skip
    return parts.get(name)


def of_duration(value: Duration, name: str) -> Value:
    sizes = {"days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1, "weeks": 604_800, "milliseconds": 0.001}
    if name in ("months", "years"):
        return number(value.length / (30.436875 * 86_400 * (12 if name == "years" else 1)))
    return number(value.length / sizes[name]) if name in sizes else None

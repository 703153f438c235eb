"""Values as text, where one is put together."""

from datetime import datetime

from wiki.queries.parser import Problem
from wiki.queries.rows import File, Row, TaskRow
from wiki.queries.values import MAX_TEXT, Duration, Link, Value


def checked(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise Problem("budget")
    return text


def shown(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Link):
        text = f"|{value.text}" if value.text else ""
        return f"{'!' if value.embed else ''}[[{value.target}{text}]]"
    if isinstance(value, datetime):
        return date_text(value)
    if isinstance(value, Duration):
        return duration_text(value)
    if isinstance(value, list):
        return ", ".join(shown(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {shown(item)}" for name, item in value.items())
    if isinstance(value, TaskRow):
        return value.task.text
    if isinstance(value, (Row, File)):
        return f"[[{value.page.path}]]" if value.page else ""
    return "" if callable(value) else str(value)


def date_text(value: datetime) -> str:
    return value.isoformat(" ", "minutes") if (value.hour, value.minute) != (0, 0) else value.date().isoformat()


def duration_text(value: Duration) -> str:
    months, seconds = value.months, round(value.seconds)
    parts = [(months // 12, "year"), (months % 12, "month"), (seconds // 86_400, "day")]
    parts += [(seconds // 3_600 % 24, "hour"), (seconds // 60 % 60, "minute"), (seconds % 60, "second")]
    if seconds < 0 or months < 0:
        return f"-{duration_text(Duration(-months, -seconds))}"
    return ", ".join(f"{count} {unit}{'s' if count != 1 else ''}" for count, unit in parts if count) or "0 seconds"

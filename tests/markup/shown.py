"""What a parsed note shows, in a form for tables."""

import re

from wiki.note import Note

_BREAK = re.compile(r"(<pre.*?</pre>)|\n+", re.DOTALL)


def html(note: Note) -> str:
    """The note's HTML without line breaks, but for those in code. ``<0>`` is the hole of link 0."""
    parts = (part if isinstance(part, str) else f"<{part}>" for part in note.page.parts)
    return _BREAK.sub(lambda found: found[1] or "", "".join(parts))


def targets(note: Note) -> list[str]:
    return [f"{link.target}#{link.anchor}" if link.anchor else link.target for link in note.page.links]

"""Names of emoji: ``:foghorn:`` is no emoji and stays, ``:sailboat:`` is one."""

import re

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor

_NAME = r"(?<![\w:]):(?=[a-z0-9+_-]*[a-z])[a-z0-9+_-]{1,60}:(?![\w:])|(?<![\w:]):[+-]1:"


class _Emojis(InlineProcessor):
    def handleMatch(self, m: re.Match[str], data: str) -> tuple[str | None, int | None, int | None]:  # type: ignore[override]
        from emoji import emojize  # where it is needed: it takes a while, and most vaults have none

        shown = emojize(m[0], language="alias")
        return (shown, m.start(0), m.end(0)) if shown != m[0] else (None, None, None)


def register(md: Markdown) -> None:
    md.inlinePatterns.register(_Emojis(_NAME, md), "emoji", 83)

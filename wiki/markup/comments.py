"""``%%comments%%``, inline or over many lines: in no page, no search, no snippet."""

import re

from markdown import Markdown
from markdown.preprocessors import Preprocessor

# What stands in code is no comment, and is passed over.
_COMMENT = re.compile(r"(`+)(?!`)[^\n]{1,1000}?(?<!`)\1(?!`)|%%.*?(?:%%|\Z)", re.DOTALL)


def _kept(match: re.Match[str]) -> str:
    return match[0] if match[1] else ""


class _Comments(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        return _COMMENT.sub(_kept, text).split("\n") if "%%" in text else lines


def register(md: Markdown) -> None:
    md.preprocessors.register(_Comments(md), "comments", 30.5)

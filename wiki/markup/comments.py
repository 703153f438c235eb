"""``%%comments%%``, inline or over many lines: in no page, no search, no snippet."""

import re

from markdown import Markdown
from markdown.preprocessors import Preprocessor

_COMMENT = re.compile(r"%%.*?(?:%%|\Z)", re.DOTALL)


class _Comments(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        return _COMMENT.sub("", text).split("\n") if "%%" in text else lines


def register(md: Markdown) -> None:
    md.preprocessors.register(_Comments(md), "comments", 30.5)

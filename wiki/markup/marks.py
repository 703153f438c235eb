"""``==highlight==`` and ``~~struck out~~``."""

from markdown import Markdown
from markdown.inlinepatterns import SimpleTagInlineProcessor


def register(md: Markdown) -> None:
    md.inlinePatterns.register(SimpleTagInlineProcessor(r"(==)(?!\s)([^=\n]{1,2000}?)(?<!\s)==", "mark"), "mark", 58)
    md.inlinePatterns.register(SimpleTagInlineProcessor(r"(~~)(?!\s)([^~\n]{1,2000}?)(?<!\s)~~", "del"), "del", 57)

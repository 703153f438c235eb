"""Line breaks: two blanks or a backslash at the end of a line always make one, a mere line end if it is so set."""

from markdown import Markdown
from markdown.inlinepatterns import SubstituteTagInlineProcessor


def register(md: Markdown) -> None:
    # Above "escape" (180), which would take the backslash.
    md.inlinePatterns.register(SubstituteTagInlineProcessor(r"(?<!\\)\\\n", "br"), "backslash-break", 181)


def register_soft(md: Markdown) -> None:
    md.inlinePatterns.register(SubstituteTagInlineProcessor(r"\n *", "br"), "nl", 5)

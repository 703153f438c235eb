"""Definition lists: a term, and under it lines that begin with a colon."""

import xml.etree.ElementTree as etree

from markdown import Markdown
from markdown.extensions.def_list import DefListIndentProcessor, DefListProcessor


class _Definitions(DefListProcessor):
    def test(self, parent: etree.Element, block: str) -> bool:
        return ": " in block and super().test(parent, block)


def register(md: Markdown) -> None:
    md.parser.blockprocessors.register(DefListIndentProcessor(md.parser), "definition-indent", 85)
    md.parser.blockprocessors.register(_Definitions(md.parser), "definition", 25)

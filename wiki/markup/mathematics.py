"""``$x^2$`` and ``$$…$$`` → MathML, which browsers show by themselves."""

import html
import re
import xml.etree.ElementTree as etree

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.postprocessors import RawHtmlPostprocessor
from markdown.preprocessors import Preprocessor

# No blank inside the dollars, no digit behind them: $5 and $10 are prices.
_INLINE = r"(?<![\w$\\])\$(?![\s$])((?:[^$\\\n\x02\x03]|\\[^\n\x02\x03]){1,2000}+)(?<!\s)\$(?![\d$])"
_DISPLAY = re.compile(
    r"(?P<code>`+)(?!`)[^\n]{1,1000}?(?<!`)(?P=code)(?!`)"
    r"|(?<![\\$])\$\$(?!\$)(?P<tex>.+?)(?<!\\)\$\$(?P<end>[ \t]*(?=\n|\Z))?",
    re.DOTALL,
)
_QUOTED = re.compile(r"[ \t]*(?:>[ \t]?)+")
_LONGEST = 20_000
# Macros can double what they stand for, and double it again.
_MACRO = re.compile(r"\\(?:re)?newcommand|\\newenvironment|\\def(?![a-z])|\\DeclareMathOperator")

_TRUE_OR_FALSE = r"true|false"
_LENGTH = r"[0-4](?:\.\d{1,3})?em"
ATTRIBUTES = {
    "math": {"display": r"inline|block", "alttext": r"(?s:.*)"},
    "mi": {"mathvariant": r"normal|bold|italic|bold-italic|double-struck|script|fraktur|sans-serif|monospace"},
    "mo": {
        "form": r"prefix|infix|postfix",
        "fence": _TRUE_OR_FALSE,
        "stretchy": _TRUE_OR_FALSE,
        "movablelimits": _TRUE_OR_FALSE,
        "minsize": _LENGTH,
        "maxsize": _LENGTH,
    },
    "mfrac": {"linethickness": r"0"},
    "mspace": {"width": _LENGTH},
    "mstyle": {"displaystyle": _TRUE_OR_FALSE, "scriptlevel": r"[0-2]"},
    "mover": {"accent": _TRUE_OR_FALSE},
    "munder": {"accentunder": _TRUE_OR_FALSE},
    "mtd": {"columnalign": r"left|center|right"},
}
"""What an attribute of MathML may be: nothing that leads anywhere, covers anything or is a style."""


def to_mathml(tex: str, *, display: bool) -> str:
    """The formula, or its source where it can't be read. ``alttext`` is what search and screen readers get."""
    from latex2mathml.converter import Converter  # where it is needed: it reads a table of all symbols

    source = " ".join(tex.split())
    try:
        if len(source) > _LONGEST or _MACRO.search(source):
            raise ValueError
        formula = Converter(display="block" if display else "inline").convert_to_element(source)
    except Exception:  # whatever it raises: a formula hurts only itself
        dollars = "$$" if display else "$"
        return f'<code title="not a formula">{html.escape(dollars + source + dollars)}</code>'
    del formula.attrib["xmlns"]
    formula.set("alttext", source)
    for element in formula.iter():
        # The library writes character references into text, and leaves the rest of it as it is.
        element.text = html.unescape(element.text or "")
    return etree.tostring(formula, "unicode")


class _Inline(InlineProcessor):
    def handleMatch(self, m: re.Match[str], data: str) -> tuple[str, int, int]:  # type: ignore[override]
        return self.md.htmlStash.store(to_mathml(m[1], display=False)), m.start(0), m.end(0)


class _Display(Preprocessor):
    """Before anything else looks at the backslashes, underscores and blank lines in it."""

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        return _DISPLAY.sub(self._replaced, text).split("\n") if "$$" in text else lines

    def _replaced(self, found: re.Match[str]) -> str:
        if found["code"]:
            return found[0]
        first, *others = found["tex"].split("\n")
        if all(_QUOTED.match(line) for line in others):
            others = [_QUOTED.sub("", line, count=1) for line in others]
        place = self.md.htmlStash.store(to_mathml("\n".join([first, *others]), display=True))
        before = found.string[found.string.rfind("\n", 0, found.start()) + 1 : found.start()]
        if found["end"] is None or before.strip(" \t>"):
            return place  # in the middle of a text
        return f"\n{before}{place}\n{before.rstrip()}"


class _RawHtml(RawHtmlPostprocessor):
    """To Python-Markdown all mathematics is a block: a formula alone in its paragraph would lose the paragraph."""

    def isblocklevel(self, html: str) -> bool:
        return super().isblocklevel(html) and not html.startswith('<math display="inline"')


def register(md: Markdown) -> None:
    md.ESCAPED_CHARS.append("$")
    md.preprocessors.register(_Display(md), "display-math", 30.4)
    # Above "escape" (180), below "wikilink" (185): a name may hold dollars.
    md.inlinePatterns.register(_Inline(_INLINE, md), "math", 184)
    md.postprocessors.register(_RawHtml(md), "raw_html", 30)

"""What HTML of notes may consist of, written down a second time, and what in a piece of it does not."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

TAGS = frozenset(
    "a abbr article aside audio b bdi blockquote br button caption cite code col colgroup dd del details dfn div dl"  # noqa: SIM905
    " dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q rp rt ruby s"
    " samp section small span strong sub summary sup table tbody td tfoot th thead time tr tt u ul var video wbr"
    " math mrow mi mo mn ms mtext mspace mstyle munder mover munderover msub msup msubsup mfrac msqrt mroot mtable mtr"
    " mtd mphantom semantics annotation".split()
)
ATTRIBUTES = frozenset(
    "href src alt title dir lang class id width height colspan rowspan align scope span start open rel loading controls"  # noqa: SIM905
    " preload datetime aria-label aria-labelledby aria-hidden aria-current aria-checked aria-disabled role data-tier"
    " data-relation display alttext mathvariant form fence stretchy movablelimits minsize maxsize linethickness"
    " displaystyle scriptlevel accent accentunder columnalign".split()
)
# Classes in a note: its own, and those that weaving gives.
CLASS = re.compile(
    r"tag|external|file|missing|embed|embed-source|field|file-embed|part|predicate|task|line|numbered|footnote|language-[\w+#.:-]{1,40}"
    r"|hl-[a-z]+|callout(?:-[a-z]+)?"
)
VOID = frozenset(["br", "hr", "img", "wbr", "col"])


class Inspector(HTMLParser):
    """What in a piece of HTML is not on the list, and what in it is unbalanced."""

    def __init__(self, *, note: bool) -> None:
        super().__init__()
        self.note = note
        self.wrong: list[str] = []
        self.open: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.wrong.append(f"<{tag}>")
        for name, value in attrs:
            self._attribute(tag, name, value or "")
        if tag not in VOID:
            self.open.append(tag)

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if name not in ATTRIBUTES:
            self.wrong.append(f"<{tag} {name}>")
        if name == "class" and self.note and not all(CLASS.fullmatch(word) for word in value.split()):
            self.wrong.append(f"{name}={value}")
        if name == "id":
            self.ids.append(value)
        if name in ("href", "src"):
            bare = "".join(c for c in value if c > " ").casefold()
            if urlsplit(bare).scheme not in ("", "http", "https", "mailto", "tel"):
                self.wrong.append(f"{name}={value}")
            if name == "src" and (bare.startswith("//") or ":" in bare):
                self.wrong.append(f"{name}={value}")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> closes nothing")

    def handle_comment(self, data: str) -> None:
        self.wrong.append(f"<!--{data}-->")

    def handle_pi(self, data: str) -> None:
        self.wrong.append(f"<?{data}>")


def inspect(text: str, *, note: bool = False) -> Inspector:
    """``note`` says that the text is a note's, and not a whole page."""
    inspector = Inspector(note=note)
    inspector.feed(text)
    inspector.close()
    return inspector


def of_the_note(page: str) -> str:
    return page.partition('<article id="note"')[2].partition(">")[2].rpartition("</article>")[0]

"""The last thing that happens to a note's HTML: what is not named here does not reach a browser."""

import re
import secrets

import nh3

from wiki.markup import callouts, highlight, mathematics, tasks

_TAGS = set(
    "a abbr b blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure"  # noqa: SIM905
    " h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small span strong sub summary sup"
    " table tbody td tfoot th thead time tr tt u ul var wbr"
    " math mrow mi mo mn ms mtext mspace mstyle munder mover munderover msub msup msubsup mfrac msqrt mroot"
    " mtable mtr mtd mphantom semantics annotation".split()
)
TOP = secrets.token_hex(8)
"""Marks where a note may be cut, and what the parser made. Not to be guessed: a note's own HTML must not say it."""

_ATTRIBUTES = {
    "*": {"dir", "id", "lang", "title"},
    "a": {"href", "data-relation"},
    "img": {"src", "alt", "width", "height", "data-top", "data-relation", "data-block"},
    "code": {"class"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align", "scope"},
    "col": {"span"},
    "ol": {"start"},
    "details": {"open"},
    **{tag: set(attributes) for tag, attributes in mathematics.ATTRIBUTES.items()},
    "span": {*tasks.ATTRIBUTES},
    **{f"h{level}": {"data-top"} for level in range(1, 7)},
    "time": {"datetime"},
}
_LANGUAGE = re.compile(r"language-[\w+#.:-]{1,40}\Z")
_MATHEMATICS = {
    tag: {name: re.compile(values) for name, values in attributes.items()}
    for tag, attributes in mathematics.ATTRIBUTES.items()
}
_CLASSES = {
    "a": {"tag", "footnote-ref", "footnote-backref"},
    "div": {"footnote", *callouts.CLASSES},
    "details": {*callouts.CLASSES},
    "summary": {callouts.TITLE},
    "p": {callouts.TITLE},
    "pre": {highlight.NUMBERED},
    "span": {"field", "predicate", "task", *highlight.CLASSES},
}


def _filter(tag: str, attribute: str, value: str) -> str | None:
    if tag in _MATHEMATICS and attribute in _MATHEMATICS[tag]:
        return value if _MATHEMATICS[tag][attribute].fullmatch(value) else None
    if attribute in tasks.ATTRIBUTES and value not in tasks.ATTRIBUTES[attribute]:
        return None
    if attribute == "class" and tag == "code" and not _LANGUAGE.match(value):
        return None
    if attribute in ("data-top", "data-block") and value != TOP:
        return None
    # DOM clobbering: an id of a note must not be able to name a part of the page around it.
    if attribute == "id" and not value.startswith(("h-", "fn:", "fnref:", "fnref2:")):
        return None
    return value


_EMPTY_CLASS = re.compile(r'(<[a-z][a-z0-9]*(?: [a-z-]+="[^"]*")*) class=""')
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags={"script", "style"},
    attributes=_ATTRIBUTES,
    allowed_classes=_CLASSES,
    attribute_filter=_filter,
    url_schemes={"http", "https", "mailto", "tel", "wiki", "tag"},
    link_rel=None,
)


def clean(html: str) -> str:
    cleaned = _CLEANER.clean(html)
    # The cleaner leaves an empty attribute where no class is allowed.
    return _EMPTY_CLASS.sub(r"\1", cleaned) if ' class=""' in cleaned else cleaned

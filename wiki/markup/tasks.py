"""``- [ ] task`` and ``- [x] done``: a box that shows and says what the mark means, and can't be clicked."""

import re
import xml.etree.ElementTree as etree

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor

_MARKS = {
    " ": "to do",
    "x": "done",
    "X": "done",
    "/": "half done",
    "-": "cancelled",
    ">": "forwarded",
    "<": "scheduled",
    "!": "important",
    "?": "question",
}
_OTHER = "marked"
ATTRIBUTES = {
    "role": frozenset({"checkbox"}),
    "aria-checked": frozenset({"true", "false", "mixed"}),
    "aria-disabled": frozenset({"true"}),
    "aria-label": frozenset({*_MARKS.values(), _OTHER}),
}
"""All values that they can have."""

_TASK = re.compile(r"\[([^\[\]\n])\](?: +|$)")


class _Tasks(Treeprocessor):
    def run(self, root: etree.Element) -> None:
        for item in root.iter("li"):
            # A loose list has a paragraph in each item.
            holder = item[0] if not (item.text or "").strip() and len(item) and item[0].tag == "p" else item
            found = _TASK.match(holder.text or "")
            if found:
                box = _box(found[1])
                box.tail = (holder.text or "")[found.end() :]
                holder.text = ""
                holder.insert(0, box)


def _box(mark: str) -> etree.Element:
    """Not an ``<input>``: of those, the cleaner would have to let through more than this."""
    label = _MARKS.get(mark, _OTHER)
    checked = {"done": "true", "half done": "mixed"}.get(label, "false")
    attributes = {"role": "checkbox", "aria-checked": checked, "aria-disabled": "true", "aria-label": label}
    return etree.Element("span", {"class": "task", **attributes})


def register(md: Markdown) -> None:
    # Before the text in brackets is looked at.
    md.treeprocessors.register(_Tasks(md), "tasks", 21)

"""An embedded note is a block: it leaves the paragraph that it was written in."""

import posixpath
import xml.etree.ElementTree as etree
from urllib.parse import unquote

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from wiki.markup.wikilinks import default_text

INLINE = frozenset(["png", "jpg", "jpeg", "gif", "webp", "avif", "svg", "bmp", "ico"])
AUDIO = frozenset(["mp3", "ogg", "oga", "wav", "m4a", "flac", "opus"])
VIDEO = frozenset(["mp4", "webm", "ogv", "mov", "mkv"])
_HOLDS_TEXT = frozenset(["li", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6"])
_INLINE = frozenset(["span", "strong", "em", "mark", "del"])


def extension(target: str) -> str:
    return posixpath.splitext(unquote(target).partition("#")[0])[1][1:].casefold()


def is_block(source: str) -> bool:
    """Everything but pictures is a block; what another host holds becomes a link."""
    return not source.startswith(("http:", "https:", "//")) and extension(source) not in INLINE


class _Lift(Treeprocessor):
    """``<p>a <img embed> b</p>`` → ``<p>a</p><div><img></div><p>b</p>``; alone in its paragraph it just leaves."""

    def run(self, root: etree.Element) -> None:
        for parent in list(root.iter()):
            if parent.tag in _HOLDS_TEXT:
                _pull_up(parent)
            for paragraph in [child for child in parent if child.tag == "p"]:
                if any(_is_block(image) for image in paragraph.iter("img")):
                    _pull_up(paragraph)
                    _replace(parent, paragraph, _split(paragraph))


def _is_block(element: etree.Element) -> bool:
    return element.tag == "img" and "data-block" not in element.attrib and is_block(element.get("src", ""))


def _pull_up(text: etree.Element) -> None:
    """What is embedded in a field, or in bold, leaves a link there."""
    for at, child in reversed(list(enumerate(text))):
        if child.tag not in _INLINE:
            continue
        for image in [inner for inner in child.iter("img") if _is_block(inner)]:
            moved = etree.Element("img", dict(image.attrib))
            moved.tail, child.tail = child.tail, None
            text.insert(at + 1, moved)
            source = image.attrib.pop("src")
            image.tag, image.text = "a", AtomicString(image.get("alt") or default_text(source.partition(":")[2]))
            image.set("href", source)


def _split(paragraph: etree.Element) -> list[etree.Element]:
    done: list[etree.Element] = []
    current = etree.Element("p")
    current.text = paragraph.text
    for child in paragraph:
        if _is_block(child):
            block = etree.Element("div")
            tail, child.tail = child.tail, None
            block.append(child)
            done += [current, block]
            current = etree.Element("p")
            current.text = tail
        else:
            current.append(child)
    return [element for element in [*done, current] if element.tag == "div" or _holds_something(element)]


def _holds_something(element: etree.Element) -> bool:
    return any(child.tag != "br" for child in element) or bool("".join(element.itertext()).strip())


def _replace(parent: etree.Element, old: etree.Element, new: list[etree.Element]) -> None:
    at = list(parent).index(old)
    parent.remove(old)
    for offset, element in enumerate(new):
        parent.insert(at + offset, element)


def register(md: Markdown) -> None:
    md.treeprocessors.register(_Lift(md), "embeds", 18)

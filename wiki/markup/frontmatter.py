"""The YAML block on top of a note. Values stay as written: ``NO`` is "NO", ``06411000`` keeps its zero."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Union

import frontmatter
import yaml
from frontmatter.default_handlers import YAMLHandler

from wiki.tiers import Declared

Value = Union[str, tuple["Value", ...], "Mapping"]

MAX_NODES = 20_000
"""An alias may repeat a node: nine lines of them make 9^9 (the "billion laughs"). The longest real block has 3,000."""
MAX_DEPTH = 20
MAX_BRACKETS = 100
MAX_CLASSES = 10
_NOTHING = frozenset({"null", "~"})
_CLASS = re.compile(r"[a-z][a-z0-9_-]{0,40}\Z")
_BRACKETS = re.compile(r"[\[\]{}]")
_NESTED_LINE = re.compile(r"^\s*(?:[-?:][ \t]+){21}", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Mapping:
    """Pairs in the order of the file; a key that stands twice is there twice."""

    items: tuple[tuple[str, "Value"], ...]


@dataclass(frozen=True, slots=True)
class Frontmatter:
    body: str
    items: tuple[tuple[str, Value], ...] = ()
    declared: Declared = field(default_factory=Declared)
    problems: tuple[str, ...] = ()

    def text(self, name: str) -> str:
        """The first value of a key that is plain text, else nothing."""
        for key, value in self.items:
            if key.casefold() == name and isinstance(value, str):
                return value.strip()
        return ""

    @property
    def aliases(self) -> tuple[str, ...]:
        names = [*self._list("aliases", "alias")]
        return tuple(dict.fromkeys(name for name in names if name.casefold() not in _NOTHING and "{{" not in name))

    @property
    def tags(self) -> tuple[str, ...]:
        found = []
        for value in self._list("tags", "tag"):
            found += [] if "{{" in value else [tag.strip("#/") for tag in re.split(r"[,\s]+", value)]
        return tuple(tag for tag in found if tag and tag.casefold() not in _NOTHING)

    @property
    def classes(self) -> tuple[str, ...]:
        """Prefixed, so that a note can't take on the looks of a part of the page around it."""
        names = " ".join(self._list("cssclasses", "cssclass")).casefold().split()
        return tuple(dict.fromkeys(f"css-{name}" for name in names if _CLASS.match(name) and name not in _NOTHING))[
            :MAX_CLASSES
        ]

    def _list(self, *names: str) -> Iterator[str]:
        for key, value in self.items:
            if key.casefold() in names:
                for item in flat(value):
                    if text := " ".join(item.split()):
                        yield text


class UnreadableError(Exception):
    """The block can't be read; the message says where and why."""


class _Loader(yaml.CBaseLoader):
    """Nobody asks for the tags of nodes, which take a third of the time to find."""

    def descend_resolver(self, *args: object) -> None:
        pass

    def ascend_resolver(self) -> None:
        pass

    def resolve(self, *args: object) -> str:
        return ""


class _AsWritten(YAMLHandler):  # type: ignore[misc]
    """python-frontmatter's YAML, without YAML's types and without its silence about a block that never ends."""

    FM_BOUNDARY = re.compile(r"^---[ \t]*$", re.MULTILINE)

    def split(self, text: str) -> tuple[str, str]:
        if not self.FM_BOUNDARY.match(text):
            raise UnreadableError("its first line begins with --- but does not end there")
        try:
            _, block, body = self.FM_BOUNDARY.split(text, 2)
            return block, body
        except ValueError as error:
            raise UnreadableError("its frontmatter begins with --- but never ends") from error

    def load(self, fm: str, **kwargs: object) -> dict[str, object]:
        return {"items": _load(fm)}


_HANDLER = _AsWritten()


def read(text: str, tier_key: str) -> Frontmatter:
    """Split a note into frontmatter and body. A block that can't be read is shown as text, and says so."""
    if not text.lstrip().startswith("---"):
        return Frontmatter(body=text)
    try:
        found, body = frontmatter.parse(text, handler=_HANDLER)
    except UnreadableError as error:
        return Frontmatter(body=_fenced(text), declared=Declared(readable=False), problems=(str(error),))
    items: tuple[tuple[str, Value], ...] = found.get("items", ())
    return Frontmatter(body=body, items=items, declared=_declared(items, tier_key))


def _fenced(text: str) -> str:
    """The unreadable block as a code block, so that it stays readable to a person."""
    parts = _HANDLER.FM_BOUNDARY.split(text, 2)
    if len(parts) < 3 or parts[0].strip():
        return text.lstrip().removeprefix("---")
    fence = "~" * (max((len(run) for run in re.findall("~+", parts[1])), default=0) + 3)
    return f"{fence}yaml\n{parts[1].strip()}\n{fence}\n{parts[2]}"


def _declared(items: tuple[tuple[str, Value], ...], tier_key: str) -> Declared:
    """Every value of every spelling of the key (``Confidential``, ``confidential_``, ``confidential:``)."""
    wanted = bare(tier_key)
    values: list[str] = []
    for key, value in items:
        if key == "<<":  # YAML's merge key: what is behind it counts as if it stood here
            for part in _maps(value):
                values += _declared(part.items, tier_key).values
        elif bare(key) == wanted:
            # Nothing behind the key, an empty list, a map: no tier is named, and "" is none.
            values += [*flat(value)] or [""]
    return Declared(tuple(values))


@lru_cache(maxsize=4096)
def bare(key: str) -> str:
    folded = unicodedata.normalize("NFKC", key).casefold()
    return "".join(c for c in folded if c.isalnum())


def flat(value: Value) -> Iterator[str]:
    """The texts in a value, lists and maps opened."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for _, inner in value.items:
            yield from flat(inner)
    else:
        for inner in value:
            yield from flat(inner)


def items(text: str) -> tuple[tuple[str, Value], ...]:
    """YAML that stands alone."""
    return _load(text)


def _load(text: str) -> tuple[tuple[str, Value], ...]:
    if _is_too_deep(text):
        raise UnreadableError("its frontmatter is too large or too deep")
    try:
        # Nodes instead of objects: nothing is converted, nothing has to be hashable, no key hides another.
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        where = f" (line {error.problem_mark.line + 1})" if error.problem_mark else ""
        raise UnreadableError(f"its frontmatter is not valid YAML{where}: {error.problem}") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise UnreadableError(f"its frontmatter is not valid YAML: {error}".split("\n")[0]) from error
    if root is None:
        return ()
    if not isinstance(root, yaml.MappingNode):
        raise UnreadableError("its frontmatter is not a list of keys and values")
    return _Walk(text).mapping(root, 0).items


def _is_too_deep(text: str) -> bool:
    """Before libyaml sees it: deep nesting overflows its stack, and no handler catches that."""
    if _NESTED_LINE.search(text):
        return True
    depth = 0
    for bracket in _BRACKETS.findall(text):
        depth += 1 if bracket in "[{" else -1
        if depth > MAX_BRACKETS:
            return True
    return False


class _Walk:
    """YAML nodes → values, counting as it goes."""

    def __init__(self, text: str) -> None:
        self.text, self.nodes = text, 0

    def value(self, node: yaml.Node, depth: int) -> Value:
        self.nodes += 1
        if self.nodes > MAX_NODES or depth > MAX_DEPTH:
            raise UnreadableError("its frontmatter is too large or too deep")
        if isinstance(node, yaml.ScalarNode):
            return str(node.value)
        if isinstance(node, yaml.MappingNode):
            if any(not isinstance(key, yaml.ScalarNode) for key, _ in node.value):
                return self.source(node)  # {{placeholder}} of a template
            return self.mapping(node, depth)
        if isinstance(node, yaml.SequenceNode):
            return self.link(node) or tuple(self.value(item, depth + 1) for item in node.value)
        raise UnreadableError("its frontmatter holds something that is no text, list or map")

    def mapping(self, node: yaml.MappingNode, depth: int) -> Mapping:
        return Mapping(
            tuple(
                (
                    str(key.value) if isinstance(key, yaml.ScalarNode) else self.source(key),
                    self.value(value, depth + 1),
                )
                for key, value in node.value
            )
        )

    def link(self, node: yaml.SequenceNode) -> str:
        """An unquoted ``[[X]]`` is a list in a list to YAML, and a link to whoever wrote it."""
        if len(node.value) == 1 and node.flow_style and isinstance(node.value[0], yaml.SequenceNode):
            inner = node.value[0]
            names = [item.value for item in inner.value if isinstance(item, yaml.ScalarNode)]
            if inner.flow_style and names and len(names) == len(inner.value) and not _is_number(names[0]):
                return f"[[{', '.join(names)}]]"
        return ""

    def source(self, node: yaml.Node) -> str:
        return self.text[node.start_mark.index : node.end_mark.index]


def _maps(value: Value) -> list[Mapping]:
    values = value if isinstance(value, tuple) else (value,)
    return [part for part in values if isinstance(part, Mapping)]


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True

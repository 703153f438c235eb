"""A note raised or lowered: its file, folder, suffix and frontmatter, and the links to it in all notes.

The old file goes last, so that whatever happens in between there are rather two of it than none; the same command ends
what was interrupted."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from wiki.config import Config
from wiki.errors import WikiError
from wiki.markup import footer, frontmatter
from wiki.paths import VaultPath, folder_of, key, name_of, without_md
from wiki.resolve import Resolver
from wiki.tiers import Tiers
from wiki.variants.concept import Concept, Variant
from wiki.variants.files import Change, Notes
from wiki.variants.lines import Lines, Unreadable
from wiki.variants.links import respelt, spelling
from wiki.view import View


@dataclass(frozen=True, slots=True)
class Move:
    """``links`` are changes of other notes; ``lower`` those that name it and whose readers can't read it then."""

    old: Change
    new: Change
    links: tuple[Change, ...]
    lower: tuple[VaultPath, ...]

    def changes(self) -> list[Change]:
        """To be shown: the note itself as one change."""
        return [Change(self.new.path, self.old.old, self.new.new, self.old.path), *self.links]


def plan(
    view: View, notes: Notes, config: Config, concept: Concept, wanted: str, tier: str, source: str | None
) -> Move:
    variant = _chosen(concept, wanted, tier, source)
    old, new = variant.path, place(config.tiers, concept, variant, tier)
    _check(view, old, new)
    names, data = _Names(view, old, new), notes.read(old)
    moved = names.own(_declared(data, config.tiers, tier, old))
    if old != new and notes.exists(new) and notes.read(new) != moved:
        raise WikiError(f"{new}.md is there already; rename or remove it first")
    found = config.tiers.classify_note(new, frontmatter.read(moved.decode(), config.tiers.frontmatter_key).declared)
    if found.tier != tier:
        raise WikiError(f"{new}.md would be {found.tier}, for a folder or its frontmatter says so; change that first")
    links = tuple(_linking(view, notes, names, config.tiers, concept))
    rank = config.tiers.order.index
    tiers = {item.path: item.tier for item in view.items(change.path for change in links).values()}
    lower = tuple(path for path, of in sorted(tiers.items()) if rank(of) < rank(tier))
    return Move(Change(old, data, None), Change(new, data if old == new else None, moved), links, lower)


def run(notes: Notes, move: Move) -> None:
    if move.new.old is None and notes.exists(move.new.path):
        if notes.read(move.new.path) != move.new.new:
            raise WikiError(f"{move.new.path}.md is there already; rename or remove it first")
    else:
        notes.write(move.new)
    for change in move.links:
        notes.write(change)
    if move.old.path != move.new.path:
        if notes.read(move.old.path) != move.old.old:
            raise WikiError(
                f"{move.old.path}.md changed meanwhile, and is still there; remove {move.new.path}.md, try again"
            )
        notes.remove(move.old.path)


def _chosen(concept: Concept, wanted: str, tier: str, source: str | None) -> Variant:
    """The one that is named whole, else the one of a tier, else the only one there is to move."""
    those = concept.of_tier(source) if source else [one for one in concept.variants if one.tier != tier]
    those = [one for one in those if one.path == without_md(wanted.strip("/"))] or those
    if not those:
        which = f"of tier {source}" if source else "to move"
        raise WikiError(f"{concept.name} has no variant {which}: wiki variants list shows them")
    if len(those) > 1:
        said = ", ".join(f"{one.path} ({one.tier})" for one in those)
        raise WikiError(f"{concept.name} has several variants: {said}; name one by --from TIER, or by its path")
    return those[0]


def place(tiers: Tiers, concept: Concept, variant: Variant, tier: str) -> VaultPath:
    """Where it belongs: what names a tier in its path names the other one; the base, and what has no mark, goes to
    where variants lie by custom; what only its frontmatter marks stays."""
    *folders, name = variant.path.split("/")
    marked = [n for n, folder in enumerate(folders) if tiers.is_tier_folder(folder)]
    suffixed = bool(tiers.of_note_name(variant.path))
    if not marked and not suffixed:
        by_path = tiers.of_folder(variant.path)
        return concept.mirrored(tier) if by_path or variant.tier == tiers.unmarked else variant.path
    if not suffixed and any(folders[n] in tiers.folders for n in marked):
        return concept.mirrored(tier)
    kept = (
        [f"_{tier}" if n == marked[0] else folder for n, folder in enumerate(folders) if n not in marked[1:]]
        if marked
        else folders
    )
    stem = tiers.base_name(variant.path)
    return VaultPath("/".join([*kept, f"{stem}.{tier}" if suffixed else name]))


def _check(view: View, old: VaultPath, new: VaultPath) -> None:
    """That no other note has the same place but for case, which not every file system can tell apart."""
    twin = view.among("SELECT path FROM note WHERE path_key IN (?*)", [key(new)])
    other = [row[0] for row in twin if row[0] not in (old, new)]
    if other:
        raise WikiError(f"{other[0]}.md is there already; rename or remove it first")


def _declared(data: bytes, tiers: Tiers, tier: str, path: VaultPath) -> bytes:
    """The frontmatter's own word for it, if it has one: one word in one line."""
    lines = Lines.of(data)
    front = frontmatter.read(data.decode(), tiers.frontmatter_key).declared
    if not front.readable:
        raise WikiError(f"{path}.md has frontmatter that can't be read; mend it first")
    if not front.values:
        return data
    said = re.compile(
        rf"""(\s*["']?{re.escape(tiers.frontmatter_key)}["']?\s*:\s*["']?)([\w-]+)(["']?\s*(?:#.*)?)\Z""", re.I
    )
    places = [n for n in range(lines.frontmatter) if said.match(lines.text(n))]
    if len(front.values) > 1 or len(places) != 1:
        raise WikiError(f"{path}.md says {tiers.frontmatter_key} in a way that can't be changed here; write one word")
    at = places[0]
    line = lines.lines[at]
    text = lines.text(at)
    changed = line.replace(text.encode(), said.sub(lambda m: m[1] + tier + m[3], text).encode(), 1)
    return b"".join([*lines.lines[:at], changed, *lines.lines[at + 1 :]])


class _Names:
    """How links lead to the note, before and after."""

    def __init__(self, view: View, old: VaultPath, new: VaultPath) -> None:
        self.view, self.old, self.new, self.resolver = view, old, new, Resolver(view)
        others = view.among("SELECT path FROM note WHERE name_key IN (?*)", [key(name_of(new))])
        self.is_unique = not {row[0] for row in others} - {old, new}

    def leads(self, target: str, folder: str) -> VaultPath | None:
        found = self.resolver.one(target, folder)
        return found.path if found and found.kind != "folder" else None

    def to_new(self, target: str, folder: str) -> str | None:
        """Of a link in another note."""
        if self.leads(target, folder) != self.old:
            return None
        bare = target.removesuffix(".md")
        if "/" not in bare and key(bare) not in (key(name_of(self.old)), key(self.old)):
            return None  # an alias, which goes with it
        made = spelling(target, self.new, folder, is_unique=self.is_unique)
        return made if made != target else None

    def own(self, data: bytes) -> bytes:
        """The note's own links, which may be said from its folder."""
        folder = folder_of(self.old)
        if folder == folder_of(self.new):
            return data

        def from_here(target: str) -> str | None:
            if target.startswith("/"):
                return None
            to = self.leads(target, folder)
            if to is None or to == self.old or (not target.startswith(".") and "/" not in target):
                return None
            return spelling("/" + target, to, folder, is_unique=True)

        return respelt(data, from_here)


def _linking(view: View, notes: Notes, names: _Names, tiers: Tiers, concept: Concept) -> Iterator[Change]:
    if names.old == names.new:
        return
    rows = view.rows("SELECT DISTINCT source FROM link ORDER BY source")
    wanted = view.among("SELECT DISTINCT source FROM link WHERE name_key IN (?*)", _keys(names.old))
    for path in sorted({row[0] for row in wanted} & {row[0] for row in rows} - {names.old, names.new}):
        folder = folder_of(path)
        try:
            data = notes.read(path)
            keep = _custom(data, path, tiers, concept)
            new = respelt(data, lambda target, folder=folder: names.to_new(target, folder), keep)  # type: ignore[misc]
        except Unreadable as error:
            raise WikiError(f"{path}.md links to it, and {error}") from error
        if new != data:
            yield Change(path, data, new)


def _keys(path: VaultPath) -> list[str]:
    return [key(name_of(path)), key(name_of(path) + ".md")]


def _custom(data: bytes, path: VaultPath, tiers: Tiers, concept: Concept) -> frozenset[int]:
    """Lines of the footers of its other variants: they list a place for each tier, whatever there is."""
    lines = Lines.of(data)
    if key(tiers.concept(path)) != key(concept.name):
        return frozenset()
    return frozenset(n for n in range(len(lines.lines)) if footer.targets(lines.text(n), in_footer=False))

"""Footers that name the variants of another note, of several notes, or not of every tier."""

from collections.abc import Iterable, Iterator

from wiki.note import Place, Trap
from wiki.paths import VaultPath, collapse, folder_of, key, name_of, without_md
from wiki.tiers import Tiers


def wrong(path: VaultPath, places: Iterable[Place], tiers: Tiers) -> Iterator[Trap]:
    lines = [place for place in places if place.footed]
    if not lines:
        return
    concept = tiers.concept(path)
    named: dict[str, None] = {}
    others = []
    for place in lines:
        tier = _tier(place.target, path, concept, tiers)
        if tier is None:
            others.append(place)
        else:
            named[tier] = None
    if others and not named:
        whose = name_of(without_md(others[0].target))
        yield Trap("footer", others[0].line, f"this is the footer of {whose}: was the note renamed? Write its own")
        return
    for place in others:
        yield Trap("footer", place.line, f"leads to another note, {place.target}: mend or remove it")
    if missing := [tier for tier in tiers.order if tier not in named]:
        said = f"does not name {', '.join(missing)}: one that names every tier does not tell which variants there are"
        yield Trap("footer", lines[0].line, said)


def _tier(target: str, path: VaultPath, concept: str, tiers: Tiers) -> str | None:
    """The tier of the variant of a concept that a target names: empty for its base, nothing where it is no variant."""
    spelt = without_md(target.replace("\\", "/"))
    folder, _, rest = spelt.lstrip("/").partition("/")
    if rest.startswith(concept) and tiers.is_tier_folder(folder):  # as nearly all of them are written
        suffix = rest[len(concept) :]
        if not suffix or suffix[1:] in tiers.order:
            return suffix[1:]
    places = [collapse(spelt), collapse(f"{folder_of(path)}/{spelt}")]
    concepts = [tiers.concept(place) for place in places]
    is_mine = key(concept) in map(key, concepts) or ("/" not in spelt and concepts[0] == name_of(concept))
    marks = tiers.of_note_name(places[0]) or tiers.of_folder(places[1])
    return (marks[0] if marks else "") if is_mine else None

"""What is wrong in a vault, for whoever keeps it and may read all of it."""

from contextlib import closing
from dataclasses import dataclass

from wiki.config import Config
from wiki.indexer import refresh
from wiki.markup.relations import SAME_AS
from wiki.paths import folder_of
from wiki.resolve import Resolver
from wiki.shard import Shards
from wiki.view import View, Views


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    path: str
    problem: str


def findings(config: Config) -> list[Finding]:
    refresh(config)
    with closing(Views(Shards.of(config))) as views, views.open(config.tiers.clearance(config.tiers.order)) as view:
        problems = [Finding(_file(path), problem) for path, problem in view.problems()]
        return sorted([*problems, *_broken_links(view)])


def _file(path: str) -> str:
    """A problem of an attachment has its path with a slash before it (:func:`wiki.paths.document`)."""
    return path[1:] if path.startswith("/") else f"{path}.md"


def _broken_links(view: View) -> list[Finding]:
    """Links in the text and embeds; a property or footer may well name what is not written yet."""
    resolver = Resolver(view)
    found = []
    for source, target, relation in view.rows(
        "SELECT source, target, relation FROM link WHERE kind IN ('link', 'embed')"
    ):
        if relation not in SAME_AS and resolver.one(target, folder_of(source)) is None:
            found.append(Finding(f"{source}.md", f"broken link: {target}"))
    return found

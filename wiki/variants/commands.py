"""``wiki variants``."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click

from wiki.config import Config
from wiki.errors import WikiError
from wiki.indexer import refresh
from wiki.shard import Shards
from wiki.variants import footers, move, sync
from wiki.variants.concept import Concept, concepts, find, most_frequent, one
from wiki.variants.files import Change, Notes
from wiki.view import View
from wiki.views import Views

TEMPLATE = "{{embed}}\n"


@contextmanager
def _whole(config: Config) -> Iterator[View]:
    """All tiers: these commands are for who keeps the vault."""
    refresh(config)
    with closing(Views(Shards.of(config))) as views, views.open(config.tiers.clearance(config.tiers.order)) as view:
        yield view


def _dialect(view: View, asked: str | None) -> str:
    if asked:
        return asked
    rows = view.rows("SELECT source FROM whole WHERE instr(source, '#is_/same_as') ORDER BY path")
    return most_frequent((found for row in rows for found in footers.dialect_of(row[0])), footers.WIKI)


def show(config: Config, wanted: str) -> None:
    with _whole(config) as view:
        concept = one(concepts(view, config), config, wanted)
    click.echo(concept.name)
    for tier in config.tiers.order:
        those = concept.of_tier(tier)
        for variant in those:
            click.echo(f"  {tier}\t{variant.path}.md")
        if not those:
            click.echo(f"  {tier}\t-")


def new(config: Config, wanted: str, tier: str, dialect: str | None, template: Path | None) -> None:
    check_tier(config, tier)
    with _whole(config) as view:
        concept = find(concepts(view, config), config, wanted) or Concept(wanted.strip("/"), (), config.tiers)
        dialect = _dialect(view, dialect)
    if there := concept.of_tier(tier):
        raise WikiError(f"{there[0].path}.md is the {tier} variant already; edit that")
    text = TEMPLATE
    if template:
        try:
            text = template.read_text()
        except (OSError, UnicodeDecodeError) as error:
            raise WikiError(f"{template}: can't be read; name a text file") from error
    change = sync.first(concept, tier, config.tiers, dialect, text)
    Notes(config.vault).write(change)
    click.echo(f"{config.vault / change.path}.md")


def mend(config: Config, wanted: str | None, dialect: str | None, *, writes: bool) -> None:
    with _whole(config) as view:
        found = concepts(view, config)
        dialect = _dialect(view, dialect)
    notes = Notes(config.vault)
    count = 0
    for each in sync.changes(notes, found, dialect, one(found, config, wanted) if wanted else None):
        if isinstance(each, sync.Skipped):
            click.echo(f"{each.path}.md is left out: it {each.why}", err=True)
            continue
        count += 1
        _apply(notes, each, writes=writes)
    click.echo(f"{count} footers {'written' if writes else 'to write: --write does it'} ({dialect} links)", err=True)


def shift(config: Config, wanted: str, tier: str, source: str | None, *, writes: bool) -> None:
    check_tier(config, tier)
    if source:
        check_tier(config, source)
    notes = Notes(config.vault)
    with _whole(config) as view:
        concept = one(concepts(view, config), config, wanted)
        planned = move.plan(view, notes, config, concept, wanted, tier, source)
    for path in planned.lower:
        click.echo(f"{path}.md names it, and has readers who can't read it then", err=True)
    if writes:
        move.run(notes, planned)
    else:
        for change in planned.changes():
            _apply(notes, change, writes=False)
    said = f"{planned.old.path}.md to {planned.new.path}.md, with links in {len(planned.links)} notes"
    click.echo(f"moved {said}" if writes else f"would move {said}: --write does it", err=True)


def _apply(notes: Notes, change: Change, *, writes: bool) -> None:
    if writes:
        notes.write(change)
    else:
        for line in change.diff():
            click.echo(line)


def check_tier(config: Config, tier: str) -> None:
    if tier not in config.tiers.order:
        raise WikiError(f"no tier {tier!r}; config.toml has {', '.join(config.tiers.order)}")

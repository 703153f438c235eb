"""Seeded bugs: ways in which wikis have leaked, each as a small patch. A run that does not see one is blind there.

Those that name a feature which the wiki does not have are planted where the same mistake could be made today.
A new feature adds its own: a function here, and its line in :data:`LEAKS`.
"""

import difflib
import math
import os
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
from flask import Response, abort, make_response, redirect, request
from pytest import MonkeyPatch  # noqa: PT013
from rapidfuzz.distance import OSA

import wiki.web as web
from wiki import atlas, folders, graph, links
from wiki.accounts.passwords import Hasher
from wiki.check.links import Names
from wiki.config import Config
from wiki.indexer import Indexer
from wiki.maps import Maker
from wiki.paths import document, key, name_of, url_of
from wiki.queries import looked_up, run
from wiki.queries.budget import Budget
from wiki.queries.kept import Kept
from wiki.queries.notes import Notes, Page
from wiki.resolve import Resolver, Target
from wiki.search import ranking
from wiki.search.filters import Filters
from wiki.search.packed import PackedEngine
from wiki.search.parser import parse
from wiki.search.query import Filter
from wiki.search.ranking import Ranked
from wiki.search.segments import WhooshEngine
from wiki.search.widen import Words
from wiki.shard.index import Index
from wiki.shard.packed import Packed
from wiki.tiers import Tiers
from wiki.view import Neighbours, View
from wiki.weave import Weaver
from wiki.web import linked, switching
from wiki.web.door import Door
from wiki.web.headers import complete

if TYPE_CHECKING:
    from tests.interference.side import Stage

Plant = Callable[[MonkeyPatch, "Stage"], None]


@dataclass(frozen=True, slots=True)
class Leak:
    """``only_work``: no answer differs, only what it takes to make it."""

    says: str
    plant: Plant
    only_work: bool = False


def _wrap(patch: MonkeyPatch, where: Any, name: str, make: Callable[[Any], Any]) -> None:
    patch.setattr(where, name, make(getattr(where, name)))


def _at_routes(patch: MonkeyPatch, change: Callable[[Response], Response | None]) -> None:
    """Change every answer on its way out."""

    def around(real: Any) -> Any:
        def completed(response: Response) -> Any:
            changed = change(response)
            return real(response if changed is None else changed)

        return completed

    # ``register`` looks the function up when the application is made, which comes after this.
    patch.setattr("wiki.web.headers.complete", around(complete))


def _body(response: Response, text: str) -> None:
    if response.mimetype in ("text/html", "application/atom+xml") and not response.direct_passthrough:
        response.set_data(response.get_data() + text.encode())


def hidden_is_forbidden(patch: MonkeyPatch, stage: "Stage") -> None:
    def note(real: Any) -> Any:
        def found(self: View, path: str) -> Any:
            mine = real(self, path)
            if mine is None and stage.all_rows("SELECT 1 FROM note WHERE path = ?", path):
                abort(403)
            return mine

        return found

    _wrap(patch, View, "note", note)


def limit_then_filter(patch: MonkeyPatch, stage: "Stage") -> None:
    def recent(real: Any) -> Any:
        def found(self: View, *which: Any, **named: Any) -> Any:
            with stage.everything() as view:
                items = real(view, *which, **named)
            return [item for item in items if self.clearance.dominates(item.tier)]

        return found

    _wrap(patch, View, "recent", recent)


def shared_document_frequency(patch: MonkeyPatch, stage: "Stage") -> None:
    whole: Any = None

    def of(real: Any) -> Any:
        def found(self: Any, view: View) -> Any:
            nonlocal whole
            with stage.everything() as everything:
                whole = real(self, everything)
            return real(self, view)

        return found

    def saturated(real: Any) -> Any:
        def found(self: Any, leaf: Any, weights: Any) -> Any:
            count = np.count_nonzero(ranking.Ranking(whole, {}).weights(leaf))
            return math.log(1 + (whole.notes.count - count + 0.5) / (count + 0.5)) * weights / (weights + 1.2)

        return found

    for engine in (WhooshEngine, PackedEngine):
        _wrap(patch, engine, "of", of)
    _wrap(patch, ranking.Ranking, "saturated", saturated)


def ties_by_document_number(patch: MonkeyPatch, stage: "Stage") -> None:
    def rank(corpus: Any, node: Any, most: int, **_: Any) -> Ranked:
        scores = ranking.Ranking(corpus, {}).scores(node)
        hits = np.flatnonzero(scores)
        best = hits[np.argsort(-scores[hits], kind="stable")]
        return Ranked(tuple(corpus.paths(best[:most])), len(hits))

    patch.setattr("wiki.search.results.rank", rank)


def prefix_from_all_words(patch: MonkeyPatch, stage: "Stage") -> None:
    """Suggestions, and expansions with a bound, from the words of all notes."""
    words: set[str] = set()

    def put(real: Any) -> Any:
        def kept(self: Any, path: str, note: Any) -> None:
            words.update(posting[0] for postings in note.fields.values() for posting in postings)
            real(self, path, note)

        return kept

    def beginning(real: Any) -> Any:
        def found(self: Any, prefix: str, most: int, fields: int = 0xFF) -> Any:
            return real(self, prefix, max(1, 6 - sum(word.startswith(prefix) for word in words)), fields)

        return found

    for writer in (Index, Packed):
        _wrap(patch, writer, "put", put)
    _wrap(patch, Words, "beginning", beginning)


def generation_in_etag(patch: MonkeyPatch, stage: "Stage") -> None:
    def change(response: Response) -> None:
        stamps = "".join(row[0] for row in stage.all_rows("SELECT value FROM meta WHERE key = 'stamp'"))
        response.set_etag(sha256(stamps.encode()).hexdigest()[:16])

    _at_routes(patch, change)


def cache_without_tiers(patch: MonkeyPatch, stage: "Stage") -> None:
    from wiki.cache import ViewCache

    def shared(found: Any) -> Any:
        return ("", "", *found[2:]) if len(found) == 4 else found

    _wrap(patch, ViewCache, "get", lambda real: lambda self, found: real(self, shared(found)))
    _wrap(patch, ViewCache, "put", lambda real: lambda self, found, value, cost: real(self, shared(found), value, cost))


def kept_without_tiers(patch: MonkeyPatch, stage: "Stage") -> None:
    from wiki.cache import ViewCache

    def shared(found: Any) -> Any:
        return ("", "", found[2]) if len(found) == 3 and isinstance(found[2], tuple) else found

    _wrap(patch, ViewCache, "get", lambda real: lambda self, found: real(self, shared(found)))
    _wrap(patch, ViewCache, "put", lambda real: lambda self, found, value, cost: real(self, shared(found), value, cost))


class _Counted(list[Any]):
    count_of_all = 0

    def __len__(self) -> int:
        return self.count_of_all


def unfiltered_backlink_count(patch: MonkeyPatch, stage: "Stage") -> None:
    def backlinks(real: Any) -> Any:
        def found(resolver: Resolver, note: Any) -> Any:
            counted = _Counted(real(resolver, note))
            query = "SELECT DISTINCT source FROM link WHERE name_key = ?"
            counted.count_of_all = len(stage.all_rows(query, note.name_key))
            return counted

        return found

    _wrap(patch, links, "backlinks", backlinks)


def tag_as_first_written(patch: MonkeyPatch, stage: "Stage") -> None:
    def tags(real: Any) -> Any:
        def found(self: View, *below: str) -> Any:
            spelt = dict(stage.all_rows("SELECT tag_key, min(tag) FROM tag GROUP BY tag_key"))
            return [(path, spelt[key(tag)]) for path, tag in real(self, *below)]

        return found

    _wrap(patch, View, "tags", tags)


def aliases_of_all_notes(patch: MonkeyPatch, stage: "Stage") -> None:
    def load(real: Any) -> Any:
        def loaded(self: Resolver, aliases: Any) -> None:
            wanted = {key(alias) for alias in aliases}
            real(self, wanted)
            for alias, alias_key, path, tier, title in stage.all_rows(
                "SELECT alias, alias_key, path, tier, title FROM alias"
            ):
                if alias_key in wanted:
                    self.by_alias[alias_key].append((alias, Target("note", path, tier, title)))

        return loaded

    _wrap(patch, Resolver, "_load_aliases", load)


def embed_in_the_authors_view(patch: MonkeyPatch, stage: "Stage") -> None:
    def embed(real: Any) -> Any:
        def woven(self: Weaver, link: Any, target: Any, note: Any) -> str:
            if target is None and link.target:
                with stage.everything() as view:
                    target = Resolver(view).one(link.target, note.folder)
                    if target is not None and target.kind == "note":
                        found = view.note(target.path)
                        return f"<section>{found.title if found else ''}</section>"
            return str(real(self, link, target, note))

        return woven

    _wrap(patch, Weaver, "embed", embed)


def class_by_file(patch: MonkeyPatch, stage: "Stage") -> None:
    def fill(real: Any) -> Any:
        def filled(self: Weaver, link: Any, target: Any, note: Any) -> str:
            if target is None and link.kind != "embed" and link.target:
                wanted = key(name_of(link.target).removesuffix(".md"))
                if any(key(name_of(row[0])) == wanted for row in stage.all_rows("SELECT path FROM note")):
                    return '<a class="missing forbidden">'
            return str(real(self, link, target, note))

        return filled

    _wrap(patch, Weaver, "fill", fill)


def last_modified_of_the_vault(patch: MonkeyPatch, stage: "Stage") -> None:
    """The sitemap's ``lastmod``."""

    def times(real: Any) -> Any:
        def found(self: View) -> Any:
            last = stage.all_rows("SELECT max(modified) FROM note")[0][0]
            return [(path, last) for path, _ in real(self)]

        return found

    _wrap(patch, View, "times", times)


def layout_seeded_by_all(patch: MonkeyPatch, stage: "Stage") -> None:
    """A graph is turned at random, from the number of all notes."""

    def lay_out(real: Any) -> Any:
        def found(count: int, ties: Any) -> Any:
            seed = len(stage.all_rows("SELECT 1 FROM note"))
            turn = random.Random(seed).random()
            return real(count, ties) @ np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])

        return found

    _wrap(patch, atlas, "lay_out", lay_out)


def updated_of_all(patch: MonkeyPatch, stage: "Stage") -> None:
    """The feed's ``updated``."""

    def change(response: Response) -> None:
        if request.path == "/-/recent.atom":
            _body(response, str(stage.all_rows("SELECT max(modified) FROM note")[0][0]))

    _at_routes(patch, change)


def near_names_on_404(patch: MonkeyPatch, stage: "Stage") -> None:
    def change(response: Response) -> None:
        if response.status_code == 404:
            names = sorted(row[0] for row in stage.all_rows("SELECT path FROM note"))
            _body(response, str(difflib.get_close_matches(request.path[1:], names)))

    _at_routes(patch, change)


def suffix_from_all_names(patch: MonkeyPatch, stage: "Stage") -> None:
    """A name that is taken gets a number, counted over all notes."""

    def crumbs(real: Any) -> Any:
        def found(path: str) -> Any:
            same = stage.all_rows("SELECT 1 FROM note WHERE name_key = ?", key(name_of(path)))
            return [replace(crumb, name=f"{crumb.name}-{len(same)}") for crumb in real(path)]

        return found

    _wrap(patch, web.pages, "crumbs", crumbs)


def same_bytes_same_file(patch: MonkeyPatch, stage: "Stage") -> None:
    """Attachments stored once for each content: the address of the first that had it."""

    def change(response: Response) -> None:
        if response.direct_passthrough:
            sizes = stage.all_rows("SELECT min(path) FROM attachment WHERE size = ?", response.content_length)
            response.headers["Content-Location"] = url_of(sizes[0][0] or "")

    _at_routes(patch, change)


def source_from_disk(patch: MonkeyPatch, stage: "Stage") -> None:
    def source(self: View, path: str) -> str | None:
        file = stage.config.vault / f"{path}.md"
        try:
            return file.read_text(errors="replace")
        except (OSError, ValueError):
            return None

    patch.setattr(View, "source", source)


def unknown_tier_is_public(patch: MonkeyPatch, stage: "Stage") -> None:
    def classify(real: Any) -> Any:
        def found(self: Tiers, path: Any, declared: Any) -> Any:
            known = tuple(value for value in declared.values if self.named(value))
            return real(self, path, replace(declared, values=known, readable=True))

        return found

    _wrap(patch, Tiers, "classify_note", classify)


def redirect_by_existence(patch: MonkeyPatch, stage: "Stage") -> None:
    def address(real: Any) -> Any:
        def answer(visit: Any, address: str) -> Any:
            rows = stage.all_rows("SELECT path FROM note WHERE path_key = ?", key(address))
            if rows and address not in {row[0] for row in rows}:
                return make_response(redirect(url_of(min(rows)[0])))
            return real(visit, address)

        return answer

    _at_address(patch, address)


def _at_address(patch: MonkeyPatch, around: Callable[[Any], Any]) -> None:
    routes = tuple(
        replace(route, handler=_named(around(route.handler), route.handler.__name__))
        if route.rule == "/<path:address>"
        else route
        for route in web.ROUTES
    )
    patch.setattr(web, "ROUTES", routes)


def _named(function: Any, name: str) -> Any:
    function.__name__ = name
    return function


def old_version_stays(patch: MonkeyPatch, stage: "Stage") -> None:
    """What a note said before it rose or changed stays findable."""
    for writer in (Index, Packed):
        patch.setattr(writer, "remove", lambda self, path: None)


def empty_hidden_folders(patch: MonkeyPatch, stage: "Stage") -> None:
    def of_all(real: Any) -> Any:
        def found(self: View, path: str, *part: int) -> Any:
            with stage.everything() as view:
                return real(view, path, *part)

        return found

    for name in ("subfolders", "counts_in"):
        _wrap(patch, View, name, of_all)


def read_then_filter(patch: MonkeyPatch, stage: "Stage") -> None:
    def notes_in(real: Any) -> Any:
        def found(self: View, folder: str, *part: int) -> Any:
            with stage.everything() as view:
                everything = real(view, folder)
            return [item for item in everything if self.clearance.dominates(item.tier)]

        return found

    _wrap(patch, View, "notes_in", notes_in)


def no_hash_for_unknown_users(patch: MonkeyPatch, stage: "Stage") -> None:
    def verify(real: Any) -> Any:
        return lambda self, stored, password: stored is not None and real(self, stored, password)

    _wrap(patch, Hasher, "verify", verify)


def way_back_only_to_what_is_there(patch: MonkeyPatch, stage: "Stage") -> None:
    def safe_next(real: Any) -> Any:
        def safe(address: str) -> Any:
            found = stage.all_rows("SELECT 1 FROM note WHERE path = ?", real(address).lstrip("/"))
            return real(address) if found else "/"

        return safe

    _wrap(patch, web.auth, "safe_next", safe_next)


def event_for_any_write(patch: MonkeyPatch, stage: "Stage") -> None:
    """The stamp that open pages ask for, with a number that any write raises."""
    written = 0

    def sync(real: Any) -> Any:
        def synced(self: Indexer, *arguments: Any, **named: Any) -> Any:
            nonlocal written
            found = real(self, *arguments, **named)
            written += found.parsed + found.removed
            return found

        return synced

    _wrap(patch, Indexer, "sync", sync)

    def change(response: Response) -> None:
        if request.path == "/-/stamp":
            response.set_data(response.get_data() + str(written).encode())

    _at_routes(patch, change)


def stamp_of_all(patch: MonkeyPatch, stage: "Stage") -> None:
    """Pages say at which state of the whole vault they were made."""

    def fingerprint(self: View) -> str:
        with stage.everything() as view:
            return sha256(repr(view.stamp).encode()).hexdigest()[:16]

    patch.setattr(View, "fingerprint", property(fingerprint))


def switcher_over_all_notes(patch: MonkeyPatch, stage: "Stage") -> None:
    """The best of all notes, of which then those are shown that may be."""

    def switch(real: Any) -> Any:
        def found(view: View, text: str, names: Any) -> Any:
            with stage.everything() as whole:
                best = real(whole, text, names)
            return [one for one in best if view.clearance.dominates(one.tier)]

        return found

    patch.setattr("wiki.switch.RESULTS", 5)  # the vaults of this test are small
    _wrap(patch, switching, "find", switch)


def unavailable_while_indexing(patch: MonkeyPatch, stage: "Stage") -> None:
    """The first answer after any change is a 503."""
    seen: list[Any] = [None]

    def visit(real: Any) -> Any:
        def answered(self: Door, route: Any, values: Any) -> Any:
            now = stage.all_rows("SELECT value FROM meta WHERE key = 'stamp' AND value GLOB '*[^0]*'")
            now, seen[0] = seen[0], now
            if now is not None and now != seen[0]:
                abort(503)
            return real(self, route, values)

        return answered

    _wrap(patch, Door, "visit", visit)


def broken_note_breaks_lists(patch: MonkeyPatch, stage: "Stage") -> None:
    def notes_in(real: Any) -> Any:
        def found(self: View, folder: str, *part: int) -> Any:
            if stage.all_rows("SELECT 1 FROM problem WHERE problem LIKE '%frontmatter%'"):
                abort(500)
            return real(self, folder, *part)

        return found

    _wrap(patch, View, "notes_in", notes_in)


def random_of_all(patch: MonkeyPatch, stage: "Stage") -> None:
    def following(real: Any) -> Any:
        return lambda paths, after: real([row[0] for row in stage.all_rows("SELECT path FROM note")], after)

    _wrap(patch, web.walk, "following", following)


def trail_in_cookie(patch: MonkeyPatch, stage: "Stage") -> None:
    """Breadcrumbs of visited pages, kept when the role is lost."""

    def change(response: Response) -> None:
        trail = request.cookies.get("trail", "")
        if response.status_code == 200 and request.method == "GET":
            short = sha256(request.path.encode()).hexdigest()[:6]
            trail = "-".join([*trail.split("-")[-20:], short])
        response.set_cookie("trail", trail)

    _at_routes(patch, change)


def _os_error_text(patch: MonkeyPatch, stage: "Stage") -> None:
    """An error page that says what the file system said."""

    def change(response: Response) -> None:
        if response.status_code == 404:
            try:
                os.stat(stage.config.vault / (request.path.strip("/") + ".md"))
            except (OSError, ValueError) as error:
                _body(response, type(error).__name__)

    _at_routes(patch, change)


def layers_of_all(patch: MonkeyPatch, stage: "Stage") -> None:
    def variants(real: Any) -> Any:
        def found(self: View, concept: str) -> Any:
            with stage.everything() as view:
                return real(view, concept)

        return found

    _wrap(patch, View, "variants", variants)


def cookie_gives_clearance(patch: MonkeyPatch, stage: "Stage") -> None:
    """The role to be seen as, taken as a role to have."""

    def current(real: Any) -> Any:
        def found() -> Any:
            who = real()
            role = request.cookies.get("as", "")
            return replace(who, clearance=stage.config.clearance(role)) if role in stage.config.roles else who

        return found

    _wrap(patch, web.reader, "current", current)


def sentences_of_all(patch: MonkeyPatch, stage: "Stage") -> None:
    """What is said about a name, kept once for all who say it."""

    def backlinks(real: Any) -> Any:
        def found(resolver: Resolver, note: Any) -> Any:
            rows = stage.all_rows(
                "SELECT DISTINCT context FROM link WHERE name_key = ? AND context != ''", note.name_key
            )
            said = "\n".join(sorted(row[0] for row in rows))
            return [replace(link, sentences=said) for link in real(resolver, note)]

        return found

    _wrap(patch, links, "backlinks", backlinks)


def mentions_counted_over_all(patch: MonkeyPatch, stage: "Stage") -> None:
    def find(real: Any) -> Any:
        def found(engine: Any, view: View, *arguments: Any) -> Any:
            with stage.everything() as everything:
                whole = real(engine, everything, *arguments)
            return replace(real(engine, view, *arguments), count=whole.count)

        return found

    _wrap(patch, linked, "find", find)


def compared_with_all(patch: MonkeyPatch, stage: "Stage") -> None:
    """Both texts from all notes, shown if the page is asked for one that may be read."""

    def note(real: Any) -> Any:
        def found(view: View, path: str) -> Any:
            with stage.everything() as everything:
                return real(everything, path)

        return found

    _wrap(patch, web.compare, "_note", note)


def tags_counted_over_all(patch: MonkeyPatch, stage: "Stage") -> None:
    """The reader's own tags, with the numbers of a tree of all notes."""

    def tree(real: Any) -> Any:
        def found(rows: Any) -> Any:
            whole = {tag.name: tag.count for tag in real(stage.all_rows("SELECT path, tag FROM note_tag"))}
            return tuple(replace(tag, count=whole.get(tag.name, tag.count)) for tag in real(rows))

        return found

    _wrap(patch, web.tags, "tree", tree)


def filters_of_all(patch: MonkeyPatch, stage: "Stage") -> None:
    """A folder to filter by is one that any note lies in."""

    def filters(real: Any) -> Any:
        def found(visit: Any) -> Any:
            with stage.everything() as view:
                return real(replace(visit, view=view))

        return found

    _wrap(patch, web.recent, "filters", filters)


def orphans_of_all(patch: MonkeyPatch, stage: "Stage") -> None:
    """What a hidden note links to is no orphan."""

    def orphans(real: Any) -> Any:
        def found(view: View) -> Any:
            with stage.everything() as everything:
                kept = {item.path for item in real(everything)}
            return [item for item in real(view) if item.path in kept]

        return found

    _wrap(patch, web.loose.loose, "orphans", orphans)


def wanted_by_all(patch: MonkeyPatch, stage: "Stage") -> None:
    """What is missing to the reader, but for what a hidden note is there for."""

    def missing(real: Any) -> Any:
        def found(view: View) -> Any:
            with stage.everything() as everything:
                kept = {wanted.target for wanted in real(everything)}
            return [wanted for wanted in real(view) if wanted.target in kept]

        return found

    _wrap(patch, web.loose.loose, "missing", missing)


def mended_by_all(patch: MonkeyPatch, stage: "Stage") -> None:
    """What a missing link is nearly called, among the names of all notes."""

    def near(real: Any) -> Any:
        def found(self: Names, name: str) -> Any:
            others = Names(row[0] for row in stage.all_rows("SELECT name FROM note"))
            return real(self, name) or real(others, name)

        return found

    _wrap(patch, Names, "near", near)


def tree_page_of_all(patch: MonkeyPatch, stage: "Stage") -> None:
    """Where a note stands in its folder, counted over all notes: the tree shows another part of the folder."""

    def notes_before(real: Any) -> Any:
        def found(self: View, path: str) -> Any:
            with stage.everything() as view:
                return real(view, path)

        return found

    patch.setattr(folders, "TREE_PAGE", 2)  # the folders of these vaults are small
    _wrap(patch, View, "notes_before", notes_before)


def neighbours_of_all(patch: MonkeyPatch, stage: "Stage") -> None:
    """The next note is sought among all notes, and left out where it may not be read."""

    def neighbours(real: Any) -> Any:
        def found(self: View, note: Any) -> Any:
            with stage.everything() as view:
                both = real(view, note)
            before, after = (
                item if item and self.clearance.dominates(item.tier) else None for item in (both.before, both.after)
            )
            return Neighbours(before, after)

        return found

    _wrap(patch, View, "neighbours", neighbours)


def search_filters_of_all(patch: MonkeyPatch, stage: "Stage") -> None:
    """A query of one filter shows the reader's own notes, counted before they are filtered."""

    def find(real: Any) -> Any:
        def found(engine: Any, view: View, text: str, *others: Any) -> Any:
            mine, node = real(engine, view, text, *others), parse(text, Filters(view).knows).node
            if not isinstance(node, Filter):
                return mine
            with stage.everything() as everything:
                return replace(mine, count=len(Filters(everything).paths(node)))

        return found

    _wrap(patch, web.searching, "find", find)


def near_words_of_all(patch: MonkeyPatch, stage: "Stage") -> None:
    """What was meant is sought among the words of all notes."""

    def near(real: Any) -> Any:
        def found(self: Any, word: str) -> Any:
            rows = stage.all_rows("SELECT title_key FROM note")
            titles = sorted(title for (title,) in rows if title.isalpha() and OSA.distance(title, word) <= 2)
            return titles[:1] or real(self, word)

        return found

    _wrap(patch, Words, "near", near)


def variants_of_all(patch: MonkeyPatch, stage: "Stage") -> None:
    """A hit shows the tiers of all notes of its concept."""

    def variants(real: Any) -> Any:
        def found(self: View, paths: Any) -> Any:
            paths = list(paths)
            with stage.everything() as everything:
                return real(everything, paths)

        return found

    _wrap(patch, View, "variants_of", variants)


def attachments_of_all(patch: MonkeyPatch, stage: "Stage") -> None:
    """What PDFs say is searched in all tiers."""

    def find(real: Any) -> Any:
        def found(engine: Any, view: View, text: str, *others: Any) -> Any:
            mine, own = real(engine, view, text, *others), view.documents_of_attachments()
            with stage.everything() as everything:
                whole = real(engine, everything, text, *others).results
            hidden = tuple(each for each in whole if each.page_number and document(each.item.path) not in own)
            return replace(mine, count=mine.count + len(hidden), results=mine.results + hidden)

        return found

    _wrap(patch, web.searching, "find", find)


def saved_search_in_the_authors_view(patch: MonkeyPatch, stage: "Stage") -> None:
    """A search in a note counts what its author would find."""

    def find(real: Any) -> Any:
        def found(engine: Any, view: View, *others: Any) -> Any:
            with stage.everything() as everything:
                return replace(real(engine, view, *others), count=real(engine, everything, *others).count)

        return found

    _wrap(patch, web.saved, "find", find)


def maps_of_all(patch: MonkeyPatch, stage: "Stage") -> None:
    """A folder of a map is that of its author: the names of hidden notes are left out, their places are not."""

    def places(real: Any) -> Any:
        def found(self: View, folder: str, *others: Any) -> Any:
            with stage.everything() as everything:
                whole = real(everything, folder, *others)
            own = self.items([place.path for place in whole[0]])
            return [place if place.path in own else replace(place, path="", title="") for place in whole[0]], whole[1]

        return found

    _wrap(patch, View, "places_below", places)


def shapes_of_all(patch: MonkeyPatch, stage: "Stage") -> None:
    """Outlines kept once for all readers."""

    def outlines(real: Any) -> Any:
        def found(self: View, *arguments: Any) -> Any:
            with stage.everything() as everything:
                return real(everything, *arguments)

        return found

    for name in ("outlines", "outlines_below"):
        _wrap(patch, View, name, outlines)


def centre_of_all(patch: MonkeyPatch, stage: "Stage") -> None:
    """A map opens where its author's note says, though the reader may not read that note."""

    def centre(real: Any) -> Any:
        def at(self: Any, target: str, found: Any) -> Any:
            with stage.everything() as everything:
                to = Resolver(everything).one(target, self.note.folder) if target else None
                return everything.place(to.path) if to else None

        return at

    _wrap(patch, Maker, "centre", centre)


def properties_of_all(patch: MonkeyPatch, stage: "Stage") -> None:
    """What a property is, and what is words, said by all notes."""

    def has_property(real: Any) -> Any:
        def found(self: View, names: Any) -> Any:
            with stage.everything() as view:
                return real(view, names)

        return found

    _wrap(patch, View, "has_property", has_property)


def links_of_all_lift(patch: MonkeyPatch, stage: "Stage") -> None:
    """Hits are lifted by the links of all notes."""

    def popularity(real: Any) -> Any:
        def counted(self: View, paths: Any) -> Any:
            with stage.everything() as view:
                return real(view, paths)

        return counted

    _wrap(patch, View, "popularity", popularity)


def graph_sized_by_all(patch: MonkeyPatch, stage: "Stage") -> None:
    """A node is as large as it has links from all notes."""

    def whole(real: Any) -> Any:
        def found(view: View) -> Any:
            mine = real(view)
            with stage.everything() as everything:
                links = {node.path: node.links for node in real(everything).nodes}
            return replace(mine, nodes=tuple(replace(node, links=links[node.path]) for node in mine.nodes))

        return found

    _wrap(patch, graph, "whole", whole)


def neighbours_cut_before_filtered(patch: MonkeyPatch, stage: "Stage") -> None:
    """The picture around a note has room for so many notes; hidden ones take it."""

    def around(real: Any) -> Any:
        def found(resolver: Resolver, center: Any, depth: int, most: int) -> Any:
            with stage.everything() as view:
                near = real(Resolver(view), center, depth, most)
            return near.among(np.array([resolver.view.clearance.dominates(node.tier) for node in near.nodes]))

        return found

    _wrap(patch, graph, "around", around)


def canvas_of_all(patch: MonkeyPatch, stage: "Stage") -> None:
    """A canvas shows the cards of hidden notes."""

    def draw(real: Any) -> Any:
        def drawn(view: View, file: Any) -> Any:
            with stage.everything() as everything:
                return real(everything, file)

        return drawn

    _wrap(patch, web.canvases, "_draw", draw)


def queries_in_the_authors_view(patch: MonkeyPatch, stage: "Stage") -> None:
    """A query counts what its author would find."""

    def answer(real: Any) -> Any:
        def found(query: Any, around: Any) -> Any:
            with stage.everything() as view:
                notes = Notes(view, Resolver(view), Budget(), Kept())
                this = notes.one(around.this.path) if around.this else None
                return replace(real(query, around), count=real(query, run.context(notes, this)).count)

        return found

    _wrap(patch, run, "answer", answer)


def links_of_all_in_queries(patch: MonkeyPatch, stage: "Stage") -> None:
    """``length(file.inlinks)`` counts the links of hidden notes, though none is shown."""

    def inlinks(notes: Any, pages: Any) -> Any:
        with stage.everything() as view:
            whole = looked_up.inlinks(Notes(view, Resolver(view), Budget(), Kept()), pages)
        own = notes.view.items(link.path for links in whole.values() for link in links)
        return {path: [link if link.path in own else None for link in links] for path, links in whole.items()}

    patch.setitem(looked_up.LOOK_UPS, "inlinks", inlinks)


def fields_of_all(patch: MonkeyPatch, stage: "Stage") -> None:
    """``[[Hidden]].field`` is what the hidden note says."""

    def page_of(real: Any) -> Any:
        def found(self: Notes, link: Any) -> Any:
            page = real(self, link)
            if page is None and link.file:
                with stage.everything() as view:
                    target = Resolver(view).one(*link.written)
                return self.one(link.path) if target is None else Page(target.path, "", "", target.title, 0, 0)
            return page

        return found

    _wrap(patch, Notes, "page_of", page_of)


def today_of_all(patch: MonkeyPatch, stage: "Stage") -> None:
    """What queries take for today is the day of the newest change of all."""
    patch.setattr(View, "newest", lambda self: stage.all_rows("SELECT max(modified) FROM note")[0][0] or 0)


def name_of_the_folder(patch: MonkeyPatch, stage: "Stage") -> None:
    """As "Open in Obsidian" would like to know it."""
    patch.setattr(Config, "vault_name", property(lambda self: self.vault.name))


LEAKS: dict[str, Leak] = {
    "01 forbidden": Leak("403 for what is hidden, 404 for what is not there", hidden_is_forbidden),
    "02 limit, then filter": Leak("lists are cut before they are filtered", limit_then_filter),
    "03 shared statistics": Leak("search scores count all notes", shared_document_frequency),
    "04 ties": Leak("equal hits in the order of their documents", ties_by_document_number),
    "05 lexicon": Leak("prefixes expand over the words of all notes", prefix_from_all_words),
    "06 generation": Leak("the ETag holds a generation of all notes", generation_in_etag),
    "07 cache": Leak("the page cache knows no tiers", cache_without_tiers),
    "08 backlink count": Leak("backlinks are counted before they are filtered", unfiltered_backlink_count),
    "09 tag casing": Leak("a tag is spelt as any note spells it", tag_as_first_written),
    "10 aliases": Leak("links resolve to aliases of all notes", aliases_of_all_notes),
    "11 embeds": Leak("embeds resolve in the author's view", embed_in_the_authors_view),
    "12 link class": Leak("a missing link looks different where its file is there", class_by_file),
    "13 last modified": Leak("a time of change of the whole vault", last_modified_of_the_vault),
    "14 layout": Leak("a layout seeded by all notes", layout_seeded_by_all),
    "15 updated": Leak("a feed's time from all notes", updated_of_all),
    "16 suggestions": Leak("the 404 page suggests names of all notes", near_names_on_404),
    "17 numbered names": Leak("names are numbered over all notes", suffix_from_all_names),
    "18 same bytes": Leak("attachments of the same size have one address", same_bytes_same_file),
    "19 raw files": Leak("the source is read from the disk", source_from_disk),
    "20 unknown tier": Leak("a tier that is unknown is public", unknown_tier_is_public),
    "21 redirects": Leak("the right case is shown for what exists", redirect_by_existence),
    "22 old versions": Leak("what a note said before stays in search", old_version_stays),
    "23 empty folders": Leak("folders that only hidden notes need", empty_hidden_folders),
    "24 read, then filter": Leak("hidden rows are read and thrown away", read_then_filter, only_work=True),
    "25 no hash": Leak("no password is checked for unknown names", no_hash_for_unknown_users, only_work=True),
    "26 events": Leak("the stamp of open pages counts any write", event_for_any_write),
    "27 unavailable": Leak("503 while any shard changes", unavailable_while_indexing),
    "28 broken notes": Leak("a broken hidden note breaks lists", broken_note_breaks_lists),
    "29 random note": Leak("a random note chosen among all", random_of_all),
    "30 trail": Leak("a cookie remembers lost pages", trail_in_cookie),
    "31 error text": Leak("the 404 page repeats the file system", _os_error_text),
    "32 layers": Leak("the layers of a concept from all notes", layers_of_all),
    "33 seen as": Leak("whoever asks to be shown the wiki as a role has that role", cookie_gives_clearance),
    "34 sentences": Leak("the sentences around links come from all notes", sentences_of_all),
    "35 mentions": Leak("mentions are counted over all notes", mentions_counted_over_all),
    "36 comparison": Leak("two notes compared, of which one may be hidden", compared_with_all),
    "37 tag counts": Leak("the tree of tags counts all notes", tags_counted_over_all),
    "38 filters": Leak("recent changes know the folders of all notes", filters_of_all),
    "39 orphans": Leak("a hidden note's links save orphans", orphans_of_all),
    "40 missing links": Leak("what a hidden note is there for is not missing", wanted_by_all),
    "41 tree": Leak("the tree finds a note's place among all notes", tree_page_of_all),
    "42 neighbours": Leak("the next note is sought among all notes", neighbours_of_all),
    "43 stamp": Leak("a page's stamp is that of all notes", stamp_of_all),
    "44 switcher": Leak("the switcher cuts its list before it is filtered", switcher_over_all_notes),
    "45 search filters": Leak("a filter of a search is counted over all notes", search_filters_of_all),
    "46 meant": Leak("a mistyped word is mended by the words of all notes", near_words_of_all),
    "47 variants": Leak("a hit shows the tiers of all notes of its concept", variants_of_all),
    "48 text of PDFs": Leak("the text of attachments is searched in all tiers", attachments_of_all),
    "49 saved searches": Leak("a search in a note is answered in its author's view", saved_search_in_the_authors_view),
    "50 properties": Leak("a property of a hidden note is a filter", properties_of_all),
    "51 popularity": Leak("links of hidden notes lift what they lead to", links_of_all_lift),
    "52 places": Leak("a map shows the places of hidden notes", maps_of_all),
    "53 shapes": Leak("a map draws hidden files", shapes_of_all),
    "54 centre": Leak("a map opens where a hidden note is", centre_of_all),
    "55 sizes in a graph": Leak("the nodes of a graph are sized by the links of all notes", graph_sized_by_all),
    "56 around a note": Leak("hidden notes take the room around a note", neighbours_cut_before_filtered),
    "57 canvas": Leak("a canvas shows cards of hidden notes", canvas_of_all),
    "58 queries": Leak("a query in a note is answered in its author's view", queries_in_the_authors_view),
    "59 links in queries": Leak("queries count the links of hidden notes", links_of_all_in_queries),
    "60 fields": Leak("a query reads what hidden notes say", fields_of_all),
    "61 today": Leak("today is the day of a hidden change", today_of_all),
    "62 way back": Leak("a login leads back only to notes that there are", way_back_only_to_what_is_there),
    "63 mended links": Leak("a broken link is mended by the names of all notes", mended_by_all),
    "64 folder": Leak("pages say what the vault's folder is called", name_of_the_folder),
    "65 kept": Leak("what is kept of hits knows no tiers", kept_without_tiers),
}

"""Pairs of vaults: the same low notes, and hidden ones that collide with them in every way we know."""

import base64
import json
import unicodedata
from collections.abc import Set
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from tests.pairs import TIERS, geojson, make_canvas
from tests.pdfs import make_pdf
from wiki.config import build
from wiki.markup import decode
from wiki.markup.frontmatter import read
from wiki.paths import VaultPath, without_md

NOW = 1_700_000_000

RULES = build({}).tiers

QUICK = settings(phases=[Phase.generate], deadline=None, database=None, suppress_health_check=list(HealthCheck))
"""Shrinking takes hours where an example takes a second: what fails is written to a file instead."""

File = tuple[bytes, int]
"""Content, and time of modification in seconds."""
Files = dict[str, File]


@dataclass(frozen=True, slots=True, repr=False)
class Pair:
    """``low`` is what the clearance may read, ``earlier`` an older state of it; ``first`` and ``second`` are two
    sets of hidden files. ``seed`` chooses the requests."""

    clearance: tuple[str, ...]
    low: Files
    earlier: Files
    first: Files
    second: Files
    seed: int

    def __repr__(self) -> str:
        files = (self.low, self.earlier, self.first, self.second)
        return f"Pair({'+'.join(self.clearance) or 'nothing'}, {' '.join(str(len(f)) for f in files)}, {self.seed})"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))

    def to_json(self) -> str:
        fields = {name: _packed(getattr(self, name)) for name in ("low", "earlier", "first", "second")}
        return json.dumps({"clearance": self.clearance, "seed": self.seed, **fields}, indent=1, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "Pair":
        kept = json.loads(text)
        files = {name: _unpacked(kept[name]) for name in ("low", "earlier", "first", "second")}
        return cls(clearance=tuple(kept["clearance"]), seed=kept["seed"], **files)


def _packed(files: Files) -> dict[str, tuple[str, int]]:
    return {name: (base64.b64encode(content).decode(), time) for name, (content, time) in files.items()}


def _unpacked(files: dict[str, tuple[str, int]]) -> Files:
    return {name: (base64.b64decode(content), time) for name, (content, time) in files.items()}


def tier_of(file: str, content: bytes) -> str:
    """The tier that a file has under the rules; the wiki's own answer is compared with it."""
    if not file.endswith(".md"):
        return RULES.classify_attachment(VaultPath(file))
    return RULES.classify_note(without_md(file), read(decode(content).text, "confidential").declared).tier


# A small world, so that notes meet: words one letter apart, names equal but for case or Unicode form.
WORDS = [
    "harbour", "harbours", "harbuor", "merger", "budget", "common", "commons", "station", "statoin", "statiom", "flask",
    "coast", "bay", "rocks", "light", "plan", "zebra", "zebras", "budge", "comm", "har", "straße", "strasse",
    "thüringen", "thuringen", "cnry", "京都", "гавань", "ميناء", "x1", "x2",
]  # fmt: skip
NAMES = ["Harbour", "harbour", "Coast", "coast", "Bay", "Port", "Caf\u00e9", "Cafe\u0301", "twin", "index", "ReadMe"]
NAMES += ["STRASSE", "straße", "node.js", "Python~Flask", "a b", "100%", "what?", "Places", "_sidebar", "template"]
QUERIES = [
    "TABLE length(file.inlinks), file.outlinks, file.tags FROM #topic SORT length(file.inlinks) DESC",
    'LIST length(rows) FROM "_Standards" GROUP BY file.folder',
    "TABLE kind, budget, [[Harbour]].kind WHERE file.inlinks",
    "LIST FROM [[Harbour]] OR outgoing([[Coast]])",
    "TABLE length(rows), rows.file.link FLATTEN file.tags AS t GROUP BY t",
    "TASK", "LIST FROM -#topic SORT file.mtime DESC LIMIT 3", "LIST WHERE date(today) - file.mtime > dur(1 day)",
    "TABLE file.outlinks.file.name, file.aliases WHERE contains(file.outlinks, [[Harbour]])", "LIST FROM [[]]",
]  # fmt: skip
BASES = [
    'filters: file.hasTag("topic") || file.hasLink("Harbour")\n'
    "views: [{type: table, order: [file.name, file.backlinks]}]",
    "filters: 'file.links.length > 0'\nviews: [{type: cards, order: [file.name, kind, file.tags], limit: 3}]",
    "views: [{type: list, sort: [{property: file.mtime, direction: DESC}]}]",
]
FOLDERS = ["", "Places/", "Places/Coast/", "places/", "Tech/", "New/Folder/", "Harbour/"]
TAGS = ["topic", "Topic", "TOPIC", "topic/web", "topic/web/deep", "place", "has_/part", "новости"]
MAPS = [
    "markerFolder: /\ngeojsonFolder: /", "markerFolder: ./\ngeojsonFolder: ./", "markerTag: topic\nmarkerTag: place",
    "coordinates: [[Harbour]]\ndefaultZoom: 5\nmarkerFile: [[Coast]]", "geojson: [[data.geojson]]\nmarkerFolder: a",
]  # fmt: skip
PROPERTIES = ["kind", "budget", "has_harbour", "common", "lang"]

_pdf = st.builds(make_pdf, st.sampled_from(WORDS[:12]), st.lists(st.sampled_from(WORDS[:12]), max_size=5).map(" ".join))
_word, _name, _tag = st.sampled_from(WORDS), st.sampled_from(NAMES), st.sampled_from(TAGS)
_tier = st.sampled_from(TIERS)
_target = st.one_of(
    _name,
    st.builds("{}{}".format, st.sampled_from(FOLDERS), _name),
    st.builds("/_{}/{}{}.{}".format, _tier, st.sampled_from(FOLDERS), _name, _tier),
    st.builds("/_Standards/{}{}".format, st.sampled_from(FOLDERS), _name),
    st.builds("{}#{}".format, _name, _word),
    st.builds("{}#^{}".format, _name, _word),
    st.builds("{}.{}".format, _name, _tier),
    st.just("photo.svg"),
    st.just("data.canvas"),
)
_piece = st.one_of(
    st.lists(_word, min_size=1, max_size=5).map(" ".join),
    st.lists(_word, min_size=1, max_size=5).map(" ".join),
    st.builds("[[{}]]".format, _target),
    st.builds("[[{}|{}]]".format, _target, _word),
    st.builds("![[{}]]".format, _target),
    st.builds("\n\n![{}](/_Standards/{}{}.md)\n\n".format, _word, st.sampled_from(FOLDERS), _name),
    st.builds("#{}".format, _tag),
    st.builds("#{} #{}".format, _tag, _tag),
    st.builds("\n\n## {} {}\n\n".format, _word, _word),
    st.builds("\n\n#is_/part_of :: [[{}]]\n\n".format, _target),
    st.builds("\n\n### #is_/same_as :: [[{}]]\n\n".format, _target),
    st.builds("\n\n{}:: {}\n\n".format, st.sampled_from(PROPERTIES), _word),
    st.builds("\n\n{} ^{}\n\n".format, _word, _word),
    st.builds("\n\n> [!note] {}\n> [[{}]]\n\n".format, _word, _target),
    st.builds("\n\n- [ ] {} [[{}]]\n\n".format, _word, _target),
    st.builds("(part:: [[{}]])".format, _target),
    st.builds("`= this.{}`".format, st.sampled_from(["aliases", "kind", "title"])),
    st.builds("%%{} [[{}]]%%".format, _word, _target),
    st.builds("\n\n```dataview\n{}\n```\n\n".format, st.sampled_from(QUERIES)),
    st.builds("\n\n```base\n{}\n```\n\n".format, st.sampled_from(BASES)),
    st.builds("`= [[{}]].{}`".format, _target, st.sampled_from(["kind", "file.tags", "file.mtime", "lang"])),
    st.builds("`= {}`".format, st.sampled_from(["length(this.file.inlinks)", "this.file.outlinks", "date(today)"])),
    st.just("\n\n![[data.base]]\n\n"),
    st.builds("\n\n```leaflet\n{}\n```\n\n".format, st.sampled_from(MAPS)),
    st.just("\n\n![[data.geojson]]\n\n"),
    st.builds("\n\n```search\n{}\nsort: {}\n```\n\n".format, _word, st.sampled_from(["relevance", "title", "changed"])),
)
_body = st.lists(_piece, max_size=9).map(" ".join)


@st.composite
def _text(draw: st.DrawFn, tier: str, *, declares: bool) -> bytes:
    """A note's text; ``declares``: its frontmatter names its tier, for its place does not."""
    front = []
    if declares:
        front.append(f"{draw(st.sampled_from(['confidential', 'Confidential', 'confidential_']))}: {tier}")
    if draw(st.booleans()):
        aliases = draw(st.lists(st.one_of(_name, _word), max_size=3))
        front.append(f"aliases: {json.dumps(aliases, ensure_ascii=False)}")
    if draw(st.booleans()):
        front.append(f"tags: [{', '.join(draw(st.lists(_tag, max_size=2)))}]")
    if draw(st.integers(0, 3)) == 0:
        front.append(f"title: {draw(_word)} {draw(_word)}")
    if draw(st.integers(0, 2)) == 0:
        front.append(f"location: [{draw(st.integers(-91, 91))}, {draw(st.integers(-180, 180))}]")
    if draw(st.integers(0, 2)) == 0:
        front.append(f"{draw(st.sampled_from(PROPERTIES))}: {draw(_word)}")
    head = "---\n" + "\n".join(front) + "\n---\n" if front else ""
    title = f"# {draw(_word)}\n\n" if draw(st.booleans()) else ""
    return (head + title + draw(_body)).encode()


_canvas = st.builds(
    lambda text, files: make_canvas(text, *files).encode(),
    _body,
    st.lists(st.one_of(_target, _target.map("{}.md".format), st.just("Places/photo.svg")), max_size=5),
)
_times = st.one_of(st.just(NOW), st.integers(NOW - 3, NOW + 3), st.sampled_from([NOW - 10**7, NOW + 10**7]))


@st.composite
def _note(draw: st.DrawFn, tier: str) -> tuple[str, File]:
    """A note of one tier, said by its folder, its suffix, its frontmatter or nothing at all."""
    place, name = draw(st.sampled_from(FOLDERS)), draw(_name)
    how = draw(st.integers(0, 3 if tier == "internal" else 2))
    path = [f"_{tier}/{place}{name}", f"_Standards/{place}{name}.{tier}", f"_Standards/{place}{name}", place + name][
        how
    ]
    if how == 2 and tier == "public":
        return f"{path}.md", (draw(_text(tier, declares=False)), draw(_times))
    return f"{path}.md", (draw(_text(tier, declares=how == 2)), draw(_times))


_geojson = st.one_of(st.builds(geojson, _word, st.integers(0, 9)), st.just(b"{"))
_CONTENT = {
    "svg": st.sampled_from([b"<svg/>", b"<svg></svg>"]),
    "pdf": st.one_of(_pdf, _pdf, st.just(b"%PDF-1.4 no")),
    "geojson": _geojson,
    "canvas": st.one_of(_canvas, _canvas, st.just(b"{")),
    "base": st.sampled_from([text.encode() for text in BASES]),
}


@st.composite
def _attachment(draw: st.DrawFn, tier: str) -> tuple[str, File]:
    folder = draw(st.sampled_from(FOLDERS))
    name, end = (
        draw(st.sampled_from(["photo", "data"])),
        draw(st.sampled_from(["svg", "pdf", "geojson", "canvas", "base"])),
    )
    path = draw(st.sampled_from([f"_{tier}/{folder}{name}.{end}", f"_Standards/{folder}{name}.{tier}.{end}"]))
    return path, (draw(_CONTENT[end]), draw(_times))


@st.composite
def _files(draw: st.DrawFn, tiers: tuple[str, ...], most: int) -> Files:
    if not tiers:
        return {}
    tier = st.sampled_from(tiers)
    notes = draw(st.lists(tier.flatmap(_note), max_size=most))
    others = draw(st.lists(tier.flatmap(_attachment), max_size=2))
    bulk = draw(st.sampled_from([0] * 12 + [19, 20, 21, 50, 51]))  # around the sizes of pages
    many = [(f"_{tiers[0]}/Many/n{n}.md", (b"common [[Harbour]] #topic", NOW + n % 2)) for n in range(bulk)]
    return dict([*many, *others, *notes])


_BROKEN: dict[str, bytes] = {
    "broken": b"---\n[ unclosed\n---\nharbour [[Harbour]]",
    "endless": b"---\nconfidential: public\nharbour",
    "typo": b"---\nconfidential: sceret\n---\nharbour #topic",
    "list": b"---\nconfidential: [public, {}]\n---\nharbour",
    "binary": b"---\nconfidential: \xff\xfe\n---\n\x00\x01harbour",
}


@st.composite
def _hidden(draw: st.DrawFn, tiers: tuple[str, ...], low: Set[str]) -> Files:
    """Hidden files: some of their own, some right beside a low one, some that can't be read."""
    if not tiers:
        return {}
    found = draw(_files(tiers, 8))
    for file in draw(st.lists(st.sampled_from(sorted(low) or ["_Standards/Places/Bay.md"]), max_size=5)):
        tier = draw(st.sampled_from(tiers))
        stem, _, end = file.rpartition(".")
        stem = draw(st.sampled_from([stem, stem.upper(), stem.swapcase(), unicodedata.normalize("NFD", stem)]))
        folder, slash, name = stem.rpartition("/")
        path = draw(st.sampled_from([f"{stem}.{tier}.{end}", f"_{tier}/{stem}.{end}", f"_{tier}/{name}.{tier}.{end}"]))
        content = draw(_text(tier, declares=True) if end == "md" else _CONTENT[end])
        found[f"{folder}{slash}{name}.{tier}.{end}" if draw(st.booleans()) else path] = (content, draw(_times))
    if draw(st.integers(0, 5)) == 0:
        found[f"_{tiers[-1]}/long.md"] = (b"# Harbour\n" + b"harbour merger " * 3000, draw(_times))
    if "secret" in tiers:  # what can't be read is as secret as can be
        for name in draw(st.lists(st.sampled_from(sorted(_BROKEN)), max_size=2, unique=True)):
            place = draw(st.sampled_from(["_Standards/", "_Standards/Places/", "_public/", ""]))
            found[f"{place}{name}.md"] = (_BROKEN[name], draw(_times))
    later = draw(st.sampled_from([0, 0, 10**8, -(10**8)]))  # than anything low
    found = {file: (content, time + later) for file, (content, time) in found.items()}
    return {file: found[file] for file in sorted(found.keys() - low) if tier_of(file, found[file][0]) in tiers}


_CHAINS = [TIERS[:length] for length in range(7)]
CLEARANCES = st.one_of(
    st.sampled_from(_CHAINS),
    st.just(("public", "secret")),
    st.sets(_tier).map(lambda found: tuple(tier for tier in TIERS if tier in found)),
)


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    clearance = draw(CLEARANCES)
    others = tuple(tier for tier in TIERS if tier not in clearance)
    low = draw(_files(clearance, 10))
    earlier = draw(_files(clearance, 3)) | {file: content for file, content in low.items() if draw(st.booleans())}
    both = low.keys() | earlier.keys()
    return Pair(
        clearance, low, earlier, draw(_hidden(others, both)), draw(_hidden(others, both)), draw(st.integers(0, 2**32))
    )


def collisions() -> Pair:
    """A pair written by hand, in which each hidden file meets a low one: every mistake that we know shows in it."""
    at = (NOW, NOW + 10**6)
    low = {
        "_Standards/index.md": "# Home\n\n[[Flask]] [[Places/Harbour]] [[Nowhere]] #Topic budget"
        "\n\n```search\nmerger OR harbour\nsort: changed\n```",
        "_Standards/Tech/Flask.md": "# Flask\n\nA framework, budget. [[Harbour]] #topic/web",
        "_Standards/Places/Harbour.md": "The harbour, merger.\n\n[[/_secret/Tech/Flask.secret]] [[Hidden]] ![[Hidden]] "
        "![[/_private/Plan.private]] [[ghost]]\n\n#is_/part_of :: [[Coast]]",
        "_Standards/Places/Coast.md": "# Coast\n\n## Rocks\n\nharbour harbours [[Harbour|boats]]\n\n![[Harbour]]",
        "_Standards/Places/ReadMe.md": "The places. [[STRASSE]] station haven",
        "_Standards/Places/photo.svg": "<svg/>",
        **{f"_Standards/Twin/{n}.md": "harbour merger budget common station coast bay" for n in "klmnop"},
        "_Standards/Places/boats.pdf": make_pdf("harbour boats", "merger budget station").decode(),
        "_Standards/Places/Coast.geojson": geojson("coast", 1).decode(),
        "_Standards/Places/Pier.md": "---\nlocation: [1, 2]\ntags: [topic]\n---\n"
        "```leaflet\ncoordinates: [[Hidden.secret]]\nmarkerFolder: /\ngeojsonFolder: /\nmarkerTag: topic\n```\n\n"
        "![[reef.geojson]]",
        "_Standards/Places/Asks.md": "---\ntags: [topic]\n---\n"
        '```dataview\nTABLE length(file.inlinks), file.outlinks FROM "_Standards/Places" OR #topic OR [[Coast]]'
        "\n```\n\n"
        "```dataview\nLIST length(rows) WHERE file.mtime <= date(today) GROUP BY file.folder\n```\n\n"
        "`= [[Hidden]].file.name` `= [[/_private/Plan.private]].budget` ![[all.base]]",
        "_Standards/Places/all.base": BASES[0],
        "_Standards/Places/sheet.canvas": make_canvas(
            "[[Harbour]] [[Hidden]] ![[Hidden]] [[ghost]]",
            "_Standards/Places/Coast.md",
            "_Standards/Places/Hidden.secret.md",
            "Nowhere.md",
            "aphoto.secret.svg",
        ),
        "_Standards/Twin/c.md": "budget common\n\n![[sheet.canvas]]\n\n![[plan.canvas]]",
        "_Standards/Twin/d.md": "merger common",
    }
    hidden = {
        "_secret/Tech/Flask.secret.md": "---\naliases: [Harbour, Nowhere, ghost]\n---\n![[Flask]] #TOPIC #topic/x",
        "_secret/Harbour.md": "the same name",
        "_secret/Harbor.md": "nearly the same name",
        "_private/Plan.private.md": "---\nbudget: merger\n---\n"
        "harbour hard harm hare harp hart merger merger [[Harbour]] [[Coast]] [[Twin/c]]",
        "_secret/Places/reef.geojson": geojson("a hidden reef", 5).decode(),
        "_Standards/Places/Coast.secret.geojson": geojson("another coast", 6).decode(),
        "_Standards/Places/Buoy.secret.md": "---\nlocation: [3, 4]\ntags: [topic]\n---\n",
        "_Standards/Places/Hidden.secret.md": "---\nlocation: [7, 8]\n---\n# Hidden\n\n[[Harbour]] [[Coast]] #topic",
        "_Standards/Places/COAST.secret.md": "case twin",
        "_Standards/A/B/note.secret.md": "a folder of its own [[index]]",
        "_Standards/Places/aphoto.secret.svg": "<svg/>",
        "_secret/Places/plan.canvas": make_canvas("harbour merger", "_Standards/Places/Harbour.md"),
        "_secret/Places/boats.pdf": make_pdf("harbour merger", "station station budget merger").decode(),
        "_Standards/Places/broken.md": "---\n[ unclosed\n---\nharbour",
        "_Standards/Places/typo.md": "---\nconfidential: sceret\n---\nharbour merger",
        **{f"_secret/merger{n}.md": "merger harbour zebra; k, l, m, n, o, p, coast, flask" for n in range(8)},
    }
    first = {file: (text.encode(), at[1]) for file, text in hidden.items()}
    second = {file: found for file, found in first.items() if "merger" not in file}
    second["_secret/other.md"] = (b"---\naliases: [Nowhere]\n---\n[[Flask]] merger budget #ToPiC", NOW - 10**6)
    now = {file: (text.encode(), at[0]) for file, text in low.items()}
    changed = {"_Standards/Twin/k.md": (b"yak zebra", at[0]), "_Standards/gone.md": (b"zebra yak", at[0])}
    return Pair(
        clearance=("public",),
        low=now,
        earlier={file: found for file, found in now.items() if "Twin" in file} | changed,
        first=first,
        second=second,
        seed=8,
    )


FIELDS = {
    "Page": {
        "parts": "links and embeds of hidden names, in low notes",
        "properties": "frontmatter of low notes",
        "links": "hidden notes with the same name, path or alias",
        "headings": "links to headings of hidden notes",
        "aliases": "hidden aliases equal to low names",
        "tags": "tags that only hidden notes have, or spell otherwise",
        "problems": "hidden notes that can't be read",
        "classes": "frontmatter of low notes",
        "blocks": "links to blocks of hidden notes",
    },
    "NotePage": {
        "note": "a hidden note at the same place but for its tier",
        "title": "variants that embed their base",
        "summary": "variants that embed their base",
        "body": "as Page.parts and Map; hidden hits of saved searches",
        "properties": "as Page.properties",
        "aliases": "variants that embed their base",
        "tags": "variants that embed their base",
        "variants": "hidden variants of a low concept",
        "same_as": "hidden notes that call low ones the same",
        "relations": "hidden notes with relations to low ones",
        "place": "frontmatter of low notes",
        "backlinks": "hidden notes that link to low ones",
        "site": "export", "nearby": "as Node; export",
    },
    "Map": {
        "markers": "hidden notes with a location in the same folder, with the same tag",
        "files": "hidden files in the same folder, of the same name", "odd": "links to hidden notes and files; bulk",
        "at": "coordinates of a hidden note", "zoom": "as source", "zooms": "as source", "width": "as source",
        "height": "as source",
    },
    "Backlink": {
        "item": "as Item",
        "relations": "hidden notes with relations to low ones",
        "sentences": "hidden notes that link with the same words",
    },
    "Item": {"path": "case twins", "tier": "all sets of tiers", "title": "equal titles", "modified": "newer and older"},
    "Node": {
        "path": "as Item", "tier": "as Item", "title": "as Item", "links": "hidden notes that link to low ones",
    },
    "Graph": {
        "nodes": "hidden notes between low ones", "kinds": "relations of hidden notes",
        "ties": "hidden notes with relations to low ones; hidden aliases equal to low names",
    },
    "Neighbours": {"before": "hidden notes right beside a low one", "after": "hidden notes right beside a low one"},
    "Contents": {
        "path": "case twins", "folders": "folders that only hidden files need", "notes": "hidden notes between",
        "attachments": "as Attachment", "page": "hidden notes before a low one", "pages": "bulk",
    },
    "Results": {
        "count": "hidden hits", "page": "bulk", "pages": "bulk",
        "results": "hidden hits with better scores; properties that only hidden notes have",
        "problem": "all sets of tiers; properties that only hidden notes have",
        "meant": "hidden names near to low ones",
    },
    "Result": {
        "item": "as Item", "title": "as Item", "text": "canaries", "variants": "variants in hidden tiers",
        "page_number": "hidden PDFs with the same words", "is_file": "hidden files with the same words",
    },
    "Tag": {
        "name": "other spellings", "label": "as name", "count": "the same tags", "children": "tags below low ones",
    },
    "Wanted": {"target": "names of hidden notes", "sources": "links of hidden notes to what is missing"},
    "Finding": {
        "kind": "as path", "path": "case twins; hidden notes that embed low ones", "line": "as source",
        "problem": "names of hidden notes that are nearly those that low notes link to", "other": "case twins",
        "other_line": "of leaks, which no page shows", "score": "as other_line", "text": "as other_line",
    },
    "Answer": {
        "kind": "as Page.parts", "names": "as Page.parts", "count": "hidden notes that a query would find",
        "lines": "hidden notes in the same folders, with the same tags and links; links of low notes to hidden ones",
        "with_id": "as Page.parts", "grouped": "as Page.parts", "today": "hidden notes that are newer",
    },
    "Line": {"row": "as Answer.lines", "id": "as Answer.lines", "values": "hidden notes that link to low ones"},
    "Row": {"left": "other variants to compare with", "right": "as left", "same": "as left"},
    "Found": {"path": "as Item", "tier": "as Item", "title": "as Item", "alias": "hidden aliases equal to low names"},
    "Sheet": {
        "name": "as Attachment", "address": "as Attachment", "canvas": "hidden canvases of the same name",
        "cards": "low canvases with cards of hidden notes",
    },
    "Shown": {
        "card": "the text of a low canvas", "kind": "cards of hidden and of absent files", "title": "as Item",
        "address": "as Item", "tier": "as Item", "text": "as Page.parts; how hidden notes begin",
    },
    "Attachment": {
        "path": "the same name beside", "tier": "suffixes", "name": "the same name", "real": "as path",
        "size": "the same bytes", "modified": "newer and older",
    },
}  # fmt: skip
"""Every field that an answer is made of, and the collision by which hidden files could reach it."""

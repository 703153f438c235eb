"""Pairs of vaults that are the same inside a clearance, and everything that a reader of it can ask of both."""

import json
import os
import random
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

from flask import Flask
from werkzeug.routing import Rule

from tests.pdfs import make_pdf
from wiki.accounts.store import Accounts
from wiki.config import Config, build
from wiki.indexer import Indexer
from wiki.paths import without_md
from wiki.shard.entry import AttachmentEntry, NoteEntry, TextEntry
from wiki.tiers import Clearance
from wiki.vault import File
from wiki.web import create_app
from wiki.web.cookies import SESSION
from wiki.workers import Job, draw_batch, parse_batch, read_batch

PASSWORD = "correct horse battery staple"
ROLES = {
    "anonymous": "public",
    "member": "internal",
    "staff": "private",
    "owner": "secret",
    "odd": ["public", "secret"],
    "nobody": [],
}
TIERS = ("public", "internal", "protect", "private", "personal", "secret")
MTIME = 1_700_000_000

Files = dict[str, bytes]
Answer = tuple[str, list[tuple[str, str]], bytes]
"""Status, headers without ``Date``, body."""


def geojson(name: str, at: int) -> bytes:
    """An area of that name."""
    ring = [[at, at], [at + 1, at], [at + 1, at + 1], [at, at]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    return json.dumps({"type": "Feature", "properties": {"name": name}, "geometry": shape}).encode()


def footer(concept: str) -> str:
    name = concept.rpartition("/")[2]
    lines = ["", "## Confidential Links & Embeds: ", "", f"### #is_/same_as :: [[/_Standards/{concept}|{name}]] "]
    lines += [f"### #is_/same_as :: [[/_{tier}/{concept}.{tier}|{name}.{tier}]] " for tier in TIERS]
    return "\n\n".join(lines)


def make_canvas(text: str, *files: str) -> str:
    """A canvas of a text and some files, each with an arrow to the next."""
    box = {"width": 200, "height": 100}
    cards = [{"type": "file", "file": file, **box} for file in files]
    nodes = [
        {"id": str(n), "x": 300 * n, "y": 0, **card}
        for n, card in enumerate([{"type": "text", "text": text, **box}, *cards])
    ]
    edges = [{"fromNode": str(n), "toNode": str(n + 1), "label": "to"} for n in range(len(files))]
    return json.dumps({"nodes": nodes, "edges": edges})


def canary(tier: str, number: int) -> str:
    return f"cnry{tier}{number:04d}"


def rich_vault() -> dict[str, tuple[str, bytes]]:
    """file → (tier, content): low notes that invite a leak, and hidden ones that collide with them in every way."""
    files: dict[str, tuple[str, bytes]] = {}

    def add(tier: str, file: str, text: str | bytes) -> None:
        files[file] = (tier, text.encode() if isinstance(text, str) else text)

    add("public", "_Standards/index.md", "# Home\n\n[[Flask]] [[Places/Harbour]] [[Nowhere]] #Topic")
    add(
        "public",
        "_Standards/Tech/Flask.md",
        "# Flask\n\nA light framework, budget. [[Harbour]] #topic/web" + footer("Tech/Flask"),
    )
    add("public", "_public/Tech/Flask.public.md", "![Flask](/_Standards/Tech/Flask.md)" + footer("Tech/Flask"))
    add(
        "public",
        "_Standards/Places/Harbour.md",
        "---\naliases: [Port, Hafen]\ntags: [place]\nflag: '[[photo.secret.svg]]'\nowner: '[[Hidden Name.secret]]'\n---\nThe harbour, merger.\n\nSee [[/_secret/Tech/Flask.secret]] and "
        "[[Hidden Name]] and ![[/_private/Plan.private]] and ![[Hidden Name#Part]] and [[cellar.secret.png]] "
        "[is_a:: [[/_internal/Kind.internal]]] ![[Hidden Name.secret#^block]] [[Hidden Name.secret#Part#Part]] ![[plan.secret.pdf]]\n\n#is_/part_of :: [[Coast]]\n"
        + footer("Places/Harbour"),
    )
    add(
        "public",
        "_Standards/Places/Coast.md",
        "# Coast\n\n## Rocks\n\nRocks and [[Harbour|boats]].\n\n![[Harbour]]\n\n![[#Rocks]]\n\n![[sheet.canvas]]"
        "\n\n![[plan.secret.canvas]]",
    )
    add("public", "_Standards/Places/ReadMe.md", "The places. [up](../Tech/) [[ghost]] [[STRASSE]] statoin station")
    add("public", "_Standards/Places/Coast/Bay.md", "# Bay\n\n[[Café]] [[Coast]] [[twin]] #Place")
    add("public", "_Standards/Places/photo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    add("public", "_Standards/Places/data.txt", b"plain")
    add("public", "_Standards/Places/Coast.geojson", geojson("The coast", 1))
    add(
        "public",
        "_Standards/Places/Chart.md",
        "---\nlocation: [1, 2]\n---\n```leaflet\ncoordinates: [[Hidden Name.secret]]\nmarkerFolder: /\nmarkerTag: topic\n"
        "geojsonFolder: ./\ngeojson: [[coast.secret.geojson]]\nmarkerFile: [[Coast]]\n```\n\n![[coast.secret.geojson]]",
    )
    add(
        "public",
        "_Standards/Places/sheet.canvas",
        make_canvas(
            "[[Harbour]] [[Hidden Name]] ![[/_private/Plan.private]] [[Nowhere]]",
            "_Standards/Places/Harbour.md", "_secret/Coast.md", "_Standards/Places/photo.secret.svg", "Nowhere.md",
            "plan.secret.canvas", "_Standards/Places/Hidden Name.secret.md#Part",
        ),
    )  # fmt: skip
    add("public", "_Standards/Places/boats.pdf", make_pdf("harbour boats", "merger station"))
    add("public", "_Standards/Caf\u00e9.md", "# Caf\u00e9\n\n[[Bay]] and [[Port]]")
    add("public", "_Standards/many.md", "\n\n".join(f"[[Many{n}]]" for n in range(30)))
    for n in range(30):
        add("public", f"_Standards/Many/Many{n}.md", f"common words number {n} [[Harbour]] #many")
    number = 0
    for tier in TIERS[1:]:
        for name, text in {
            f"_{tier}/Tech/Flask.{tier}.md": "---\naliases: [Harbour, Nowhere, ghost]\ntitle: Other title\n---\n# Flask {c}\n"
            "![Flask](/_Standards/Tech/Flask.md)\n[[/_Standards/Places/Harbour]] budget merger merger #TOPIC #topic/hidden"
            + footer("Tech/Flask"),
            f"_{tier}/Places/Harbour.{tier}.md": "[[Coast]] {c} merger statiom #Place/{c}" + footer("Places/Harbour"),
            f"_{tier}/Coast.md": "# Coast {c}\n#is_/part_of :: [[Harbour]]\n#is_/same_as :: [[Harbour]]\n"
            "### #is_/same_as :: [[/_Standards/Places/Coast|Coast]]\n### #is_/same_as :: [[/_Standards/Places/Coast/Bay|Bay]]",
            f"_Standards/Places/COAST.{tier}.md": "case twin {c}",
            f"_Standards/{unicodedata.normalize('NFD', 'Café')}.{tier}.md": "other form {c}",
            f"_Standards/Places/Hidden Name.{tier}.md": "---\nlocation: [3, 4]\ntags: [topic]\n---\n## Part\n\n{c} [[Harbour]] [[Coast]]\n\n### Part\n\n"
            "#has_/part :: [[Coast]]\n\nowner:: [[Harbour]] ^block",
            f"_Standards/Places/twin.{tier}.md": "---\nconfidential: {tier}\n---\n{c} {c}x commonx",
            f"_Standards/Only/For/{tier}/note.{tier}.md": "folder {c} that only hidden notes need [[index]]",
            f"_{tier}/index.md": "# Another home {c}",
            f"_{tier}/broken{{c}}.{tier}.md": "---\n[ {c}\n---\nbroken",
        }.items():
            number += 1
            token = canary(tier, number)
            filled = text.replace("{c}", token).replace("{tier}", tier)
            # A note that can't be read has the strictest tier, wherever it lies.
            actual = "secret" if "broken" in name else tier
            add(actual, name.replace("{c}", canary(actual, number)), filled.replace(token, canary(actual, number)))
        add(tier, f"_Standards/Places/photo.{tier}.svg", f"<svg>{canary(tier, 900)}</svg>")
        add(tier, f"_Standards/Places/plan.{tier}.pdf", make_pdf("merger", f"harbour {canary(tier, 905)}"))
        add(tier, f"_Standards/Places/plan.{tier}.canvas", make_canvas(f"merger {canary(tier, 907)}", "Harbour.md"))
        add(tier, f"_{tier}/data.txt", canary(tier, 901))
        add(tier, f"_Standards/Places/coast.{tier}.geojson", geojson(canary(tier, 906), 2))
        add(tier, f"_{tier}/bad.md", b"\xff\xfe\x00 " + canary(tier, 902).encode())
        add(tier, f"_{tier}/big.md", ("# " + canary(tier, 903) + "\n") + "harbour merger " * 3000)
        add(tier, f"_{tier}/deep.md", "![[deep]] ![[big]] [[a|" * 40 + canary(tier, 904))
    add("secret", "_Standards/typo.md", "---\nconfidential: sceret\n---\n" + canary("secret", 950))
    add("secret", "_Standards/open.md", "---\nconfidential: public\n" + canary("secret", 951))
    return files


def inside(vault: dict[str, tuple[str, bytes]], clearance: Clearance) -> Files:
    """The files of a vault that a clearance may read."""
    return {file: content for file, (tier, content) in vault.items() if clearance.dominates(tier)}


class InProcess:
    """Stands in for :class:`wiki.workers.Workers`, whose processes take half a second to start."""

    def __init__(self, job: Job, processes: int) -> None:
        self.job = job

    def warm(self) -> None:
        pass

    def parse(self, files: list[File]) -> Iterator[NoteEntry]:
        yield from parse_batch(self.job, files)

    def draw(self, files: list[File]) -> Iterator[AttachmentEntry]:
        yield from draw_batch(self.job, files)

    def read(self, files: list[File]) -> Iterator[TextEntry]:
        yield from read_batch(self.job, files)

    def close(self) -> None:
        pass


def write(root: Path, files: Files) -> None:
    """Make the folder hold these files and nothing else, all of the same age."""
    for path in sorted(root.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path.relative_to(root).as_posix() not in files:
            path.unlink()
    for path in sorted(root.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    for file, content in files.items():
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)
            os.utime(path, (MTIME, MTIME))


@dataclass(slots=True)
class Site:
    """One vault, indexed and served in this process."""

    root: Path
    config: Config
    app: Flask
    indexer: Indexer
    sessions: dict[str, str]

    def sync(self, files: Files) -> None:
        write(self.root, files)
        random.seed()  # hypothesis sets it to the same for each example, and Whoosh names its segments by it
        self.indexer.sync()

    def close(self) -> None:
        self.indexer.close()

    def get(self, role: str, address: str, method: str = "GET", headers: Iterable[tuple[str, str]] = ()) -> Answer:
        """(status, headers, body) without ``Date``; where the vault and its data lie does not occur in an answer."""
        cookie = [("Cookie", f"{SESSION}={self.sessions[role]}")] if role in self.sessions else []
        client = self.app.test_client(use_cookies=False)
        response = client.open(address, method=method, headers=[*headers, *cookie])
        kept = [(name, value) for name, value in response.headers if name != "Date"]
        answer = response.status, kept, response.get_data()
        response.close()
        return answer


def make_site(folder: Path, files: Files, accounts: Accounts, sessions: dict[str, str]) -> Site:
    root = folder / f"vault of {folder.name}"  # another name in each site of a pair
    root.mkdir(parents=True)
    write(root, files)
    config = build({"vault": {"path": str(root)}, "data": {"path": str(folder / "data")}, "roles": ROLES})
    indexer = Indexer(config)
    indexer.sync()
    return Site(root, config, create_app(config, accounts), indexer, sessions)


@dataclass(frozen=True, slots=True)
class Names:
    """What addresses are made of: everything that any vault of a pair names, and something that none does."""

    paths: list[str]
    tags: list[str] = field(default_factory=lambda: ["topic", "Place", "place", "TOPIC/hidden", "many", "has_/none"])
    words: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, files: Iterable[str]) -> "Names":
        paths: set[str] = set()
        for file in files:
            paths |= {file, without_md(file), without_md(file).upper()}
            folder = file
            while folder := folder.rpartition("/")[0]:
                paths |= {folder, folder + "/"}
        paths |= {"absent", "absent/", "_secret/absent.secret", "absent.md", "_secret", "_secret/", "a\\b", "..", "."}
        return cls(sorted(paths))


QUERIES = [
    "harbour", "merger", "budget merger", "budget OR merger", "flask", "common", "common OR merger -harbour", "Hafen",
    '"light framework"', '"common words"', "har*", "co*", "cnry*", "cnrysecret*", "station", "statoin", "statiom",
    "commonx", "other title", "ghost", "-merger", "", '"', "*", "many", "caf\u00e9", "a OR", "topic", "x" * 400,
    "(common OR merger) -(harbour OR flask)", "((common", "common)", "title:common", "alias:h*", 'alias:"other title"',
]  # fmt: skip

FILTERED = [
    "tier:public", "tier:secret", "tier:none common", "-tier:internal common", "is:orphan", "common is:orphan", "is:x",
    "has:alias", "has:tag", "has:problem", "changed:2023", "changed:>2023-11-14", "changed:<=2023-11-14 common",
    "changed:x", "tag:topic", "tag:place", "tag:topic/hidden", "tag:many OR harbour", "-tag:many common", "path:d",
    "path:/_secret", "path:_secret OR tier:public", "path:absent", "budget:merger", "-budget:merger common", "kind:*",
    "has:budget", "has:budget OR harbour", "has:map", "has:link", "has:variant", "has:picture", "has:attachment",
]  # fmt: skip

SAID = ["budget:merger", "has:budget"]
"""Of a property that only hidden notes have, in the pair written by hand."""

MISTYPED = ["harbuor", "arbour", "harbouur", "statiom", "mergr", "budgat common"]


def queries(words: Sequence[str]) -> list[str]:
    """Each word alone, as a beginning, and with the next one in every way that a query can be built."""
    found = []
    for word, other in pairwise(words):
        found += [
            word,
            f"{word[:2]}*",
            word[:3],
            word[1:],  # mistyped
            f"{word} {other}",
            f"{word} OR {other}",
            f"{other} -{word}",
            f'"{word} {other}"',
            f"title:{word} OR body:{other} OR tag:{word}",
            f"path:{word} OR tag:{other} -alias:{word}",
            f"{word}:{other}",
        ]
    return found


def filters(address: str, names: Names) -> list[str]:
    folders = [f"in={quote(path)}" for path in names.paths if path.endswith("/")]
    asked = ["tier=public", "tier=secret", "tier=none", "since=2023-11-15&until=2023-11-14", "since=2023-11-14&page=2"]
    return [f"{address}?{query}" for query in [*folders, *asked, "since=x", "until=9999-12-31", "tier=public&in=x"]]


def graphs(names: Names) -> list[str]:
    folders = [f"in={quote(path)}" for path in names.paths if path.endswith("/")]
    kinds = ["link", "embed", "same", ":is part of", ":has part", ":owner", ":absent"]
    tags = [f"tag={quote(tag)}" for tag in names.tags]
    asked = ["tier=public", "tier=secret", *(f"kind={quote(kind)}" for kind in kinds), "tag=many&kind=link&page=2"]
    return [f"/-/graph?{query}" for query in [*folders, *tags, *asked]]


def arguments(names: Names) -> dict[str, list[str]]:
    """The addresses to ask of each route."""
    quoted = [quote(path) for path in names.paths]
    return {
        "/": ["/", "/?x=1"],
        "/<path:address>": [f"/{path}" for path in quoted],
        "/-/base/<path:address>": [f"/-/base/{path}" for path in quoted],
        "/-/map/<path:address>": [f"/-/map/{path}" for path in quoted],
        "/-/map.json/<path:address>": [
            f"/-/map.json/{path}{block}" for path in quoted for block in ("", "?block=0", "?block=1", "?block=x")
        ],
        "/-/source/<path:address>": [f"/-/source/{path}" for path in quoted],
        "/-/canvas/<path:address>": [f"/-/canvas/{path}" for path in quoted],
        "/-/layers/<path:address>": [f"/-/layers/{path}" for path in quoted],
        "/-/backlinks/<path:address>": [f"/-/backlinks/{path}{page}" for path in quoted for page in ("", "?page=2")],
        "/-/nearby/<path:address>": [f"/-/nearby/{path}" for path in quoted],
        "/-/mentions/<path:address>": [f"/-/mentions/{path}{page}" for path in quoted for page in ("", "?page=2")],
        "/-/compare/<path:address>": [f"/-/compare/{path}" for path in quoted]
        + [
            f"/-/compare/{path}?with={quote(other, safe='')}"
            for path, other in zip(quoted, names.paths[7:], strict=False)
        ],
        "/-/search": [f"/-/search?q={quote(q)}" for q in [*QUERIES, *FILTERED, *MISTYPED]]
        + [f"/-/search?q={quote(q)}" for q in queries(names.words)]
        + [f"/-/search?q=common&page={page}" for page in ("0", "1", "2", "3", "999999999", "x")]
        + [f"/-/search?q=common&sort={order}" for order in ("title", "changed", "x")]
        + [f"/-/search?facets=1&q={quote(q)}" for q in ["common", *names.words]],
        "/-/search.json": [f"/-/search.json?q={quote(q)}" for q in [*FILTERED, *names.words]]
        + ["/-/search.json", "/-/search.json?q=common&page=2&sort=title"],
        "/-/opensearch.xml": ["/-/opensearch.xml"],
        "/-/tags/": ["/-/tags/"],
        "/-/tags/<path:tag>": [f"/-/tags/{quote(tag)}" for tag in names.tags],
        "/-/recent": ["/-/recent", "/-/recent?page=2", "/-/recent?page=999", *filters("/-/recent", names)],
        "/-/recent.atom": ["/-/recent.atom", "/-/recent.atom?page=2", *filters("/-/recent.atom", names)],
        "/-/graph": ["/-/graph", "/-/graph?page=2", *graphs(names)],
        "/-/graph.json": ["/-/graph.json"],
        "/-/graph/<path:address>": [f"/-/graph/{path}{depth}" for path in quoted for depth in ("", "?depth=3")],
        "/-/sitemap.xml": ["/-/sitemap.xml", "/-/sitemap.xml?part=1", "/-/sitemap.xml?part=2"],
        "/robots.txt": ["/robots.txt"],
        "/-/orphans": ["/-/orphans", "/-/orphans?page=2"],
        "/-/missing": ["/-/missing", "/-/missing?page=2"],
        "/-/check": ["/-/check", "/-/check?page=2"],
        "/-/random": ["/-/random", *(f"/-/random?after={path}" for path in quoted)],
        "/-/tree/": ["/-/tree/", "/-/tree/?page=2", *(f"/-/tree/?at={path}" for path in quoted)]
        + [f"/-/tree/?open={path}&open={other}" for path, other in pairwise(quoted)],
        "/-/tree/<path:folder>": [f"/-/tree/{path.rstrip('/')}{part}" for path in quoted for part in ("", "?page=2")],
        "/-/switch.json": [
            f"/-/switch.json?q={quote(q)}" for q in ["", "e", "a", "hrb", "secret", "%", "n", *names.words]
        ],
        "/-/stamp": ["/-/stamp"],
        "/-/health": ["/-/health"],
        "/-/login": ["/-/login", "/-/login?next=/_secret/absent"] + [f"/-/login?next=/{path}" for path in quoted],
        "/-/logout": ["/-/logout"],
        "/-/login/password": ["/-/login/password"],
        "/-/login/code": ["/-/login/code"],
        "/-/login/challenge": ["/-/login/challenge"],
        "/-/login/oidc": ["/-/login/oidc", "/-/login/oidc?next=/_secret/absent"],
        "/-/login/oidc/callback": ["/-/login/oidc/callback", "/-/login/oidc/callback?state=x&code=x"],
        "/-/login/passkey": ["/-/login/passkey"],
        "/-/account": ["/-/account"],
        "/-/account/challenge": ["/-/account/challenge"],
        "/-/admin": ["/-/admin"],
        "/-/audit": ["/-/audit"],
        "/-/settings": ["/-/settings", "/-/settings?next=/_secret/absent"],
        "/-/view-as": ["/-/view-as"],
        "/-/static/<path:filename>": [
            "/-/static/style.css",
            "/-/static/0123456789ab/scripts/strata.js",
            "/-/static/absent",
        ],
    }


def routes() -> list[Rule]:
    """Those of a wiki of nothing."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(build({"vault": {"path": f"{folder}/vault"}, "data": {"path": f"{folder}/data"}}))
        return list(app.url_map.iter_rules())


def addresses(app: Flask, names: Names, part: int = 0, parts: int = 1) -> list[str]:
    """What to ask of every route; of many addresses one in ``parts``, another one for each ``part``."""
    found: dict[str, None] = {}
    table = arguments(names)
    for rule in app.url_map.iter_rules():
        assert rule.rule in table, f"route {rule.rule} has no arguments in tests/pairs.py: add them"
        asked = table[rule.rule]
        found.update(dict.fromkeys(asked[part % parts :: parts] or asked))
    return list(found)


def differences(a: Site, b: Site, role: str, asked: Iterable[str], methods: Iterable[str] = ("GET",)) -> list[str]:
    """Where two sites answer one reader differently."""
    found = []
    for address in asked:
        for method in methods:
            mine, other = a.get(role, address, method), b.get(role, address, method)
            if mine != other:
                found.append(f"{role} {method} {address}: {difference(mine, other)}")
    return found


def difference(a: Answer, b: Answer) -> str:
    if a[0] != b[0]:
        return f"{a[0]} / {b[0]}"
    if a[1] != b[1]:
        return f"headers {sorted(set(a[1]) ^ set(b[1]))}"
    at = next((n for n, (x, y) in enumerate(zip(a[2], b[2], strict=False)) if x != y), min(len(a[2]), len(b[2])))
    return f"…{a[2][max(0, at - 60) : at + 60]!r} / …{b[2][max(0, at - 60) : at + 60]!r}"


def tokens_in(body: bytes) -> set[str]:
    return set(
        re.findall(r"cnry(?:public|internal|protect|private|personal|secret)\d{4}", body.decode("utf-8", "replace"))
    )

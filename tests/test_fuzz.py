"""Whatever is sent or written, the answer is a page or a problem that is said: never a broken server.

``FUZZ_SECONDS`` is how long each is tried, ``FUZZ_SEED`` repeats a run: the seed stands in each failure.
"""

import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from flask.testing import FlaskClient

from tests.conftest import MakeSite, ParseNote, Site
from wiki import config as settings
from wiki.errors import ConfigError
from wiki.markup import frontmatter
from wiki.queries import parser

SECONDS = float(os.environ.get("FUZZ_SECONDS", "2"))
REPO = Path(__file__).resolve().parent.parent
ODD = (
    *"\"'()[]{}<>:;,.|/\\#*-_~^$&%=+!?`@ \t\n\r\0\x0b\x1b\x7f",
    *(
        "\ud800",
        "\ufeff",
        "\u202e",
        "e\u0301",
        "ß",
        "İ",
        "ﬃ",
        "漢字",
        "ก",
        "🏳️‍🌈",
        "\U0010ffff",
        "..",
        "%2e",
        "%00",
        "%zz",
    ),
    *("OR", "AND", "::", "[[", "]]", "---\n", "...", "1e999", "-0", "9" * 400, "a" * 300, "(" * 60, "[" * 120, "null"),
)


def mutants(samples: Sequence[str], seed: int) -> Iterator[str]:
    """Samples with pieces of others, with odd characters, with parts that are gone or stand twice; for a while."""
    chance, end = random.Random(seed), time.monotonic() + SECONDS
    while time.monotonic() < end:
        text = chance.choice(samples)
        for _ in range(chance.randint(0, 6)):
            at, to = sorted(chance.randint(0, len(text)) for _ in range(2))
            other = chance.choice(samples)
            new = (chance.choice(ODD), other[chance.randint(0, len(other)) :][:40], text[at:to] * 2, "")
            text = text[:at] + chance.choice(new) + text[to if chance.random() < 0.5 else at :]
        yield text[:4_000]


def tried(samples: Sequence[str], check: Callable[[str], object]) -> None:
    seed = int(os.environ.get("FUZZ_SEED", random.SystemRandom().getrandbits(32)))
    for text in mutants(samples, seed):
        try:
            check(text)
        except BaseException as error:
            error.add_note(f"FUZZ_SEED={seed} {text!r}")
            raise


@pytest.fixture
def wiki(site: MakeSite) -> Site:
    files = {
        "_public/Note.md": "---\ntags: [a/b]\nkey: value\n---\n# Note\n\nbody [[Other]] [k:: v]\n",
        "_public/Other.md": "---\naliases: [Else]\n---\n# Other\n",
        "_secret/Hidden.secret.md": "# Hidden\n\n[[Note]]\n",
        "_public/file.txt": "plain text",
        "_public/Map.geojson": '{"type": "Point", "coordinates": [1, 2]}',
    }
    return site(files)


def answered(client: FlaskClient, method: str, address: str, **options: object) -> None:
    response = client.open(address, method=method, **options)  # type: ignore[arg-type]
    response.get_data()
    response.close()
    assert response.status_code < 500, (address, options)
    assert "Hidden" not in response.headers.get("Location", "")


QUERIES = [
    'word "a phrase" -not OR (this that*)', "title:x alias:y heading:z body:w", "tag:a/b path:Folder tier:public",
    "is:orphan has:map has:key key:value", 'key:"some value" changed:>2026-01-31 changed:2026-01', "漢字 Käse Straße",
]  # fmt: skip


def test_any_search_is_answered(wiki: Site) -> None:
    client = wiki.reader().client

    def search(text: str) -> None:
        query = urlencode({"q": text.encode("utf-8", "surrogatepass")})
        for page in ("/-/search", "/-/search.json", "/-/switch.json"):
            answered(client, "GET", f"{page}?{query}")

    tried(QUERIES, search)


def test_any_query_in_a_note_is_read_or_its_problem_said() -> None:
    samples = [
        "TABLE a.b, length(rows) AS n FROM #tag AND -[[N]] OR outgoing([[X]]) WHERE a > 1 and !b SORT c DESC LIMIT 5",
        'LIST FROM "folder" GROUP BY key FLATTEN x AS y',
        "TASK WHERE !completed",
        "default(this.a, 1) + choice(x, 2, 3)",
        'date("2026-01-31") - dur(3 days) >= link("A").b[0]',
    ]

    def parse(text: str) -> None:
        for parsed in (parser.parse, parser.parse_expression):
            try:
                parsed(text)
            except parser.Problem:
                continue

    tried(samples, parse)


def test_any_address_is_answered(wiki: Site) -> None:
    rules = [str(rule) for rule in wiki.app.url_map.iter_rules()]
    samples = [
        *rules,
        "/_public/Note",
        "/_public/Note.md",
        "/_public/file.txt",
        "/_secret/Hidden.secret",
        "/_public/../x",
    ]
    client, owner = wiki.reader().client, wiki.reader("owner").client

    def ask(text: str) -> None:
        path, _, query = text.partition("?")
        raw = f"/{path}".encode("utf-8", "surrogatepass").decode("latin-1")
        for reader in (client, owner):
            sent = {"PATH_INFO": raw, "QUERY_STRING": quote(query.encode("utf-8", "surrogatepass"), safe="&=;%")}
            answered(reader, "GET", "/", environ_overrides=sent, headers={"Range": f"bytes={text[:20]!a}"})

    tried(samples, ask)


def test_any_configuration_is_read_or_refused_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    sample = (REPO / "config.toml").read_text("utf-8")
    lines = [line for line in sample.splitlines() if line]

    def load(text: str) -> None:
        file.write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            settings.load(str(file), env={})
        except ConfigError as error:
            message = str(error)
            assert str(file) in message
            assert "\n" not in message

    tried([sample, *lines, "\n".join(lines[:20]), "\n".join(lines[20:])], load)


def test_any_frontmatter_is_read_or_closes_its_note(parse_note: ParseNote) -> None:
    samples = [
        "---\ntitle: A: b\naliases: [x, 'y']\ntags:\n  - a/b\nconfidential: secret\nlocation: [1.5, 2]\n---\n# Text\n",
        "---\nkey: &a [1, 2]\nother: *a\n<<: {confidential: public}\nmap: {a: {b: c}}\ndate: 2026-01-31\n---\n",
        "---\n'Confidential ': [public, secret]\nlong: |\n  text\n  [[Link|x]]\nno: off\ntime: 12:30\n---\nx:: y\n",
    ]

    def parse(text: str) -> None:
        data = text.encode("utf-8", "surrogatepass")
        note = parse_note(data)
        if not note.declared.readable:
            assert note.page.problems

    tried(samples, parse)
    assert frontmatter.read("x", "confidential").declared.readable


def test_any_form_and_header_is_answered(wiki: Site) -> None:
    posts = ["/-/login", "/-/logout", "/-/settings", "/-/account", "/-/as", "/-/code", "/-/admin"]
    posts += [str(rule) for rule in wiki.app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    chance = random.Random(1)
    client, owner = wiki.reader().client, wiki.reader("owner").client
    names = (
        "username",
        "password",
        "code",
        "next",
        "theme",
        "language",
        "name",
        "role",
        "tiers",
        "days",
        "id",
        "action",
    )

    def send(text: str) -> None:
        raw = text.encode("utf-8", "surrogatepass")
        plain = quote(raw, safe=" ;,=/\"'()*:.-_")
        headers = {
            chance.choice(("Cookie", "Authorization", "Accept-Language", "Origin", "Accept", "If-None-Match")): plain
        }
        body = urlencode({chance.choice(names): raw, chance.choice(names): raw}) if chance.random() < 0.8 else raw
        address = chance.choice(posts).replace("<", "").replace(">", "")
        for reader in (client, owner):
            kind = chance.choice(
                ("application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=x")
            )
            answered(reader, "POST", address, data=body, content_type=kind, headers=headers)
        answered(client, "GET", "/-/recent?" + urlencode({"page": raw, "since": raw, "tier": raw}), headers=headers)

    tried(
        [
            "admin",
            "/-/account",
            "http://evil.example//x",
            "de-AT,de;q=0.9",
            "session=abc",
            "Bearer strata_x",
            "2026-01",
        ],
        send,
    )

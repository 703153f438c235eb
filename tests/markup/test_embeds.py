"""Embeds: what stands where a note, a part of one, or a file was embedded."""

import re

import pytest

from tests.conftest import MakeSite, ParseNote
from tests.markup.inspector import inspect, of_the_note
from tests.markup.shown import html
from wiki import weave

VAULT: dict[str, str | bytes] = {
    "a/Note.md": "Intro [[Near]] [[#Two]].\n\n## One\n\nfirst [[./Near]]\n\n### Part\n\nof one\n\n## Two\n\nsecond\n\n"
    "### Part\n\nof two\n\nA block. ^one\n\n- item ^two\n    - inner\n- other\n\n| t |\n|---|\n| cell |\n\n^three",
    "a/Near.md": "---\ntitle: The near one\n---\n# Another heading\n\nnear",
    "a/Foot.md": "text[^1]\n\n[^1]: below",
    "a/pic.png": b"png",
    "a/pic.svg": b"<svg/>",
    "a/doc.pdf": b"%PDF",
    "a/song.mp3": b"mp3",
    "a/film.mp4": b"mp4",
    "a/data.csv": b"1,2",
    "Folder/n.md": "",
}


def embedded(source: str, site: MakeSite, **files: str) -> str:
    vault = {**VAULT, **{f"{name}.md": text for name, text in files.items()}, "page.md": source}
    return of_the_note(site(vault, tiers={"unmarked": "public"}).reader().get("/page").text)


def words(shown: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", shown).split())


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("![[Near]]", "The near one Another heading near"),
        ("![n](a/Near.md)", "The near one Another heading near"),
        ("![n](/a/Near)", "The near one Another heading near"),
        ("![[Note#One]]", "Note › One One first Near Part of one"),
        ("![[Note#Two#Part]]", "Note › Two › Part Part of two A block. item inner other t cell"),
        ("![[Note#^one]]", "Note › one A block."),
        ("![[Note#^two]]", "Note › two item inner"),
        ("![[Note#^three]]", "Note › three t cell"),
        ("![[Note#Nowhere]]", "Note"),
        ("![[Note#^nowhere]]", "Note"),
        ("![[Nothing]]", "Nothing"),
        ("![[Folder]]", "Folder"),
        ("own ^x\n\n![[#^x]]", "own page › x own"),
    ],
)
def test_embed_shows(source: str, shown: str, site: MakeSite) -> None:
    found = embedded(source, site)
    assert words(found) == shown
    inspector = inspect(found)
    assert (inspector.wrong, inspector.open) == ([], [])


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("![[pic.png]]", '<img src="/a/pic.png" alt="pic.png" loading="lazy">'),
        ("![[pic.png|300]]", '<img src="/a/pic.png" alt="pic.png" width="300" loading="lazy">'),
        ("![[pic.png|300x200]]", '<img src="/a/pic.png" alt="pic.png" width="300" height="200" loading="lazy">'),
        ("![[pic.svg|A coat|300]]", '<img src="/a/pic.svg" alt="A coat" width="300" loading="lazy">'),
        ("![350](a/pic.svg)", '<img src="/a/pic.svg" alt="pic.svg" width="350" loading="lazy">'),
        ('![A coat](a/pic.svg "of arms")', '<img src="/a/pic.svg" alt="A coat" title="of arms" loading="lazy">'),
        ("![[song.mp3]]", '<audio controls preload="none" src="/a/song.mp3"></audio>'),
        ("![[song.mp3|Anthem]]", '<figcaption><a class="file" href="/a/song.mp3">Anthem</a></figcaption>'),
        ("![f](a/film.mp4)", '<video controls preload="metadata" src="/a/film.mp4"></video>'),
        ("![[doc.pdf]]", '<iframe src="/a/doc.pdf#navpanes=0" title="doc.pdf" loading="lazy"></iframe>'),
        (
            "![[doc.pdf#page=3]]",
            '<iframe src="/a/doc.pdf#page=3&amp;navpanes=0" title="doc.pdf" loading="lazy"></iframe>',
        ),
        ("![[doc.pdf#x=javascript:y]]", '<iframe src="/a/doc.pdf#navpanes=0" title="doc.pdf" loading="lazy"></iframe>'),
        ("![[doc.pdf]]", '<figcaption><a class="file" href="/a/doc.pdf">doc.pdf</a></figcaption>'),
        ("![[data.csv]]", '<a class="file" href="/a/data.csv">data.csv</a>'),
        ("![[gone.png]]", '<span class="missing">gone.png</span>'),
        ("- ![[song.mp3]]", '<audio controls preload="none" src="/a/song.mp3"></audio>'),
        (
            "| a |\n|---|\n| ![[pic.png|30]] |",
            '<td><img src="/a/pic.png" alt="pic.png" width="30" loading="lazy"></td>',
        ),
    ],
)
def test_embedded_file_is(source: str, shown: str, site: MakeSite) -> None:
    assert shown in embedded(source, site)


def test_only_a_pdf_may_be_framed_and_only_by_the_wiki(site: MakeSite) -> None:
    reader = site({**VAULT, "page.md": ""}, tiers={"unmarked": "public"}).reader()
    assert "frame-src 'self'" in reader.get("/page").headers["Content-Security-Policy"]
    for address in ("/page", "/a/pic.svg", "/a/data.csv", "/a/doc.pdf"):
        with reader.get(address) as response:
            headers = response.headers
        by, old = ("'self'", "SAMEORIGIN") if address.endswith(".pdf") else ("'none'", "DENY")
        assert f"frame-ancestors {by}" in headers["Content-Security-Policy"]
        assert headers["X-Frame-Options"] == old


def test_links_in_an_embedded_note_lead_where_they_lead_in_it(site: MakeSite) -> None:
    found = embedded("# Two\n\n![[Note]]\n\n![[Foot]]", site)
    assert found.count('<a href="/a/Near">Near</a>') == 2
    assert '<a href="/a/Note#h-two">Two</a>' in found
    assert 'href="/a/Foot#fn:1"' in found
    assert 'href="#' not in found


def test_no_id_of_an_embedded_note_is_in_the_page(site: MakeSite) -> None:
    assert inspect(embedded("![[Note]]\n\n![[Foot]]\n\n![[Note#^three]]", site)).ids == []


def test_page_has_one_title(site: MakeSite) -> None:
    """A heading of the first level that says something else is a part of the text."""
    found = embedded("# One\n\n# Two\n\n![[Near]]", site)
    assert "<h1" not in found
    assert found.count('<h2 class="part">Another heading</h2>') == 1
    assert '<h2 class="part" id="h-two">Two</h2>' in found


@pytest.mark.parametrize(
    ("files", "times"),
    [
        pytest.param({"a": "A ![[b]]", "b": "B ![[a]]"}, {"A": 1, "B": 1}, id="a cycle"),
        pytest.param({"a": "A ![[a]]"}, {"A": 1}, id="itself"),
        pytest.param({"a": "A ![[#H]]\n\n## H\n\nB"}, {"A": 1, "B": 2}, id="a part of itself"),
        pytest.param({"a": "A ![[#H]]\n\n## H\n\nB ![[#H]]"}, {"A": 1, "B": 3}, id="a part in itself"),
    ],
)
def test_what_is_embedded_in_itself_becomes_a_link(
    files: dict[str, str], times: dict[str, int], site: MakeSite
) -> None:
    found = of_the_note(
        site({f"{name}.md": text for name, text in files.items()}, tiers={"unmarked": "public"}).reader().get("/a").text
    )
    assert {word: len(re.findall(rf"\b{word}\b(?![^<]*</(?:a|h2)>)", found)) for word in times} == times


def test_embeds_are_bounded_in_depth_and_number(site: MakeSite) -> None:
    deep = {f"deep{n}.md": f"level{n} ![[deep{n + 1}]]" for n in range(20)}
    many = {f"many{n}.md": f"![[many{n + 1}]] ![[many{n + 1}]] x" for n in range(20)}
    reader = site({**deep, **many}, tiers={"unmarked": "public"}).reader()
    assert len(set(re.findall(r"level\d+", reader.get("/deep0").text))) == weave.MAX_DEPTH + 1
    assert reader.get("/many0").text.count('class="embed"') <= weave.MAX_EMBEDS


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        pytest.param("text ^one", '<p id="h-one">text</p>', id="paragraph"),
        pytest.param("a ^one\n\nb", '<p id="h-one">a</p><p>b</p>', id="one of two"),
        pytest.param("- a ^one\n- b", '<ul><li id="h-one">a</li><li>b</li></ul>', id="list item"),
        pytest.param("- a\n- b\n\n^one", '<ul id="h-one"><li>a</li><li>b</li></ul>', id="list"),
        pytest.param("> a ^one", '<blockquote id="h-one"><p>a</p></blockquote>', id="quote"),
        pytest.param("> a\n\n^one", '<blockquote id="h-one"><p>a</p></blockquote>', id="alone under a quote"),
        pytest.param("```\na\n```\n\n^one", '<span id="h-one"></span><pre><code>a\n</code></pre>', id="code"),
        pytest.param("## A ^one", '<span id="h-one"></span><h2 id="h-a">A</h2>', id="heading"),
        pytest.param("a ^one b", "<p>a ^one b</p>", id="inside a line"),
        pytest.param("a^one", "<p>a^one</p>", id="in a word"),
        pytest.param("`a ^one`", "<p><code>a ^one</code></p>", id="code in a line"),
    ],
)
def test_block_id_names_its_block(source: str, shown: str, parse_note: ParseNote) -> None:
    assert html(parse_note(source)) == shown


@pytest.mark.parametrize(
    "source", ["^a\n\n^b", "^a\n^b", "- ^a ^b", "> - ^a\n>\n> ^b", "x ^a\n\n^b\n\n^c", "| ^a |\n|-|\n\n^b"]
)
def test_stray_block_ids_break_nothing(source: str, site: MakeSite) -> None:
    found = embedded(f"{source}\n\n![[#^a]] ![[#^b]]", site)
    inspector = inspect(found)
    assert (inspector.wrong, inspector.open) == ([], [])

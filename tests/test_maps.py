"""Maps: blocks ``leaflet``, GeoJSON files, and where notes are; each for whoever reads the page."""

import json
import os
import re
from html import unescape
from typing import Any

import pytest

from tests.conftest import MakeSite, ParseNote, Site
from tests.pairs import geojson as area
from wiki import geojson
from wiki.geojson import MAX_POINTS, MAX_SHAPES
from wiki.maps import MAX_FILES, MAX_PLACES
from wiki.markup.maps import Folder, place_in, read
from wiki.sketch import MOST_POINTS

FILES: dict[str, str | bytes] = {
    "_public/Coast/Amber.md": "---\nlocation: [54.5, -3.5]\ntags: [light, tall]\n---\nA lighthouse.",
    "_public/Coast/Deep/Birch.md": "---\nlat: 54.6\nlong: -3.4\ntags: [light]\n---\nA harbour.",
    "_public/Coast/Deep/Deeper/Cedar.md": "---\nlocation: 54.7, -3.3\n---\n",
    "_public/Plain.md": "nowhere",
    "_public/Coast/shore.geojson": area("The shore", 1),
    "_public/Coast/Deep/reef.geojson": area("", 3),
    "_secret/Coast/Den.md": "---\nlocation: [10, 20]\ntags: [light]\n---\n",
    "_public/Coast/Cave.secret.md": "---\nlocation: [11, 21]\ntags: [light, tall]\n---\n",
    "_public/Coast/cave.secret.geojson": area("The cave", 5),
}


def block(*lines: str) -> str:
    return "\n".join(["```leaflet", *lines, "```", ""])


@pytest.fixture
def coast(site: MakeSite) -> Site:
    return site(FILES)


def page(coast: Site, text: str, role: str = "anonymous", path: str = "_public/Map") -> str:
    coast.sync({f"{path}.md": text})
    return coast.reader(role).get(f"/{path}").text


def places(text: str) -> list[str]:
    """The titles in the lists of all maps."""
    lists = re.findall(r'<details class="map-places">.*?</details>', text, re.DOTALL)
    return re.findall(r'<li>(?:<a href="[^"]*" dir="auto">|<bdi>)(.*?)</(?:a|bdi)>', "".join(lists))


def shapes(text: str) -> list[str]:
    return re.findall(r'<path class="map-\w+" d="[^"]+"><title>(.*?)</title>', text)


def notices(text: str) -> list[str]:
    found = re.findall(r'<p class="problem".*?</p>', text, re.DOTALL)
    return [unescape(re.sub("<[^>]*>", "", each)) for each in found]


def data(coast: Site, address: str, role: str = "anonymous") -> Any:
    return coast.reader(role).get(address).get_json()


@pytest.mark.parametrize(
    ("folder", "found"),
    [
        ("./Coast", ["Amber", "Birch", "Cedar"]),
        ("./Coast/", ["Amber", "Birch"]),
        ("./Coast//", ["Amber", "Birch", "Cedar"]),
        ("/_public/Coast/Deep", ["Birch", "Cedar"]),
        ("_public/Coast/Deep/", ["Birch", "Cedar"]),
        ("Coast/Deep/Deeper", ["Cedar"]),
        ("[./Coast/Deep/Deeper/, ./Coast/Deep/]", ["Birch", "Cedar"]),
        ("../_public/Coast/Deep/Deeper", ["Cedar"]),
        ("[[Coast/Deep]]", ["Birch", "Cedar"]),
        ("/", ["Amber", "Birch", "Cedar"]),
    ],
)
def test_folder_of_markers(coast: Site, folder: str, found: list[str]) -> None:
    assert places(page(coast, block(f"markerFolder: {folder}"))) == found


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["markerTag: light"], ["Amber", "Birch"]),
        (['markerTag: "#light", "#tall"'], ["Amber"]),
        (["markerTag: #tall", "markerTag: light"], ["Amber", "Birch"]),
        (["markerTag:", "  - [light, tall]"], ["Amber"]),
        (["markerFile: [[Cedar]]", "markerFile: [[Amber|x]], [[Birch]]"], ["Amber", "Birch", "Cedar"]),
        (["markerFile:", " - [[Cedar]]", " - Coast/Amber.md"], ["Amber", "Cedar"]),
        (["marker: default, 54.1, -3.9, [[Amber]], here"], ["here"]),
        (["marker: ,54.1,-3.9", "marker: 54.1, -3.9, [[Birch]]"], ["", "Birch"]),
    ],
)
def test_markers(coast: Site, lines: list[str], found: list[str]) -> None:
    text = page(coast, block(*lines))
    assert places(text) == found
    assert notices(text) == []


def test_marker_leads_to_its_note(coast: Site) -> None:
    text = page(coast, block("markerFile: [[Amber]]"))
    assert '<a href="/_public/Coast/Amber" tabindex="-1"><circle' in text
    assert '<a href="/_public/Coast/Amber" dir="auto">Amber</a> <span class="count">54.5°N 3.5°W</span>' in text


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["geojson: [[shore.geojson]]"], ["The shore"]),
        (["geojson: [[shore.geojson]]|name", "geojson: ./Coast/Deep/reef.geojson"], ["The shore", "reef"]),
        (["geojsonFolder: ./Coast"], ["reef", "The shore"]),
        (["geojsonFolder: ./Coast/Deep/"], ["reef"]),
    ],
)
def test_shapes(coast: Site, lines: list[str], found: list[str]) -> None:
    assert shapes(page(coast, block(*lines))) == found


@pytest.mark.parametrize("text", ["![[shore.geojson]]", "![x](Coast/shore.geojson)"])
def test_embedded_file_is_a_map(coast: Site, text: str) -> None:
    found = page(coast, text)
    assert shapes(found) == ["The shore"]
    assert '<a class="file" href="/-/map/_public/Coast/shore.geojson"' in found


def test_file_has_a_page_and_stays_at_its_address(coast: Site) -> None:
    reader = coast.reader()
    assert shapes(reader.get("/-/map/_public/Coast/shore.geojson").text) == ["The shore"]
    with reader.get("/_public/Coast/shore.geojson") as raw:
        assert (raw.mimetype, raw.data) == ("application/geo+json", FILES["_public/Coast/shore.geojson"])
    assert '<a href="/-/map/_public/Coast/shore.geojson" dir="auto">shore' in reader.get("/_public/Coast/").text
    assert '<a href="/-/map/_public/Coast/shore.geojson">' in page(coast, "[[shore.geojson]]")
    for address in ("_public/Plain", "_public/Coast/absent.geojson", "_public/Coast/cave.secret.geojson"):
        assert reader.get(f"/-/map/{address}").status_code == reader.get(f"/-/map.json/{address}").status_code == 404


ALL = block("markerFolder: /", "markerTag: light", "geojsonFolder: /", "geojson: [[cave.secret.geojson]]")


def test_hidden_notes_and_files_are_on_no_map(coast: Site) -> None:
    text = page(coast, ALL)
    assert places(text) == ["Amber", "Birch", "Cedar"]
    assert shapes(text) == ["reef", "The shore"]
    assert notices(text) == ["cave.secret.geojson: nothing is found there."]
    found = json.dumps(data(coast, "/-/map.json/_public/Map?block=0"))
    assert not re.search("Den|Cave|cave|21", text.partition("<article")[2].partition('<p class="problem"')[0] + found)
    assert "Den" in places(page(coast, ALL, "owner"))
    assert "The cave" in shapes(page(coast, ALL, "owner"))


@pytest.mark.parametrize("key", ["coordinates", "markerFile", "geojson"])
def test_hidden_and_absent_look_alike(coast: Site, key: str) -> None:
    hidden, absent = (page(coast, block(f"{key}: [[{name}]]")) for name in ("Den", "Dem"))
    body = r"<article.*</article>"
    assert re.findall(body, hidden.replace("Den", "Dem"), re.DOTALL) == re.findall(body, absent, re.DOTALL)
    assert len(notices(hidden)) == 1


def test_map_in_an_embed_is_its_readers(coast: Site) -> None:
    coast.sync({"_secret/Inner.md": ALL, "_public/Outer.md": ALL})
    assert places(page(coast, "![[Outer]]\n\n![[Inner]]")) == ["Amber", "Birch", "Cedar"]
    found = page(coast, "![[Outer]]", path="_public/Coast/Deep/Map")
    assert 'href="/-/map/' not in found
    assert places(found) == ["Amber", "Birch", "Cedar"]


def test_data_of_a_block(coast: Site) -> None:
    page(coast, block("markerFile: [[Amber]]") + block("coordinates: [1, 2]", "defaultZoom: 9", "maxZoom: 12"))
    first, second = (data(coast, f"/-/map.json/_public/Map?block={number}") for number in range(2))
    assert first["markers"] == [{"at": [54.5, -3.5], "title": "Amber", "href": "/_public/Coast/Amber"}]
    assert [round(value, 3) for value in second["at"]] == [1, 2]
    assert (second["zoom"], second["zooms"], second["tiles"]) == (9, [0, 12], None)
    for number in ("2", "-1", "x", "", "99999999", "²"):
        assert coast.reader().get(f"/-/map.json/_public/Map?block={number}").status_code == 404


def test_map_opens_where_it_is_told(coast: Site) -> None:
    page(coast, block("coordinates: [[Amber]]", "defaultZoom: 8", "markerFolder: /"))
    found = data(coast, "/-/map.json/_public/Map?block=0")
    assert [round(value, 3) for value in found["at"]] == [54.5, -3.5]
    assert found["zoom"] == 8


@pytest.mark.parametrize(
    "lines", [[], ["lat: 0", "long = 0", "defaultZoom: 12"], ["zoomFeatures: true", "defaultZoom: 1"]]
)
def test_map_shows_all_where_nothing_else_is_told_or_to_be_seen(coast: Site, lines: list[str]) -> None:
    article = page(coast, block("markerFolder: Coast", *lines)).partition("<article")[2].partition("</article>")[0]
    assert article.count("<circle") == 3


def test_links_in_a_block_are_links(coast: Site, parse_note: ParseNote) -> None:
    text = block(
        "coordinates: [[Amber]]", "markerFile: [[Birch|b]]", "geojson: [[s.geojson]]", "marker: ,1,2,[[Cedar#x]]"
    )
    page(coast, text + "[[Plain]]")
    assert 'href="/_public/Map"' in coast.reader().get("/_public/Coast/Amber").text.partition("Linked from")[2]
    note = parse_note(text + "[[Plain]]")
    assert [link.target for link in note.page.links] == ["", "Amber", "Birch", "Cedar", "s.geojson", "Plain"]
    assert [part for part in note.page.parts if isinstance(part, int)] == [0, 5]
    assert note.features == ("link", "map")


def test_line_ends_of_windows(parse_note: ParseNote) -> None:
    note = parse_note("a\r\n```leaflet\r\ncoordinates: [[Amber]] \r\n``` \nb")
    assert [link.title for link in note.page.links] == ["leaflet", ""]


@pytest.mark.parametrize(
    ("front", "place"),
    [
        ("location: [52.37, 9.73]", (52.37, 9.73)),
        ("location:\n  - 10\n  - 10", (10, 10)),
        ('location: "52.37, -9.73"', (52.37, -9.73)),
        ("dv_has_place_longitude: 9.7\ndv_has_place_latitude: 52", (52, 9.7)),
        ("Latitude: 1\nlng: 2", (1, 2)),
        ("location: Berlin", None),
        ("location: [91, 0]", None),
        ("location: [.nan, 0]", None),
        ("location: [1e3, 0]", None),
        ("location: [0, 181]", None),
        ("location: 5", None),
        ("lat: 5", None),
    ],
)
def test_place_of_a_note(parse_note: ParseNote, front: str, place: object) -> None:
    assert parse_note(f"---\n{front}\n---\n").place == place


def test_note_with_a_place_shows_where(coast: Site) -> None:
    assert '<section class="where">' in coast.reader().get("/_public/Coast/Amber").text
    assert "54.5°N 3.5°W" in coast.reader().get("/_public/Coast/Amber").text
    assert '<section class="where">' not in coast.reader().get("/_public/Plain").text


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("coordinates: here", "coordinates are two numbers"),
        ("coordinates: [100, 0]", "coordinates are two numbers"),
        ("lat: x", "a latitude is"),
        ("defaultZoom: near", "a zoom is"),
        ("marker: default, x, y", "a marker has"),
        ("markerFile: [[absent]]", "nothing is found"),
        ("markerFile: [[Plain]]", "does not say where"),
        ("markerFolder: ./absent", "no such folder"),
        ("height: tall", "a size is"),
        ("image: [[x.png]]", "pictures are not"),
        ("geojson: [[Amber]]", "nothing is found"),
    ],
)
def test_what_can_not_be_read_is_named(coast: Site, line: str, says: str) -> None:
    found = notices(page(coast, block(line)))
    assert len(found) == 1
    assert says in found[0]


RING = [[0, 0], [1, 0], [1, 1], [0, 0]]
BROKEN = {
    "half": (b'{"type": "Feature"', "not valid JSON"),
    "nan": (b'{"type": "Point", "coordinates": [NaN, 1]}', "not valid JSON"),
    "deep": (b'{"type": "Polygon", "coordinates": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
    "binary": (b"\x00\xff\xfe", "not valid JSON"),
    "empty": (b"", "not valid JSON"),
    "other": (b'{"type": "Topology"}', "no GeoJSON"),
    "list": (b"[1, 2]", "no GeoJSON"),
    "nothing": (b'{"type": "FeatureCollection", "features": []}', "nothing in it to draw"),
    "far": (b'{"type": "Point", "coordinates": [999, 99]}', "no GeoJSON"),
    "text": (b'{"type": "LineString", "coordinates": "x"}', "no GeoJSON"),
    "large": (b'{"x": "' + b"x" * 1_000_001 + b'"}', "larger than 1 MB"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_file_is_named_and_hurts_only_itself(site: MakeSite, name: str) -> None:
    content, says = BROKEN[name]
    files = {**FILES, f"_public/Coast/{name}.geojson": content}
    found = site(files, limits={"geojson_megabytes": 1.0})
    text = page(found, block("geojsonFolder: ./Coast"))
    assert shapes(text) == ["reef", "The shore"]
    assert len(notices(text)) == 1
    assert notices(text)[0].startswith(f"{name}.geojson: ")
    assert says in notices(text)[0]
    assert found.reader().get(f"/-/map/_public/Coast/{name}.geojson").status_code == 200
    with found.reader().get(f"/_public/Coast/{name}.geojson") as raw:
        assert raw.data == content


def test_some_strange_places_leave_the_rest(site: MakeSite) -> None:
    found = geojson.read(json.dumps({"type": "LineString", "coordinates": [[0, 0], [0, 91], None, [1, 1, 5]]}).encode())
    assert [shape.lines for shape in found.shapes] == [((0, 0, 1, 1),)]
    assert found.problem == "2 places in it can't be read"


def collection(*geometries: dict[str, Any]) -> bytes:
    features = [{"type": "Feature", "properties": None, "geometry": geometry} for geometry in geometries]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def test_every_geometry_is_drawn() -> None:
    found = geojson.read(
        collection(
            {"type": "Point", "coordinates": [1, 2]},
            {"type": "MultiPoint", "coordinates": [[1, 2], [3, 4]]},
            {"type": "LineString", "coordinates": [[1, 2], [3, 4]]},
            {"type": "MultiLineString", "coordinates": [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]},
            {"type": "Polygon", "coordinates": [RING, RING]},
            {"type": "MultiPolygon", "coordinates": [[RING], [RING, RING]]},
            {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [1, 2]}]},
        )
    )
    assert [(shape.kind, len(shape.lines)) for shape in found.shapes] == [
        ("point", 1), ("point", 1), ("line", 1), ("line", 2), ("area", 2), ("area", 3), ("point", 1),
    ]  # fmt: skip
    assert found.problem == ""


def test_file_is_simplified_to_a_bounded_number_of_points() -> None:
    long = [[n / 250 - 180, (n * 7919 % 1000) / 10 - 50] for n in range(50_000)]
    many = [{"type": "Point", "coordinates": [n % 360 - 180, n % 90]} for n in range(MAX_SHAPES + 7)]
    crossing = [[[n, -1e-5], [n + 1, 1e-5]] for n in range(-100, 100)] * 20
    lines = (
        collection({"type": "LineString", "coordinates": long}),
        collection({"type": "MultiLineString", "coordinates": crossing}),
    )
    for content in (*lines, collection(*many)):
        found = geojson.read(content)
        assert 1 < sum(geojson.count(shape.lines) for shape in found.shapes) <= MAX_POINTS
        assert len(found.shapes) <= MAX_SHAPES
    assert found.problem == f"only the first {MAX_SHAPES} of its {MAX_SHAPES + 7} shapes are drawn"


def test_many_notes_and_files_are_bounded_and_counted(site: MakeSite) -> None:
    notes = {f"_public/m/n{n:03}.md": f"---\nlocation: [{n / 10}, 1]\n---\n" for n in range(MAX_PLACES + 5)}
    files = {f"_public/m/f{n:03}.geojson": area("x", n % 9) for n in range(MAX_FILES + 4)}
    text = page(site({**notes, **files}), block("markerFolder: /", "geojsonFolder: m", "markerTag: none"))
    assert len(places(text)) == MAX_PLACES
    assert len(shapes(text)) == MAX_FILES
    assert [each.partition(":")[0] for each in notices(text)] == [f"{MAX_PLACES + 5}", f"{MAX_FILES + 4}"]


def test_outline_of_a_page_is_bounded(site: MakeSite) -> None:
    rings = [[[x + n / 500, (n * 7919 % 499) / 100] for n in range(400)] for x in range(40)]
    files = {
        f"_public/f{n}.geojson": collection({"type": "LineString", "coordinates": ring}) for n, ring in enumerate(rings)
    }
    text = page(site(files), block("geojsonFolder: /"))
    points = sum(len(d.split("l")[1].split()) // 2 for d in re.findall(r'<path class="map-line" d="([^"]*)"', text))
    assert 0 < points <= MOST_POINTS


def test_file_that_changes_is_drawn_anew_and_leaves_nothing(coast: Site) -> None:
    address = "/-/map/_public/Coast/shore.geojson"
    file = coast.config.vault / "_public/Coast/shore.geojson"
    state = file.stat()
    file.write_bytes(area("The strand", 1)[:-1].replace(b"strand", b"shorf")[: state.st_size - 1] + b"}")
    os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))  # the same size and time
    coast.sync({})
    assert shapes(coast.reader().get(address).text) == ["The shorf"]
    file.rename(file.with_name("shore.secret.geojson"))
    coast.sync({})
    assert coast.reader().get(address).status_code == 404
    assert shapes(coast.reader("owner").get("/-/map/_public/Coast/shore.secret.geojson").text) == ["The shorf"]


def test_ground_is_asked_for_only_where_it_is_configured(site: MakeSite) -> None:
    plain = site(FILES).reader().get("/_public/Plain").headers["Content-Security-Policy"]
    assert "img-src 'self';" in plain
    tiled = site(FILES, maps={"tiles": "https://tiles.example/{z}/{x}/{y}.png", "attribution": "<b>Thanks"})
    policy = tiled.reader().get("/_public/Plain").headers["Content-Security-Policy"]
    assert policy == plain.replace("img-src 'self'", "img-src 'self' https://tiles.example")
    with tiled.reader().get("/_public/Coast/shore.geojson") as raw:
        assert "tiles.example" not in raw.headers["Content-Security-Policy"]
    page(tiled, block("markerFile: [[Amber]]"))
    assert data(tiled, "/-/map.json/_public/Map?block=0")["tiles"]["attribution"] == "<b>Thanks"


def test_names_are_escaped(coast: Site) -> None:
    coast.sync(
        {"_public/x.geojson": area('</title><script>"', 1), "_public/y.md": "---\ntitle: <b>\nlocation: [1, 2]\n---"}
    )
    text = page(coast, block("geojson: x.geojson", "markerFile: y", "marker: ,1,2,,<i>", "markerFolder: <u>"))
    assert not re.search("<script>|<b>|<i>|<u>", text)
    assert "style=" not in text


def test_more_maps_than_a_page_shows_are_source(coast: Site) -> None:
    text = page(coast, "\n".join(block("markerFile: [[Amber]]") for _ in range(22)) + "\n![[shore.geojson]]")
    assert text.count('<figure class="map"') == 20
    assert text.count('<code class="language-leaflet">') == 2
    assert '<a class="file" href="/-/map/_public/Coast/shore.geojson">' in text


def test_keys_as_people_write_them() -> None:
    found = read(
        "\n".join(
            [
                "id: x",
                "LAT = 50",
                "long: '10'",
                "width: 320px",
                "height: 300",
                "markerFolder: ./a,b//",
                "geojsonFolder: [A~b/,C///]",
                "- d/",
                "markerFile: [[{{title}}]]",
                "coordinates:: x",
                "junk",
                "minZoom: 9",
                "maxZoom: 3",
            ]
        )
    )
    assert (found.at, found.width, found.height, found.zooms) == ((50, 10), 50, 300, (3, 9))
    assert found.folders == (Folder("./a,b", 2),)
    assert found.file_folders == (Folder("A~b", 1), Folder("C", 3), Folder("d", 1))
    assert not found.notes
    assert not found.odd


@pytest.mark.parametrize(
    "source", ["[" * 20_000, "marker: " + "[[" * 9_000, "markerTag: " + "#" * 19_000, "a:" * 9_000]
)
def test_any_text_is_read_in_bounded_time(source: str) -> None:
    read(source)
    assert place_in(source) is None

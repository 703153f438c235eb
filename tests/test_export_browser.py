"""An exported site in a real browser: from a disk, and from a folder of some server."""

import functools
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.conftest import build_config
from tests.running import eventually
from tests.test_browser import CHROMIUM, DRIVER, SAMPLE, browser
from tests.test_export import LEAFLET, MERMAID, build
from wiki.search.words import fold

__all__ = ["browser"]

pytestmark = pytest.mark.skipif(
    not CHROMIUM or not DRIVER or not SAMPLE.is_dir(), reason="needs Chromium, its driver and the sample vault"
)
LIGHTHOUSE = "_Standards/Places/Lighthouse~Aldernook.html"


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported")
    with pytest.MonkeyPatch.context() as patch:
        from tests.pairs import InProcess

        patch.setattr("wiki.indexer.Workers", InProcess)
        build(folder / "sites" / "wiki", build_config(SAMPLE, folder / "data"))
    return folder / "sites" / "wiki"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def served(exported: Path) -> Iterator[str]:
    """The site below a path of its server, as on GitHub Pages."""
    handler = functools.partial(Quiet, directory=str(exported.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/{exported.name}"
        server.shutdown()


@pytest.fixture(params=["disk", "server"])
def site(request: pytest.FixtureRequest, exported: Path, served: str) -> str:
    return exported.as_uri() if request.param == "disk" else served


def complaints(browser: webdriver.Chrome) -> list[str]:
    said = [entry["message"] for entry in browser.get_log("browser")]
    return [each for each in said if "WebGL" not in each and "GL Driver" not in each]  # of browsers without a card


def hits(browser: webdriver.Chrome) -> list[str]:
    return [hit.text for hit in browser.find_elements(By.CSS_SELECTOR, "a.hit")]


def test_every_kind_of_page_opens_without_a_complaint(browser: webdriver.Chrome, site: str, exported: Path) -> None:
    for name in ("index.html", LIGHTHOUSE, "_Standards/index.html", "-/search.html", "-/tags.html", "-/graph.html",
                 "_Standards/Manual/Diagrams.html", "_Standards/Manual/Maps.html", "_Standards/Manual/Canvas.html",
                 "-/canvas/_Standards/Places/Aldernook.canvas.html", "_Standards/Manual/Formatting.html"):  # fmt: skip
        assert (exported / name).is_file()
        browser.get(f"{site}/{name}")
        eventually(lambda: browser.find_elements(By.CSS_SELECTOR, "#tree li"))
        assert complaints(browser) == [], name


def test_search_finds_from_any_page(browser: webdriver.Chrome, site: str) -> None:
    browser.get(f"{site}/{LIGHTHOUSE}")
    field = browser.find_element(By.CSS_SELECTOR, ".find input")
    field.send_keys("ALDERNOOK light")
    field.submit()
    eventually(lambda: "search.html" in browser.current_url and hits(browser))
    assert "The lighthouse of Aldernook" in hits(browser)
    browser.find_element(By.PARTIAL_LINK_TEXT, "lighthouse of Aldernook").click()
    eventually(lambda: "Aldernook" in browser.title and "search" not in browser.current_url)
    assert complaints(browser) == []


def test_search_follows_what_is_typed(browser: webdriver.Chrome, site: str) -> None:
    browser.get(f"{site}/-/search.html?q=lam")
    eventually(lambda: hits(browser))
    field = browser.find_element(By.CSS_SELECTOR, ".find input")
    field.clear()
    field.send_keys("nothingatall")
    eventually(lambda: not hits(browser))
    assert browser.find_element(By.CSS_SELECTOR, "main .count").text == "Nothing found"
    field.clear()
    field.send_keys("灯")
    eventually(lambda: "The lighthouse of Aldernook" in hits(browser))


def test_tree_opens_and_leads_on(browser: webdriver.Chrome, site: str) -> None:
    browser.get(f"{site}/{LIGHTHOUSE}")
    current = eventually(lambda: browser.find_elements(By.CSS_SELECTOR, "#tree [aria-current]"))
    assert "lighthouse" in current[0].text
    browser.find_element(By.CSS_SELECTOR, "#tree .twist[aria-label='Events']").click()
    eventually(lambda: browser.find_elements(By.PARTIAL_LINK_TEXT, "Lamp Night"))


def test_letters_are_folded_as_in_the_index(browser: webdriver.Chrome, exported: Path) -> None:
    browser.get(f"{exported.as_uri()}/index.html")
    letters = [chr(code) for code in range(0x20000) if not 0xD800 <= code < 0xE000 and chr(code).isalnum()]
    folded = browser.execute_script(
        "return JSON.parse(arguments[0]).map((x) => strata.fold(`x${x}x`))", json.dumps(letters)
    )
    assert [one for one, found in zip(letters, folded, strict=True) if fold(f"x{one}x") != found] == []


def test_graph_can_be_moved_and_leads_to_a_note(browser: webdriver.Chrome, served: str) -> None:
    browser.get(f"{served}/-/graph.html")
    (field,) = eventually(lambda: browser.find_elements(By.CSS_SELECTOR, "#map input"))
    field.send_keys("lighthouse of")
    field.send_keys(Keys.ENTER)
    browser.find_element(By.CSS_SELECTOR, "#map .names").send_keys(Keys.ENTER)
    eventually(lambda: browser.current_url.endswith(quote(LIGHTHOUSE, safe="/~")))
    assert complaints(browser) == []


@pytest.mark.skipif(not LEAFLET.is_file(), reason="needs what npm has")
def test_map_can_be_moved_and_its_places_lead_to_notes(browser: webdriver.Chrome, served: str) -> None:
    browser.get(f"{served}/_Standards/Manual/Maps.html")
    pins = eventually(lambda: browser.find_elements(By.CSS_SELECTOR, "figure.map.live a.map-pin[href]"))
    for address in [pin.get_attribute("href") for pin in pins]:
        with urlopen(str(address)) as answer:
            assert answer.status == 200
    assert complaints(browser) == []


@pytest.mark.skipif(not MERMAID.is_file(), reason="needs what npm has")
def test_diagrams_are_drawn_in_frames_that_reach_nothing(browser: webdriver.Chrome, served: str) -> None:
    browser.get(f"{served}/_Standards/Manual/Diagrams.html")
    eventually(lambda: browser.find_elements(By.CSS_SELECTOR, ".diagram.drawn"), 20)
    frame = browser.find_element(By.CSS_SELECTOR, ".diagram iframe")
    assert frame.get_attribute("sandbox") == "allow-scripts"
    assert complaints(browser) == []
    tried = """
        const [address, done] = arguments;
        const code = document.createElement("script");
        code.textContent = "window.inline = 1";
        document.body.append(code);
        const tell = (said) => done([origin, document.querySelector("svg") !== null, window.inline ?? "no", said]);
        fetch(address, { mode: "no-cors" }).then(() => tell("fetched"), () => tell("refused"));"""
    browser.switch_to.frame(frame)
    assert browser.execute_async_script(tried, f"{served}/index.html") == ["null", True, "no", "refused"]
    browser.switch_to.default_content()
    browser.get_log("browser")  # of what was refused


def test_canvas_can_be_looked_into(browser: webdriver.Chrome, served: str) -> None:
    browser.get(f"{served}/-/canvas/_Standards/Places/Aldernook.canvas.html")
    eventually(lambda: browser.find_elements(By.CSS_SELECTOR, ".canvas .zoom-tools"))
    view = "return document.querySelector('.canvas svg').getAttribute('viewBox')"
    whole = browser.execute_script(view)
    browser.find_element(By.CSS_SELECTOR, ".canvas-box").send_keys("+")
    assert browser.execute_script(view) != whole
    assert complaints(browser) == []


def test_from_a_disk_diagrams_are_their_source(browser: webdriver.Chrome, exported: Path) -> None:
    browser.get(f"{exported.as_uri()}/_Standards/Manual/Diagrams.html")
    eventually(lambda: browser.find_elements(By.CSS_SELECTOR, "#tree li"))
    assert browser.find_elements(By.CSS_SELECTOR, "pre > code.language-mermaid")
    assert not browser.find_elements(By.CSS_SELECTOR, ".diagram")
    assert complaints(browser) == []


def test_from_a_disk_there_is_a_list_in_place_of_the_graph(browser: webdriver.Chrome, exported: Path) -> None:
    browser.get(f"{exported.as_uri()}/-/graph.html")
    eventually(lambda: not browser.find_elements(By.CSS_SELECTOR, "#map"))
    assert browser.find_elements(By.CSS_SELECTOR, "ol.linked a")
    assert complaints(browser) == []

"""Diagrams: Mermaid draws them in a frame that reaches nothing, whatever a note says."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from tests.conftest import MakeSite, ParseNote, write_files
from tests.pairs import make_canvas
from tests.running import Server, eventually, serving
from tests.test_browser import CHROMIUM, DRIVER, browser  # noqa: F401

VENDOR = Path(__file__).parent.parent / "static/vendor/mermaid.js"
FRAME = "/-/static/0123456789ab/frames/mermaid.html"

needs_browser = pytest.mark.skipif(
    not CHROMIUM or not DRIVER or not VENDOR.exists(), reason="needs Chromium, its driver and static/vendor"
)


def block(*lines: str) -> str:
    return "\n".join(["```mermaid", *lines, "```", ""])


# What the server sends


def test_diagram_is_its_source_where_no_script_runs(parse_note: ParseNote) -> None:
    parts = parse_note(block("graph TD", "A --> B")).page.parts
    assert parts == ('<pre><code class="language-mermaid">graph TD\nA --&gt; B\n</code></pre>',)


def test_frame_has_no_origin_and_only_the_wiki_may_show_it(site: MakeSite) -> None:
    headers = site({}).reader().get(FRAME).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy == {
        "sandbox": "allow-scripts",
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'unsafe-inline'",
        "frame-ancestors": "'self'",
        "form-action": "'none'",
        "base-uri": "'none'",
    }
    assert headers["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("name", ["frames/mermaid.html", "frames/mermaid.js", "frames/zoom.js"])
def test_frame_may_load_its_parts_though_it_has_no_origin(site: MakeSite, name: str) -> None:
    asks = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", "Origin": "null"}
    answer = site({}).reader().get(f"/-/static/0123456789ab/{name}", headers=asks)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.parametrize(
    "address",
    ["/-/static/0123456789ab/style.css", "/-/static/0123456789ab/scripts/strata.js", "/frames/x", "/x/vendor/a"],
)
def test_nothing_else_is_open_to_other_sites(site: MakeSite, address: str) -> None:
    reader = site({"frames/x.md": "a", "x/vendor/a.md": "a"}, tiers={"unmarked": "public"}).reader()
    headers = reader.get(address).headers
    assert "Access-Control-Allow-Origin" not in headers
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    asks = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}
    assert reader.get(address, headers=asks).status_code == 403


# In a browser

ATTACKS = {
    "directive": ['%%{init: {"securityLevel": "loose", "maxTextSize": 99999999, "maxEdges": 99999999}}%%', "graph TD"],
    "frontmatter": ["---", "config:", "  securityLevel: loose", "  secure: []", "---", "graph TD"],
    "wrapped": [
        "%%{wrap}%%",
        '%%{initialize: {"secure": [], "securityLevel": "antiscript", "dompurifyConfig": {"ADD_TAGS": ["iframe"]}}}%%',
        "graph TD",
    ],
}
HOSTILE = [
    "A[\"<img src='/x' onerror='window.hacked = 1'>one\"] --> B[\"<script>window.hacked = 1</script>two\"]",
    "B --> C[\"<iframe src='/'></iframe><svg onload='window.hacked = 1'></svg><a href='/x'>three</a>\"]",
    'click A href "javascript:window.hacked=1"',
    "click B call hacked()",
    'click C href "/" _top',
]
FILES = {
    "_public/Tea.md": "Before\n\n" + block("graph TD", "accTitle: How tea is made", "A[Water] --> B[Cup]") + "\nAfter",
    "_public/Broken.md": block("graph TD", "A[<b>]] --> nothing"),
    "_public/Long.md": block("graph TD", *(f"A{n} --> B{n}" for n in range(6000))),
    "_public/Edges.md": block("graph TD", *(f"A{n} --> B" for n in range(1200))),
    "_public/Sheet.canvas": make_canvas("[[Tea]]", "_public/Tea.md", "_public/Gone.md"),
    "_public/None.md": "```python\nmermaid\n```",
    **{f"_public/{name}.md": block(*lines, *HOSTILE) for name, lines in ATTACKS.items()},
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("diagrams")
    (folder / "vault").mkdir()
    with serving(write_files(folder / "vault", FILES), folder) as running:
        yield running


def drawn(browser: webdriver.Chrome, server: Server, name: str) -> WebElement:  # noqa: F811
    browser.get(f"{server.address}/_public/{name}")
    eventually(lambda: browser.find_elements(By.CSS_SELECTOR, ".diagram.drawn"), 20)
    return browser.find_element(By.CSS_SELECTOR, ".diagram iframe")


def in_frame(browser: webdriver.Chrome, frame: WebElement, code: str) -> Any:  # noqa: F811
    browser.switch_to.frame(frame)
    try:
        return browser.execute_script(code)
    finally:
        browser.switch_to.default_content()


def notice(browser: webdriver.Chrome, server: Server, name: str) -> str:  # noqa: F811
    browser.get(f"{server.address}/_public/{name}")
    [found] = eventually(lambda: browser.find_elements(By.CSS_SELECTOR, ".diagram .problem"), 20)
    return found.text


VIEW = "return document.querySelector('svg').getAttribute('viewBox').split(' ').map(Number)"


@needs_browser
def test_diagram_is_drawn_and_named_without_an_error(browser: webdriver.Chrome, server: Server) -> None:  # noqa: F811
    frame = drawn(browser, server, "Tea")
    assert frame.get_attribute("title") == "How tea is made"
    assert 50 < int(str(frame.get_attribute("height"))) < 600
    assert "Water" in in_frame(browser, frame, "return document.querySelector('svg').textContent")
    assert browser.get_log("browser") == []


@needs_browser
def test_frame_reaches_nothing(browser: webdriver.Chrome, server: Server) -> None:  # noqa: F811
    frame = drawn(browser, server, "Tea")
    assert frame.get_attribute("sandbox") == "allow-scripts"
    tried = """
        const tries = [() => parent.document.title, () => top.location.href, () => document.cookie, () => localStorage];
        const errors = tries.map((act) => { try { return act(); } catch (error) { return error.name; } });
        const code = document.createElement("script");
        code.textContent = "window.inline = 1";
        document.body.append(code);
        return [origin, ...errors, window.inline ?? "no"];"""
    assert in_frame(browser, frame, tried) == ["null", *["SecurityError"] * 4, "no"]
    fetched = (
        "const done = arguments[0]; fetch('/-/health', { mode: 'no-cors' }).then(() => done('yes'), () => done('no'))"
    )
    browser.switch_to.frame(frame)
    assert browser.execute_async_script(fetched) == "no"
    browser.switch_to.default_content()


@needs_browser
@pytest.mark.parametrize("name", ATTACKS)
def test_text_of_a_diagram_lowers_no_guard(browser: webdriver.Chrome, server: Server, name: str) -> None:  # noqa: F811
    frame = drawn(browser, server, name)
    browser.switch_to.frame(frame)
    settings = """
        const done = arguments[0];
        import("../vendor/mermaid.js").then(({ default: { mermaidAPI } }) => {
          const { securityLevel, maxTextSize, maxEdges, secure } = mermaidAPI.getConfig();
          done([securityLevel, maxTextSize, maxEdges, secure.includes("securityLevel")]);
        });"""
    assert browser.execute_async_script(settings) == ["strict", 50_000, 1000, True]
    held = "return [...document.querySelectorAll(arguments[0])].map((element) => element.outerHTML)"
    assert browser.execute_script(held, "script:not([src]), img, iframe, [href], [onload], [onerror]") == []
    for node in browser.find_elements(By.CSS_SELECTOR, ".node"):
        node.click()
    assert browser.execute_script("return window.hacked ?? null") is None
    browser.switch_to.default_content()
    assert browser.execute_script("return window.hacked ?? null") is None
    assert browser.current_url == f"{server.address}/_public/{name}"
    assert in_frame(browser, frame, "return location.pathname.split('/').pop()") == "mermaid.html"


@needs_browser
@pytest.mark.parametrize("name", ["Broken", "Long", "Edges"])
def test_what_can_not_be_drawn_says_why_and_shows_its_source(
    browser: webdriver.Chrome,  # noqa: F811
    server: Server,
    name: str,
) -> None:
    said = notice(browser, server, name)
    assert said.startswith("This diagram can’t be drawn.\n")
    assert len(said) < 1100
    assert browser.find_element(By.CSS_SELECTOR, ".diagram details[open] code").text.startswith("graph TD")
    assert not browser.find_elements(By.CSS_SELECTOR, ".diagram iframe, .problem b")


@needs_browser
def test_page_without_a_diagram_loads_nothing_for_one(browser: webdriver.Chrome, server: Server) -> None:  # noqa: F811
    browser.get(f"{server.address}/_public/None")
    loaded = browser.execute_script("return performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert any("scripts/" in name for name in loaded)
    assert not any(part in name for name in loaded for part in ("/vendor/", "/frames/", "/parts/"))


@needs_browser
def test_keys_and_buttons_zoom_and_move(browser: webdriver.Chrome, server: Server) -> None:  # noqa: F811
    frame = drawn(browser, server, "Tea")
    whole = in_frame(browser, frame, VIEW)

    def press(keys: str) -> list[float]:
        browser.switch_to.frame(frame)
        browser.find_element(By.TAG_NAME, "svg").send_keys(keys)
        browser.switch_to.default_content()
        return list(in_frame(browser, frame, VIEW))

    nearer = press("+")
    assert nearer[2] < whole[2]
    assert press(Keys.ARROW_RIGHT)[0] > nearer[0]
    assert press("0") == whole
    browser.find_element(By.CSS_SELECTOR, ".diagram [data-act=larger]").click()
    eventually(lambda: in_frame(browser, frame, VIEW)[2] < whole[2])
    browser.find_element(By.CSS_SELECTOR, ".diagram [data-act=whole]").click()
    eventually(lambda: in_frame(browser, frame, VIEW) == whole)


@pytest.mark.skipif(not CHROMIUM or not DRIVER, reason="needs Chromium and its driver")
def test_canvas_can_be_looked_into(browser: webdriver.Chrome, server: Server) -> None:  # noqa: F811
    browser.get(f"{server.address}/-/canvas/_public/Sheet.canvas")
    eventually(lambda: browser.find_elements(By.CSS_SELECTOR, ".canvas .zoom-tools"))
    view = VIEW.replace("'svg'", "'.canvas svg'")
    whole = browser.execute_script(view)
    box = browser.find_element(By.CSS_SELECTOR, ".canvas-box")
    box.send_keys("+")
    assert browser.execute_script(view)[2] < whole[2]
    box.send_keys("0")
    assert browser.execute_script(view) == whole
    browser.find_element(By.CSS_SELECTOR, ".canvas [data-act=larger]").click()
    assert browser.execute_script(view)[2] < whole[2]
    ActionChains(browser).move_to_element(box).click_and_hold().move_by_offset(-60, 0).release().perform()
    assert browser.execute_script(view)[0] > whole[0] + (whole[2] - browser.execute_script(view)[2]) / 2
    assert browser.get_log("browser") == []


@needs_browser
def test_diagram_follows_the_theme(browser: webdriver.Chrome, server: Server) -> None:  # noqa: F811
    frame = drawn(browser, server, "Tea")
    scheme = "return [document.documentElement.style.colorScheme, document.querySelector('svg').id]"
    before, first = in_frame(browser, frame, scheme)
    other = "light" if before == "dark" else "dark"
    browser.execute_script("document.documentElement.dataset.theme = arguments[0]", other)
    eventually(lambda: in_frame(browser, frame, scheme)[0] == other)
    eventually(lambda: in_frame(browser, frame, "return document.querySelector('svg').id") != first)


@needs_browser
def test_page_believes_no_height_that_can_not_be(browser: webdriver.Chrome, server: Server) -> None:  # noqa: F811
    frame = drawn(browser, server, "Tea")
    told = "parent.postMessage({ kind: 'drawn', height: %s, name: %s }, '*')"
    in_frame(browser, frame, told % ("'7; x'", "'odd'"))
    in_frame(browser, frame, told % ("NaN", "'odd'"))
    in_frame(browser, frame, told % ("1e9", "{ a: 1 }"))
    eventually(lambda: frame.get_attribute("height") == "1600")
    assert frame.get_attribute("title") == "Diagram"
    # From anything but a diagram's frame it is no message at all.
    browser.execute_script("postMessage({ kind: 'failed', why: 'x' }, '*')")
    in_frame(browser, frame, told % ("30", "''"))
    eventually(lambda: frame.get_attribute("height") == "30")
    assert not browser.find_elements(By.CSS_SELECTOR, ".problem")

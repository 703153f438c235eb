"""For everyone: rules of accessibility as axe-core knows them, contrast, nothing that moves, little to load."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from axe_core_python.selenium import Axe
from selenium import webdriver

from tests.running import Server
from tests.test_browser import LIGHTHOUSE, browser, log_in, pytestmark, server  # noqa: F401

SECRET = "/_secret/Places/Lighthouse~Aldernook.secret"
PAGES = [
    "/",
    LIGHTHOUSE,
    SECRET,
    "/_Standards/Manual/Formatting",
    "/_Standards/Manual/Maps",
    "/-/map/_Standards/Places/Aldernook/Headland.geojson",
    "/_Standards/Places/",
    "/-/canvas/_Standards/Places/Aldernook.canvas",
    f"/-/layers{LIGHTHOUSE}",
    f"/-/compare{SECRET}",
    f"/-/backlinks{LIGHTHOUSE}",
    f"/-/mentions{LIGHTHOUSE}",
    "/-/orphans",
    "/-/missing",
    "/-/check",
    "/-/search?q=light",
    "/-/tags/",
    "/-/tags/place/coast",
    "/-/recent",
    "/-/graph",
    f"/-/graph{LIGHTHOUSE}?depth=2",
    "/-/settings",
    "/-/account",
    "/-/admin",
    "/-/audit",
    "/-/login",
    "/absent",
]
TIERS = ("public", "internal", "protect", "private", "personal", "secret")

# Colours may be in any space: the canvas says which pixel they make.
PIXELS = """
const pixel = (colour) => {
  const context = new OffscreenCanvas(1, 1).getContext("2d");
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
};
return arguments[0].map((rank) => {
  const chip = document.createElement("span");
  chip.className = `tier tier-${rank}`;
  document.body.append(chip);
  const { color, backgroundColor } = getComputedStyle(chip);
  return [pixel(color), pixel(backgroundColor), pixel(getComputedStyle(document.body).backgroundColor)];
});
"""
SHIFTS = """
const done = arguments[0];
const shifts = [];
const observer = new PerformanceObserver((list) => shifts.push(...list.getEntries()));
observer.observe({ type: "layout-shift", buffered: true });
requestAnimationFrame(() => requestAnimationFrame(() => {
  shifts.push(...observer.takeRecords());
  done(shifts.map((shift) => shift.value));
}));
"""


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest, browser: webdriver.Chrome) -> Iterator[str]:  # noqa: F811
    features = [{"name": "prefers-color-scheme", "value": request.param}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    return request.param


def test_pages_break_no_rule_of_accessibility(browser: webdriver.Chrome, server: Server, theme: str) -> None:  # noqa: F811
    log_in(browser, server)
    found = []
    for page in PAGES:
        browser.get(server.address + page)
        for violation in Axe().run(browser)["violations"]:
            nodes = [node["html"][:200] for node in violation["nodes"]]
            found.append(f"{page}: {violation['id']}: {violation['help']}: {nodes}")
    assert found == []


def test_tiers_can_be_read_on_their_colours(browser: webdriver.Chrome, server: Server, theme: str) -> None:  # noqa: F811
    browser.get(server.address)
    for tier, (text, chip, page) in zip(TIERS, browser.execute_script(PIXELS, list(range(6))), strict=True):
        assert contrast(text, chip) >= 4.5, tier
        assert contrast(text, page) >= 4.5, tier


def contrast(a: list[int], b: list[int]) -> float:
    """As WCAG 2.2 defines it."""
    darker, lighter = sorted((luminance(a), luminance(b)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: list[int]) -> float:
    shares = (value / 255 for value in colour)
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_moves_while_a_page_loads(browser: webdriver.Chrome, server: Server, width: int) -> None:  # noqa: F811
    screen = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    for page in PAGES:
        browser.get(server.address + page)
        assert browser.execute_async_script(SHIFTS) == [], page


def test_first_page_is_small(browser: webdriver.Chrome, server: Server) -> None:  # noqa: F811
    browser.get(server.address + "/_Standards/Manual/Formatting")
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    sent = {e["params"]["requestId"]: e["params"]["request"]["url"] for e in of(events, "Network.requestWillBeSent")}
    sizes = {
        sent[e["params"]["requestId"]]: e["params"]["encodedDataLength"]
        for e in of(events, "Network.loadingFinished")
        if sent.get(e["params"]["requestId"], "").startswith(server.address)
    }
    assert 10_000 < sum(sizes.values()) <= 100_000, sizes


def of(events: list[dict[str, Any]], method: str) -> list[dict[str, Any]]:
    return [event for event in events if event["method"] == method]

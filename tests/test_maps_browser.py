"""In a real browser: a map that moves takes the place of its outline, without a jump, and is a list without scripts."""

from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.running import Server, eventually
from tests.test_browser import SAMPLE, browser, log_in, pytestmark, server, title  # noqa: F401

Browser = webdriver.Chrome
MAPS = "/_Standards/Manual/Maps"
FILE = "/-/map/_Standards/Places/Aldernook/Headland.geojson"
needs_vendor = pytest.mark.skipif(
    not (SAMPLE.parent / "static" / "vendor" / "leaflet.js").exists(), reason="needs static/vendor: make static/vendor"
)


BOXES = """return [...document.querySelectorAll(".map, .map-box, .map figcaption, .foot")].map((element) => {
  const { x, y, width, height } = element.getBoundingClientRect();
  return [x, y, width, height].map(Math.round);
})"""


def boxes(browser: Browser) -> Any:  # noqa: F811
    return browser.execute_script(BOXES)


def live(browser: Browser) -> bool:  # noqa: F811
    return bool(browser.find_elements(By.CSS_SELECTOR, ".map.live .leaflet-overlay-pane path"))


@needs_vendor
def test_map_moves_in_place_of_its_outline(browser: Browser, server: Server) -> None:  # noqa: F811
    browser.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*/vendor/leaflet.js"]})
    browser.execute_cdp_cmd("Network.enable", {})
    browser.get(server.address + FILE)
    before = boxes(browser)
    assert not live(browser)
    browser.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})
    browser.get(server.address + FILE)
    eventually(lambda: live(browser))
    assert boxes(browser) == before
    box = browser.find_element(By.CSS_SELECTOR, ".map-live")
    size = "return document.querySelector('.map-live path').getBoundingClientRect().width"
    was = browser.execute_script(size)
    box.send_keys("+")
    eventually(lambda: browser.execute_script(size) > 1.5 * was)
    assert [entry["message"] for entry in browser.get_log("browser") if "leaflet.js" not in entry["message"]] == []


@needs_vendor
def test_marker_is_a_link(browser: Browser, server: Server) -> None:  # noqa: F811
    browser.get(server.address + MAPS)
    browser.execute_script("document.querySelector('.map').scrollIntoView()")
    eventually(lambda: live(browser))
    pins = browser.find_elements(By.CSS_SELECTOR, "a.map-pin")
    assert len(pins) == 3
    pin = next(pin for pin in pins if "lighthouse" in pin.get_attribute("aria-label"))
    pin.send_keys(Keys.ENTER)
    eventually(lambda: "lighthouse" in title(browser))


def test_outline_and_list_are_there_without_scripts(browser: Browser, server: Server) -> None:  # noqa: F811
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    browser.get(server.address + MAPS)
    found = browser.find_element(By.CSS_SELECTOR, ".map")
    assert found.find_elements(By.CSS_SELECTOR, "svg .map-area")
    found.find_element(By.CSS_SELECTOR, "summary").send_keys(Keys.ENTER)
    found.find_element(By.PARTIAL_LINK_TEXT, "harbour").send_keys(Keys.ENTER)
    eventually(lambda: "harbour" in title(browser))

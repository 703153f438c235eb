"""In a real browser: the map of all notes, and the picture around one."""

from urllib.parse import unquote, urlsplit

from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.running import Server, eventually
from tests.test_browser import LIGHTHOUSE, browser, pytestmark, server  # noqa: F401


def zoom(browser: webdriver.Chrome) -> float:  # noqa: F811
    return float(browser.find_element(By.ID, "map").get_attribute("data-zoom") or 0)


def path(browser: webdriver.Chrome) -> str:  # noqa: F811
    return unquote(urlsplit(browser.current_url).path)


def test_map_is_drawn_zoomed_and_leads_to_a_note(browser: webdriver.Chrome, server: Server) -> None:  # noqa: F811
    browser.get(f"{server.address}/-/graph")
    eventually(lambda: zoom(browser) == 1, 15)
    surface = browser.find_element(By.CSS_SELECTOR, "#map .names")
    surface.send_keys("+")
    eventually(lambda: zoom(browser) > 1.3)
    ActionChains(browser).send_keys("/").perform()
    field = eventually(lambda: browser.find_elements(By.CSS_SELECTOR, "#map input"))[0]
    assert browser.switch_to.active_element == field
    field.send_keys("lighthouse of")
    eventually(lambda: browser.find_elements(By.CSS_SELECTOR, "#map [role=option][aria-selected=true]"))
    field.send_keys(Keys.ENTER)
    eventually(lambda: zoom(browser) >= 5)
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    eventually(lambda: path(browser) == LIGHTHOUSE)
    serious = [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
    assert serious == []


def test_without_webgl_the_list_stays(browser: webdriver.Chrome, server: Server) -> None:  # noqa: F811
    script = "HTMLCanvasElement.prototype.getContext = ((real) => function (kind, ...more) {"
    script += " return kind === 'webgl2' ? null : real.call(this, kind, ...more); })"
    script += "(HTMLCanvasElement.prototype.getContext)"
    browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": script})
    browser.get(f"{server.address}/-/graph")
    eventually(lambda: browser.find_elements(By.CSS_SELECTOR, "#map.failed .waiting"))
    assert not browser.find_elements(By.CSS_SELECTOR, "#map canvas")
    assert browser.find_elements(By.CSS_SELECTOR, ".linked li a")


def test_pointer_brings_out_what_a_note_is_tied_to(browser: webdriver.Chrome, server: Server) -> None:  # noqa: F811
    browser.get(f"{server.address}/-/graph{LIGHTHOUSE}?depth=2")
    center = eventually(lambda: browser.find_elements(By.CSS_SELECTOR, ".around .center circle"))[0]
    ActionChains(browser).move_to_element(center).perform()
    eventually(lambda: browser.find_elements(By.CSS_SELECTOR, ".drawing.pointed"))
    near = len(browser.find_elements(By.CSS_SELECTOR, ".around .node.near"))
    assert 1 < near < len(browser.find_elements(By.CSS_SELECTOR, ".around .node"))

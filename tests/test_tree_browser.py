"""In a real browser: the tree beside the text, the folders beside each breadcrumb, and keys from note to note."""

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.running import Server, eventually
from tests.test_browser import LIGHTHOUSE, browser, log_in, pytestmark, server  # noqa: F401
from wiki.paths import name_of

HARBOUR = "/_Standards/Places/Aldernook/Harbour~Aldernook"
LENS = "/_Standards/Things/Lens~Fresnel"
MANUAL = "_Standards/Manual"
PHONE = {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True}


def rows(browser: webdriver.Chrome) -> list[str]:  # noqa: F811
    """The addresses in the tree, from top to bottom."""
    script = "return [...document.querySelectorAll('#tree a')].map((link) => decodeURI(link.pathname))"
    found: list[str] = browser.execute_script(script)
    return found


def focused(browser: webdriver.Chrome) -> str:  # noqa: F811
    path: str = browser.execute_script("return decodeURI(document.activeElement.pathname ?? '')")
    return path


def press(browser: webdriver.Chrome, *keys: str) -> None:  # noqa: F811
    for key in keys:
        browser.switch_to.active_element.send_keys(key)


def twist(browser: webdriver.Chrome, folder: str) -> None:  # noqa: F811
    eventually(lambda: browser.find_elements(By.CSS_SELECTOR, f'[data-folder="{folder}"]'))
    browser.find_element(By.CSS_SELECTOR, f'[data-folder="{folder}"]').click()


def test_tree_shows_where_the_reader_is_and_keeps_what_is_open(browser: webdriver.Chrome, server: Server) -> None:  # noqa: F811
    browser.get(server.address + LIGHTHOUSE)
    eventually(lambda: LIGHTHOUSE in rows(browser))
    current = browser.find_element(By.CSS_SELECTOR, "#tree [aria-current=page]")
    assert current.get_attribute("pathname") == LIGHTHOUSE
    assert f"/{MANUAL}/Search" not in rows(browser)
    twist(browser, MANUAL)
    eventually(lambda: f"/{MANUAL}/Search" in rows(browser))
    browser.get(server.address + HARBOUR)
    eventually(lambda: HARBOUR in rows(browser))
    assert f"/{MANUAL}/Search" in rows(browser)
    twist(browser, MANUAL)
    browser.get(server.address + LIGHTHOUSE)
    eventually(lambda: LIGHTHOUSE in rows(browser))
    assert f"/{MANUAL}/Search" not in rows(browser)
    assert HARBOUR in rows(browser)


def test_current_note_is_in_sight_and_the_page_stays(browser: webdriver.Chrome, server: Server) -> None:  # noqa: F811
    browser.set_window_size(1280, 420)
    page = f"/{MANUAL}/What_is_promised"
    browser.get(server.address + page)
    eventually(lambda: page in rows(browser))
    box, shown, moved = browser.execute_script(
        "const [row, tree] = [document.querySelector('#tree [aria-current]'), document.getElementById('tree')];"
        "const end = (element) => element.getBoundingClientRect().bottom;"
        "return [end(row), Math.min(innerHeight, end(tree)), scrollY]"
    )
    assert 0 < box <= shown
    assert moved == 0


def test_arrow_keys_walk_through_the_tree(browser: webdriver.Chrome, server: Server) -> None:  # noqa: F811
    browser.get(server.address + LENS)
    eventually(lambda: rows(browser))
    link = browser.find_element(By.CSS_SELECTOR, f'#tree a[href="/{MANUAL}/"]')
    browser.execute_script("arguments[0].focus()", link)
    press(browser, Keys.ARROW_RIGHT)
    eventually(lambda: f"/{MANUAL}/Search" in rows(browser))
    press(browser, Keys.ARROW_RIGHT)
    first = rows(browser)[rows(browser).index(f"/{MANUAL}/") + 1]
    assert focused(browser) == first
    press(browser, Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_UP)
    assert focused(browser) == rows(browser)[rows(browser).index(first) + 1]
    press(browser, Keys.ARROW_LEFT)
    assert focused(browser) == f"/{MANUAL}/"
    press(browser, Keys.ARROW_LEFT)
    assert first not in rows(browser)
    press(browser, Keys.END)
    assert focused(browser) == rows(browser)[-1]
    press(browser, Keys.HOME)
    assert focused(browser) == rows(browser)[0]


def test_breadcrumb_lists_the_folders_beside_it(browser: webdriver.Chrome, server: Server) -> None:  # noqa: F811
    browser.get(server.address + HARBOUR)
    button = browser.find_elements(By.CSS_SELECTOR, ".crumbs button.step")[1]
    assert button.accessible_name == "Folders beside Places"
    button.send_keys(Keys.ENTER)
    eventually(lambda: focused(browser) == "/_Standards/Places/")
    assert button.get_attribute("aria-expanded") == "true"
    listed = [link.text for link in browser.find_elements(By.CSS_SELECTOR, ".beside:popover-open a")]
    assert listed == ["Manual", "People", "Places", "Things"]
    press(browser, Keys.ARROW_DOWN)
    assert focused(browser) == "/_Standards/Things/"
    press(browser, Keys.ESCAPE)
    assert browser.switch_to.active_element == button
    assert button.get_attribute("aria-expanded") == "false"
    button.click()
    eventually(lambda: browser.find_elements(By.CSS_SELECTOR, ".beside:popover-open a"))
    browser.find_element(By.ID, "note").click()
    assert not browser.find_elements(By.CSS_SELECTOR, ".beside:popover-open")


def test_keys_lead_to_the_next_note_and_back(browser: webdriver.Chrome, server: Server) -> None:  # noqa: F811
    browser.get(server.address + LENS)
    press(browser, "n")
    eventually(lambda: browser.current_url.endswith("/Ship~Corncrake"))
    eventually(lambda: browser.execute_script("return document.readyState") == "complete")
    press(browser, "p")
    eventually(lambda: browser.current_url.endswith(LENS))


def test_new_note_comes_into_the_tree_of_an_open_page(browser: webdriver.Chrome, server: Server) -> None:  # noqa: F811
    browser.get(server.address + LIGHTHOUSE)
    eventually(lambda: LIGHTHOUSE in rows(browser))
    file = server.vault / "_Standards/Places/Brand~New.md"
    file.write_text("new")
    eventually(lambda: "/_Standards/Places/Brand~New" in rows(browser))
    file.unlink()
    eventually(lambda: "/_Standards/Places/Brand~New" not in rows(browser))


def test_tree_asks_for_nothing_until_it_is_opened_on_a_phone(browser: webdriver.Chrome, server: Server) -> None:  # noqa: F811
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    browser.get(server.address + HARBOUR)
    asked = "return performance.getEntriesByType('resource').filter((entry) => entry.name.includes('/-/tree/')).length"
    eventually(lambda: browser.find_elements(By.CSS_SELECTOR, "button.step"))
    assert browser.execute_script(asked) == 0
    browser.find_element(By.CSS_SELECTOR, "[aria-controls=tree]").click()
    eventually(lambda: HARBOUR in rows(browser))
    assert browser.execute_script(asked) == 1


@pytest.mark.parametrize("page", [LIGHTHOUSE, HARBOUR])
def test_tree_of_one_reader_is_not_left_to_the_next(browser: webdriver.Chrome, server: Server, page: str) -> None:  # noqa: F811
    log_in(browser, server)
    browser.get(server.address + page)
    eventually(lambda: page in rows(browser))
    twist(browser, "_secret")
    eventually(lambda: "/_secret/Places/" in rows(browser))
    browser.find_element(By.CSS_SELECTOR, ".account summary").click()
    browser.find_element(By.CSS_SELECTOR, ".log-out").click()
    eventually(lambda: browser.find_elements(By.LINK_TEXT, "Log in"))
    browser.get(server.address + page)
    eventually(lambda: page in rows(browser))
    assert not [path for path in rows(browser) if name_of(path.rstrip("/")) == "_secret"]
    assert "_secret" not in browser.execute_script("return JSON.stringify({...sessionStorage})")

"""In a real browser: going somewhere by keyboard, looking ahead, and pages that follow their files."""

from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.running import Server, eventually
from tests.test_browser import LIGHTHOUSE, browser, log_in, pytestmark, server, title  # noqa: F401

Browser = webdriver.Chrome
LENS = "/_Standards/Things/Lens~Fresnel"


def press(browser: Browser, *keys: str) -> None:  # noqa: F811
    ActionChains(browser).send_keys(*keys).perform()


def open_switcher(browser: Browser) -> None:  # noqa: F811
    ActionChains(browser).key_down(Keys.CONTROL).send_keys("k").key_up(Keys.CONTROL).perform()
    eventually(lambda: shown(browser, "#switcher"))


def shown(browser: Browser, selector: str) -> list[Any]:  # noqa: F811
    # In one step: an element may be gone before it is asked whether it is shown.
    script = "return [...document.querySelectorAll(arguments[0])].filter((found) => found.checkVisibility())"
    return list(browser.execute_script(script, selector))


def chosen(browser: Browser) -> str:  # noqa: F811
    script = """const field = document.querySelector("#switcher input");
    return document.getElementById(field.getAttribute("aria-activedescendant"))?.innerText ?? "" """
    return str(browser.execute_script(script))


@pytest.mark.parametrize(
    ("typed", "text", "leads_to"),
    [
        ("fresnel lens", "The Fresnel lens", LENS),
        ("frsnllns", "The Fresnel lens", LENS),
        ("Old Patient", "Old Patient", LIGHTHOUSE),
        ("> recent", "Recent changes", "/-/recent"),
    ],
)
def test_switcher_leads_to(browser: Browser, server: Server, typed: str, text: str, leads_to: str) -> None:  # noqa: F811
    browser.get(server.address)
    open_switcher(browser)
    press(browser, typed)
    eventually(lambda: text in chosen(browser))
    press(browser, Keys.ENTER)
    eventually(lambda: browser.current_url == server.address + leads_to)


def test_switcher_waits_for_what_was_typed_fast(browser: Browser, server: Server) -> None:  # noqa: F811
    browser.get(server.address)
    open_switcher(browser)
    press(browser, "fresnel lens", Keys.ENTER)
    eventually(lambda: browser.current_url == server.address + LENS)


def test_arrows_go_round_and_escape_closes(browser: Browser, server: Server) -> None:  # noqa: F811
    browser.get(server.address)
    open_switcher(browser)
    press(browser, "> ")
    eventually(lambda: "Search" in chosen(browser))
    press(browser, Keys.ARROW_UP)
    assert "Log in" in chosen(browser)
    press(browser, Keys.ARROW_DOWN)
    assert "Search" in chosen(browser)
    press(browser, Keys.END)
    assert "Log in" in chosen(browser)
    press(browser, Keys.ESCAPE)
    assert not shown(browser, "#switcher")


def test_keys_are_shown_and_work(browser: Browser, server: Server) -> None:  # noqa: F811
    browser.get(server.address + LIGHTHOUSE)
    press(browser, "?")
    assert "Next variant" in shown(browser, "#keys")[0].get_property("textContent")
    press(browser, "s")  # nothing behind a dialog hears it
    press(browser, Keys.ESCAPE)
    assert not shown(browser, "#keys")
    press(browser, "v")
    eventually(lambda: browser.current_url == f"{server.address}/_public/Places/Lighthouse~Aldernook.public")
    browser.get(server.address)
    press(browser, "g", "t")
    eventually(lambda: title(browser) == "Tags")
    browser.get(server.address)
    press(browser, "/", "g", "h")
    assert browser.find_element(By.CSS_SELECTOR, ".find input").get_attribute("value") == "gh"


def lens_link(browser: Browser) -> Any:  # noqa: F811
    return browser.find_element(By.CSS_SELECTOR, f"#note p > a[href='{LENS}']")


def test_link_shows_where_it_leads_until_escape(browser: Browser, server: Server) -> None:  # noqa: F811
    browser.get(server.address + LIGHTHOUSE)
    browser.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", lens_link(browser))
    # A scroll that is still to be told of would close it.
    browser.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")
    ActionChains(browser).move_to_element(lens_link(browser)).perform()
    card = eventually(lambda: shown(browser, ".preview"))[0]
    said = card.get_property("textContent")  # what is shown may still be fading in
    assert "The Fresnel lens" in said
    assert "public" in said
    assert browser.execute_script("return document.querySelectorAll('#note, .preview [id]').length") == 1
    ActionChains(browser).move_to_element(card).perform()
    press(browser, Keys.ESCAPE)
    assert not shown(browser, ".preview")


def test_link_in_focus_shows_where_it_leads(browser: Browser, server: Server) -> None:  # noqa: F811
    browser.get(server.address + LIGHTHOUSE)
    press(browser, Keys.TAB)  # from now on the keyboard is used
    browser.execute_script("arguments[0].focus()", lens_link(browser))
    eventually(lambda: shown(browser, ".preview"))
    browser.execute_script("arguments[0].blur(); document.querySelector('.brand').focus()", lens_link(browser))
    eventually(lambda: not shown(browser, ".preview"))


def file_of(server: Server, address: str) -> Path:  # noqa: F811
    return Path(server.vault) / f"{address.lstrip('/')}.md"


def test_edit_arrives_in_an_open_page_and_nothing_moves(browser: Browser, server: Server) -> None:  # noqa: F811
    file = Path(server.vault) / "_Standards/Live.md"
    paragraphs = [f"Paragraph {number}. " + "Words to be read. " * 40 for number in range(40)]
    start = ["# Live", "<details><summary>More</summary>\n\nInside.\n\n</details>", "```\ncode\n```"]
    file.write_text("\n\n".join([*start, *paragraphs]))
    eventually(lambda: server.get("/_Standards/Live").status == 200)
    browser.get(server.address + "/_Standards/Live")
    browser.execute_script("window.isTheSame = true; document.querySelector('#note details').open = true")
    # Some browsers keep the place by themselves, and this one would hide that we do.
    browser.execute_script("document.body.style.overflowAnchor = 'none'")
    top = "return [...document.querySelectorAll('#note > p')].at(20).getBoundingClientRect().top"
    browser.execute_script(f"scrollBy({{top: ({top.removeprefix('return ')}) - 40, behavior: 'instant'}})")
    before = browser.execute_script(top)
    paragraphs[0] = "One more line. " * 90
    file.write_text("\n\n".join([*start, *paragraphs, "The end."]))
    eventually(lambda: "The end." in browser.find_element(By.ID, "note").text)
    assert browser.execute_script("return window.isTheSame")
    assert browser.execute_script("return document.querySelector('#note details').open")
    assert browser.execute_script("return document.querySelectorAll('#note .copy').length") == 1
    assert abs(browser.execute_script(top) - before) < 2
    file.unlink()
    eventually(lambda: title(browser) == "Nothing here")


def test_edit_of_what_a_page_embeds_arrives(browser: Browser, server: Server) -> None:  # noqa: F811
    inner, outer = (Path(server.vault) / f"_Standards/{name}.md" for name in ("Inner", "Outer"))
    inner.write_text("as it was")
    outer.write_text("![[Inner]]")
    eventually(lambda: "as it was" in server.get("/_Standards/Outer").text)
    browser.get(server.address + "/_Standards/Outer")
    inner.write_text("as it is now")
    eventually(lambda: "as it is now" in browser.find_element(By.ID, "note").text)


def test_logging_out_is_a_command(browser: Browser, server: Server) -> None:  # noqa: F811
    log_in(browser, server)
    open_switcher(browser)
    press(browser, "> log out")
    eventually(lambda: "Log out" in chosen(browser))
    press(browser, Keys.ENTER)
    eventually(lambda: shown(browser, "a[href='/-/login']"))


def test_open_page_becomes_that_of_whoever_reads_now(browser: Browser, server: Server) -> None:  # noqa: F811
    """As when another tab logs out, or looks at the wiki as a lower role."""
    log_in(browser, server)
    browser.get(server.address + LIGHTHOUSE)
    browser.execute_script("fetch('/-/view-as', { method: 'POST', body: new URLSearchParams({ role: 'member' }) })")
    eventually(lambda: browser.find_elements(By.CSS_SELECTOR, ".seen-as"))
    browser.execute_script("fetch('/-/logout', { method: 'POST' })")
    eventually(lambda: browser.find_elements(By.LINK_TEXT, "Log in"))


def test_hits_come_as_one_types(browser: Browser, server: Server) -> None:  # noqa: F811
    browser.get(f"{server.address}/-/search?q=keeper")
    field = browser.find_element(By.CSS_SELECTOR, ".find input")
    field.clear()
    field.send_keys("lighthou")
    eventually(lambda: "lighthou" in browser.current_url and "Aldernook" in shown_text(browser, "a.hit"))
    field.send_keys(Keys.ARROW_DOWN)
    assert browser.switch_to.active_element.get_attribute("class") == "hit"
    press(browser, Keys.ARROW_DOWN)
    assert browser.execute_script("return [...document.querySelectorAll('a.hit')].indexOf(document.activeElement)") == 1


def shown_text(browser: Browser, selector: str) -> str:  # noqa: F811
    script = "return document.querySelector(arguments[0])?.innerText ?? ''"
    return str(browser.execute_script(script, selector))

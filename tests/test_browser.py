"""In a real browser: what a reader does on the first day."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.conftest import PASSWORD
from tests.running import Server, add_accounts, environment, eventually, serving

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
SAMPLE = Path(__file__).parent.parent / "notes"
LIGHTHOUSE = "/_Standards/Places/Lighthouse~Aldernook"
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
)

pytestmark = pytest.mark.skipif(
    not CHROMIUM or not DRIVER or not SAMPLE.is_dir(), reason="needs Chromium, its driver and the sample vault"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("browser")
    shutil.copytree(SAMPLE, folder / "vault")
    add_accounts(folder, environment(folder / "data"), "owner")
    with serving(folder / "vault", folder) as running:
        yield running


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in [*FLAGS.split(), f"--user-data-dir={tmp_path / 'profile'}", "--window-size=1280,900"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService(str(DRIVER)))
    yield driver
    driver.quit()


def log_in(browser: webdriver.Chrome, server: Server) -> None:
    browser.get(f"{server.address}/-/login")
    browser.find_element(By.NAME, "username").send_keys("owner")
    browser.find_element(By.NAME, "password").send_keys(PASSWORD)
    browser.find_element(By.CSS_SELECTOR, "button.primary").click()
    # A click comes back before the page behind it is there, and the next address would overtake it.
    eventually(lambda: browser.find_elements(By.CSS_SELECTOR, ".account"))


def title(browser: webdriver.Chrome) -> str:
    """The page's heading; nothing while one page makes way for the next."""
    try:
        return browser.find_element(By.TAG_NAME, "h1").text
    except (NoSuchElementException, StaleElementReferenceException):
        return ""


def variants(browser: webdriver.Chrome) -> int:
    return len(browser.find_elements(By.CSS_SELECTOR, ".variants li a"))


def test_reader_reads_follows_a_link_logs_in_and_sees_more(browser: webdriver.Chrome, server: Server) -> None:
    browser.get(server.address)
    browser.find_element(By.LINK_TEXT, "the lighthouse").click()
    eventually(lambda: "lighthouse" in title(browser))
    before = variants(browser)
    log_in(browser, server)
    browser.get(server.address + LIGHTHOUSE)
    assert before < variants(browser) == 7
    browser.find_element(By.CSS_SELECTOR, ".account summary").click()
    browser.find_element(By.CSS_SELECTOR, ".log-out").click()
    eventually(lambda: browser.find_elements(By.LINK_TEXT, "Log in"))
    browser.get(server.address + LIGHTHOUSE)
    assert variants(browser) == before


def test_reader_searches_and_opens_a_hit(browser: webdriver.Chrome, server: Server) -> None:
    browser.get(server.address)
    field = browser.find_element(By.CSS_SELECTOR, ".find input")
    field.send_keys("nine seconds")
    field.submit()
    eventually(lambda: browser.find_elements(By.CSS_SELECTOR, "a.hit"))
    assert browser.find_elements(By.CSS_SELECTOR, ".hits mark")
    hit = browser.find_element(By.CSS_SELECTOR, "a.hit")
    wanted = hit.text
    hit.click()
    eventually(lambda: title(browser) == wanted)


def test_an_edit_arrives(browser: webdriver.Chrome, server: Server) -> None:
    browser.get(server.address + LIGHTHOUSE)
    file = Path(server.vault) / f"{LIGHTHOUSE.lstrip('/')}.md"
    file.write_text(file.read_text("utf-8") + "\n\nA line that was just written.\n", "utf-8")

    def is_shown() -> bool:
        browser.refresh()
        return "just written" in browser.find_element(By.ID, "note").text

    eventually(is_shown)


def test_unlinked_mentions_come_into_the_page(browser: webdriver.Chrome, server: Server) -> None:
    browser.get(server.address + LIGHTHOUSE)
    browser.find_element(By.LINK_TEXT, "Unlinked mentions").send_keys(Keys.ENTER)
    eventually(lambda: browser.find_elements(By.CSS_SELECTOR, ".backlinks #mentions mark"))
    assert browser.current_url == server.address + LIGHTHOUSE
    assert browser.switch_to.active_element.text == "Unlinked mentions"


PAGES = [
    "/",
    LIGHTHOUSE,
    f"/-/backlinks{LIGHTHOUSE}",
    f"/-/mentions{LIGHTHOUSE}",
    "/_Standards/Places/",
    "/-/search?q=light",
    "/-/tags/",
    "/-/recent",
    "/-/login",
    "/absent",
]


def test_pages_make_no_error_load_nothing_from_elsewhere_and_fit_a_phone(
    browser: webdriver.Chrome, server: Server
) -> None:
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True}
    )
    for page in PAGES:
        browser.get(server.address + page)
        wide, shown = browser.execute_script("return [document.documentElement.scrollWidth, innerWidth]")
        assert wide <= shown, f"{page} is {wide} px wide on {shown}"
    errors = [entry["message"] for entry in browser.get_log("browser") if "absent" not in entry["message"]]
    assert errors == []
    asked = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    urls = [event["params"]["request"]["url"] for event in asked if event["method"] == "Network.requestWillBeSent"]
    assert urls
    # The browser itself starts on a page of its own.
    assert [url for url in urls if not url.startswith((server.address, "chrome:", "data:"))] == []

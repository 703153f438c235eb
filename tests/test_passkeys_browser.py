"""Passkeys in a real browser, with a device that its driver makes up."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.conftest import write_files
from tests.running import PASSWORD, Server, add_accounts, environment, eventually, serving
from tests.test_browser import CHROMIUM, DRIVER, browser

__all__ = ["browser"]

pytestmark = pytest.mark.skipif(not CHROMIUM or not DRIVER, reason="needs Chromium and its driver")
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}

SHIFTS = """const done = arguments[0];
const seen = new PerformanceObserver((list) => list);
seen.observe({ type: "layout-shift", buffered: true });
requestAnimationFrame(() => requestAnimationFrame(() => done(seen.takeRecords().length)));"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    vault = write_files(tmp_path / "vault", {"_public/a.md": "open", "_secret/c.md": "hush"})
    add_accounts(tmp_path, environment(tmp_path / "data"), "owner")
    with serving(vault, tmp_path) as running:
        yield running


@pytest.fixture
def device(browser: webdriver.Chrome) -> str:
    browser.execute_cdp_cmd("WebAuthn.enable", {})
    made: dict[str, Any] = browser.execute_cdp_cmd("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return str(made["authenticatorId"])


def home(server: Server) -> str:
    return f"http://localhost:{server.port}"


def fill(browser: webdriver.Chrome, form: str, **fields: str) -> None:
    found = browser.find_element(By.CSS_SELECTOR, form)
    for name, text in fields.items():
        found.find_element(By.NAME, name).send_keys(text)
    found.find_element(By.CSS_SELECTOR, "button").send_keys(Keys.ENTER)


def log_out(browser: webdriver.Chrome, server: Server) -> None:
    browser.delete_all_cookies()
    browser.get(f"{home(server)}/-/login?next=/_secret/c")


def reads(browser: webdriver.Chrome) -> bool:
    return "hush" in browser.page_source


def make(browser: webdriver.Chrome, server: Server) -> None:
    browser.get(f"{home(server)}/-/login?next=/-/account")
    fill(browser, "form.login", username="owner", password=PASSWORD)
    eventually(lambda: browser.find_elements(By.CSS_SELECTOR, "form.passkey"))
    fill(browser, "form.passkey", name="Laptop", password=PASSWORD)
    eventually(lambda: browser.find_elements(By.CSS_SELECTOR, ".codes"))
    assert "Laptop" in browser.find_element(By.CSS_SELECTOR, "#passkeys-title ~ form .items").text


def test_passkey_is_made_and_logs_in_alone_and_behind_the_password(
    browser: webdriver.Chrome, server: Server, device: str
) -> None:
    make(browser, server)
    log_out(browser, server)
    fill(browser, "form.passkey")
    eventually(lambda: reads(browser))
    log_out(browser, server)
    fill(browser, "form.login", username="owner", password=PASSWORD)
    eventually(lambda: "Second factor" in browser.title)
    fill(browser, "form.passkey")
    eventually(lambda: reads(browser))
    assert not [entry for entry in browser.get_log("browser") if "passkeys" in entry["message"]]


def test_what_goes_wrong_is_said_and_can_be_tried_again(browser: webdriver.Chrome, server: Server, device: str) -> None:
    browser.get(f"{home(server)}/-/login?next=/-/account")
    fill(browser, "form.login", username="owner", password=PASSWORD)
    eventually(lambda: browser.find_elements(By.CSS_SELECTOR, "form.passkey"))
    fill(browser, "form.passkey", name="Laptop", password="wrong")
    eventually(lambda: "not your password" in browser.find_element(By.CSS_SELECTOR, "form.passkey .problem").text)
    assert browser.find_element(By.CSS_SELECTOR, "form.passkey button").is_enabled()
    browser.find_element(By.CSS_SELECTOR, "form.passkey [name=password]").clear()
    fill(browser, "form.passkey", password=PASSWORD)
    eventually(lambda: browser.find_elements(By.CSS_SELECTOR, ".codes"))
    log_out(browser, server)
    browser.execute_cdp_cmd("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    fill(browser, "form.passkey")
    eventually(
        lambda: [shown.text for shown in browser.find_elements(By.CSS_SELECTOR, "form.passkey .problem") if shown.text]
    )
    assert browser.find_element(By.CSS_SELECTOR, "form.passkey button").is_enabled()


def test_without_scripts_there_is_no_button_and_with_them_nothing_moves(
    browser: webdriver.Chrome, server: Server
) -> None:
    address = f"{home(server)}/-/login"
    browser.get(address)
    assert browser.find_element(By.CSS_SELECTOR, "form.passkey button").is_displayed()
    assert browser.execute_async_script(SHIFTS) == 0
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    browser.get(address)
    assert not browser.find_element(By.CSS_SELECTOR, "form.passkey button").is_displayed()
    fill(browser, "form.login", username="owner", password=PASSWORD)
    eventually(lambda: browser.find_elements(By.CSS_SELECTOR, ".account"))

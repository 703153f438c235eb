"""Screenshots of each kind of page of a running server: desktop and phone, light and dark.

    python benchmarks/screenshots.py OUT --url http://127.0.0.1:8000 --user owner --password WORD
    python benchmarks/screenshots.py OUT --url … --vault FOLDER

With ``--vault``, the folder that the server shows, it takes the notes that are hardest to show: the longest name, the
widest table, the most aliases, … in place of the pages of the sample vault.

Each page is also measured 360 pixels wide, the narrowest phone: the script ends with status 1 if one of them
is wider than the window, which is the mistake that screenshots hide, or is a server error.
"""

import argparse
import base64
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urljoin

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import staleness_of
from selenium.webdriver.support.wait import WebDriverWait

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)
NARROWEST = 360


@dataclass(frozen=True, slots=True)
class Screen:
    name: str
    width: int
    height: int
    mobile: bool


SCREENS = (Screen("desktop", 1280, 900, mobile=False), Screen("phone", 390, 844, mobile=True))
THEMES = ("light", "dark")

PUBLIC = {
    "home": "/",
    "note": "/_Standards/Places/Lighthouse~Aldernook",
    "writing": "/_Standards/Manual/Embeds",
    "formatting": "/_Standards/Manual/Formatting",
    "folder": "/_Standards/Places/",
    "backlinks": "/-/backlinks/_Standards/Places/Lighthouse~Aldernook",
    "mentions": "/-/mentions/_Standards/Places/Lighthouse~Aldernook",
    "search": "/-/search?q=light",
    "recent": "/-/recent",
    "tags": "/-/tags/",
    "tag": "/-/tags/place/coast",
    "orphans": "/-/orphans",
    "missing": "/-/missing",
    "settings": "/-/settings",
    "login": "/-/login",
    "error": "/no/such/page",
}
OWNER = {
    "variants": "/_secret/Places/Lighthouse~Aldernook.secret",
    "layers": "/-/layers/_Standards/Places/Lighthouse~Aldernook",
    "compare": "/-/compare/_internal/Places/Lighthouse~Aldernook.internal",
    "owner-search": "/-/search?q=light",
    "owner-recent": "/-/recent",
}


HARDEST: dict[str, Callable[[str, str], int]] = {
    "longest-name": lambda path, text: len(path.rpartition("/")[2]),
    "deepest": lambda path, text: path.count("/"),
    "longest-word": lambda path, text: max(map(len, text.split()), default=0),
    "widest-table": lambda path, text: max(
        (line.count("|") for line in text.splitlines() if line[:1] == "|"), default=0
    ),
    "longest-table": lambda path, text: sum(line.startswith("|") for line in text.splitlines()),
    "most-headings": lambda path, text: text.count("\n#"),
    "most-aliases": lambda path, text: text.partition("aliases:")[2].partition(":")[0].count("\n"),
    "most-links": lambda path, text: text.count("[["),
    "right-to-left": lambda path, text: len(re.findall("[\u0590-\u06ff]", text)),
}


def hardest(vault: Path) -> dict[str, str]:
    """The note that is most of each, by its address."""
    notes = {file.relative_to(vault).as_posix()[:-3]: file for file in sorted(vault.rglob("*.md"))}
    texts = {path: file.read_text("utf-8", "replace") for path, file in notes.items()}
    most = {name: max(texts, key=lambda path: (much(path, texts[path]), path)) for name, much in HARDEST.items()}
    return {name: f"/{quote(path)}" for name, path in most.items()} | {"hardest-folder": _folder(most["deepest"])}


def _folder(path: str) -> str:
    return f"/{quote(path.rpartition('/')[0])}/"


@contextmanager
def browser(chromium: str, chromedriver: str) -> Iterator[webdriver.Chrome]:
    with tempfile.TemporaryDirectory(prefix="screenshots-") as profile:
        options = Options()
        options.binary_location = chromium
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        driver = webdriver.Chrome(options=options, service=Service(chromedriver))
        try:
            yield driver
        finally:
            driver.quit()


def emulate(driver: webdriver.Chrome, screen: Screen, theme: str) -> None:
    metrics = {"width": screen.width, "height": screen.height, "deviceScaleFactor": 1, "mobile": screen.mobile}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": screen.mobile})
    features = [{"name": "prefers-color-scheme", "value": theme}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def log_in(driver: webdriver.Chrome, url: str, user: str, password: str) -> None:
    driver.get(urljoin(url, "/-/login"))
    driver.find_element(By.NAME, "username").send_keys(user)
    driver.find_element(By.NAME, "password").send_keys(password)
    button = driver.find_element(By.CSS_SELECTOR, ".login button")
    button.click()
    WebDriverWait(driver, 10).until(staleness_of(button))
    if driver.find_elements(By.CSS_SELECTOR, ".login"):
        raise SystemExit(f"{user} can not log in")


def take(driver: webdriver.Chrome, out: Path, *, whole: bool) -> None:
    arguments = {"format": "png", "captureBeyondViewport": whole}
    if whole:
        size = driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
        arguments["clip"] = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 6000), "scale": 1}
    out.write_bytes(base64.b64decode(driver.execute_cdp_cmd("Page.captureScreenshot", arguments)["data"]))


def visit(driver: webdriver.Chrome, url: str, pages: dict[str, str], out: Path, *, whole: bool) -> list[str]:
    """Photograph every page in every way, and name those that are broken or wider than the narrowest phone."""
    for screen in SCREENS:
        for theme in THEMES:
            emulate(driver, screen, theme)
            for name, path in pages.items():
                driver.get(urljoin(url, path))
                take(driver, out / f"{name}-{screen.name}-{theme}.png", whole=whole)
    emulate(driver, Screen("narrowest", NARROWEST, 740, mobile=True), "light")
    problems = []
    for path in pages.values():
        driver.get(urljoin(url, path))
        width, status = driver.execute_script(
            "document.querySelectorAll('details').forEach(details => details.open = true);"
            "return [document.documentElement.scrollWidth,"
            " performance.getEntriesByType('navigation')[0].responseStatus]"
        )
        if width > NARROWEST:
            problems.append(f"{path} is {width} pixels wide on a screen of {NARROWEST}")
        if status >= 500:
            problems.append(f"{path} has status {status}")
    return problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("out", type=Path, help="folder for the pictures")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="the running server")
    parser.add_argument("--user", help="who may read everything; without, only what is public")
    parser.add_argument("--password", default="")
    parser.add_argument("--page", action="append", default=[], metavar="NAME=PATH", help="these pages in place of all")
    parser.add_argument("--vault", type=Path, help="take the notes of this vault that are hardest to show")
    parser.add_argument("--whole", action="store_true", help="the whole page, not just the first screen")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--chromedriver", default="/usr/bin/chromedriver")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    chosen = dict(page.split("=", 1) for page in given.page) or (hardest(given.vault) if given.vault else {})
    with browser(given.chromium, given.chromedriver) as driver:
        problems = (
            [] if chosen and given.user else visit(driver, given.url, chosen or PUBLIC, given.out, whole=given.whole)
        )
        if given.user:
            emulate(driver, SCREENS[0], "light")
            log_in(driver, given.url, given.user, given.password)
            problems += visit(driver, given.url, chosen or OWNER, given.out, whole=given.whole)
    sys.stdout.write("".join(f"{line}\n" for line in problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

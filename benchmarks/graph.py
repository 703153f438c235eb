"""How long the graph takes: on the server, and in a browser until all of it is drawn and answers the wheel.

    python -m benchmarks.graph [--notes 10000] [--links 60000] [--vault DIR]

A made vault of short notes, in knots as real ones are, or one of yours as an anonymous reader sees it. A real server
over HTTP; headless Chromium, which draws in software. "Cold": nobody asked since the server was started.
"""

import argparse
import gzip
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from selenium import webdriver

from benchmarks.__main__ import SEED, stop_in_time
from benchmarks.client import BenchmarkError, Connection, address, request
from benchmarks.figures import percentiles, say
from benchmarks.places import look
from benchmarks.servers import Site, Strata

FOLDER = 40
"""Notes of one folder, which mostly link to each other."""
WAYS = ("[[{}]]", "[[{}]]", "[[{}]]", "#is_/part_of :: [[{}]]", "near to:: [[{}]]", "![[{}]]")
MOST_MS = {"map in a browser": 2000, "picture around a note": 100}
MOST_BYTES = 1_500_000
LOCAL = 120

# From the start of navigation until the wheel has changed what is drawn; pixels are read to have the drawing done.
DRAWN = """
const done = arguments[0];
const map = document.querySelector("#map");
const look = () => {
  if (!performance.getEntriesByName("map").length) return requestAnimationFrame(look);
  const [picture, names] = map.querySelectorAll("canvas");
  const gl = picture.getContext("webgl2");
  const read = () => gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
  read();
  const drawn = performance.now();
  const before = map.dataset.zoom;
  names.dispatchEvent(new WheelEvent("wheel", { deltaY: -300, bubbles: true, cancelable: true }));
  const zoomed = () => {
    if (map.dataset.zoom === before) return requestAnimationFrame(zoomed);
    read();
    done([drawn, performance.now()]);
  };
  requestAnimationFrame(zoomed);
};
look();
"""


def make(vault: Path, notes: int, links: int) -> None:
    chance = Random(SEED)
    names = [f"Note~{number:05}" for number in range(notes)]
    for number, name in enumerate(names):
        start = number - number % FOLDER
        lines = [f"# Note {number} of many", f"#kind/{number % 7}"]
        for turn in range(links // notes):
            if turn == 0:
                other = names[int(notes * chance.random() ** 6)]  # some everybody links to
            elif turn % 4:
                other = names[min(start + chance.randrange(FOLDER), notes - 1)]
            else:
                other = chance.choice(names)
            lines.append(chance.choice(WAYS).format(other))
        file = vault / "_Standards" / f"Folder~{start // FOLDER % 20}" / f"Part~{start:05}" / f"{name}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n\n".join(lines), encoding="utf-8")


@contextmanager
def chromium(lab: Path) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1280,900"):
        options.add_argument(flag)
    options.add_argument(f"--user-data-dir={lab / 'profile'}")
    driver = webdriver.Chrome(options, webdriver.ChromeService(str(shutil.which("chromedriver"))))
    driver.set_script_timeout(60)
    try:
        yield driver
    finally:
        driver.quit()


def drawn(browser: webdriver.Chrome, port: int) -> tuple[float, float]:
    browser.get("about:blank")
    browser.get(f"http://127.0.0.1:{port}/-/graph")
    first, zoomed = browser.execute_async_script(DRAWN)
    return first, zoomed


def timed(connection: Connection, path: str) -> tuple[float, bytes]:
    begun = time.perf_counter()
    answer = connection.ask(request(path))
    if answer.status != 200:
        raise BenchmarkError(f"{path} answered {answer.status}")
    return (time.perf_counter() - begun) * 1000, answer.body


def report(name: str, text: str, is_missed: bool) -> int:
    print(f"{name:44} {text}  {'MISSED' if is_missed else 'ok'}")
    return is_missed


def measure(site: Site, lab: Path, notes: list[str]) -> int:
    missed = 0
    with Strata(site, "") as strata, Connection(strata.port) as connection:
        page, _ = timed(connection, "/-/graph")
        cold, body = timed(connection, "/-/graph.json")
        warm, _ = timed(connection, "/-/graph.json")
        packed = len(gzip.compress(body, 6))
        print(f"{'server, cold: page, then its map':44} {page:7.0f} ms, {cold:7.0f} ms; map again {warm:.0f} ms")
        sizes = f"{len(body):,} bytes as sent (not compressed), {packed:,} under gzip"
        missed += report("the map", sizes, packed > MOST_BYTES)
        for depth in (1, 2, 3):
            taken = [timed(connection, f"/-/graph{address(path)}?depth={depth}")[0] for path in notes]
            middle, high = percentiles(taken)
            most = MOST_MS["picture around a note"]
            text = f"p50 {middle:5.0f} ms  p95 {high:5.0f} ms  (≤ {most} ms)"
            missed += report(f"picture around a note, {depth} steps, uncached", text, high > most)
    most = MOST_MS["map in a browser"]
    with chromium(lab) as browser, Strata(site, "") as strata:
        first, zoomed = drawn(browser, strata.port)
        print(f"{'map in a browser, cold':44} drawn {first:5.0f} ms, zoomed {zoomed:5.0f} ms")
        runs = sorted(drawn(browser, strata.port) for _ in range(7))
        first, zoomed = runs[len(runs) // 2]
        text = f"drawn {first:5.0f} ms, zoomed {zoomed:5.0f} ms  (≤ {most} ms, median of 7)"
        missed += report("map in a browser, warm", text, zoomed > most)
    return missed


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.graph", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--notes", type=int, default=10_000)
    parser.add_argument("--links", type=int, default=60_000)
    parser.add_argument("--vault", type=Path, help="one of yours, instead of a made one")
    asked = parser.parse_args()
    stop_in_time(900)
    with tempfile.TemporaryDirectory(prefix="strata-graph-") as lab:
        vault = asked.vault or Path(lab) / "vault"
        if not asked.vault:
            say(f"make a vault of {asked.notes:,} notes and {asked.links:,} links")
            make(vault, asked.notes, asked.links)
        notes = look(vault).notes
        site = Site(vault, Path(lab))
        site.prepare()
        say("index")
        site.index(len(notes))
        return 1 if measure(site, Path(lab), Random(SEED).sample(notes, min(LOCAL, len(notes)))) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BenchmarkError as error:
        sys.exit(f"benchmarks: {error}")

"""``python -m benchmarks.maps VAULT``: whether every block ``leaflet`` of a vault is a map with all that it names, and
how long pages with maps take. Whoever asks may read everything."""

import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

from wiki import maps
from wiki.config import build
from wiki.indexer import Indexer
from wiki.markup.maps import LANGUAGE, Folder, read
from wiki.paths import folder_of, url_of
from wiki.resolve import Resolver
from wiki.shard import Shards
from wiki.view import StoredNote, View
from wiki.views import Views
from wiki.web import create_app

_FENCE = re.compile(r"^(?:```|~~~)leaflet\s*$", re.MULTILINE)
PAGES = 400


def main(vault: Path) -> None:
    with tempfile.TemporaryDirectory() as data:
        config = build({"data": {"path": data}, "roles": {"anonymous": "secret"}}, vault=str(vault))
        began = time.perf_counter()
        with closing(Indexer(config)) as indexer:
            indexer.sync()
        print(f"indexed in {time.perf_counter() - began:.1f} s")
        with closing(Views(Shards.of(config))) as views, views.open(config.clearance("anonymous")) as view:
            paths = report(vault, view)
        client = create_app(config).test_client()
        client.get("/")
        times = sorted(_time(client, url_of(path)) for path in paths[:: max(1, len(paths) // PAGES)])
    print(f"page with a map, made anew: p50 {_ms(statistics.median(times))}, p95 {_ms(times[int(len(times) * 0.95)])}, "
          f"worst {_ms(times[-1])} ({len(times)} pages)")  # fmt: skip


def report(vault: Path, view: View) -> list[str]:
    """Counts, and the notes that have a map."""
    count: Counter[str] = Counter()
    odd: Counter[str] = Counter()
    found: list[str] = []
    for path in view.paths():
        note = view.note(path)
        assert note
        count["fences"] += len(_FENCE.findall(view.source(path) or ""))
        sources = [link.text for link in note.page.links if link.kind == "block" and link.title == LANGUAGE]
        found += [path] if sources else []
        for source in sources:
            wanted = read(source)
            drawn = maps.of_block(Resolver(view), wanted, note)
            count["blocks"] += 1
            count["maps without a notice"] += not drawn.odd
            odd.update(each.kind for each in drawn.odd)
            files = _files(vault, note, wanted.file_folders)
            count["files that blocks name"] += len(files)
            count["of them drawn"] += len(files & {file.path for file in drawn.files})
            count["places"] += len(drawn.markers)
    for name, number in count.items():
        print(f"{number:7,} {name}")
    for kind, number in odd.most_common():
        print(f"{number:7,} notices: {kind}")
    return found


def _files(vault: Path, note: StoredNote, folders: tuple[Folder, ...]) -> set[str]:
    """By the disk, not by the wiki: the GeoJSON files of the folders, as deep as they are meant."""
    files: set[str] = set()
    for folder in folders:
        beside, root = vault / folder_of(note.path), vault
        tried = [root] if folder.path.startswith("/") else [beside] if folder.path.startswith(".") else [root, beside]
        top = next((place for at in tried if (place := (at / folder.path.lstrip("/")).resolve()).is_dir()), None)
        for file in top.rglob("*.geojson") if top else ():
            if folder.levels is None or len(file.relative_to(top).parts) - 1 <= folder.levels:  # type: ignore[arg-type]
                files.add(file.relative_to(vault.resolve()).as_posix())
    return files


def _time(client: object, address: str) -> float:
    began = time.perf_counter()
    response = client.get(address)  # type: ignore[attr-defined]
    assert response.status_code == 200, address
    return time.perf_counter() - began


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


if __name__ == "__main__":
    main(Path(sys.argv[1]))

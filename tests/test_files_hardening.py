"""What a vault may hold besides files: links, pipes, names that no address carries. None of it is served or read, and
none of it stops the wiki."""

import os
import socket
import stat
import unicodedata
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.conftest import MakeConfig, MakeSite, MakeVault
from tests.test_cli import Run
from tests.test_cli import run as run
from wiki import vault
from wiki.accounts.store import Accounts
from wiki.indexer import Indexer
from wiki.shard.entry import Stat
from wiki.vault import File

WORD = "quixotic"
FILES = {
    "_public/ok.md": "# Fine\n\nneighbour",
    "_secret/real.md": f"# Real\n\n{WORD}",
    "_secret/real.txt": WORD,
    ".git/config": WORD,
}
Make = Callable[[Path], object]


def bind(path: Path) -> None:
    with closing(socket.socket(socket.AF_UNIX)) as bound:
        bound.bind(f"/proc/self/fd/{(folder := os.open(path.parent, os.O_RDONLY))}/{path.name}")
        os.close(folder)


def nest(folder: Path) -> None:
    """Deeper than a path may be long."""
    at = os.open(folder, os.O_RDONLY)
    for _ in range(30):
        os.mkdir("d" * 200, dir_fd=at)
        inner = os.open("d" * 200, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = inner
    with open(os.open("x.md", os.O_WRONLY | os.O_CREAT, dir_fd=at), "w") as note:
        note.write(WORD)
    os.close(at)


def outside(folder: Path) -> Path:
    """A file, and a folder with one in it, beside the vault."""
    beside = folder.parent.parent / "outside"
    beside.mkdir(exist_ok=True)
    (beside / "x.md").write_text(WORD)
    return beside


HOSTILE: dict[str, tuple[Make, str]] = {
    "link out": (lambda at: (at / "x.md").symlink_to(outside(at) / "x.md"), "x"),
    "relative link out": (lambda at: (outside(at), (at / "x.md").symlink_to("../../outside/x.md")), "x"),
    "link to a link out": (
        lambda at: ((at / "y.md").symlink_to(outside(at) / "x.md"), (at / "x.md").symlink_to("y.md")),
        "x",
    ),
    "folder that is a link out": (lambda at: (at / "f").symlink_to(outside(at)), "f/x"),
    "folder that is a link to a stricter one": (lambda at: (at / "f").symlink_to("../_secret"), "f/real"),
    "link to a side file": (lambda at: (at / "x.txt").symlink_to("../.git/config"), "x.txt"),
    "link to itself": (lambda at: (at / "x.md").symlink_to("x.md"), "x"),
    "links to each other": (lambda at: ((at / "x.md").symlink_to("y.md"), (at / "y.md").symlink_to("x.md")), "x"),
    "link to nothing": (lambda at: (at / "x.md").symlink_to("nothing.md"), "x"),
    "link to a process": (lambda at: (at / "x.txt").symlink_to("/proc/self/environ"), "x.txt"),
    "link to a device": (lambda at: (at / "x.md").symlink_to("/dev/zero"), "x"),
    "pipe": (lambda at: os.mkfifo(at / "x.md"), "x"),
    "pipe as attachment": (lambda at: os.mkfifo(at / "x.txt"), "x.txt"),
    "socket": (lambda at: bind(at / "x.md"), "x"),
    "folder called like a note": (lambda at: (at / "x.md").mkdir(), "x"),
    "name that is not UTF-8": (lambda at: Path(os.fsdecode(bytes(at) + b"/x\xff.md")).write_text(WORD), "x%FF"),
    "folders too deep": (nest, "/".join(["d" * 200] * 30) + "/x"),
}


@pytest.mark.parametrize(("make", "address"), HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_no_file_of_the_vault_is_missing(make: Make, address: str, site: MakeSite) -> None:
    made = site(FILES)
    make(made.config.vault / "_public")
    made.sync({"_public/later.md": "afterwards"})
    reader = made.reader()
    assert reader.get(f"/_public/{address}").status_code == 404
    assert 'class="hit"' not in reader.get(f"/-/search?q={WORD}").text
    assert "neighbour" in reader.get("/_public/ok").text
    assert "afterwards" in reader.get("/_public/later").text


def link_folder(root: Path) -> None:
    (root / "_public").rename(root / "_moved")
    (root / "_public").symlink_to("_secret")


SWAPS: dict[str, Callable[[Path], object]] = {
    "link out": lambda root: (root / "_public/real.txt").symlink_to("/etc/hostname"),
    "link to a stricter file": lambda root: (root / "_public/real.txt").symlink_to("../_secret/real.txt"),
    "folder is a link now": link_folder,
    "pipe": lambda root: os.mkfifo(root / "_public/real.txt"),
    "folder": lambda root: (root / "_public/real.txt").mkdir(),
}


@pytest.mark.parametrize("swap", SWAPS.values(), ids=SWAPS.keys())
def test_what_was_put_in_a_files_place_is_not_opened(swap: Callable[[Path], object], site: MakeSite) -> None:
    """Between the scan and a request: no check beforehand could see it."""
    made = site({**FILES, "_public/real.txt": "open to all"})
    root = made.config.vault
    reader = made.reader()
    with closing(reader.get("/_public/real.txt")) as before:
        assert before.text == "open to all"
    (root / "_public/real.txt").unlink()
    swap(root)
    assert reader.get("/_public/real.txt").status_code == 404
    with pytest.raises(OSError):  # noqa: PT011
        vault.read(root, File("_public/real.txt", "_public/real.txt", Stat(1, 1, 1)), 100, 0)


def test_hard_link_is_a_file_of_its_own_place(site: MakeSite) -> None:
    """Whoever can make one can make a copy as well; unlike a symlink it says nothing of another place."""
    made = site(FILES)
    (made.config.vault / "_public/same.md").hardlink_to(made.config.vault / "_secret/real.md")
    made.sync()
    assert WORD in made.reader().get("/_public/same").text
    assert made.reader().get("/_secret/real").status_code == 404


@pytest.mark.parametrize("name", ["CON", "nul", "COM1", "aux.tar", "CONIN$", "a:b", "dot.", "blank ", "back\\slash"])
def test_name_that_is_none_elsewhere_is_one(name: str, site: MakeSite) -> None:
    """An address is looked up among the files that were found, and never joined to a folder."""
    made = site({**FILES, f"_public/{name}.md": "as any other"})
    assert "as any other" in made.reader().get("/" + quote(f"_public/{name}")).text


@pytest.mark.parametrize("twin", ["CAFÉ", unicodedata.normalize("NFD", "café"), "ＣＡＦＥ"])
def test_hidden_twin_takes_nothing_from_a_note(twin: str, site: MakeSite) -> None:
    low = {**FILES, "_public/café.md": "for all", "_public/leads.md": "[[café]]"}
    alone, beside = (
        site(low, "alone"),
        site({**low, f"_public/{twin}.md": "---\nconfidential: secret\n---\nno"}, "both"),
    )
    for made in (alone, beside):
        for file in made.config.vault.rglob("*.md"):
            os.utime(file, (1e9, 1e9))
        made.sync()
    for name in ("café", "CAFÉ", unicodedata.normalize("NFD", "café"), "ＣＡＦＥ", "leads"):
        address = "/" + quote(f"_public/{name}")
        one, other = alone.reader().get(address), beside.reader().get(address)
        assert (one.status_code, one.data.replace(b"alone", b"both")) == (other.status_code, other.data)


@pytest.fixture
def no_umask() -> object:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("no_umask")
def test_derived_files_are_for_their_owner_only(make_vault: MakeVault, make_config: MakeConfig) -> None:
    config = make_config(make_vault(FILES))
    accounts = Accounts(config.data / "accounts.sqlite")
    indexer = Indexer(config)
    indexer.sync()
    databases = list(config.data.rglob("*.sqlite*"))
    assert {"catalog.sqlite", "catalog.sqlite-wal", "catalog.sqlite-shm", "accounts.sqlite"} == {
        path.name for path in databases
    }
    assert {stat.S_IMODE(path.stat().st_mode) for path in databases} == {0o600}
    assert {stat.S_IMODE(path.parent.stat().st_mode) for path in databases} == {0o700}
    indexer.close()
    accounts.engine.dispose()


@pytest.mark.usefixtures("no_umask")
def test_data_folder_is_for_its_owner_only(run: Run, tmp_path: Path, make_vault: MakeVault) -> None:
    assert run("index", str(make_vault(FILES))).exit_code == 0
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700

"""Compiled templates, for all wikis of a test process together: to compile them takes longer than most tests."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_FOLDER = "STRATA_TESTS_COMPILED"


@contextmanager
def shared(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(_FOLDER, str(folder))
        patch.setattr("wiki.web._cache", lambda config: folder)
        yield


def folder(other: Path) -> Path:
    """That of the process that began this one; another, if it has none."""
    return Path(os.environ.get(_FOLDER, other))


def hand_over(data: Path) -> None:
    """To a server that has not started yet."""
    if _FOLDER in os.environ and not (data / "cache").exists():
        shutil.copytree(os.environ[_FOLDER], data / "cache")

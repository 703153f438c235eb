"""Breadcrumbs: the folders that a page lies in."""

from dataclasses import dataclass

from wiki.paths import folder_of, name_of, url_of


@dataclass(frozen=True, slots=True)
class Crumb:
    name: str
    url: str


def crumbs(path: str) -> list[Crumb]:
    found: list[Crumb] = []
    folder = folder_of(path)
    while folder:
        found.append(Crumb(name_of(folder), url_of(folder + "/")))
        folder = folder_of(folder)
    return found[::-1]

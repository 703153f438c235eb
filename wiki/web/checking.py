"""The page of what is wrong in the notes that its reader can read."""

from flask import Response

from wiki.check.viewed import findings
from wiki.paths import shown_at, url_of, without_md
from wiki.web.door import Visit
from wiki.web.paging import part

PAGE = 100


def check(visit: Visit) -> Response:
    found = part(findings(visit.view), PAGE)
    addresses = {finding.path: _address(visit, finding.path) for finding in found.items}
    return visit.page("check.html", found=found, addresses=addresses)


def _address(visit: Visit, path: str) -> str:
    if path.endswith(".md"):
        return url_of(without_md(path))
    return url_of(f"{path}/") if visit.view.has_folder(path) else shown_at(path)

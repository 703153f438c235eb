"""Two notes side by side: what one variant of a concept says that another does not."""

from flask import Response, abort, request

from wiki import diff
from wiki.markup import footer
from wiki.paths import VaultPath
from wiki.view import Item, StoredNote, View
from wiki.web.crumbs import crumbs
from wiki.web.door import Visit


def compare(visit: Visit, address: str) -> Response:
    """Without ``with``: the next variant above, else the one below."""
    view = visit.view
    left = _note(view, address)
    variants = view.variants(left.concept_key)
    other = request.args.get("with", _next(variants, address))
    right = left if other is None else _note(view, other)
    texts = _text(view, left), _text(view, right)
    too_long = any(map(diff.is_long, texts))
    stretches = [] if too_long or other is None else diff.compare(*texts)
    return visit.page(
        "compare.html",
        left=left,
        right=right,
        alone=other is None,
        variants=variants,
        crumbs=crumbs(left.path),
        stretches=stretches,
        differs=any(not row.same for stretch in stretches for row in stretch.rows),
        plain=[text[: diff.MAX_CHARACTERS] for text in texts] if too_long else [],
    )


def _note(view: View, path: str) -> StoredNote:
    return view.note(path) or abort(404)


def _next(variants: list[Item], path: str) -> str | None:
    paths = [item.path for item in variants]
    at = paths.index(VaultPath(path))
    return next(iter(paths[at + 1 :] or paths[:at][::-1]), None)


def _text(view: View, note: StoredNote) -> str:
    return footer.without(view.source(note.path) or "")

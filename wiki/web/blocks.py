"""What fenced blocks and inline queries of notes ask for, by their language, and embedded files, by their extension, in
one reader's view."""

from collections.abc import Mapping

from wiki.weave import Answer
from wiki.web import canvases, maps, queries, saved
from wiki.web.door import Visit


def answers(visit: Visit) -> Mapping[str, Answer]:
    return {
        "search": saved.answer(visit),
        ".canvas": canvases.answer(visit),
        **maps.answers(visit),
        **queries.answers(visit),
    }

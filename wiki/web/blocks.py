"""What fenced blocks and inline queries of notes ask for, by their language, in one reader's view."""

from collections.abc import Mapping

from wiki.weave import Answer
from wiki.web import maps, queries, saved
from wiki.web.door import Visit


def answers(visit: Visit) -> Mapping[str, Answer]:
    return {"search": saved.answer(visit), **maps.answers(visit), **queries.answers(visit)}

"""What a reader has on every page alike, such as the list of commands: made once, for it takes a millisecond."""

from flask import Flask

from wiki.cache import Cache
from wiki.weave import Html, fragment
from wiki.web.reader import Reader

_READERS = 100
_PARTS = ("head", "top", "menu", "foot", "commands")


def register(app: Flask) -> None:
    made: Cache[dict[str, Html]] = Cache(_READERS)

    def frame(reader: Reader) -> dict[str, Html]:
        """Of templates that know nothing but who reads: neither what was asked for nor any note."""
        parts = made.get(reader)
        if parts is None:
            templates = {part: app.jinja_env.get_template(f"{part}.html") for part in _PARTS}
            parts = {part: fragment(template.render(reader=reader)) for part, template in templates.items()}
            made.put(reader, parts, 1)
        return parts

    app.jinja_env.globals["frame"] = frame

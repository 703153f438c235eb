"""What a reader has on every page alike, such as the list of commands: made once, for it takes a millisecond."""

from flask import Flask

from wiki.cache import Cache
from wiki.weave import Html, fragment
from wiki.web.reader import Reader

_READERS = 500


def register(app: Flask) -> None:
    made: Cache[Html] = Cache(_READERS)

    def frame(template: str, reader: Reader) -> Html:
        """A template that knows nothing but who reads: neither what was asked for nor any note."""
        html = made.get((template, reader))
        if html is None:
            html = fragment(app.jinja_env.get_template(template).render(reader=reader))
            made.put((template, reader), html, 1)
        return html

    app.jinja_env.globals["frame"] = frame

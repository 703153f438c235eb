"""What a page costs at least: a Flask view that hands out the bytes of pages which Strata made, and nothing else.

Run by gunicorn; the file that ``BARE_PAGES`` names holds a JSON object of vault paths and pages.
"""

import json
import os
from pathlib import Path

from flask import Flask

app = Flask("bare")
PAGES: dict[str, bytes] = {
    path: page.encode() for path, page in json.loads(Path(os.environ["BARE_PAGES"]).read_text(encoding="utf-8")).items()
}


@app.get("/<path:path>")
def page(path: str) -> bytes:
    return PAGES[path]

"""For any WSGI server: ``gunicorn wsgi:app``. One of its processes keeps the shards up to date."""

from wiki import config, watch
from wiki.web import create_app

_config = config.load()
app = create_app(_config)
watch.standby(_config)

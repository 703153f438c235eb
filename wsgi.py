"""For any WSGI server: ``gunicorn wsgi:app``. One of its processes keeps the shards up to date.

Without ``--preload``: the thread that writes would stay behind in the process that forks.
"""

from wiki import config, vault, watch
from wiki.web import create_app

_config = config.load()
vault.check(_config.vault)
watch.prepare(_config)
app = create_app(_config)
watch.standby(_config)

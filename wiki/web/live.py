"""Pages that are open: they ask for this little, and for themselves anew when it is another than theirs."""

from flask import Response

from wiki.web.door import Visit


def stamp(visit: Visit) -> Response:
    return Response(f'{{"stamp": "{visit.view.fingerprint}"}}\n', mimetype="application/json")

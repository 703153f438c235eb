"""A provider of OpenID Connect on this machine: discovery, the code flow with PKCE, keys, userinfo. It lies where a
test wants it to."""

import hashlib
import secrets
import threading
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, abort, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "strata", "a secret of both"


@cache
def new_key(name: str) -> RSAKey:
    """The same for the same name: one takes a tenth of a second."""
    return RSAKey.generate_key(2048, {"kid": name})


@dataclass
class Made:
    """``person`` is who is logged in there; ``claims`` change an ID token just before ``sign`` does it."""

    address: str = ""
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "1", "preferred_username": "ann", "groups": ["all"]})
    claims: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    info: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, str] = field(default_factory=dict)
    keys: list[RSAKey] = field(default_factory=lambda: [new_key("one")])
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    sign: Callable[[dict[str, Any]], str] | None = None
    clock: Callable[[], float] = lambda: 0.0

    def signed(self, claims: dict[str, Any], key: RSAKey | ECKey | None = None, **header: str) -> str:
        key = key or self.keys[-1]
        return jwt.encode({"alg": "RS256", "kid": key.kid} | header, claims, key)


def application(made: Made) -> Flask:
    app = Flask("provider")
    app.before_request(lambda: made.asked.append(request.path))

    @app.get("/.well-known/openid-configuration")
    def metadata() -> Response:
        places = {name: f"{made.address}/{path}" for name, path in PLACES.items()}
        return jsonify({"issuer": made.address, **places, **made.metadata})

    @app.get("/authorize")
    def authorize() -> Response:
        asked = request.args.to_dict()
        if asked["client_id"] != CLIENT or asked["code_challenge_method"] != "S256":
            abort(400)
        code = secrets.token_urlsafe()
        made.codes[code] = asked
        back = {"code": code, "state": asked["state"], **made.answer}
        return redirect(f"{asked['redirect_uri']}?{urlencode(back)}", 303)

    @app.post("/token")
    def token() -> Response:
        form = request.form
        asked = made.codes.pop(form["code"], None) or abort(400)
        digest = urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        basic = "Basic " + b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        # As RFC 6749 has it, name and secret are written as in a form.
        plus = "Basic " + b64encode(f"{CLIENT}:{SECRET.replace(' ', '+')}".encode()).decode()
        is_ours = request.headers.get("Authorization") in (basic, plus)
        if not is_ours or digest != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return jsonify(error="invalid_grant"), 400  # type: ignore[return-value]
        now = int(made.clock())
        claims = {"iss": made.address, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims = {**claims, **made.person, **made.claims}
        signed = (made.sign or made.signed)({name: value for name, value in claims.items() if value is not None})
        return jsonify(access_token="access", token_type="Bearer", expires_in=300, id_token=signed)

    @app.get("/keys")
    def keys() -> Response:
        return jsonify(keys=[key.as_dict(private=False) for key in made.keys])

    @app.get("/userinfo")
    def userinfo() -> Response:
        return jsonify({"sub": made.person["sub"], **made.info})

    return app


PLACES = {
    "authorization_endpoint": "authorize",
    "token_endpoint": "token",
    "jwks_uri": "keys",
    "userinfo_endpoint": "userinfo",
}


@contextmanager
def providing() -> Iterator[Made]:
    made = Made()
    server = make_server("127.0.0.1", 0, application(made), threaded=True)
    made.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

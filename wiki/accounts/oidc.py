"""OpenID Connect: a provider's word on who somebody is. The code flow with PKCE; every claim is checked before it is
believed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from wiki.config import Oidc
from wiki.errors import AccountError

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA"]
"""Those with a key that only the provider has: never "none", nor one whose key would be our own secret."""
FRESH = 60
"""Seconds since somebody showed the provider who they are, where it is asked to have that done again."""
_LEEWAY = 60
_SECONDS = 5
_KEPT = 3600
_KEYS_AGAIN = 60


class OidcError(AccountError):
    """The provider's answer is not to be believed, or there is none; the reason is for the log."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What is believed. ``proved`` is when they showed who they are; 0 if the provider does not say."""

    subject: str
    name: str
    groups: frozenset[str]
    proved: int


@dataclass
class Provider:
    settings: Oidc
    redirect: str
    clock: Callable[[], float]
    _known: dict[str, tuple[float, Any]] = field(default_factory=dict)

    def address(self, state: str, nonce: str, verifier: str, *, fresh: bool = False) -> str:
        """Where a browser goes to log in. Raises :class:`OidcError`."""
        extra = {"max_age": FRESH} if fresh else {}
        with self._session() as session:
            url, _ = session.create_authorization_url(
                self._metadata()["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier, **extra
            )
        return str(url)

    def claims(self, code: str, nonce: str, verifier: str, issuer: str | None = None) -> Claims:
        """Of whoever came back with ``code``, from ``issuer`` if the provider said so (RFC 9207). Raises
        :class:`OidcError`."""
        metadata = self._metadata()
        says = metadata.get("authorization_response_iss_parameter_supported")
        if issuer != self.settings.issuer and (issuer is not None or says):
            raise OidcError("another issuer led back")
        token = self._token(metadata["token_endpoint"], code, verifier)
        claims = self._checked(token.get("id_token", ""), nonce, token.get("access_token"))
        if self.settings.groups_claim not in claims and "userinfo_endpoint" in metadata:
            claims = {**self._userinfo(metadata["userinfo_endpoint"], token, claims["sub"]), **claims}
        return self._read(claims)

    def _read(self, claims: Mapping[str, Any]) -> Claims:
        groups, proved = claims.get(self.settings.groups_claim, []), claims.get("auth_time")
        named = [groups] if isinstance(groups, str) else groups if isinstance(groups, list) else []
        return Claims(
            subject=str(claims["sub"]),
            name=str(claims.get("preferred_username") or ""),
            groups=frozenset(group for group in named if isinstance(group, str)),
            proved=int(proved) if isinstance(proved, int | float) else 0,
        )

    def _token(self, endpoint: str, code: str, verifier: str) -> dict[str, Any]:
        import requests
        from authlib.common.errors import AuthlibBaseError

        try:
            with self._session() as session:
                token: dict[str, Any] = session.fetch_token(
                    endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=verifier,
                    timeout=_SECONDS,
                    allow_redirects=False,
                )
        except (requests.RequestException, AuthlibBaseError, ValueError) as error:
            raise OidcError(f"no token: {error}") from error
        return token

    def _checked(self, token: str, nonce: str, access: str | None) -> dict[str, Any]:
        from authlib.oidc.core import CodeIDToken
        from joserfc.errors import JoseError

        wanted = {"iss": {"essential": True, "value": self.settings.issuer}}
        wanted["aud"] = {"essential": True, "value": self.settings.client_id}
        params = {"nonce": nonce, "client_id": self.settings.client_id, "access_token": access}
        try:
            found = self._decoded(str(token))
            claims = CodeIDToken(found.claims, found.header, wanted, params)
            claims.validate(now=int(self.clock()), leeway=_LEEWAY)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise OidcError(f"bad ID token: {type(error).__name__} {error}") from error
        if not isinstance(claims["sub"], str) or not claims["sub"] or len(claims["sub"]) > 255:
            raise OidcError("bad ID token: sub")
        return dict(claims)

    def _decoded(self, token: str) -> Any:
        from joserfc import jwt
        from joserfc.errors import InvalidKeyIdError
        from joserfc.jwk import KeySet

        address = self._metadata()["jwks_uri"]
        try:
            return jwt.decode(token, KeySet.import_key_set(self._get(address)), algorithms=ALGORITHMS)
        except InvalidKeyIdError:
            # Providers change their keys; whoever makes names of keys up must not make us ask each time.
            keys = KeySet.import_key_set(self._get(address, _KEYS_AGAIN))
            return jwt.decode(token, keys, algorithms=ALGORITHMS)

    def _userinfo(self, endpoint: str, token: Mapping[str, Any], subject: str) -> dict[str, Any]:
        found = _fetched(endpoint, {"Authorization": f"Bearer {token.get('access_token', '')}"})
        if found.get("sub") != subject:
            raise OidcError("userinfo of somebody else")
        return found

    def _metadata(self) -> dict[str, Any]:
        found: dict[str, Any] = self._get(f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != self.settings.issuer:
            raise OidcError(f"the provider calls itself {found.get('issuer')!r}")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            address = str(found.get(name, ""))
            if not address.startswith("https://") and not (
                address.startswith("http://") and self.settings.issuer.startswith("http://")
            ):
                raise OidcError(f"the provider has no {name} over https")
        return found

    def _get(self, address: str, age: float = _KEPT) -> Any:
        at, found = self._known.get(address, (0, None))
        if found is None or self.clock() - at >= age:
            found = _fetched(address)
            self._known[address] = (self.clock(), found)
        return found

    def _session(self) -> Any:
        from authlib.integrations.requests_client import OAuth2Session

        file = self.settings.secret_file
        return OAuth2Session(
            client_id=self.settings.client_id,
            client_secret=file.read_text("utf-8").strip() if file else None,
            scope=" ".join(self.settings.scopes),
            redirect_uri=self.redirect,
            code_challenge_method="S256",
        )


def _fetched(address: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    import requests

    try:
        answer = requests.get(address, headers=dict(headers or {}), timeout=_SECONDS, allow_redirects=False)
        answer.raise_for_status()
        found = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise OidcError(f"no answer: {error}") from error
    if answer.status_code != 200 or not isinstance(found, dict):
        raise OidcError(f"no answer: {address} says {answer.status_code}")
    return found

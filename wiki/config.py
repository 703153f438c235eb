"""``config.toml`` and its environment overrides → frozen settings."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from wiki.errors import ConfigError
from wiki.tiers import Clearance, Tiers

MAX_TIERS = 10
"""SQLite attaches at most ten databases to one connection, and a view attaches one a tier."""

DEFAULTS: dict[str, dict[str, Any]] = {
    "vault": {"path": "notes", "name": "", "watch": "events", "poll_seconds": 2.0},
    "server": {
        "host": "127.0.0.1",
        "port": 8000,
        "processes": 2,
        "threads": 4,
        "address": "",
        "trusted_hosts": [],
        "proxies": 0,
    },
    "accounts": {
        "idle_hours": 12.0,
        "absolute_days": 7.0,
        "admins": [],
        "audit_from": "",
        "step_up": {},
        "second_factor": [],
        "breached": "",
    },
    "oidc": {
        "issuer": "",
        "client_id": "",
        "client_secret_file": "",
        "scopes": ["openid", "profile"],
        "groups_claim": "groups",
        "roles": {},
        "create": False,
        "label": "",
    },
    "proxy_auth": {"header": "", "groups_header": "", "roles": {}, "addresses": []},
    "data": {"path": "var"},
    "tiers": {
        "order": ["public", "internal", "protect", "private", "personal", "secret"],
        "unmarked": "internal",
        "folders": {"_Standards": "public"},
        "frontmatter_key": "confidential",
    },
    "metrics": {"token_file": ""},
    "markdown": {"line_breaks": True},
    "maps": {"tiles": "", "attribution": ""},
    "check": {"secrets_below": ""},
    "search": {"engine": "whoosh", "languages": ["en", "de"]},
    "limits": {
        "note_seconds": 5.0,
        "note_megabytes": 2.0,
        "pdf_seconds": 20.0,
        "pdf_megabytes": 50.0,
        "geojson_megabytes": 20.0,
        "worker_megabytes": 1024,
    },
}
DEFAULT_ROLES = {"anonymous": "public", "member": "internal", "staff": "private", "owner": "secret"}
ANONYMOUS = "anonymous"
ENGINES = ("whoosh", "sqlite")
LANGUAGES = (
    "ar",
    "ca",
    "da",
    "de",
    "el",
    "en",
    "es",
    "eu",
    "fi",
    "fr",
    "hi",
    "hu",
    "hy",
    "id",
    "it",
    "lt",
    "ne",
    "nl",
    "no",
    "pt",
    "ro",
    "ru",
    "sr",
    "sv",
    "ta",
    "tr",
    "yi",
)
"""Whose words' stems search knows."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one note may cost while it is parsed, beyond which it shows as plain text with a notice; and a PDF while it
    is read, beyond which search does not know its text."""

    note_seconds: float
    note_bytes: int
    pdf_seconds: float
    pdf_bytes: int
    geojson_bytes: int
    worker_bytes: int


@dataclass(frozen=True, slots=True)
class AccountRules:
    """Seconds that a session lasts without use and altogether; the roles that administer; the tiers whose reading is
    logged; a tier, the seconds after which it needs another login; the tiers for which a password is not enough; and a
    file of passwords that are none (:mod:`wiki.accounts.breached`)."""

    idle: int
    absolute: int
    admins: tuple[str, ...]
    audited: tuple[str, ...]
    step_up: Mapping[str, int]
    second_factor: tuple[str, ...] = ()
    breached: Path | None = None


@dataclass(frozen=True, slots=True)
class Oidc:
    """The provider by which readers may log in; there is none if there is no issuer. ``roles`` are those of its groups,
    the first that fits; ``create`` makes accounts of whoever comes."""

    issuer: str
    client_id: str
    secret_file: Path | None
    scopes: tuple[str, ...]
    groups_claim: str
    roles: Mapping[str, str]
    create: bool
    label: str


@dataclass(frozen=True, slots=True)
class ProxyAuth:
    """The header in which a proxy at one of ``addresses`` says who asks; nobody is believed if there is none."""

    header: str
    groups_header: str
    roles: Mapping[str, str]
    addresses: tuple[IPv4Network | IPv6Network, ...]


@dataclass(frozen=True, slots=True)
class Tiles:
    """From where browsers load the ground that maps lie on; from nowhere, if there is no address."""

    address: str = ""
    attribution: str = ""

    @property
    def origin(self) -> str:
        return "/".join(self.address.split("/")[:3])


@dataclass(frozen=True, slots=True)
class Config:
    vault: Path
    vault_name: str
    watch: str
    poll_seconds: float
    host: str
    port: int
    processes: int
    threads: int
    address: str
    trusted_hosts: tuple[str, ...]
    proxies: int
    accounts: AccountRules
    oidc: Oidc
    proxy_auth: ProxyAuth
    data: Path
    metrics_token: Path | None
    tiers: Tiers
    roles: Mapping[str, Clearance]
    line_breaks: bool
    engine: str
    languages: tuple[str, ...]
    tiles: Tiles
    limits: Limits
    secrets_below: str

    @property
    def top_role(self) -> str:
        """The role that reads most; the first such in the file."""
        return max(self.roles, key=lambda role: len(self.roles[role].tiers))

    def clearance(self, role: str) -> Clearance:
        """The clearance of a role; a role that is not configured (any more) reads what everyone reads."""
        return self.roles.get(role, self.roles[ANONYMOUS])


_HERE = ("localhost", "127.0.0.1", "::1")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
_TAKEN = frozenset({"authorization", "cookie", "content-length", "content-type", "host", "origin"})
_TILES = re.compile(r"https?://[A-Za-z0-9.-]{1,200}(?::\d{1,5})?/[\w./?&=@%~{}-]{1,400}", re.ASCII)


class _Reader:
    """Takes values out of one file's tables and says exactly what is wrong with one."""

    def __init__(self, source: str, tables: Mapping[str, Any], env: Mapping[str, str]) -> None:
        self.source, self.tables, self.env = source, tables, env

    def wrong(self, table: str, key: str, value: object, hint: str) -> ConfigError:
        variable = f"WIKI_{table}_{key}".upper()
        if variable in self.env:
            return ConfigError(f"environment: {variable} = {self.env[variable]!r}: {hint}")
        return ConfigError(f"{self.source}: [{table}] {key} = {value!r}: {hint}")

    def check_names(self) -> None:
        for table, content in self.tables.items():
            if table == "roles":
                continue
            if table not in DEFAULTS:
                known = ", ".join([*DEFAULTS, "roles"])
                raise ConfigError(f"{self.source}: [{table}]: no such table; there are {known}")
            if not isinstance(content, dict):
                raise ConfigError(f"{self.source}: {table} = {content!r}: [{table}] is a table, not a value")
            for key in content:
                if key not in DEFAULTS[table]:
                    hint = f"no such key; there are {', '.join(DEFAULTS[table])}"
                    raise self.wrong(table, key, content[key], hint)

    def get(self, table: str, key: str) -> Any:
        default = DEFAULTS[table][key]
        variable = f"WIKI_{table}_{key}".upper()
        if variable in self.env:
            return self._from_env(variable, default)
        value = self.tables.get(table, {}).get(key, default)
        kinds = (int, float) if isinstance(default, float) else (type(default),)
        if not isinstance(value, kinds) or isinstance(value, bool) != isinstance(default, bool):
            raise self.wrong(table, key, value, f"must be {_KIND[type(default)]}")
        return value

    def _from_env(self, variable: str, default: Any) -> Any:
        text = self.env[variable]
        if isinstance(default, str):
            return text
        try:
            is_number = isinstance(default, int | float) and not isinstance(default, bool)
            value = type(default)(text) if is_number else tomllib.loads(f"x = {text}")["x"]
        except (ValueError, tomllib.TOMLDecodeError) as error:
            hint = f"must be {_KIND[type(default)]}"
            raise ConfigError(f"environment: {variable} = {text!r}: {hint}") from error
        if not isinstance(value, type(default)):
            raise ConfigError(f"environment: {variable} = {text!r}: must be {_KIND[type(default)]}")
        return value


_KIND: dict[type, str] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "a table",
}


def find(option: str | None, env: Mapping[str, str]) -> Path | None:
    """The configuration file: ``--config``, then ``WIKI_CONFIG``, then ``config.toml`` in the current folder."""
    named = option or env.get("WIKI_CONFIG")
    if named:
        return Path(named)
    here = Path("config.toml")
    return here if here.exists() else None


def load(option: str | None = None, *, vault: str | None = None, env: Mapping[str, str] = os.environ) -> Config:
    """The settings in force. Paths in a file are relative to it; raises :class:`ConfigError`."""
    path = find(option, env)
    if path is None:
        return build({}, "defaults", Path(), vault=vault, env=env)
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: can't be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from error
    return build(tables, str(path), path.parent, vault=vault, env=env)


def build(
    tables: Mapping[str, Any],
    source: str = "config",
    base: Path = Path(),
    *,
    vault: str | None = None,
    env: Mapping[str, str] | None = None,
) -> Config:
    read = _Reader(source, tables, env or {})
    read.check_names()
    tiers = _tiers(read)
    roles = _roles(read, tiers)
    config = Config(
        vault=Path(vault) if vault is not None else base / read.get("vault", "path"),
        vault_name=read.get("vault", "name"),
        watch=_one_of(read, "vault", "watch", "events", "poll", "off"),
        poll_seconds=_positive(read, "vault", "poll_seconds"),
        host=read.get("server", "host"),
        port=_port(read),
        processes=int(_positive(read, "server", "processes")),
        threads=int(_positive(read, "server", "threads")),
        address=_address(read),
        trusted_hosts=_texts(read, "server", "trusted_hosts"),
        proxies=_proxies(read),
        accounts=_account_rules(read, base, tiers, roles),
        oidc=_oidc(read, base, roles),
        proxy_auth=_proxy_auth(read, roles),
        data=base / read.get("data", "path"),
        metrics_token=base / token_file if (token_file := read.get("metrics", "token_file")) else None,
        tiers=tiers,
        roles=roles,
        line_breaks=read.get("markdown", "line_breaks"),
        engine=_one_of(read, "search", "engine", *ENGINES),
        languages=_languages(read),
        tiles=_tiles(read),
        secrets_below=_secrets_below(read, tiers),
        limits=Limits(
            note_seconds=_positive(read, "limits", "note_seconds"),
            note_bytes=int(_positive(read, "limits", "note_megabytes") * 1_000_000),
            pdf_seconds=_positive(read, "limits", "pdf_seconds"),
            pdf_bytes=int(_positive(read, "limits", "pdf_megabytes") * 1_000_000),
            geojson_bytes=int(_positive(read, "limits", "geojson_megabytes") * 1_000_000),
            worker_bytes=int(_positive(read, "limits", "worker_megabytes")) * 1_000_000,
        ),
    )
    if config.data.resolve().is_relative_to(config.vault.resolve()):
        raise read.wrong("data", "path", str(config.data), f"must lie outside the vault {config.vault}")
    return config


def _secrets_below(read: _Reader, tiers: Tiers) -> str:
    tier: str = read.get("check", "secrets_below") or tiers.strictest_of_all
    if tier not in tiers.order:
        raise read.wrong("check", "secrets_below", tier, f"no such tier; there are {', '.join(tiers.order)}")
    return tier


def _languages(read: _Reader) -> tuple[str, ...]:
    codes = read.get("search", "languages")
    for code in codes:
        if code not in LANGUAGES:
            raise read.wrong("search", "languages", code, f"must be of {', '.join(LANGUAGES)}")
    return tuple(codes)


def _address(read: _Reader) -> str:
    """Scheme and host under which browsers know the wiki, without a slash at the end."""
    address: str = read.get("server", "address")
    if address and not address.startswith(("http://", "https://")):
        raise read.wrong("server", "address", address, "must begin with https:// or http://")
    return address.rstrip("/")


def _proxies(read: _Reader) -> int:
    proxies: int = read.get("server", "proxies")
    if not 0 <= proxies <= 9:
        raise read.wrong("server", "proxies", proxies, "must be how many proxies stand in front, 0 to 9")
    return proxies


def _texts(read: _Reader, table: str, key: str) -> tuple[str, ...]:
    values = read.get(table, key)
    for value in values:
        if not isinstance(value, str):
            raise read.wrong(table, key, value, "must be a list of texts")
    return tuple(values)


def _account_rules(read: _Reader, base: Path, tiers: Tiers, roles: Mapping[str, Clearance]) -> AccountRules:
    admins = _texts(read, "accounts", "admins")
    for role in admins:
        if role not in roles or role == ANONYMOUS:
            raise read.wrong("accounts", "admins", role, f"no such role; there are {', '.join(roles)}")
    lowest = read.get("accounts", "audit_from")
    if lowest and lowest not in tiers.order:
        raise read.wrong("accounts", "audit_from", lowest, f"no such tier; there are {', '.join(tiers.order)}")
    second_factor = _texts(read, "accounts", "second_factor")
    for tier in second_factor:
        if tier not in tiers.order:
            raise read.wrong("accounts", "second_factor", tier, f"no such tier; there are {', '.join(tiers.order)}")
    step_up = read.get("accounts", "step_up")
    for tier, minutes in step_up.items():
        if tier not in tiers.order:
            raise read.wrong(
                "accounts", f"step_up.{tier}", minutes, f"no such tier; there are {', '.join(tiers.order)}"
            )
        if not isinstance(minutes, int | float) or isinstance(minutes, bool) or minutes <= 0:
            raise read.wrong("accounts", f"step_up.{tier}", minutes, "must be minutes, more than 0")
    breached = read.get("accounts", "breached")
    if breached and not (base / breached).is_file():
        raise read.wrong("accounts", "breached", breached, f"no such file: {base / breached}")
    return AccountRules(
        idle=int(_positive(read, "accounts", "idle_hours") * 3600),
        absolute=int(_positive(read, "accounts", "absolute_days") * 86_400),
        admins=admins or (max(roles, key=lambda role: len(roles[role].tiers)),),
        audited=tiers.order[tiers.order.index(lowest) :] if lowest else (),
        step_up={tier: int(minutes * 60) for tier, minutes in step_up.items()},
        second_factor=second_factor,
        breached=base / breached if breached else None,
    )


def _oidc(read: _Reader, base: Path, roles: Mapping[str, Clearance]) -> Oidc:
    issuer, client_id = read.get("oidc", "issuer"), read.get("oidc", "client_id")
    secret, scopes = read.get("oidc", "client_secret_file"), _texts(read, "oidc", "scopes")
    granted = _granted(read, "oidc", roles)
    host = urlsplit(issuer).hostname or ""
    if issuer:
        if not (issuer.startswith("https://") and host) and not (issuer.startswith("http://") and host in _HERE):
            raise read.wrong("oidc", "issuer", issuer, "must begin with https://")
        if not client_id:
            raise read.wrong("oidc", "client_id", client_id, "must be the name that the provider gave to this wiki")
        if "openid" not in scopes:
            raise read.wrong("oidc", "scopes", list(scopes), 'must hold "openid"')
        if not granted:
            raise read.wrong("oidc", "roles", granted, "must give a role to a group: without one nobody is let in")
        if not read.get("server", "address"):
            raise read.wrong("server", "address", "", "must be set for [oidc]: the provider leads browsers back to it")
        if secret and not os.access(base / secret, os.R_OK):
            raise read.wrong("oidc", "client_secret_file", secret, f"can't be read: {base / secret}")
    return Oidc(
        issuer=issuer,
        client_id=client_id,
        secret_file=base / secret if secret else None,
        scopes=scopes,
        groups_claim=read.get("oidc", "groups_claim"),
        roles=granted,
        create=read.get("oidc", "create"),
        label=read.get("oidc", "label") or host,
    )


def _proxy_auth(read: _Reader, roles: Mapping[str, Clearance]) -> ProxyAuth:
    names = {key: read.get("proxy_auth", key) for key in ("header", "groups_header")}
    for key, name in names.items():
        # With an underscore it would be another header's name in WSGI, and any reader could send that one.
        if name and (not _HEADER.fullmatch(name) or name.lower() in _TAKEN):
            raise read.wrong("proxy_auth", key, name, "must be the name of a header of its own, such as X-Remote-User")
    networks = []
    for text in _texts(read, "proxy_auth", "addresses"):
        try:
            networks.append(ip_network(text))
        except ValueError as error:
            raise read.wrong(
                "proxy_auth", "addresses", text, "must be addresses, or networks as 10.0.0.0/24"
            ) from error
    granted = _granted(read, "proxy_auth", roles)
    if names["header"]:
        if not names["groups_header"]:
            raise read.wrong("proxy_auth", "groups_header", "", "must be set: roles come from groups")
        if names["groups_header"].lower() == names["header"].lower():
            raise read.wrong("proxy_auth", "groups_header", names["groups_header"], "must be another one than header")
        if not granted:
            raise read.wrong(
                "proxy_auth", "roles", granted, "must give a role to a group: without one nobody is let in"
            )
        if not networks:
            raise read.wrong("proxy_auth", "addresses", [], "must name the proxy: anybody else could send the header")
    return ProxyAuth(names["header"], names["groups_header"], granted, tuple(networks))


def _granted(read: _Reader, table: str, roles: Mapping[str, Clearance]) -> dict[str, str]:
    granted: dict[str, str] = read.get(table, "roles")
    for group, role in granted.items():
        if not isinstance(role, str) or role not in roles or role == ANONYMOUS:
            known = ", ".join(role for role in roles if role != ANONYMOUS)
            raise read.wrong(table, f"roles.{group}", role, f"no such role; there are {known}")
    return dict(granted)


def _tiles(read: _Reader) -> Tiles:
    """A wrong address would go into a header: it is the one host besides the wiki that browsers may ask."""
    address = read.get("maps", "tiles").strip()
    if address and not (_TILES.fullmatch(address) and all(part in address for part in ("{z}", "{x}", "{y}"))):
        raise read.wrong("maps", "tiles", address, "must be like https://tiles.example/{z}/{x}/{y}.png, or empty")
    return Tiles(address, read.get("maps", "attribution"))


def _one_of(read: _Reader, table: str, key: str, *choices: str) -> str:
    value: str = read.get(table, key)
    if value not in choices:
        *others, last = (f'"{choice}"' for choice in choices)
        raise read.wrong(table, key, value, f"must be {', '.join(others)} or {last}")
    return value


def _positive(read: _Reader, table: str, key: str) -> float:
    value: float = read.get(table, key)
    if not 0 < value < float("inf"):
        raise read.wrong(table, key, value, "must be more than 0")
    return value


def _port(read: _Reader) -> int:
    port: int = read.get("server", "port")
    if not 0 <= port <= 65535:
        raise read.wrong("server", "port", port, "must be a port from 0 to 65535")
    return port


def _tiers(read: _Reader) -> Tiers:
    order = read.get("tiers", "order")
    for name in order:
        if not isinstance(name, str) or not name or name != name.strip().casefold() or not name.isidentifier():
            raise read.wrong("tiers", "order", name, "a tier's name is one word in small letters")
    if not 1 <= len(order) <= MAX_TIERS or len(set(order)) != len(order):
        raise read.wrong("tiers", "order", order, f"must be 1 to {MAX_TIERS} different tiers")
    frontmatter_key = read.get("tiers", "frontmatter_key")
    if not any(c.isalnum() for c in frontmatter_key):
        raise read.wrong("tiers", "frontmatter_key", frontmatter_key, "must have a letter")
    folders = read.get("tiers", "folders")
    for folder, tier in folders.items():
        if not folder.strip("/"):
            raise read.wrong("tiers", f"folders.{folder}", tier, "must be a folder's name")
        if tier not in order:
            raise read.wrong("tiers", f"folders.{folder}", tier, f"no such tier; there are {', '.join(order)}")
    unmarked = read.get("tiers", "unmarked")
    if unmarked not in order:
        raise read.wrong("tiers", "unmarked", unmarked, f"no such tier; there are {', '.join(order)}")
    cleaned = {folder.strip("/"): tier for folder, tier in folders.items()}
    return Tiers(tuple(order), unmarked, cleaned, frontmatter_key)


def _roles(read: _Reader, tiers: Tiers) -> dict[str, Clearance]:
    given = read.tables.get("roles")
    table = given if given is not None else DEFAULT_ROLES
    if not isinstance(table, dict):
        raise ConfigError(f"{read.source}: roles = {table!r}: [roles] is a table, not a value")
    roles = {}
    for role in table:
        value = _role_from_env(read.env.get(f"WIKI_ROLES_{role}".upper())) or table[role]
        roles[role] = _clearance(read, role, value, tiers, default=given is None)
    if ANONYMOUS not in roles:
        # Nothing is open to anonymous readers unless the file says so.
        roles[ANONYMOUS] = Clearance(())
    return roles


def _role_from_env(text: str | None) -> Any:
    """A tier, or a list of tiers as in TOML."""
    if text is None or not text.lstrip().startswith("["):
        return text
    try:
        return tomllib.loads(f"x = {text}")["x"]
    except tomllib.TOMLDecodeError:
        return text


def _clearance(read: _Reader, role: str, value: Any, tiers: Tiers, *, default: bool) -> Clearance:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list):
        raise read.wrong("roles", role, value, "must be a tier, or a list of tiers")
    for name in names:
        if name not in tiers.order:
            if default:
                # The built-in roles speak of the built-in tiers; with other tiers a file has to name its roles.
                raise read.wrong("tiers", "order", list(tiers.order), f"needs [roles]: {role} reads {name!r}")
            raise read.wrong("roles", role, name, f"no such tier; there are {', '.join(tiers.order)}")
    return tiers.up_to(value) if isinstance(value, str) else tiers.clearance(names)

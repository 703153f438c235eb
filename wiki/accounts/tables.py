"""The tables of the accounts database, as they are now; how they came to be so is in ``migrations``."""

import sqlalchemy as sa

METADATA = sa.MetaData()

USERS = sa.Table(
    "user",
    METADATA,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("role", sa.String(64), nullable=False),
    sa.Column("password", sa.String(255), nullable=False),
    sa.Column("disabled", sa.Boolean, nullable=False, default=False),
    sa.Column("created", sa.Integer, nullable=False),
    sa.Column("totp", sa.String(64)),
    sa.Column("totp_used", sa.Integer, nullable=False, server_default="0"),
    sa.Column("handle", sa.String(64)),
    sa.Column("temporary", sa.Boolean, nullable=False, server_default=sa.false()),
)
SESSIONS = sa.Table(
    "session",
    METADATA,
    sa.Column("id_hash", sa.String(64), primary_key=True),
    sa.Column("user", sa.String(64), nullable=False, index=True),
    sa.Column("created", sa.Integer, nullable=False),
    sa.Column("seen", sa.Integer, nullable=False, server_default="0"),
    sa.Column("proved", sa.Integer, nullable=False, server_default="0"),
    sa.Column("agent", sa.String(200), nullable=False, server_default=""),
    sa.Column("is_half", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("number", sa.Integer, nullable=False, server_default="0"),
)
RECOVERY = sa.Table(
    "recovery",
    METADATA,
    sa.Column("user", sa.String(64), primary_key=True),
    sa.Column("code_hash", sa.String(64), primary_key=True),
)
TOKENS = sa.Table(
    "token",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("user", sa.String(64), nullable=False, index=True),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False, unique=True),
    sa.Column("tiers", sa.String(1000), nullable=False),
    sa.Column("created", sa.Integer, nullable=False),
    sa.Column("expires", sa.Integer, nullable=False),
    sa.Column("used", sa.Integer, nullable=False, server_default="0"),
)
PASSKEYS = sa.Table(
    "passkey",
    METADATA,
    sa.Column("id", sa.String(400), primary_key=True),
    sa.Column("user", sa.String(64), nullable=False, index=True),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("public_key", sa.LargeBinary, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("created", sa.Integer, nullable=False),
    sa.Column("used", sa.Integer, nullable=False, server_default="0"),
)
CHALLENGES = sa.Table(
    "challenge",
    METADATA,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("value", sa.LargeBinary, nullable=False),
    sa.Column("created", sa.Integer, nullable=False),
)
IDENTITIES = sa.Table(
    "identity",
    METADATA,
    sa.Column("issuer", sa.String(400), primary_key=True),
    sa.Column("subject", sa.String(255), primary_key=True),
    sa.Column("user", sa.String(64), nullable=False, index=True),
    sa.Column("created", sa.Integer, nullable=False),
)
ATTEMPTS = sa.Table(
    "attempt",
    METADATA,
    sa.Column("who", sa.String(80), primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("last", sa.Integer, nullable=False),
)
EVENTS = sa.Table(
    "event",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.Integer, nullable=False, index=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("user", sa.String(64), nullable=False),
    sa.Column("address", sa.String(64), nullable=False),
    sa.Column("tier", sa.String(64), nullable=False, server_default=""),
    sa.Column("detail", sa.String(1000), nullable=False, server_default=""),
)
SETTINGS = sa.Table(
    "setting",
    METADATA,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("value", sa.String(200), nullable=False),
)

"""Accounts that are known elsewhere too: by authenticators under a handle, by a provider under a subject."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0003", "0002"


def upgrade() -> None:
    op.add_column("user", sa.Column("handle", sa.String(64)))
    op.create_table(
        "identity",
        sa.Column("issuer", sa.String(400), primary_key=True),
        sa.Column("subject", sa.String(255), primary_key=True),
        sa.Column("user", sa.String(64), nullable=False, index=True),
        sa.Column("created", sa.Integer, nullable=False),
    )

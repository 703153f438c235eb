"""Names, roles, passwords, and sessions."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0001", None


def upgrade() -> None:
    if sa.inspect(op.get_bind()).has_table("user"):
        return  # made before there were migrations
    op.create_table(
        "user",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("role", sa.String(64), nullable=False),
        sa.Column("password", sa.String(255), nullable=False),
        sa.Column("disabled", sa.Boolean, nullable=False),
        sa.Column("created", sa.Integer, nullable=False),
    )
    op.create_table(
        "session",
        sa.Column("id_hash", sa.String(64), primary_key=True),
        sa.Column("user", sa.String(64), nullable=False, index=True),
        sa.Column("created", sa.Integer, nullable=False),
    )

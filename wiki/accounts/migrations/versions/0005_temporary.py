"""Passwords that somebody else chose, and that open nothing but the form for one's own."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0005", "0004"


def upgrade() -> None:
    op.add_column("user", sa.Column("temporary", sa.Boolean, nullable=False, server_default=sa.false()))

"""Sessions that their owner tells apart by numbers, which say nothing of the rest."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0004", "0003"


def upgrade() -> None:
    op.add_column("session", sa.Column("number", sa.Integer, nullable=False, server_default="0"))
    op.execute(
        'UPDATE session SET number = (SELECT count(*) FROM session older WHERE older."user" = session."user"'
        " AND (older.created, older.id_hash) <= (session.created, session.id_hash))"
    )

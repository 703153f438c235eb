"""The accounts database, brought to what this version knows. Nothing in it is lost by an upgrade."""

from pathlib import Path

import sqlalchemy as sa

from wiki.errors import AccountError

NEWEST = "0005"
_SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(engine: sa.Engine) -> None:
    """Idempotent, and safe where several processes do it at once."""
    if version(engine) == NEWEST:
        return
    # Imported here: a start with nothing to do is the usual one.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    with engine.connect() as db:
        # One at a time: whoever comes second finds it done.
        db.exec_driver_sql("BEGIN IMMEDIATE")
        config.attributes["connection"] = db
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise AccountError(f"{engine.url.database}: made by a newer version of Strata; use that one") from error
        db.commit()


def version(engine: sa.Engine) -> str:
    with engine.connect() as db:
        if not sa.inspect(db).has_table("alembic_version"):
            return ""
        return str(db.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() or "")

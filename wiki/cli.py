"""The command ``wiki``."""

import json
import logging
import os
import secrets
import shutil
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from wiki import config as settings
from wiki import vault as vaults
from wiki.config import Config
from wiki.errors import AccountError, WikiError
from wiki.paths import key

if TYPE_CHECKING:
    from wiki.accounts.store import Accounts

_CONFIG = click.option("--config", "config_file", metavar="FILE", help="The configuration file.")
_VAULT = click.argument("vault", required=False, metavar="[VAULT]")


class _Group(click.Group):
    """Ends with status 2 and one line for everything that a person can put right."""

    def main(self, *args: Any, **options: Any) -> Any:
        try:
            status = super().main(*args, **{**options, "standalone_mode": False})
        except click.ClickException as error:
            click.echo(f"wiki: {error.format_message()} (wiki --help shows how)", err=True)
            sys.exit(2)
        except click.Abort:
            sys.exit(1)
        sys.exit(status if isinstance(status, int) else 0)

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except WikiError as error:
            click.echo(f"wiki: {error}", err=True)
            context.exit(2)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Strata: a wiki server for a folder of Markdown notes, in which every reader sees only what they may."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)


def _load(config_file: str | None, vault: str | None = None) -> Config:
    """The settings, with a data folder that can be written to."""
    config = settings.load(config_file, vault=vault)
    try:
        config.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise WikiError(f"data folder {config.data}: can't be made: {error.strerror}") from error
    return config


def _accounts(config: Config) -> "Accounts":
    # Here, as in most commands: a database's library takes longer to load than the writer to look through a vault.
    from wiki.accounts.sessions import Limits
    from wiki.accounts.store import Accounts

    limits = Limits(config.accounts.idle, config.accounts.absolute)
    return Accounts(config.data / "accounts.sqlite", limits=limits)


@main.command()
@_VAULT
@click.option("--host", help="Address to serve on.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to serve on; 0 takes a free one.")
@_CONFIG
def serve(vault: str | None, host: str | None, port: int | None, config_file: str | None) -> None:
    """Index VAULT, watch it, and serve it."""
    config = _load(config_file, vault)
    vaults.check(config.vault)
    from wiki import server

    listener = server.listen(host or config.host, config.port if port is None else port)
    name, number = listener.getsockname()[:2]
    config = replace(config, host=name, port=number)
    writer = server.start_writer(config)
    # While the writer looks through the vault: what a server loads takes as long.
    from wiki.web import create_app, warm

    app = create_app(config)
    warm(app)
    writer.wait()
    address = f"http://{f'[{name}]' if ':' in name else name}:{number}/"
    _first_account(config, address)
    click.echo(f"Strata serves {config.vault} on {address} (stop it with Ctrl+C)")
    try:
        server.run(config, listener, app)
    finally:
        with suppress(ProcessLookupError):
            os.kill(writer.process, signal.SIGTERM)


def _first_account(config: Config, address: str) -> None:
    """Where there is no account yet, one that reads most; its password is shown this once."""
    accounts = _accounts(config)
    if accounts.users():
        return
    password = secrets.token_urlsafe(15)
    accounts.add("admin", config.top_role, password)
    click.echo(f"First start: log in at {address}-/login as admin with the password {password}")
    click.echo("It is not shown again; wiki user passwd admin changes it.")


@main.command()
@_VAULT
@click.option("--rebuild", is_flag=True, help="Make everything anew.")
@_CONFIG
def index(vault: str | None, rebuild: bool, config_file: str | None) -> None:
    """Bring what is derived from VAULT up to date, and stop."""
    config = _load(config_file, vault)
    vaults.check(config.vault)
    from wiki.indexer import Indexer, writer_lock
    from wiki.progress import Progress
    from wiki.shard import Shards
    from wiki.workers import calm_gc

    shards = Shards.of(config)
    with writer_lock(shards.lock, wait=False) as mine:
        if not mine:
            raise WikiError("another process is writing; a running server keeps everything up to date by itself")
        if rebuild:
            shutil.rmtree(shards.folder, ignore_errors=True)
        calm_gc()
        indexer = Indexer(config)
        try:
            done = indexer.sync(progress=Progress("notes"))
        finally:
            indexer.close()
    click.echo(f"{done.parsed} notes and {done.attachments} attachments taken in, {done.removed} files gone")


@main.command()
@_VAULT
@click.option("--leaks", is_flag=True, help="What lower notes give away of higher ones, instead.")
@click.option("--json", "as_json", is_flag=True, help="One JSON list.")
@click.option("--all", "everything", is_flag=True, help="Notices too: orphans, unused files, names taken twice.")
@click.option("--staged", is_flag=True, help="Only files that are staged in git, as they are staged.")
@click.option("--fail-on", default="warning", show_default=True, metavar="KIND,…", help="What status 1 is for.")
@click.option("--accept", is_flag=True, help="Keep quiet about all this from now on.")
@_CONFIG
def check(
    vault: str | None,
    leaks: bool,
    as_json: bool,
    everything: bool,
    staged: bool,
    fail_on: str,
    accept: bool,
    config_file: str | None,
) -> None:
    """What is wrong in VAULT: notes closed for safety, broken links, stale footers, and much more."""
    config = _load(config_file, vault)
    vaults.check(config.vault)
    from wiki.check import accepted, report
    from wiki.check.command import Asked, findings
    from wiki.progress import Progress

    report.fails((), fail_on)
    found = findings(config, Asked(leaks, staged), Progress("notes"))
    shown = found if everything else [each for each in found if each.severity != "notice"]
    if accept:
        count = accepted.accept(config.vault.resolve(), shown)
        click.echo(f"{count} accepted, in {accepted.file_of(config.vault)}")
        return
    if as_json:
        click.echo(report.as_json(shown))
    else:
        colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        for line in report.lines(found, notices=everything, colour=colour):
            click.echo(line, color=colour)
        click.echo(report.summary(found, notices=everything), err=True)
    sys.exit(1 if report.fails(shown, fail_on) else 0)


@main.group()
def user() -> None:
    """Accounts."""


def _with_accounts(command: Callable[..., None]) -> Callable[..., None]:
    @_CONFIG
    @wraps(command)
    def run(config_file: str | None, **values: Any) -> None:
        config = _load(config_file)
        role = values.get("role")
        if role is not None and role not in config.roles:
            raise WikiError(f"no role {role!r}; config.toml has {', '.join(config.roles)}")
        accounts = _accounts(config)
        try:
            command(accounts, **values)
        finally:
            accounts.engine.dispose()

    return run


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    entered: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return entered


_FROM_STDIN = click.option("--password-stdin", "from_stdin", is_flag=True, help="Read it from standard input.")


@user.command("add")
@click.argument("name")
@click.option("--role", required=True, help="A role of config.toml.")
@_FROM_STDIN
@_with_accounts
def user_add(accounts: "Accounts", name: str, role: str, from_stdin: bool) -> None:
    """Add the account NAME."""
    added = accounts.add(name, role, _password(from_stdin))
    accounts.audit.add("command: add", detail=f"{added.name} {added.role}")
    click.echo(f"added {added.name} as {added.role}")


@user.command("list")
@_with_accounts
def user_list(accounts: "Accounts") -> None:
    """All accounts with their roles."""
    for found in accounts.users():
        disabled = "\tdisabled" if found.disabled else ""
        click.echo(f"{found.name}\t{found.role}{disabled}")


@user.command("passwd")
@click.argument("name")
@_FROM_STDIN
@_with_accounts
def user_passwd(accounts: "Accounts", name: str, from_stdin: bool) -> None:
    """Give NAME a new password; this logs the account out everywhere."""
    accounts.set_password(name, _password(from_stdin))
    accounts.audit.add("command: password", detail=name)


@user.command("role")
@click.argument("name")
@click.argument("role")
@_with_accounts
def user_role(accounts: "Accounts", name: str, role: str) -> None:
    """Give NAME another role, from the next request on."""
    accounts.set_role(name, role)
    accounts.audit.add("command: role", detail=f"{name} {role}")


@user.command("disable")
@click.argument("name")
@_with_accounts
def user_disable(accounts: "Accounts", name: str) -> None:
    """Log NAME out everywhere, and let the account in no more."""
    accounts.disable(name)
    accounts.audit.add("command: disable", detail=name)


@user.command("enable")
@click.argument("name")
@_with_accounts
def user_enable(accounts: "Accounts", name: str) -> None:
    """Let NAME log in again."""
    accounts.enable(name)
    accounts.audit.add("command: enable", detail=name)


@user.command("no-second")
@click.argument("name")
@_with_accounts
def user_no_second(accounts: "Accounts", name: str) -> None:
    """Remove the second factors of NAME, who lost them: app, passkeys and recovery codes."""
    if accounts.user(name) is None:
        raise AccountError(f"no account {name!r}; wiki user list shows all")
    accounts.drop_second(key(name))
    accounts.audit.add("command: no-second", detail=name)


@user.command("remove")
@click.argument("name")
@_with_accounts
def user_remove(accounts: "Accounts", name: str) -> None:
    """Remove the account NAME."""
    accounts.remove(name)
    accounts.audit.add("command: remove", detail=name)


@main.command()
@click.option("--user", "name", default="", help="Of one account only.")
@click.option("--days", type=click.IntRange(1, 3650), default=30, show_default=True, help="How far back.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@_with_accounts
def audit(accounts: "Accounts", name: str, days: int, as_json: bool) -> None:
    """What happened: logins, failures, administration, and what was read of the tiers that are watched."""
    since = int(accounts.clock()) - days * 86_400
    for event in reversed(accounts.audit.events(None, name, since, most=1_000_000)):
        when = datetime.fromtimestamp(event.at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if as_json:
            click.echo(json.dumps({**asdict(event), "at": when}, ensure_ascii=False))
        else:
            click.echo("\t".join([when, event.kind, event.user, event.address, event.tier, event.detail]))

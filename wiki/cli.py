"""The command ``wiki``."""

import json
import logging
import os
import secrets
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wiki import config as settings
from wiki import vault as vaults
from wiki.config import Config
from wiki.errors import AccountError, ConfigError, WikiError
from wiki.paths import key

if TYPE_CHECKING:
    from wiki.accounts.store import Accounts
    from wiki.export.run import Wanted

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


class OneLine(logging.Formatter):
    """A message may hold an address or a file's name, and so a line break: without it nobody can make entries up."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.message = "".join(
            character if character.isprintable() else f"\\x{ord(character):02x}" for character in record.message
        )
        return super().formatMessage(record)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Strata: a wiki server for a folder of Markdown notes, in which every reader sees only what they may."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine("%(asctime)s %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S%z"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("alembic").setLevel(logging.WARNING)  # each step of making the tables of a first start


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
    from wiki.accounts.store import Accounts

    return Accounts.of(config)


@main.command()
@_VAULT
@click.option("--host", help="Address to serve on.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to serve on; 0 takes a free one.")
@_CONFIG
def serve(vault: str | None, host: str | None, port: int | None, config_file: str | None) -> None:
    """Index VAULT, watch it, and serve it."""
    config = _load(config_file, vault)
    vaults.check(config.vault)
    from wiki import forks, listener, writer

    socket = listener.listen(host or config.host, config.port if port is None else port)
    name, number = socket.getsockname()[:2]
    config = replace(config, host=name, port=number)
    forks.exit_when_told()
    beside = writer.start_writer(config)
    try:
        # While the writer looks through the vault: what a server loads takes as long.
        from wiki import server
        from wiki.web import create_app, warm

        app = create_app(config)
        warm(app)
        beside.wait()
        address = f"http://{f'[{name}]' if ':' in name else name}:{number}/"
        _first_account(config, address)
        click.echo(f"Strata serves {config.vault} on {address} (stop it with Ctrl+C)")
        server.run(config, socket, app)
    finally:
        beside.stop()


def _first_account(config: Config, address: str) -> None:
    """Where there is no account yet, one that reads most; its password is shown this once."""
    accounts = _accounts(config)
    if accounts.users():
        return
    password = secrets.token_urlsafe(15)
    accounts.add("admin", config.top_role, password, temporary=True)
    click.echo(f"First start: log in at {address}-/login as admin with the password {password}")
    click.echo("It is not shown again, and good until you choose your own there.")


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


@main.command()
@click.argument("folder", metavar="DIR")
@_VAULT
@click.option("--role", required=True, help="A role of config.toml: what it reads is what is written.")
@click.option(
    "--address", default="", metavar="URL", help="Where the site will be: with it there are feed and sitemap."
)
@click.option(
    "--language", type=click.Choice(["en", "de"]), default="en", show_default=True, help="Of buttons and titles."
)
@click.option("--source", is_flag=True, help="With the Markdown text of each note.")
@click.option("--check", "checks", is_flag=True, help="Prove afterwards that no word of a hidden note is in any file.")
@_CONFIG
def export(
    folder: str,
    vault: str | None,
    role: str,
    address: str,
    language: str,
    source: bool,
    checks: bool,
    config_file: str | None,
) -> None:
    """Write a static site of exactly what ROLE sees to DIR."""
    config = _load(config_file, vault)
    vaults.check(config.vault)
    _check_role(config, role)
    if address and not address.startswith(("http://", "https://")):
        raise WikiError(f"--address {address}: must begin with https:// or http://")
    from wiki.export.run import Wanted
    from wiki.export.run import export as write
    from wiki.progress import Progress

    above = [tier for tier in config.clearance(role).tiers if tier != config.tiers.order[0]]
    if above:
        tiers = ", ".join(config.clearance(role).tiers)
        click.echo(f"wiki: these files have no access control: whoever gets them reads {tiers}", err=True)
    wanted = Wanted(role, address.rstrip("/"), source, language)
    done = write(config, Path(folder), wanted, Progress("pages"))
    click.echo(f"{done.files} files: {done.written} written, {done.removed} removed")
    accounts = _accounts(config)
    accounts.audit.add("command: export", detail=f"{role} {folder}")
    accounts.engine.dispose()
    if checks:
        _prove(config, Path(folder), wanted)


def _prove(config: Config, folder: Path, wanted: "Wanted") -> None:
    from wiki.export.leaks import prove

    proof = prove(config, folder, wanted.role, wanted.site)
    for leak in proof.leaks:
        click.echo(f"{folder / leak.file}: has a word that only {leak.note} has")
    click.echo(f"{proof.words} words of hidden notes looked for in {proof.files} files: {len(proof.leaks)} found")
    sys.exit(1 if proof.leaks else 0)


def _check_role(config: Config, role: str) -> None:
    if role not in config.roles:
        raise WikiError(f"no role {role!r}; config.toml has {', '.join(config.roles)}")


@main.command()
@_VAULT
@click.option("--slowest", type=click.IntRange(0, 200), default=10, show_default=True, help="Notes to name.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@_CONFIG
def stats(vault: str | None, slowest: int, as_json: bool, config_file: str | None) -> None:
    """VAULT in numbers: notes, words and files a tier, changes a month, links, the slowest notes."""
    config = _load(config_file, vault)
    vaults.check(config.vault)
    from wiki.stats import stats as count

    found = count(config, slowest)
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False, indent=1))
        return
    click.echo(f"{'tier':<12}{'notes':>10}{'words':>14}{'files':>10}{'bytes':>16}")
    for one in found.tiers:
        click.echo(f"{one.tier:<12}{one.notes:>10,}{one.words:>14,}{one.attachments:>10,}{one.bytes:>16,}")
    links = found.links
    click.echo(f"\n{links.links:,} links, {links.broken:,} of them broken (to {links.missing:,} missing places)")
    click.echo(f"{links.orphans:,} orphans: notes that nothing links to")
    click.echo("\nlast changed" + "".join(f"\n{month:<12}{count:>10,}" for month, count in found.months.items()))
    if found.slowest:
        click.echo(
            "\nslowest to parse" + "".join(f"\n{one.milliseconds:>10,.1f} ms  {one.note}" for one in found.slowest)
        )


_WRITES = click.option("--write", "writes", is_flag=True, help="Do it; else it only shows what would change.")
_DIALECT = click.option("--dialect", type=click.Choice(["wiki", "markdown"]), help="Of links; else the vault's own.")
_TIER = click.option("--tier", required=True, help="A tier of config.toml.")


@main.group()
def variants() -> None:
    """The notes of one idea, a tier each: shown, begun, tied together, raised and lowered."""


@variants.command("list")
@click.argument("concept")
@_CONFIG
def variants_list(concept: str, config_file: str | None) -> None:
    """The variants of CONCEPT: a path, with or without tier, or a last name."""
    from wiki.variants import commands

    commands.show(_keeper(config_file), concept)


@variants.command("new")
@click.argument("concept")
@_TIER
@_DIALECT
@click.option("--template", type=click.Path(path_type=Path), help="Its text, with {{title}}, {{tier}} and {{embed}}.")
@_CONFIG
def variants_new(concept: str, tier: str, dialect: str | None, template: Path | None, config_file: str | None) -> None:
    """Begin a variant of CONCEPT, with an embed of its base."""
    from wiki.variants import commands

    commands.new(_keeper(config_file), concept, tier, dialect, template)


@variants.command("sync")
@click.argument("concept", required=False)
@_DIALECT
@_WRITES
@_CONFIG
def variants_sync(concept: str | None, dialect: str | None, writes: bool, config_file: str | None) -> None:
    """Bring the footers of all notes, or of CONCEPT, into one form."""
    from wiki.variants import commands

    commands.mend(_keeper(config_file), concept, dialect, writes=writes)


@variants.command("move")
@click.argument("concept")
@_TIER
@click.option("--from", "source", help="The tier of the variant that is meant, if there are several.")
@_WRITES
@_CONFIG
def variants_move(concept: str, tier: str, source: str | None, writes: bool, config_file: str | None) -> None:
    """Raise or lower a variant of CONCEPT, with all links to it."""
    from wiki.variants import commands

    commands.shift(_keeper(config_file), concept, tier, source, writes=writes)


def _keeper(config_file: str | None) -> Config:
    config = _load(config_file)
    vaults.check(config.vault)
    return config


@main.command()
@_VAULT
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@_CONFIG
def doctor(vault: str | None, as_json: bool, config_file: str | None) -> None:
    """Whether this installation is sound: versions, permissions, accounts, roles, addresses. Changes nothing."""
    from wiki.doctor.check import BAD, OK, Check
    from wiki.doctor.examine import examine

    try:
        config = settings.load(config_file, vault=vault)
    except ConfigError as error:
        found = [Check(BAD, "config", str(error), "put it right, and ask again")]
    else:
        named = settings.find(config_file, os.environ)
        found = [Check(OK, "config", str(named or "defaults, no config.toml")), *examine(config)]
    if as_json:
        click.echo(json.dumps([asdict(check) for check in found], ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(map(str, found)))
    sys.exit(1 if any(check.level == BAD for check in found) else 0)


@main.group()
def user() -> None:
    """Accounts."""


def _with_accounts(command: Callable[..., None]) -> Callable[..., None]:
    @_CONFIG
    @wraps(command)
    def run(config_file: str | None, **values: Any) -> None:
        config = _load(config_file)
        role = values.get("role")
        if role is not None:
            _check_role(config, role)
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
_TEMPORARY = click.option("--temporary", is_flag=True, help="Another one must be chosen at the first login.")


@user.command("add")
@click.argument("name")
@click.option("--role", required=True, help="A role of config.toml.")
@_FROM_STDIN
@_TEMPORARY
@_with_accounts
def user_add(accounts: "Accounts", name: str, role: str, from_stdin: bool, temporary: bool) -> None:
    """Add the account NAME."""
    added = accounts.add(name, role, _password(from_stdin), temporary=temporary)
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
@_TEMPORARY
@_with_accounts
def user_passwd(accounts: "Accounts", name: str, from_stdin: bool, temporary: bool) -> None:
    """Give NAME a new password; this logs the account out everywhere."""
    accounts.set_password(name, _password(from_stdin), temporary=temporary)
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

"""What whoever keeps the vault has looked at and found well: quiet until it changes."""

import tomllib
from collections.abc import Iterable
from pathlib import Path

from wiki.check.finding import Finding
from wiki.errors import WikiError

_HEAD = "# Findings that were accepted with `wiki check --accept`. Take an entry out, and it is shown again.\n"


def file_of(vault: Path) -> Path:
    """In a folder that the wiki does not serve, beside the notes that it speaks of."""
    return vault / ".wiki" / "accepted.toml"


def accepted(vault: Path) -> frozenset[str]:
    file = file_of(vault)
    try:
        return frozenset(entry["id"] for entry in tomllib.loads(file.read_text("utf-8")).get("accepted", []))
    except FileNotFoundError:
        return frozenset()
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise WikiError(f"{file}: can't be read: {error}; mend it, or remove it") from error


def accept(vault: Path, findings: Iterable[Finding]) -> int:
    """Add some; how many are new. Without the words that were found: the file is in everybody's history."""
    known = accepted(vault)
    new = {finding.identity: finding for finding in findings if finding.identity not in known}
    file = file_of(vault)
    if new:
        file.parent.mkdir(exist_ok=True)
        text = file.read_text("utf-8") if file.exists() else _HEAD
        file.write_text(text + "".join(_entry(finding) for finding in new.values()), "utf-8")
    return len(new)


def _entry(finding: Finding) -> str:
    other = f"other = {_quoted(finding.other)}\n" if finding.other else ""
    return (
        f'\n[[accepted]]\nid = "{finding.identity}"\nkind = "{finding.kind}"\npath = {_quoted(finding.path)}\n{other}'
    )


def _quoted(text: str) -> str:
    escaped = "".join(f"\\u{ord(c):04x}" if ord(c) < 32 or ord(c) == 127 or c in '"\\' else c for c in text)
    return f'"{escaped}"'

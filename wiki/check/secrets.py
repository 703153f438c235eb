"""Keys and passwords, by their known forms, and by how little like words they are."""

import math
import re
from collections import Counter
from collections.abc import Iterator

_FORMS = {
    "AWS key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "GitHub token": r"\b(?:gh[pousr]_[A-Za-z0-9]{36,100}|github_pat_\w{22,100})\b",
    "GitLab token": r"\bglpat-[\w-]{20,50}",
    "Slack token": r"\bxox[abeprs]-[A-Za-z0-9-]{10,100}",
    "Google key": r"\bAIza[\w-]{35}\b",
    "Stripe key": r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,100}\b",
    "API key": r"\bsk-[A-Za-z0-9_-]{20,200}\b",
    "signed token": r"\beyJ[\w-]{8,2000}\.eyJ[\w-]{8,2000}\.[\w-]{8,2000}",
    "private key": r"-----BEGIN (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?-----",
    "address with password": r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@]{1,80}:[^\s/@]{3,80}@[\w.-]{2,80}",
}
_KNOWN = re.compile("|".join(f"(?P<f{number}>{form})" for number, form in enumerate(_FORMS.values())))
_NAMES = list(_FORMS)
_SAID = re.compile(
    r"(?i)(?<![\w-])(?P<name>pass(?:word|wort|wd|phrase|code)?|kennwort|passwort|pwd|pin|secret|token|api[ _-]?key)"
    r"[*_`]{0,3}[ \t]*(?:::|[:=])[*_`]{0,3}[ \t]*[\"'`]?(?P<value>[^\s\"'`|<>]{4,200})"
)
_EMPTY = re.compile(r"(?i)[\[({$*._-]|xxx|.*(?:example|placeholder|your|change|todo|none|null|true|false)")
_HINTS = (
    *("pass", "kennwort", "pwd", "pin", "secret", "token", "key", "akia", "asia", "ghp_", "gho_", "ghu_", "ghs_"),
    *("ghr_", "github_pat_", "glpat-", "xox", "aiza", "_live_", "_test_", "sk-", "eyj", "://"),
)
"""One of these is in the line of every secret: a fast no for nearly every line."""


def secrets(text: str) -> Iterator[tuple[str, str, int]]:
    """Kind, secret and line of each."""
    folded = text.lower()
    hints = [hint for hint in _HINTS if hint in folded]
    for number, line in enumerate(text.split("\n") if hints else (), 1):
        folded = line.lower()
        if not any(hint in folded for hint in hints):
            continue
        known = list(_KNOWN.finditer(line))
        for found in known:
            yield _NAMES[int(str(found.lastgroup)[1:])], found[0], number
        said = _SAID.search(line)
        if said and not known and is_likely(said["name"], said["value"]):
            yield said["name"].casefold(), said["value"], number


def is_likely(name: str, value: str) -> bool:
    """Whether a value looks as if nobody should know it, and not like a word or a blank to be filled."""
    if name.casefold() == "pin":
        return value.isdigit() and 4 <= len(value) <= 12
    if _EMPTY.match(value) or len(value) < 6:
        return False
    kinds = sum(bool(re.search(form, value)) for form in (r"[a-z]", r"[A-Z]", r"\d", r"[^\w]"))
    return (kinds >= 2 and entropy(value) >= 2.5 and not value.isalpha()) or entropy(value) >= 3.7


def entropy(text: str) -> float:
    """Bits a character."""
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())

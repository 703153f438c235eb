"""What to ask a wiki for, drawn from whatever vault it has: notes to open, words to search."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.made_vault import BASE

SEED = 5  # any: the same notes and words in each run
READ_FOR_WORDS = 500  # notes, enough to tell common words from rare ones
COMMONEST = 3
_FRONTMATTER = re.compile(r"\A---\n.*?\n---\n", re.S)
# Addresses are no text: links with all that is in them, and the footer's lines.
_NO_TEXT = re.compile(r"!?\[\[[^\]]*\]\]|\]\([^)]*\)|^#+ .*$|<[^>]*>|https?:\S+|`[^`]*`", re.M)
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Places:
    total: int
    """Notes of the vault, at all tiers."""
    notes: list[str]
    """Vault paths of notes that everybody may read, as far as folder names tell, in an order that chance has made."""
    queries: list[str]
    """Searches of each kind: common, middling and rare words, several words, a phrase, a prefix, one for nothing."""


def look(vault: Path) -> Places:
    files = sorted(path for path in vault.rglob("*.md") if path.is_file())
    random = Random(SEED)
    readable = [path for path in files if path.relative_to(vault).parts[0] == BASE] or files
    random.shuffle(readable)
    texts = [text_of(path) for path in readable[:READ_FOR_WORDS]]
    notes = [path.relative_to(vault).as_posix().removesuffix(".md") for path in readable]
    return Places(len(files), notes, queries(texts))


def text_of(path: Path) -> str:
    text = path.read_text(encoding="utf-8", errors="replace")
    return _NO_TEXT.sub("\n", _FRONTMATTER.sub("", text))


def queries(texts: list[str]) -> list[str]:
    notes_with = Counter(word for text in texts for word in {word.lower() for word in _WORD.findall(text)})
    ranked = sorted(notes_with, key=lambda word: (-notes_with[word], word))
    common = ranked[:COMMONEST]
    long = [word for word in ranked[COMMONEST:] if len(word) > 4] or ranked
    middle, rare = long[len(long) // 50], long[-1]
    other = long[len(long) // 20]
    return [
        *common,
        " ".join(common[:2]),
        f"{common[0]} {middle}",
        middle,
        f"{middle} {other}",
        rare,
        f"{other[:4]}*",
        f'"{phrase(texts, common[0])}"',
        f"{middle} -{other}",
        "zzqx",
    ]


def phrase(texts: list[str], word: str) -> str:
    """A common word and the word that most often follows it."""
    following = Counter(
        found.lower() for text in texts for found in re.findall(rf"(?i)\b{word} ({_WORD.pattern})", text)
    )
    return f"{word} {min(following, key=lambda found: (-following[found], found), default=word)}"

"""How many planted leaks `wiki check --leaks` finds, how many of its findings are such, and how long it takes.

    python -m benchmarks.leaks [VAULT] [--notes 10000] [--each 50] [--seed 1]

Copies VAULT, or makes one (benchmarks.made_vault), and plants leaks of four classes: passages copied, passages lightly
edited, titles mentioned, notes linked to. Nothing is written into VAULT.
"""

import argparse
import shutil
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks import made_vault
from wiki.check.command import Asked, findings
from wiki.check.finding import Finding
from wiki.config import build

TIERS = made_vault.TIERS
CLASSES = {"copied": "leak-copy", "edited": "leak-copy", "mentioned": "leak-name", "linked": "leak-link"}
EDITS = 0.1  # of the words of an edited passage


@dataclass(frozen=True, slots=True)
class Leak:
    """A planted one: its class, the note that tells, the note that it tells of, and the line where it is."""

    kind: str
    low: str
    high: str
    line: int


@dataclass(frozen=True, slots=True)
class Rates:
    found: dict[str, float]
    precision: float
    wrong: tuple[Finding, ...]
    seconds: float

    @property
    def recall(self) -> float:
        return sum(self.found.values()) / len(self.found)


class Planter:
    def __init__(self, root: Path, seed: int) -> None:
        # Another source than that of a made vault: by the same one it would say the same here and there.
        self.root, self.random = root, Random(f"planted {seed}")
        self.maker = made_vault.Maker(self.random)
        self.notes: defaultdict[int, list[str]] = defaultdict(list)
        for file in sorted(root.rglob("*.md")):
            path = file.relative_to(root).as_posix()
            tier = path.partition("/")[0].removeprefix("_")
            if tier in (*TIERS, made_vault.BASE[1:]):
                self.notes[TIERS.index(tier) if tier in TIERS else 0].append(path)

    def plant(self, each: int) -> list[Leak]:
        return [self._plant(kind, number) for kind in CLASSES for number in range(each)]

    def _plant(self, kind: str, number: int) -> Leak:
        high_rank = self.random.randint(2, len(TIERS) - 1)
        low = self._take(self.random.randrange(high_rank))
        if kind in ("mentioned", "linked"):
            return self._name(kind, number, low, TIERS[high_rank])
        high = self._take(high_rank)
        sentences = [self.maker.sentence() for _ in range(5)]
        self._add(high, " ".join(sentences))
        passage = " ".join(sentences[1:4])
        return Leak(kind, low, high, self._add(low, self._edited(passage) if kind == "edited" else passage))

    def _name(self, kind: str, number: int, low: str, tier: str) -> Leak:
        proper = f"{self.maker.proper()}{self.maker.proper().lower()}"
        name = proper if number % 2 else f"{self.random.choice(made_vault.ADJECTIVES).title()} {proper}"
        high = f"_{tier}/Plans/{name}.{tier}.md"
        (self.root / high).parent.mkdir(parents=True, exist_ok=True)
        (self.root / high).write_text(f"# {name}\n\n{self.maker.paragraph()}\n", "utf-8")
        if kind == "mentioned":
            text = f"{self.maker.sentence()} We asked for {name} before the summer. {self.maker.sentence()}"
        else:
            path = high.removesuffix(".md")
            forms = (f"[[{name}.{tier}]]", f"[[/{path}|there]]", f"![[{name}.{tier}]]", f"[more](<../{path}.md>)")
            text = f"{self.maker.sentence()} {forms[number % len(forms)]} {self.maker.sentence()}"
        return Leak(kind, low, high, self._add(low, text))

    def _take(self, rank: int) -> str:
        """A note of a tier, each once; of the tier below it, where all were taken."""
        while not self.notes[rank]:
            rank = (rank - 1) % len(TIERS)
        return self.notes[rank].pop(self.random.randrange(len(self.notes[rank])))

    def _add(self, path: str, text: str) -> int:
        """Put a paragraph in front of a note's footer, or behind all; the line where it stands."""
        file = self.root / path
        before, mark, after = file.read_text("utf-8", "replace").partition("\n## Confidential Links")
        before = f"{before.rstrip()}\n\n{text}\n"
        file.write_text(before + mark + after, "utf-8")
        return before.count("\n")

    def _edited(self, text: str) -> str:
        out = []
        for word in text.split():
            change = self.random.random() / EDITS
            if change < 0.5:
                out.append(self.random.choice(made_vault.NOUNS))
            elif change < 0.75:
                out += [word, self.random.choice(made_vault.ADJECTIVES)]
            elif change >= 1:
                out.append(word)
        return " ".join(out)


def rates(leaks: Sequence[Leak], found: Sequence[Finding], seconds: float = 0.0) -> Rates:
    """What shows on the line of a planted leak is right, by whatever rule it was found. A link to a note above is one
    wherever it stands: those that were there before are counted neither way."""
    seen = {(CLASSES[kind], leak.low, leak.high) for kind in CLASSES for leak in leaks if leak.kind == kind}
    hits = {(finding.kind, finding.path, finding.other) for finding in found} & seen
    planted = Counter(leak.kind for leak in leaks)
    got = Counter(leak.kind for leak in leaks if (CLASSES[leak.kind], leak.low, leak.high) in hits)
    lines = {(leak.low, leak.line) for leak in leaks}
    right = sum((finding.path, finding.line) in lines for finding in found)
    wrong = [each for each in found if (each.path, each.line) not in lines and each.kind != "leak-link"]
    precision = right / max(right + len(wrong), 1)
    return Rates({kind: got[kind] / planted[kind] for kind in CLASSES}, precision, tuple(wrong), seconds)


def measure(root: Path, data: Path, each: int, seed: int) -> Rates:
    leaks = Planter(root, seed).plant(each)
    config = build({"data": {"path": str(data)}}, vault=str(root))
    begin = time.perf_counter()
    found = findings(config, Asked(leaks=True))
    seconds = time.perf_counter() - begin
    return rates(leaks, [one for one in found if one.kind.startswith("leak")], seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vault", type=Path, nargs="?")
    parser.add_argument("--notes", type=int, default=10_000)
    parser.add_argument("--each", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "vault"
        if asked.vault:
            shutil.copytree(asked.vault, root)
        else:
            made_vault.make(root, asked.notes)
        result = measure(root, Path(folder) / "data", asked.each, asked.seed)
    for kind, recall in result.found.items():
        print(f"{kind:10} recall {recall:.3f}")
    print(f"{'all':10} recall {result.recall:.3f}  precision {result.precision:.3f}  {result.seconds:.1f} s")
    for finding in result.wrong[:20]:
        print(f"not planted: {finding.kind} {finding.place} {finding.problem}")


if __name__ == "__main__":
    main()

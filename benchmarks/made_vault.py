"""Make a vault of any size, shaped like real ones. Same arguments, same vault, byte for byte.

    python -m benchmarks.made_vault OUT --notes 10000 --seed 1

Six notes in ten lie below ``_Standards``; the others are variants of them at the six tiers, in folders of their own.
Every word and sentence is put together here.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

TIERS = ("public", "internal", "protect", "private", "personal", "secret")
BASE = "_Standards"

BASE_SHARE = 0.6
NOTES_A_FOLDER = 6
DEEPEST = 12  # folders above a note, `_Standards` not counted
FOLDER_NOTES = 0.5
ATTACHMENTS = 0.02  # of the notes below `_Standards`; half are drawings, half are maps
ONLY_EMBEDS = 0.3  # of the variants: nothing but the base and the footer
MARKED = 0.4  # of the variants say their tier in the frontmatter too
MISSING_LINKS = 0.05
FRONTMATTER_LINES = (10, 60)
BODY_CHARACTERS = (100, 2000)  # real country notes: 1,000 on average, half of them below 720
EARLIEST = 1_600_000_000  # the first note's time; each following one is an hour later
HOUR = 3600


def _list(text: str) -> list[str]:
    return text.split(",")


ROOTS = ("Places", "Crafts", "Machines", "Living_Things", "Sounds", "Numbers", "Customs", "Notebooks")
NOUNS = _list(
    "river,harbour,mill,tower,garden,bridge,market,island,valley,kiln,loom,engine,valve,gear,circuit,signal,ledger,"
    "meadow,orchard,heron,otter,beetle,lichen,fern,chord,drum,choir,rhythm,prime,matrix,graph,vector,feast,wedding,"
    "parish,council,quarry,tunnel,canal,station,archive,museum,village,district,province,mountain,glacier,forest"
)
ADJECTIVES = _list(
    "old,northern,southern,narrow,broad,quiet,busy,wooden,iron,early,late,modern,public,open,hidden,steep,flat,salted,"
    "painted,forgotten,common,rare,round,hollow,bright,grey,green,distant,nearby,shared,single,double,seasonal,coastal"
)
VERBS = _list(
    "carries,crosses,feeds,guards,replaces,measures,describes,joins,divides,follows,surrounds,names,repairs,outlives,"
    "borders,belongs to,grew out of,depends on,is part of,looks like,leads to,stands beside,was built for"
)
LATER = _list(
    "since the flood,in most years,before the road came,with little noise,for about a century,as the maps show,"
    "when water is low,after the harvest,by agreement,on market days,at the second attempt,within one generation"
)
HEADINGS = ("Overview", "History", "Parts", "How it works", "Neighbours", "Sources", "Open questions", "Numbers", "Use")
PROPERTIES = ("within", "has_part", "made_by", "follows", "near_to", "example_of", "seen_in", "compared_with")
RELATIONS = ("is_/part_of", "has_/part", "is_/made_of", "is_/next_to", "is_/kind_of")
KINDS = ("Place", "Craft", "Machine", "Species", "Piece", "Idea", "Custom")
SYLLABLES = {
    "latin": _list("ba,der,fin,gol,hüm,kar,lem,mor,nau,ost,pel,rin,sö,tan,ul,ver,wick,zell,brun,dahl"),
    "cyrillic": _list("ба,вер,гор,дан,жи,зем,кор,лу,мир,нов,ос,пол,ре,сто,ту"),
    "greek": _list("αλ,βο,γαρ,δε,θυ,κα,λιν,με,νο,ξε,πο,ρη,σι,ταλ,φω"),
    "arabic": _list("با,تر,جم,دا,رو,زي,سل,شم,طا,عن,فر,قا,لو,من,ها"),
    "devanagari": _list("का,खे,गर,चा,जल,तो,दी,नग,पु,बल,मा,रे,ली,वन,सा"),
    "han": _list("山,川,木,水,石,田,光,風,橋,町,林,島,原,谷,星"),
}


@dataclass(frozen=True, slots=True)
class Concept:
    """``folder`` and ``name`` without tier folder and tier suffix."""

    folder: str
    name: str

    @property
    def path(self) -> str:
        return f"{self.folder}/{self.name}"

    def at(self, tier: str | None) -> str:
        """The vault path of the concept's base, or of its variant at a tier."""
        return f"_{tier}/{self.path}.{tier}" if tier else f"{BASE}/{self.path}"

    def called(self, tier: str | None) -> str:
        return f"{self.name}.{tier}" if tier else self.name


@dataclass(slots=True)
class Maker:
    """Draws everything from one random source, so that the order of calls is all that decides."""

    random: Random
    folders: list[str] = field(default_factory=list)
    concepts: list[Concept] = field(default_factory=list)
    _taken: set[str] = field(default_factory=set)

    def plan(self, bases: int) -> None:
        """Folders first, then concepts in them: a note may link to any other."""
        self.folders.extend(ROOTS)
        while len(self.folders) < max(bases // NOTES_A_FOLDER, len(ROOTS)):
            # Often the deeper one of two: real vaults are deep rather than broad.
            parents = self.random.choices(self.folders, k=self.random.randint(1, 2))
            parent = max(parents, key=lambda folder: folder.count("/"))
            if parent.count("/") + 1 < DEEPEST:
                self.folders.append(self._free(parent, self.name))
        for folder in self.folders:
            if len(self.concepts) < bases and self.random.random() < FOLDER_NOTES:
                self._add(folder, folder.rpartition("/")[2])
        while len(self.concepts) < bases:
            self._add(self.random.choice(self.folders), self.name())

    def _add(self, folder: str, name: str) -> None:
        path = self._free(folder, lambda: name)
        self.concepts.append(Concept(folder, path.rpartition("/")[2]))

    def _free(self, folder: str, name: Callable[[], str]) -> str:
        path = wanted = f"{folder}/{name()}"
        count = 1
        while path.casefold() in self._taken:
            count += 1
            path = f"{wanted},{count}"
        self._taken.add(path.casefold())
        return path

    def name(self) -> str:
        word, other = self.random.choice(NOUNS).title(), self.proper()
        shapes = (
            f"{word}~{other}",
            f"{other},{word}",
            f"{other}_{word}",
            f"{other} {word}",
            f"{word}~{other},Old",
            other,
        )
        return self.random.choice(shapes)

    def proper(self, script: str = "latin") -> str:
        count = self.random.randint(2, 4)
        return "".join(self.random.choices(SYLLABLES[script], k=count)).capitalize()

    def often_small(self, least: int, most: int) -> int:
        """The smaller of two draws: vaults have few long notes and many short ones."""
        return min(self.random.randint(least, most) for _ in range(2))

    def sentence(self) -> str:
        draw = self.random.choice
        subject = draw((f"The {draw(ADJECTIVES)} {draw(NOUNS)}", self.proper(), f"Every {draw(NOUNS)}"))
        end = draw(("", f" {draw(LATER)}", f", and {self.proper()} {draw(VERBS)} it"))
        return f"{subject} {draw(VERBS)} the {draw(ADJECTIVES)} {draw(NOUNS)}{end}."

    def paragraph(self) -> str:
        return " ".join(self.sentence() for _ in range(self.random.randint(1, 4)))

    def link(self, here: str) -> str:
        """A link as people write them: absolute, relative, bare; wikilink or Markdown link; now and then to nothing."""
        if self.random.random() < MISSING_LINKS:
            return f"[[{self.proper()}~{self.random.choice(NOUNS)}]]"
        concept = self.random.choice(self.concepts)
        there = concept.at(None)
        relative = os.path.relpath(there, here)
        escaped = there.replace(" ", "%20")
        return self.random.choice(
            (
                f"[[{concept.name}]]",
                f"[[/{there}|{concept.name}]]",
                f"[[{relative}|{self.random.choice(NOUNS)}]]",
                f"[{concept.name}](/{escaped}.md)",
            )
        )

    def base(self, concept: Concept, attached: str | None) -> str:
        here = f"{BASE}/{concept.folder}"
        lines = self.frontmatter(concept, None, here)
        blocks = [f"# {concept.name}"] if self.random.random() < 0.5 else []
        blocks += [f"![[{attached}]]"] if attached else []
        blocks += self.body(here)
        return "\n".join(lines) + "\n\n" + "\n\n".join(blocks) + footer(concept)

    def variant(self, concept: Concept, tier: str) -> str:
        here = f"_{tier}/{concept.folder}"
        only_embeds = self.random.random() < ONLY_EMBEDS
        marked = self.random.random() < MARKED
        lines = self.frontmatter(concept, tier, here) if marked else []
        blocks = [f"![[/{concept.at(None)}]]"] if only_embeds or self.random.random() < 0.4 else []
        if not only_embeds:
            blocks = [f"# {concept.called(tier)}", *blocks, *self.body(here)]
        return "\n".join(lines) + "\n\n" + "\n\n".join(blocks) + footer(concept)

    def frontmatter(self, concept: Concept, tier: str | None, here: str) -> list[str]:
        size = self.often_small(*FRONTMATTER_LINES)
        scripts = self.random.sample(sorted(SYLLABLES), k=self.random.randint(1, 4))
        lines = ["---", "aliases:", *(f'  - "{self.proper(script)}"' for script in scripts)]
        lines += ["tags:", *(f"  - {self.tag()}" for _ in range(self.random.randint(1, 4)))]
        lines += [f"confidential: {tier}"] if tier else []
        lines += [
            f"type: {self.random.choice(KINDS)}",
            f'title: "{concept.name}"',
            f"entry: {self.random.randint(1, 99999)}",
        ]
        for key in self.random.sample(PROPERTIES, k=len(PROPERTIES)):
            if len(lines) >= size - 1:
                break
            lines += self._property(key, min(size - len(lines) - 2, 8), here)
        return [*lines, "---"]

    def _property(self, key: str, most: int, here: str) -> Iterator[str]:
        if most < 2:
            yield f'{key}: "{self.property_link(here)}"'
            return
        yield f"{key}:"
        for _ in range(most):
            yield f'  - "{self.property_link(here)}"'

    def property_link(self, here: str) -> str:
        concept = self.random.choice(self.concepts)
        target = f"/{concept.at(None)}" if self.random.random() < 0.5 else os.path.relpath(concept.at(None), here)
        return f"[[{target}|{concept.name}]]"

    def tag(self) -> str:
        return f"{self.random.choice(KINDS).lower()}/{self.random.choice(NOUNS)}"

    def body(self, here: str) -> list[str]:
        wanted = self.often_small(*BODY_CHARACTERS)
        blocks, size = [f"#{self.random.choice(RELATIONS)} :: {self.link(here)}"], 0
        while size < wanted:
            block = self.block(here)
            blocks.append(block)
            size += len(block)
        return blocks

    def block(self, here: str) -> str:
        kind = self.random.random()
        if kind < 0.2:
            return f"{'#' * self.random.randint(2, 4)} {self.random.choice(HEADINGS)}\n\n{self.paragraph()}"
        if kind < 0.4:
            return "\n".join(f"- **{self.proper()}** {self.link(here)}" for _ in range(self.random.randint(2, 6)))
        if kind < 0.45:
            rows = [f"| {self.proper()} | {self.random.randint(1, 999)} |" for _ in range(self.random.randint(2, 6))]
            return "\n".join(["| Name | Count |", "| --- | ---: |", *rows])
        if kind < 0.5:
            return f"1. {self.sentence()}\n2. {self.sentence()}\n3. See {self.link(here)}"
        return f"{self.paragraph()} {self.link(here)} {self.sentence()}"

    def drawing(self) -> str:
        size, x = self.random.randint(20, 90), self.random.randint(0, 90)
        shape = f'<circle cx="{x}" cy="50" r="{size // 2}" fill="none" stroke="black"/>'
        return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">{shape}</svg>\n'

    def map(self) -> str:
        x, y = self.random.randint(-1700, 1700) / 10, self.random.randint(-800, 800) / 10
        point = f'{{"type": "Point", "coordinates": [{x}, {y}]}}'
        return f'{{"type": "Feature", "properties": {{"name": "{self.proper()}"}}, "geometry": {point}}}\n'


def footer(concept: Concept) -> str:
    lines = ["", "", "## Confidential Links & Embeds: ", ""]
    for tier in (None, *TIERS):
        lines += [f"### #is_/same_as :: [[/{concept.at(tier)}|{concept.called(tier)}]] ", ""]
    return "\n".join(lines)


def files(notes: int, seed: int) -> Iterator[tuple[str, str]]:
    """(path, text) of every file of the vault."""
    maker = Maker(Random(seed))
    bases = max(round(notes * BASE_SHARE), 1)
    maker.plan(bases)
    for concept in maker.concepts:
        attached = None
        if maker.random.random() < ATTACHMENTS:
            is_drawing = maker.random.random() < 0.5
            attached = f"{concept.name}.svg" if is_drawing else f"{concept.name}.geojson"
            yield f"{BASE}/{concept.folder}/{attached}", maker.drawing() if is_drawing else maker.map()
        yield f"{concept.at(None)}.md", maker.base(concept, attached)
    for concept, tier in variants(maker, notes - bases):
        yield f"{concept.at(tier)}.md", maker.variant(concept, tier)


def variants(maker: Maker, count: int) -> Iterator[tuple[Concept, str]]:
    """``count`` of them, at some tiers of some concepts; at all tiers of all where that many are wanted."""
    order = maker.random.sample(maker.concepts, k=len(maker.concepts))
    left = count
    for concept in order:
        for tier in sorted(maker.random.sample(TIERS, k=maker.random.randint(1, len(TIERS))), key=TIERS.index):
            if left <= 0:
                return
            left -= 1
            yield concept, tier


def make(out: Path, notes: int, seed: int = 1) -> int:
    """The vault, in ``out``; the number of files. Their times are made too: “recent” is the same each time."""
    made, folders = 0, set()
    for made, (path, text) in enumerate(files(notes, seed), start=1):
        file = out / path
        if file.parent not in folders:
            file.parent.mkdir(parents=True, exist_ok=True)
            folders.add(file.parent)
        file.write_bytes(text.encode())
        moment = EARLIEST + made * HOUR % (4 * 365 * 24 * HOUR)
        os.utime(file, (moment, moment))
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--notes", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    if asked.out.is_dir() and any(asked.out.iterdir()):
        sys.exit(f"{asked.out} is not empty: a made vault goes into a folder of its own")
    made = make(asked.out, asked.notes, asked.seed)
    print(f"{asked.notes:,} notes, {made - asked.notes:,} attachments in {asked.out}")


if __name__ == "__main__":
    main()

"""What the name at the end of a link's target tells, without resolving it: nearly all lead to the one note of their
name, or have a name that nothing has. What it does not tell is for :mod:`wiki.resolve`."""

from collections import defaultdict
from dataclasses import dataclass

from wiki.paths import VaultPath, without_md
from wiki.view import View


@dataclass(frozen=True, slots=True)
class Names:
    """What the name at the end of a target tells. The names that the link table has are those of decoded targets,
    not stripped, which is why some are never sure.

    ``taken``: by a note or an attachment, so that a link of that name leads somewhere. ``sure``: by one note, and
    neither a folder nor the alias of another note can be meant. ``known``: by anything; the notes that may be meant.
    """

    taken: frozenset[str]
    sure: dict[str, VaultPath]
    known: dict[str, list[VaultPath]]

    @classmethod
    def of(cls, view: View) -> "Names":
        known: defaultdict[str, list[VaultPath]] = defaultdict(list)
        for name, path in view.rows("SELECT name_key, path FROM note"):
            known[name].append(path)
        once = {name: paths[0] for name, paths in known.items() if len(paths) == 1 and name == name.strip()}
        files = {row[0] for row in view.rows("SELECT name_key FROM attachment")}
        taken = frozenset(name for name in (*known, *files) if name == name.strip())
        others = files | {name for row in view.rows("SELECT path_key FROM folder") for name in last_part(row[0])}
        for alias_key, path in view.of_each_tier("SELECT alias_key, path FROM {tier}.alias"):
            if once.get(alias_key) != path:
                for name in last_part(alias_key):
                    known[name].append(path)
                    others.add(name)
        for name in others:
            known.setdefault(name, [])
        sure = {name: path for name, path in once.items() if name not in others and f"{name}.md" not in known}
        return cls(taken, sure, dict(known))

    def meant(self, name: str) -> list[VaultPath]:
        stripped = name.strip()
        return [path for each in {name, stripped} for end in ("", ".md") for path in self.known.get(each + end, ())]

    def is_free(self, name: str, target: str) -> bool:
        """Whether nothing has this name, so that the link leads nowhere."""
        is_plain = name not in (".", "..") and name == name.strip() and "%" not in target
        return is_plain and name not in self.known and f"{name}.md" not in self.known


def last_part(path_key: str) -> tuple[str, str]:
    name = path_key.strip().rstrip("/").rpartition("/")[2]
    return name, without_md(name)

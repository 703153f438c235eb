"""What is wrong in the notes of one view: as if there were no others."""

from collections import defaultdict

from wiki import loose
from wiki.check.finding import Finding, ordered
from wiki.check.links import Names, circles, of_circle, of_missing
from wiki.check.names import twins
from wiki.paths import name_of
from wiki.resolve import Resolver
from wiki.view import View


def findings(view: View) -> list[Finding]:
    """Orphans and what is not used have a page of their own; leaks are no matter of a view."""
    traps: defaultdict[str, str] = defaultdict(str)
    found = []
    for path, kind, line, says in view.rows("SELECT path, kind, line, says FROM trap"):
        found.append(Finding(kind, f"{path}.md", line, says))
        traps[path] += f"{says}\n"
    for path, problem in view.problems():
        if problem not in traps[path]:
            found.append(Finding("limits", path[1:] if path.startswith("/") else f"{path}.md", 0, problem))
    files = [f"{path}.md" for path in view.paths()] + [row[0] for row in view.rows("SELECT path FROM attachment")]
    found += twins(files)
    found += _circles(view)
    found += _missing(view)
    return ordered(found)


def _circles(view: View) -> list[Finding]:
    embeds = {(source, target) for source, target in view.rows("SELECT source, target FROM link WHERE kind = 'embed'")}
    edges: defaultdict[str, set[str]] = defaultdict(set)
    for (source, _), to in Resolver(view).ends(sorted(embeds)).items():
        if to is not None and to.kind == "note" and to.path != source:
            edges[source].add(to.path)
    return [of_circle(circle) for circle in circles(edges)]


def _missing(view: View) -> list[Finding]:
    wanted = loose.missing(view)
    if not wanted:
        return []
    paths = (name_of(row[0]) for row in view.rows("SELECT path FROM note UNION ALL SELECT path FROM attachment"))
    names = Names(sorted({*paths, *(row[0] for row in view.rows("SELECT alias FROM alias"))}))
    return [of_missing(f"{source}.md", each.target, 0, names) for each in wanted for source in each.sources]

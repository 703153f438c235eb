"""Findings as lines for people, grouped by kind, or as JSON; and the status that a build ends with."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import click

from wiki.check.finding import KINDS, SEVERITIES, Finding, Severity
from wiki.errors import WikiError

_COLOURS = {"error": "red", "warning": "yellow", "notice": "blue"}


def lines(found: Sequence[Finding], *, notices: bool, colour: bool) -> Iterator[str]:
    """A heading a kind, a line each; of notices their number, unless they are wanted."""

    def styled(text: str, **style: object) -> str:
        return click.style(text, **style) if colour else text  # type: ignore[arg-type]

    counts = Counter(finding.kind for finding in found)
    kind = ""
    for finding in found:
        if finding.severity == "notice" and not notices:
            continue
        if finding.kind != kind:
            yield from ([""] if kind else [])
            kind = finding.kind
            severity, title = KINDS[kind]
            yield styled(f"{title} ({severity} {kind}, {counts[kind]:,})", fg=_COLOURS[severity], bold=True)
        other = f"\n  as in {styled(finding.other_place, bold=True)}" if finding.other_line else ""
        score = f" [{finding.score:.2f}]" if finding.score < 1 else ""
        yield f"{styled(finding.place, bold=True)}: {finding.problem}{score}{other}"


def summary(found: Sequence[Finding], *, notices: bool) -> str:
    counts = Counter(finding.severity for finding in found)
    said = ", ".join(f"{counts[each]:,} {each}{'s' * (counts[each] != 1)}" for each in SEVERITIES if counts[each])
    more = " (--all lists the notices)" if counts["notice"] and not notices else ""
    return f"{said or 'nothing found'}{more}"


def as_json(found: Iterable[Finding]) -> str:
    return json.dumps([_object(finding) for finding in found], ensure_ascii=False, indent=1)


def _object(finding: Finding) -> dict[str, object]:
    said: dict[str, object] = {
        "kind": finding.kind,
        "severity": finding.severity,
        "path": finding.path,
        "line": finding.line,
        "problem": finding.problem,
        "id": finding.identity,
    }
    if finding.other:
        said |= {"other": finding.other, "other_line": finding.other_line, "score": round(finding.score, 2)}
    return said


def fails(found: Iterable[Finding], fail_on: str) -> bool:
    """Whether one of the findings is of a kind, or as severe, as ``fail_on`` names."""
    wanted = [name.strip() for name in fail_on.split(",") if name.strip()]
    for name in wanted:
        if name not in KINDS and name not in (*SEVERITIES, "never"):
            raise WikiError(f"--fail-on {name}: no such kind; there are {', '.join((*SEVERITIES, 'never', *KINDS))}")
    severities = {severity for name in wanted for severity in _up_to(name)}
    return any(finding.kind in wanted or finding.severity in severities for finding in found)


def _up_to(name: str) -> tuple[Severity, ...]:
    return tuple(SEVERITIES[: [*SEVERITIES].index(name) + 1]) if name in SEVERITIES else ()

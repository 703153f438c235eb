"""What the documentation says is there, is there; and what is there, it names."""

import re
from pathlib import Path

import click
import pytest

from wiki.cli import main
from wiki.config import DEFAULT_ROLES, DEFAULTS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"

if not DOCS.is_dir():
    pytest.skip("the documentation is not beside the tests", allow_module_level=True)


def test_every_module_is_in_the_architecture() -> None:
    text = (DOCS / "architecture.md").read_text()
    for module in sorted((ROOT / "wiki").rglob("*.py")):
        if "migrations" not in module.parts and module.stem not in ("__init__", "__main__"):
            assert re.search(rf"\b{module.stem}\b", text), f"{module.stem} is missing in docs/architecture.md"


@pytest.mark.parametrize("table", DEFAULTS)
def test_every_setting_is_documented(table: str) -> None:
    text = (DOCS / "configuration.md").read_text()
    for key in DEFAULTS[table]:
        assert f"`{table}.{key}`" in text


def test_every_command_is_documented() -> None:
    text = (DOCS / "commands.md").read_text()
    for name, command in main.commands.items():
        names = [f"{name} {inner}" for inner in command.commands] if isinstance(command, click.Group) else [name]
        for full in names:
            assert f"wiki {full}" in text


def test_every_default_role_is_in_the_shipped_configuration() -> None:
    text = (ROOT / "config.toml").read_text()
    for role, tier in DEFAULT_ROLES.items():
        assert f'{role} = "{tier}"' in text


@pytest.mark.parametrize("page", [*sorted(DOCS.rglob("*.md")), ROOT / "README.md"], ids=lambda page: page.name)
def test_links_in_the_documentation_lead_somewhere(page: Path) -> None:
    prose = re.sub(r"(?ms)^(`{3,}).*?^\1$", "", page.read_text())
    for target in re.findall(r"\]\(([^)#]+)", prose):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"

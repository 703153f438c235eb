"""A vault in numbers."""

import json
import os
from pathlib import Path

from tests.conftest import MakeConfig, MakeVault
from tests.running import environment, wiki
from wiki.stats import InTier, Links, stats

VAULT = {
    "a.public.md": "# One two\n\nthree [[b.secret]] [[nowhere]]\n",
    "b.secret.md": "[[a.public]] [[nowhere]] [[elsewhere]]\n",
    "c.secret.md": "alone",
    "d.secret.bin": b"12345",
}


def test_numbers_are_of_each_tier(make_vault: MakeVault, make_config: MakeConfig) -> None:
    vault = make_vault(VAULT)
    for number, path in enumerate(sorted(vault.iterdir())):
        os.utime(path, (1_700_000_000 + number * 86_400 * 31,) * 2)
    found = stats(make_config(vault), slowest=2)
    sizes = {name: len(text) for name, text in VAULT.items()}
    public, *_, secret = found.tiers
    assert public == InTier("public", 1, public.words, 0, sizes["a.public.md"])
    assert public.words == 3  # without its title
    assert (secret.notes, secret.attachments) == (2, 1)
    assert secret.bytes == sizes["b.secret.md"] + sizes["c.secret.md"] + 5
    assert found.links == Links(links=5, broken=3, missing=2, orphans=1)
    assert found.months == {"2023-11": 1, "2023-12": 1, "2024-01": 1}
    assert len(found.slowest) == 2


def test_command_says_it_to_people_and_to_programs(make_vault: MakeVault, tmp_path: Path) -> None:
    vault, env = make_vault(VAULT), environment(tmp_path / "data")
    said = wiki(tmp_path, env, "stats", str(vault))
    assert "5 links, 3 of them broken" in said.stdout
    found = json.loads(wiki(tmp_path, env, "stats", str(vault), "--json", "--slowest", "0").stdout)
    assert found["links"]["orphans"] == 1
    assert found["slowest"] == []

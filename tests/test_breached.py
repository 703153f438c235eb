"""Passwords that were stolen somewhere: a file of the sums of them, in order."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import MakeConfig, MakeVault
from wiki.accounts.breached import Breached
from wiki.accounts.store import Accounts
from wiki.errors import AccountError, WikiError

STOLEN = "seventeen purple herons dancing"
FRESH = "eleven silver otters humming"


def listed(file: Path, passwords: Iterable[str], end: str = "\r\n", count: str = ":3") -> Path:
    """As it is handed out: capitals, how often each was seen, and the line ends of another system."""
    sums = sorted(hashlib.sha1(each.encode(), usedforsecurity=False).hexdigest().upper() for each in passwords)
    file.write_bytes("".join(f"{each}{count}{end}" for each in sums).encode())
    return file


@given(
    st.sets(st.text(), max_size=40), st.text(), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", ":1", ":12345"])
)
def test_only_what_is_listed_is_found(
    tmp_path_factory: pytest.TempPathFactory, passwords: set[str], other: str, end: str, count: str
) -> None:
    file = listed(tmp_path_factory.mktemp("breached") / "list.txt", passwords, end, count)
    known = Breached(file)
    assert all(known.has(each) for each in passwords)
    assert known.has(other) == (other in passwords)


def test_breached_password_is_refused(make_vault: MakeVault, make_config: MakeConfig, tmp_path: Path) -> None:
    file = listed(tmp_path / "stolen.txt", [STOLEN, *map(str, range(500))])
    rules = make_config(make_vault({}), accounts={"breached": str(file)}).accounts
    accounts = Accounts(tmp_path / "accounts.sqlite", breached=rules.breached)
    with pytest.raises(AccountError, match="stolen"):
        accounts.add("reader", "member", STOLEN)
    accounts.add("reader", "member", FRESH)
    with pytest.raises(AccountError, match="stolen"):
        accounts.set_password("reader", STOLEN)
    assert accounts.check("reader", FRESH)


@pytest.mark.parametrize("content", [None, b"not a list of anything\n" * 40, b"x" * 10_000])
def test_where_nothing_can_be_looked_up_nothing_is_chosen(
    content: bytes | None, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "stolen.txt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(AccountError, match="can't be looked up") as said:
        Breached(file).has(FRESH)
    assert str(file) not in str(said.value)
    assert str(file) in caplog.text
    assert FRESH not in caplog.text


def test_list_that_is_not_there_is_one_line(make_vault: MakeVault, make_config: MakeConfig) -> None:
    with pytest.raises(WikiError, match=r"\[accounts\] breached"):
        make_config(make_vault({}), accounts={"breached": "nowhere.txt"})

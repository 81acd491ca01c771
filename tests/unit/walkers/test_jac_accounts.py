"""Whose graph a run works on, in jac-scale's store and in jaclang's own."""

from typing import Any

import pytest

from footfall.walkers.jac_accounts import OwnAccounts, ScaleAccounts, UnknownUserError


class Users:
    """jac-scale's users as far as they are asked for: known by their id, or by a name."""

    def __init__(self, **names: str) -> None:
        self.names = names
        self.made: list[tuple[str, str]] = []

    def get_user(self, user: str) -> dict[str, Any] | None:
        found = [(one, name) for one, name in self.names.items() if user in (one, name)]
        for user_id, name in found:
            return {"user_id": user_id, "identities": [{"value_normalized": name}]}
        return None

    def create_internal_user(self, name: str, password: str, role: str) -> None:
        assert len(password) > 30
        self.made.append((name, role))
        self.names[f"id-of-{name}"] = name

    def user_exists(self, name: str) -> bool:
        return name in self.names

    def create_user(self, name: str, password: str) -> None:
        self.create_internal_user(name, password, "user")


def test_a_user_of_jac_scale_is_known_by_the_id_that_tokens_carry() -> None:
    assert ScaleAccounts(Users(u1="alice")).account("u1") == "u1"


@pytest.mark.parametrize("root", ["alice", "u2", "", "__system__"])
def test_no_other_name_finds_a_graph_and_nobody_is_made(root: str) -> None:
    users = Users(u1="alice")
    with pytest.raises(UnknownUserError, match="no user with the id"):
        ScaleAccounts(users).account(root)
    assert users.made == []


@pytest.mark.parametrize(
    ("root", "name", "role"),
    [("system", "__system__", "system"), ("__guest__", "__guest__", "user")],
)
def test_its_own_two_are_made_where_it_was_never_started(root: str, name: str, role: str) -> None:
    users = Users()
    accounts = ScaleAccounts(users)
    assert {accounts.account(root) for _ in range(2)} == {f"id-of-{name}"}
    assert users.made == [(name, role)]
    assert ScaleAccounts(Users(s1="__system__", g1="__guest__")).account(root) in ("s1", "g1")


@pytest.mark.parametrize("name", ["__system__", "__guest__"])
def test_its_own_two_have_one_name_each_and_so_one_lock(name: str) -> None:
    with pytest.raises(UnknownUserError, match="name it 'system' or '__guest__'"):
        ScaleAccounts(Users(u1=name)).account("u1")


def test_a_user_of_our_own_store_is_made_once() -> None:
    users = Users()
    users.names["bob"] = "bob"
    assert [OwnAccounts(users).account(root) for root in ("bob", "eve")] == ["bob", "eve"]
    assert users.made == [("eve", "user")]

"""Whose graph a run works on, as the store of Jac's users knows them."""

import secrets
import sys
from typing import Any, Protocol

from footfall.schedules.schedule import SYSTEM_OWNER

_GUEST = "__guest__"
_SYSTEM = "__system__"


class UnknownUserError(Exception):
    """There is no user of this id whose graph a walker could run on."""


class JacAccounts(Protocol):
    """The users of a Jac app, each with a graph of their own."""

    def account(self, root: str) -> str:
        """Give the user of the store whose graph `root` names.

        To be called in a Jac context, since a user that is new gets a graph.

        Raises:
            UnknownUserError: there is none, and none may be made.
        """
        ...


class OwnAccounts:
    """The users of jaclang's own store; each is made when a walker first runs for them."""

    def __init__(self, users: Any) -> None:
        self._users = users

    def account(self, root: str) -> str:
        """Give the user of the store whose graph `root` names."""
        if not self._users.user_exists(root):
            # Nobody signs in with this password: who may do what is decided elsewhere.
            self._users.create_user(root, secrets.token_urlsafe(32))
        return root


class ScaleAccounts:
    """The users of jac-scale's store, known by their ids, which its tokens carry as `user_id`.

    They register there; here none is made, but for the two of its own that it makes at its
    first start: the guest, and the one that static schedules run as, our `system`. A name that
    someone signs in with is no id: two names of one graph would be two locks.
    """

    def __init__(self, users: Any) -> None:
        self._users = users
        self._own: dict[str, str] = {}

    def account(self, root: str) -> str:
        """Give the user of the store whose graph `root` names."""
        if root == SYSTEM_OWNER:
            return self._made(_SYSTEM, role="system")
        if root == _GUEST:
            return self._made(_GUEST, role="user")
        found = self._users.get_user(root)
        if found is None or found["user_id"] != root:
            raise UnknownUserError(
                f"jac-scale has no user with the id {root!r}: they were deleted, or the schedule "
                "was created with a token that is not jac-scale's"
            )
        if any(one.get("value_normalized") in (_GUEST, _SYSTEM) for one in found["identities"]):
            raise UnknownUserError(
                f"the id {root!r} is one of jac-scale's own users; "
                f"name it {SYSTEM_OWNER!r} or {_GUEST!r}"
            )
        return root

    def _made(self, name: str, *, role: str) -> str:
        if name not in self._own:
            found = self._users.get_user(name) or self._new(name, role)
            self._own[name] = str(found["user_id"])
        return self._own[name]

    def _new(self, name: str, role: str) -> Any:
        try:
            self._users.create_internal_user(name, secrets.token_urlsafe(32), role)
        except Exception:
            # Its server, or a worker on another machine, may have made it in this moment.
            if self._users.get_user(name) is None:
                raise
        return self._users.get_user(name)


def has_jac_scale() -> bool:
    """Say whether jac-scale has taken over jaclang's store; to be asked once jaclang is loaded.

    Its plugin is loaded with jaclang, unless `JAC_DISABLED_PLUGINS` or jac.toml disable it.
    """
    return "jac_scale.plugin" in sys.modules

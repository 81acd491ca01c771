"""Requests with an Idempotency-Key, of which several count as one."""

import hashlib
import json
import secrets

from pydantic import BaseModel
from pydantic_core import to_json

from footfall.schedules.schedule import ScheduledWalk
from footfall.tokens import Principal


def new_id(app: str, who: Principal, *, key: str | None, name: str | None) -> str:
    """Give the id of a new schedule: the one that belongs to an owner's name or key, or any."""
    if name is not None:
        return named_id(app, who.user, name)
    if key is not None:
        return _hashed([app, who.user, key])
    return secrets.token_hex(10)


def named_id(app: str, owner: str, name: str) -> str:
    """Give the id of the schedule that an owner calls so."""
    return _hashed([app, owner, "name", name])


def key_within(walk: ScheduledWalk, key: str | None) -> str | None:
    """Give a key that means nothing to another schedule that lives under the same name later."""
    return None if key is None else f"{walk.created_at.isoformat()} {key}"


def new_suffix(who: Principal, *, key: str | None) -> str:
    """Give the end of a new run's id, beside its schedule's: the one of a user's key, or any."""
    return secrets.token_hex(10) if key is None else _hashed([who.user, key])


def stamp(who: Principal, key: str, body: BaseModel) -> str:
    """Give what a schedule keeps of the request with a key that created it."""
    return f"{_hashed([who.user, key])}:{fingerprint(body)}"


def same_key(one: str, kept: str | None) -> bool:
    """Say whether two stamps are of requests with the same key."""
    return kept is not None and one.partition(":")[0] == kept.partition(":")[0]


def _hashed(parts: list[str]) -> str:
    return hashlib.sha256(to_json(parts)).hexdigest()[:20]


def fingerprint(body: BaseModel) -> str:
    """Give a short text that is the same for equal requests only."""
    given = body.model_dump(mode="json", include=body.model_fields_set)
    canonical = json.dumps(given, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:32]

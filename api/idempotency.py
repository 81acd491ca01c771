"""Requests with an Idempotency-Key, of which several count as one."""

import hashlib
import json
import secrets

from pydantic import BaseModel
from pydantic_core import to_json

from footfall.tokens import Principal


def new_id(app: str, who: Principal, key: str | None) -> str:
    """Give the id of a new schedule: a random one, or the one that belongs to an owner's key."""
    if key is None:
        return secrets.token_hex(10)
    return hashlib.sha256(to_json([app, who.user, key])).hexdigest()[:20]


def fingerprint(body: BaseModel) -> str:
    """Give a short text that is the same for equal requests only."""
    given = body.model_dump(mode="json", include=body.model_fields_set)
    canonical = json.dumps(given, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:32]

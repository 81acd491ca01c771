import os

import pytest

from worker.process import _forget_secrets


def test_walkers_are_not_given_the_secrets_of_footfall(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {"FOOTFALL_MONGODB_URI": "mongodb://x", "FOOTFALL_TEMPORAL_ADDRESS": "x:1", "MINE": "x"}
    secret = {
        "FOOTFALL_TEMPORAL_ENCRYPTION_KEYS": "x",
        "FOOTFALL_TEMPORAL_API_KEY": "x",
        "FOOTFALL_JWT_SECRET": "x",
        "FOOTFALL_WEBHOOKS_SECRET": "x",
    }
    for name, value in {**kept, **secret}.items():
        monkeypatch.setenv(name, value)
    _forget_secrets()
    assert not secret.keys() & os.environ.keys()
    assert kept.items() <= os.environ.items()

from support.walks import a_walk

from footfall.schedules.flat import declaration, flat
from footfall.schedules.policy import OverlapPolicy, Policies, RetryPolicy

CRON = {"trigger": "cron", "cron": "0 9 * * *", "timezone": "Europe/Berlin"}


def test_a_definition_is_flat() -> None:
    walk = a_walk("app", config=CRON, tags=("a",), policies=Policies(priority=1), name="daily")
    shown = flat(walk)
    assert shown["cron"] == "0 9 * * *"
    assert shown["trigger"] == "cron"
    assert shown["priority"] == 1
    assert shown["tags"] == ["a"]
    assert "revision" not in shown
    assert "config" not in shown


def test_a_declaration_leaves_defaults_out() -> None:
    walk = a_walk("app", config=CRON, name="daily", timeout=300)
    expected = {"name": "daily", "walker_name": "my_walker", **CRON}
    assert declaration(walk, paused=False, default_timeout=300) == expected
    assert declaration(walk, paused=True, default_timeout=300)["is_active"] is False
    assert declaration(walk, paused=False, default_timeout=60)["timeout"] == 300
    policies = Policies(overlap=OverlapPolicy.ALLOW_ALL, retry=RetryPolicy(max_attempts=2))
    shown = declaration(
        walk.model_copy(update={"policies": policies}), paused=False, default_timeout=300
    )
    assert shown["overlap"] == "allow_all"
    assert shown["retry"]["max_attempts"] == 2
    unnamed = walk.model_copy(update={"name": None})
    assert declaration(unnamed, paused=False, default_timeout=300)["name"] == walk.schedule_id

from datetime import timedelta

from support.walks import a_change, a_walk

from footfall.schedules import notice as notices


def test_the_id_of_a_notice_is_the_same_in_one_life_of_a_schedule_and_another_in_the_next() -> None:
    walk = a_walk("app", schedule_id="a:b")
    again = walk.model_copy(update={"created_at": walk.created_at + timedelta(milliseconds=1)})
    at = walk.created_at + timedelta(hours=1)
    for kind, tell in (("paused", notices.paused), ("completed", notices.completed)):
        first = tell(walk, at)
        assert first.id.startswith(f"{kind}.a%3Ab.")
        assert first.id.endswith(".r1")
        assert tell(walk.model_copy(update={"tags": ("new",)}), at).id == first.id
        assert tell(again, at).id != first.id
        assert tell(walk.changed(a_change()), at).id == first.id.replace(".r1", ".r2")

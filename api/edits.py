"""What a request makes of a schedule: pure, so that it may be done again on a newer revision."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from api.bodies import MOST_TAGS
from footfall.errors import FieldProblem, InvalidInputError, StaleError
from footfall.schedules.chain import check_lateness
from footfall.schedules.light import check_light
from footfall.schedules.policy import Policies
from footfall.schedules.sameness import same
from footfall.schedules.schedule import (
    Change,
    ChangeKind,
    ScheduledWalk,
    ScheduleSnapshot,
    utc_now,
)
from footfall.temporal.draft import Draft
from footfall.tokens import Principal
from footfall.triggers import compile_config, ensure_fires, read_config


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes something, why, and which state of it they have seen.

    Attributes:
        etags: the states that the change is meant for; empty means any.
    """

    who: Principal
    reason: str | None = None
    etags: tuple[str, ...] = ()

    def change(self, kind: ChangeKind, at: datetime) -> Change:
        """Give the change that is made at an instant (UTC)."""
        token = secrets.token_hex(8)
        return Change(kind=kind, by=self.who.user, at=at, token=token, reason=self.reason)

    def check_seen(self, before: ScheduleSnapshot) -> None:
        """Check that a schedule is still as the author has seen it.

        Raises:
            StaleError: it was changed in the meantime.
        """
        if self.etags and etag(before) not in self.etags:
            raise StaleError(revision=before.walk.revision, etag=f'"{etag(before)}"')

    def note(self, before: ScheduleSnapshot, *, paused: bool) -> str:
        """Give the note for Temporal's Web UI, which says why a schedule is held."""
        if paused == before.paused:
            return before.note
        return self.pause_note() if paused else ""

    def pause_note(self) -> str:
        """Say who paused a schedule, and why."""
        why = f": {self.reason}" if self.reason else ""
        return f"Paused by {self.who.user}{why}"


@dataclass(frozen=True, slots=True)
class Edits:
    """What a request changes of a schedule; what it does not name stays.

    Attributes:
        fields: fields of the definition.
        policies: fields of its policies.
        config: the new trigger, None to leave it.
        is_active: None to leave it.
        add_tags, remove_tags: what becomes of the tags that it has then.
    """

    fields: Mapping[str, Any] = field(default_factory=dict)
    policies: Mapping[str, Any] = field(default_factory=dict)
    config: dict[str, Any] | None = None
    is_active: bool | None = None
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()

    def only_hold(self) -> bool:
        """Say whether they only pause or resume."""
        tags = self.add_tags or self.remove_tags
        return not (self.fields or self.policies or tags) and self.config is None

    def draft(self, before: ScheduleSnapshot, author: Author) -> Draft | None:
        """Give what the schedule becomes, or None where nothing changes.

        Raises:
            StaleError: the author has seen an older state.
            InvalidInputError: it would never run again, or have too many tags.
        """
        author.check_seen(before)
        changed = self._changed(before.walk)
        paused = before.paused if self.is_active is None else not self.is_active
        if not changed:
            return None if paused == before.paused else held(before, author, paused=paused)
        now = utc_now()
        if "config" in changed:
            changed |= {"anchor": now, "horizon": None}
        kind = ChangeKind.UPDATED
        walk = before.walk.changed(author.change(kind, now), **changed, **_resumed(before, paused))
        check_lateness(walk)
        check_light(walk)
        if "config" in changed or "policies" in changed:
            _check_runs_left(before, walk)
        return Draft(walk=walk, paused=paused, note=author.note(before, paused=paused))

    def _changed(self, walk: ScheduledWalk) -> dict[str, Any]:
        policies: Policies = walk.policies.model_copy(update=dict(self.policies))
        wanted = {**self.fields, "policies": policies}
        if self.config is not None:
            wanted["config"] = self.config
        if self.add_tags or self.remove_tags:
            wanted["tags"] = self._retagged(walk.tags)
        return {
            name: value for name, value in wanted.items() if not same(getattr(walk, name), value)
        }

    def _retagged(self, tags: tuple[str, ...]) -> tuple[str, ...]:
        kept = [tag for tag in tags if tag not in self.remove_tags]
        retagged = tuple(dict.fromkeys([*kept, *self.add_tags]))
        if len(retagged) > max(MOST_TAGS, len(tags)):
            message = f"would be {len(retagged)}; a schedule has at most {MOST_TAGS}"
            raise InvalidInputError(FieldProblem("tags", message))
        return retagged


def held(before: ScheduleSnapshot, author: Author, *, paused: bool) -> Draft:
    """Give what a schedule becomes that is paused, or resumed.

    Raises:
        InvalidInputError: it is resumed and would never run.
    """
    now = utc_now()
    if not paused:
        walk = before.walk
        compiled = compile_config(walk.config, walk.anchor)
        ensure_fires(read_config(walk.config).trigger, compiled, now)
        _check_runs_left(before, before.walk)
    kind = ChangeKind.PAUSED if paused else ChangeKind.RESUMED
    walk = before.walk.changed(author.change(kind, now), **_resumed(before, paused))
    return Draft(walk=walk, paused=paused, note=author.note(before, paused=paused))


def etag(snapshot: ScheduleSnapshot) -> str:
    """Give the entity tag of a schedule's state, without its quotes.

    A pause from Temporal's Web UI makes no revision; it changes the tag all the same.
    """
    return f"{snapshot.walk.revision}{'-paused' if snapshot.paused else ''}"


def _resumed(before: ScheduleSnapshot, paused: bool) -> dict[str, Any]:  # noqa: FBT001
    return {"resumed_at": utc_now()} if before.paused and not paused else {}


def _check_runs_left(before: ScheduleSnapshot, walk: ScheduledWalk) -> None:
    most = walk.policies.max_runs
    if most is not None and before.runs_left_of(walk) == 0:
        message = f"has been used up: it ran {most} times or more; give a larger one, or null"
        raise InvalidInputError(FieldProblem("max_runs", message))

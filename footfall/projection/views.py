from collections import OrderedDict
from collections.abc import Callable, Iterable

from footfall.projection.schedule_query import ScheduleQuery
from footfall.projection.view import Judged, View

MOST_VIEWS = 256
MOST_ROWS = 400_000
"""How many views are kept, and how many rows in all of them but the one used last: those that
were not used for longest are given up. A row takes some 250 bytes."""

MOST_UNSEEN = 20_000
"""Of how many changes a view hears that nobody asks for; a new one takes no longer then."""

type Reader = str | None
"""The owner who reads, or None where everything is seen."""

type Key = tuple[Reader, ScheduleQuery, int | None]


class Views:
    """The lists that were asked for lately.

    Args:
        ids: gives the ids of all that a reader may see of a query, and perhaps others.
        look: gives what a schedule is judged by at present, its runs too if that is wanted, or None
            if there is none.
    """

    def __init__(
        self,
        ids: Callable[[Reader, ScheduleQuery], Iterable[str]],
        look: Callable[[str, bool], Judged | None],
    ) -> None:
        self._ids = ids
        self._look = look
        self._views: OrderedDict[Key, View] = OrderedDict()

    def changed(self, schedule_id: str, audience: Reader) -> None:
        """Hear that a schedule is new, another than before, or gone.

        Args:
            schedule_id: its id.
            audience: who sees it; None for all.
        """
        self._tell(schedule_id, audience, self._views)

    def ran(self, schedule_id: str, audience: Reader) -> None:
        """Hear that the runs of a schedule are others than before."""
        asked = [key for key in self._views if key[1].needs_runs]
        self._tell(schedule_id, audience, asked)

    def _tell(self, schedule_id: str, audience: Reader, keys: Iterable[Key]) -> None:
        stale: list[Key] = []
        for key in keys:
            view = self._views[key]
            if audience is None or key[0] in (None, audience):
                view.changed(schedule_id)
                if view.unseen > MOST_UNSEEN:
                    stale.append(key)
        for key in stale:
            del self._views[key]

    def find(self, reader: Reader, query: ScheduleQuery, now: int, *, begins: bool) -> View:
        """Give what a reader sees of a query at an instant, as `micros` counts it.

        Where it `begins` it is a first page. Further ones are reckoned at the first one's instant,
        which passes no more.
        """
        key = reader, query, now if query.hangs_on_now and not begins else None
        view = self._views.get(key)
        if view is None or (query.hangs_on_now and view.now > now):
            view = View(query, lambda one: self._seen(reader, query, one), now=now)
            for schedule_id in self._ids(reader, query):
                view.changed(schedule_id)
        self._views[key] = view
        self._views.move_to_end(key)
        view.advance(now)
        self._give_up()
        return view

    def _seen(self, reader: Reader, query: ScheduleQuery, schedule_id: str) -> Judged | None:
        found = self._look(schedule_id, query.needs_runs)
        if found is None or reader is None or found[0].is_static or found[0].owner == reader:
            return found
        return None

    def _give_up(self) -> None:
        rows = sum(map(len, self._views.values()))
        while len(self._views) > MOST_VIEWS or (rows > MOST_ROWS and len(self._views) > 1):
            _, view = self._views.popitem(last=False)
            rows -= len(view)

from datetime import timedelta
from typing import Any

from temporalio import workflow


@workflow.defn(name="ListWalkers")
class ListWalkers:
    """Asks whichever worker takes it for its catalogue of walkers.

    A worker that answers is a worker that runs, which a list of pollers would not prove. The
    activity is a local one, so that it is answered while every slot is taken by walkers.
    """

    @workflow.run
    async def run(self) -> dict[str, Any]:
        """Give the worker's Catalogue as JSON."""
        catalogue: dict[str, Any] = await workflow.execute_local_activity(
            "list_walkers",
            result_type=dict[str, Any],
            start_to_close_timeout=timedelta(seconds=5),
        )
        return catalogue

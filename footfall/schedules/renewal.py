from pydantic import BaseModel, ConfigDict


class Renewal(BaseModel):
    """What one run of the maintenance did: how many schedules it renewed, left, and could not.

    Those left needed nothing: they were completed, deleted, or renewed meanwhile. Each that
    could not be renewed is named in the worker's log.
    """

    model_config = ConfigDict(frozen=True)

    renewed: int = 0
    left: int = 0
    failed: int = 0

from collections.abc import Mapping
from typing import Any

from temporalio.service import ServiceClient


class PassingService(ServiceClient):
    """Temporal's services, passed on to what makes the calls; the base of what watches calls.

    Args:
        inner: what makes the calls.
    """

    def __init__(self, inner: ServiceClient) -> None:
        super().__init__(inner.config)
        self._inner = inner

    @property
    def worker_service_client(self) -> Any:
        """What workers poll with; their calls are long on purpose, and nobody watches them."""
        return self._inner.worker_service_client

    def update_rpc_metadata(self, metadata: Mapping[str, str | bytes]) -> None:
        """Pass it on."""
        self._inner.update_rpc_metadata(metadata)

    def update_api_key(self, api_key: str | None) -> None:
        """Pass it on."""
        self._inner.update_api_key(api_key)

from typing import Any

from opentelemetry.sdk.trace.sampling import Sampler, SamplingResult

_LEFT_OUT = "url.query"


class BareSampler(Sampler):
    """Samples as another does, and leaves queries out of spans: what people look for is theirs.

    A span begins with the attributes that its sampler gives.
    """

    def __init__(self, sampler: Sampler) -> None:
        self._sampler = sampler

    def should_sample(self, *args: Any, **kwargs: Any) -> SamplingResult:
        """Decide as the other one."""
        result = self._sampler.should_sample(*args, **kwargs)
        kept = {name: one for name, one in result.attributes.items() if name != _LEFT_OUT}
        return SamplingResult(result.decision, kept, result.trace_state)

    def get_description(self) -> str:
        """Describe the other one."""
        return self._sampler.get_description()

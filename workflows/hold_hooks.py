from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from footfall.schedules.hook import OwnerHooks


@workflow.defn(name="HoldHooks")
class HoldHooks:
    """Holds the webhooks of one owner in its memo, until another one takes its place."""

    @workflow.run
    async def run(self, held: OwnerHooks) -> None:
        """Wait to be replaced; there is nothing to do."""
        del held
        await workflow.wait_condition(lambda: False)

from temporalio import workflow


def chores_queue() -> str:
    """Give the task queue of what is short: it must not wait for the slots that walkers hold."""
    return chores_queue_of(workflow.info().task_queue)


def chores_queue_of(app: str) -> str:
    """Give the task queue of the short activities of an app's workers."""
    return f"{app}.chores"

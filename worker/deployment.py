import structlog
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import WorkerDeploymentConfig

from footfall.config import Settings

_log = structlog.get_logger(__name__)


def deployment_of(settings: Settings) -> WorkerDeploymentConfig | None:
    """Give the build that a worker is of, for Temporal to send it work; None without a build id.

    What runs moves on to the build that is current: records of changes and holders of webhooks
    live for months, and a run whose build has no worker left would wait forever. That it can is
    what the committed histories prove.
    """
    build_id = settings.worker.build_id
    if build_id is None:
        return None
    app = settings.temporal.task_queue
    _log.info(
        "the worker takes work once its build is the current one",
        deployment=app,
        build_id=build_id,
        command=f"temporal worker deployment set-current-version --deployment-name {app}"
        f" --build-id {build_id} --namespace {settings.temporal.namespace}",
    )
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(deployment_name=app, build_id=build_id),
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
    )

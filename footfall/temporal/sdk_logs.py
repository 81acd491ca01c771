import logging

from temporalio.runtime import LogForwardingConfig, LoggingConfig, Runtime, TelemetryConfig


def forward_sdk_logs() -> None:
    """Have what the SDK's core says logged as all else is; by itself it writes on stdout.

    To be called before the process makes its first client, and once.

    Raises:
        RuntimeError: there is a client already.
    """
    forwarding = LogForwardingConfig(
        logger=logging.getLogger("temporalio.core"),
        append_target_to_name=False,
        prepend_target_on_message=False,
    )
    logs = LoggingConfig(filter=LoggingConfig.default.filter, forwarding=forwarding)
    Runtime.set_default(Runtime(telemetry=TelemetryConfig(logging=logs)))

import os
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from footfall.config.kinds import (
    MIN_SECRET_BYTES,
    PEM_START,
    Address,
    ApiKey,
    BuildId,
    Database,
    EncryptionKeys,
    HomePath,
    Host,
    JwtSecret,
    MongoUri,
    Name,
    Namespace,
    PemOrPath,
    Text,
    Url,
    Whole,
)
from footfall.errors import ConfigurationError
from footfall.keyring import KEY_BYTES, Keyring
from footfall.schedules.backfill import MOST_TIMES
from footfall.schedules.recording import DAYS_KEPT
from footfall.schedules.schedule import MAX_TIMEOUT

MAX_PROCESSES = 64
MIN_MEMORY = 128
MAX_OUTPUT = 512 * 1024  # stdout, reports and error travel together; Temporal takes 2 MiB
MAX_ARGS = 256 * 1024
MAX_BODY = 16 * 1024 * 1024

_PORT = "a port, 0 to 65535"


def _default_processes() -> int:
    return max(1, min(os.cpu_count() or 1, 8))


def _key(
    meaning: str,
    expects: str,
    *,
    default: Any = None,
    **constraints: Any,
) -> Any:
    """Describe one key: what it means, and what a value must be for the error to say."""
    if "default_factory" not in constraints:
        constraints["default"] = default
    return Field(description=meaning, json_schema_extra={"expects": expects}, **constraints)


class _Table(BaseModel):
    # A value that is refused may be a secret: pydantic's own error never shows it.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class TemporalSettings(_Table):
    """Where Temporal is, and how to authenticate there.

    Attributes:
        task_queue: Temporal's task queue, which is also the app's name: what two apps in one
            namespace are told apart by.
        ui_url: base URL of the Web UI, without a slash at its end.
    """

    address: Address = _key("Temporal's frontend", "host:port", default="127.0.0.1:7233")
    namespace: Namespace = _key(
        "Temporal namespace",
        "2 to 255 letters, digits, `_`, `.` or `-`",
        default="default",
    )
    task_queue: Name = _key(
        "Name of the app, and Temporal's task queue; tells apps in one namespace apart",
        "1 to 64 letters, digits, `_` or `-`",
        default="footfall",
    )
    tls: bool = _key("Connect with TLS", "true or false", default=False)
    tls_server_root_ca: HomePath | None = _key(
        "PEM file of the CA that signed Temporal's certificate, if it is a private one",
        "the path of a file",
    )
    tls_client_cert: HomePath | None = _key(
        "PEM file of the client certificate (mutual TLS)",
        "the path of a file",
    )
    tls_client_key: HomePath | None = _key(
        "PEM file of the client certificate's private key",
        "the path of a file",
    )
    tls_domain: Host | None = _key(
        "Name to expect in Temporal's certificate, if it differs from the address",
        "a host name",
    )
    api_key: ApiKey | None = _key("API key of Temporal Cloud", "one line of text")
    ui_url: Url = _key(
        "Base URL of Temporal's Web UI, for links; only its pages may ask to decrypt",
        "an http:// or https:// URL",
        default="http://127.0.0.1:8233",
    )
    encryption_keys: EncryptionKeys | None = _key(
        "Keys that encrypt what Temporal stores: the first encrypts, all decrypt; unset encrypts "
        "nothing",
        f"id:key pairs with commas between, each key {KEY_BYTES} bytes as base64; make one with "
        "`openssl rand -base64 32`",
    )
    encryption_key_file: HomePath | None = _key(
        "File that holds the `encryption_keys` instead",
        "the path of a file",
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.tls_client_cert is None) != (self.tls_client_key is None):
            raise ValueError(
                "plugins.scale.scheduler.temporal.tls_client_cert (FOOTFALL_TEMPORAL_TLS_CLIENT_"
                "CERT) and tls_client_key (FOOTFALL_TEMPORAL_TLS_CLIENT_KEY) belong together: "
                "give both or neither",
            )
        if self.encryption_keys is not None and self.encryption_key_file is not None:
            raise ValueError(
                "plugins.scale.scheduler.temporal.encryption_keys (FOOTFALL_TEMPORAL_ENCRYPTION_"
                "KEYS) and encryption_key_file (FOOTFALL_TEMPORAL_ENCRYPTION_KEY_FILE) are given: "
                "give one of them",
            )
        needs_tls = ("api_key", "tls_server_root_ca", "tls_client_cert", "tls_domain")
        for name in needs_tls:
            if getattr(self, name) is not None and not self.tls:
                raise ValueError(
                    f"plugins.scale.scheduler.temporal.{name} (FOOTFALL_TEMPORAL_{name.upper()}) "
                    "needs TLS: set tls = true (FOOTFALL_TEMPORAL_TLS=true)",
                )
        return self

    def keyring(self) -> Keyring:
        """Give the keys that payloads are encrypted with; none means that they are not.

        Raises:
            ConfigurationError: their file cannot be read, or is not as it should be.
        """
        if self.encryption_keys is not None:
            return Keyring.parse(self.encryption_keys.get_secret_value())
        if self.encryption_key_file is None:
            return Keyring()
        try:
            return Keyring.parse(self.encryption_key_file.read_text("utf-8"))
        except (OSError, ValueError) as error:
            # A file that is no text would be shown by its own error.
            reason = "it is no text file" if isinstance(error, UnicodeError) else str(error)
            if isinstance(error, OSError):
                reason = error.strerror or "it cannot be read"
            raise ConfigurationError(
                "plugins.scale.scheduler.temporal.encryption_key_file "
                f"(FOOTFALL_TEMPORAL_ENCRYPTION_KEY_FILE): {self.encryption_key_file}: {reason}",
            ) from error


class ApiSettings(_Table):
    """Where the API listens.

    Attributes:
        metrics_port: serves the metrics alone, to whoever reaches it; 0 means that only an admin
            is told them, on the API's own port.
    """

    host: Host = _key("Address that the API listens on", "a host name", default="127.0.0.1")
    port: Whole = _key("Port of the API; 0 takes a free one", _PORT, default=8000, ge=0, le=65535)
    metrics_host: Host = _key(
        "Address of the API's metrics without a token", "a host name", default="127.0.0.1"
    )
    metrics_port: Whole = _key(
        "Port of the API's metrics without a token; 0 means none: then only an admin may ask for "
        "`/metrics`, on the API's own port",
        _PORT,
        default=0,
        ge=0,
        le=65535,
    )


class WorkerSettings(_Table):
    """The worker's health endpoint, and its end.

    Attributes:
        health_port: 0 means that there is no health endpoint.
        shutdown_grace: seconds that running walkers are given when the worker stops.
        root_locks: what keeps two walkers of different workers off one root.
        memory_limit: MiB that a walker's process may have; 0 means no limit.
        process_limit: how many processes a walker may have started; 0 means no limit.
    """

    health_host: Host = _key(
        "Address of the worker's health endpoint and its metrics",
        "a host name",
        default="127.0.0.1",
    )
    health_port: Whole = _key(
        "Port of the worker's health endpoint and its metrics; 0 means none",
        _PORT,
        default=0,
        ge=0,
        le=65535,
    )
    shutdown_grace: Whole = _key(
        "Seconds that running walkers are given to finish when the worker stops",
        "seconds, 0 to 3600",
        default=10,
        ge=0,
        le=3600,
    )
    root_locks: Literal["file", "mongodb"] = _key(
        "What locks graph roots among workers: `file` where all share `data_dir`, `mongodb` "
        "(needs `mongodb_uri`) where they are on several machines",
        "file or mongodb",
        default="file",
    )
    memory_limit: Whole = _key(
        "MiB of memory that a walker's process may have, and each one that it starts; 0 means no "
        "limit. Linux only",
        "MiB, 128 to 1048576, or 0",
        default=2048,
        ge=0,
        le=1 << 20,
    )
    process_limit: Whole = _key(
        "Processes that a walker may have started; with more it is killed. 0 means no limit. "
        "Linux only",
        "a number, 0 to 100000",
        default=64,
        ge=0,
        le=100_000,
    )

    @field_validator("memory_limit")
    @classmethod
    def _enough_to_start(cls, value: int) -> int:
        if 0 < value < MIN_MEMORY:
            raise ValueError(f"a process of {value} MiB cannot even load an app")
        return value

    build_id: BuildId | None = _key(
        "Name of the worker's build: Temporal gives it work once an operator has made it the "
        "current one; unset takes work at once",
        "1 to 128 letters, digits, `_`, `.` or `-`",
    )


class WebhookSettings(_Table):
    """How webhooks are signed and delivered; only the API needs it.

    Attributes:
        secret: what each owner's signing key is derived from; without it there are no webhooks.
        attempts: how often a delivery is tried.
    """

    secret: JwtSecret | None = _key(
        "What signs webhooks, at least 32 bytes; unset refuses webhooks. Only the API needs it",
        f"at least {MIN_SECRET_BYTES} bytes; make one with `openssl rand -hex 32`",
    )
    allow_private: bool = _key(
        "Let webhooks go to private addresses, such as this machine's and its network's",
        "true or false",
        default=False,
    )
    attempts: Whole = _key(
        "How often the delivery of a webhook is tried; eight times take about an hour",
        "a number, 1 to 20",
        default=8,
        ge=1,
        le=20,
    )


class LimitSettings(_Table):
    """How much one owner or one request may ask for; only the API needs it.

    Attributes:
        schedules: how many schedules an owner may have.
        creations: how many an owner may create in a minute, through each API process.
        body: bytes of a request's body.
        args: bytes of a schedule's arguments as JSON; they are copied into every run.
        page: rows of a page of any list.
        backfill_runs: runs that one backfill makes.
        backfill_days: days between start and end of a backfill.
        streams: streams of each API process at once.
        user_streams: streams of one user among them, admins too.
    """

    schedules: Whole = _key(
        "Schedules that one owner may have; those of the code do not count",
        "a number, 1 to 1000000",
        default=1000,
        ge=1,
        le=1_000_000,
    )
    creations: Whole = _key(
        "Schedules that one owner may create in a minute, for each API process",
        "a number, 1 to 100000",
        default=120,
        ge=1,
        le=100_000,
    )
    body: Whole = _key(
        "Bytes of a request's body",
        f"bytes, 1024 to {MAX_BODY}",
        default=1024 * 1024,
        ge=1024,
        le=MAX_BODY,
    )
    args: Whole = _key(
        "Bytes of a schedule's arguments as JSON, which are copied into every run",
        f"bytes, 2 to {MAX_ARGS}",
        default=MAX_ARGS,
        ge=2,
        le=MAX_ARGS,
    )
    page: Whole = _key(
        "Rows of a page of any list", "a number, 1 to 1000", default=1000, ge=1, le=1000
    )
    backfill_runs: Whole = _key(
        "Runs that one backfill makes",
        f"a number, 1 to {MOST_TIMES}",
        default=MOST_TIMES,
        ge=1,
        le=MOST_TIMES,
    )
    backfill_days: Whole = _key(
        "Days that a backfill may reach over",
        "days, 1 to 36600",
        default=3660,
        ge=1,
        le=36600,
    )
    streams: Whole = _key(
        "Streams that each API process serves at once",
        "a number, 1 to 100000",
        default=100,
        ge=1,
        le=100_000,
    )
    user_streams: Whole = _key(
        "Streams of one user among them", "a number, 1 to 100000", default=20, ge=1, le=100_000
    )


class JwtSettings(_Table):
    """How bearer tokens are checked.

    Attributes:
        public_key: PEM text, or the path of a PEM file.
        jwks_file: a JWK Set (RFC 7517), instead of `secret` and `public_key`.
        leeway: seconds that clocks may differ.
    """

    secret: JwtSecret | None = _key(
        "HS256: the secret that signs tokens, at least 32 bytes",
        f"at least {MIN_SECRET_BYTES} bytes; make one with `openssl rand -hex 32`",
    )
    public_key: PemOrPath | None = _key(
        "RS256, ES256: the public key, as PEM text or the path of a PEM file",
        "PEM text or the path of a PEM file",
    )
    jwks_file: HomePath | None = _key(
        "File with a JWK Set, whose keys count instead of `secret` and `public_key`: a token's "
        "`kid` picks one. Read again when it changes",
        "the path of a file",
    )
    algorithm: Literal["HS256", "RS256", "ES256"] = _key(
        "The one algorithm that tokens are accepted with: HS256, RS256 or ES256",
        "HS256, RS256 or ES256",
        default="HS256",
    )
    issuer: Text | None = _key("`iss` that tokens must have", "text, at most 1024 characters")
    audience: Text | None = _key("`aud` that tokens must have", "text, at most 1024 characters")
    token_type: Text | None = _key(
        "`typ` that tokens must have, such as `at+jwt`",
        "text, at most 1024 characters",
    )
    leeway: Whole = _key(
        "Seconds that the clocks of issuer and API may differ",
        "seconds, 0 to 300",
        default=0,
        ge=0,
        le=300,
    )

    @property
    def lacks_secret(self) -> bool:
        """Whether tokens are to be signed with a secret, and there is none."""
        return self.algorithm == "HS256" and self.secret is None and self.jwks_file is None

    def verifier_key(self) -> str:
        """Give what tokens are checked with: the secret, or the public key's PEM text.

        Raises:
            ConfigurationError: there is none, or its file cannot be read.
        """
        if self.algorithm == "HS256":
            if self.secret is None:
                raise ConfigurationError(
                    "plugins.scale.jwt.secret (FOOTFALL_JWT_SECRET) is not set: give the secret "
                    f"that signs your tokens, at least {MIN_SECRET_BYTES} bytes; make one with "
                    "`openssl rand -hex 32`. There is no default.",
                )
            return self.secret.get_secret_value()
        if self.public_key is None:
            raise ConfigurationError(
                "plugins.scale.jwt.public_key (FOOTFALL_JWT_PUBLIC_KEY) is not set: "
                f"{self.algorithm} needs the public key of whoever issues your tokens, as PEM "
                "text or the path of a PEM file",
            )
        if self.public_key.lstrip().startswith(PEM_START):
            return self.public_key
        try:
            return Path(self.public_key).expanduser().read_text("utf-8")
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no text file"
            raise ConfigurationError(
                "plugins.scale.jwt.public_key (FOOTFALL_JWT_PUBLIC_KEY): "
                f"{self.public_key} cannot be read: {reason}",
            ) from error


class Settings(_Table):
    """Everything that a process of Footfall is told.

    Attributes:
        min_interval: seconds that two runs of a schedule must be apart at least.
        runs_retention: days that the projection keeps a run after its end, at most.
        default_timeout: seconds that a run may take, unless its schedule says otherwise.
        output_limit: bytes kept of a run's stdout, and of its reports.
        processes: host processes of a worker: how many walkers it runs at once.
        changes_retention: days that the changes of a deleted schedule are kept.
        mongodb_uri: where the projection is kept; None keeps it in memory.
    """

    enabled: bool = _key(
        "`false`: no static schedule is registered, and the API answers 503",
        "true or false",
        default=True,
    )
    min_interval: Whole = _key(
        "Seconds that two runs of a schedule must be apart at least",
        "seconds, 1 to 86400",
        default=1,
        ge=1,
        le=86400,
    )
    runs_retention: Whole = _key(
        "Days that lists and counts keep a run after its end; Temporal's own retention of the "
        "namespace decides where it is shorter",
        "days, 1 to 3650",
        default=3650,
        ge=1,
        le=3650,
    )
    default_timeout: Whole = _key(
        "Seconds that a run may take, unless its schedule says otherwise",
        f"seconds, 1 to {MAX_TIMEOUT}",
        default=300,
        ge=1,
        le=MAX_TIMEOUT,
    )
    output_limit: Whole = _key(
        "Bytes kept of a run's stdout, and of its reports",
        f"bytes, 1024 to {MAX_OUTPUT}",
        default=65536,
        ge=1024,
        le=MAX_OUTPUT,
    )
    processes: Whole = _key(
        "Host processes of a worker: how many walkers it runs at once",
        f"a number, 1 to {MAX_PROCESSES}",
        default_factory=_default_processes,
        ge=1,
        le=MAX_PROCESSES,
    )
    changes_retention: Whole = _key(
        "Days that the changes of a deleted schedule are kept",
        "days, 1 to 3650",
        default=DAYS_KEPT,
        ge=1,
        le=3650,
    )
    data_dir: HomePath = _key(
        "Folder of the embedded Temporal server's data and of the development secret",
        "the path of a folder",
        default=Path(".footfall"),
    )
    log_format: Literal["text", "json"] = _key(
        "How log lines look: `text` or `json`",
        "text or json",
        default="text",
    )
    log_level: Literal["debug", "info", "warning", "error"] = _key(
        "The least level that is logged: `debug`, `info`, `warning` or `error`",
        "debug, info, warning or error",
        default="info",
    )
    temporal: TemporalSettings = TemporalSettings()
    api: ApiSettings = ApiSettings()
    worker: WorkerSettings = WorkerSettings()
    webhooks: WebhookSettings = WebhookSettings()
    limits: LimitSettings = LimitSettings()
    mongodb_uri: MongoUri | None = _key(
        "MongoDB of the projection; unset keeps the projection in memory",
        "a mongodb:// or mongodb+srv:// URI",
    )
    mongodb_database: Database = _key(
        "Name of the database in MongoDB",
        "1 to 63 letters, digits, `_` or `-`",
        default="footfall",
    )
    jwt: JwtSettings = JwtSettings()

    @model_validator(mode="after")
    def _lockable(self) -> Self:
        if self.worker.root_locks == "mongodb" and self.mongodb_uri is None:
            raise ValueError(
                "plugins.scale.scheduler.worker.root_locks (FOOTFALL_WORKER_ROOT_LOCKS) = mongodb "
                "needs plugins.scale.database.mongodb_uri (FOOTFALL_MONGODB_URI)",
            )
        return self

    @property
    def kept_changes(self) -> timedelta:
        """How long the changes of a deleted schedule are kept."""
        return timedelta(days=self.changes_retention)

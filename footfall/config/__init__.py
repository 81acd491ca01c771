"""What a process is told: defaults, jac.toml, environment and command line, checked."""

from footfall.config.keys import (
    SettingKey,
    forget_secrets,
    setting_keys,
    settings_environ,
    settings_table,
)
from footfall.config.load import find_config, load_settings
from footfall.config.settings import (
    ApiSettings,
    JwtSettings,
    LimitSettings,
    Settings,
    TemporalSettings,
    WebhookSettings,
    WorkerSettings,
)

__all__ = [
    "ApiSettings",
    "JwtSettings",
    "LimitSettings",
    "SettingKey",
    "Settings",
    "TemporalSettings",
    "WebhookSettings",
    "WorkerSettings",
    "find_config",
    "forget_secrets",
    "load_settings",
    "setting_keys",
    "settings_environ",
    "settings_table",
]

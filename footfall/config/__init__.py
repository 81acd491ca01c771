"""What a process is told: defaults, jac.toml, environment and command line, checked."""

from footfall.config.keys import SettingKey, setting_keys, settings_environ, settings_table
from footfall.config.load import find_config, load_settings
from footfall.config.settings import (
    ApiSettings,
    JwtSettings,
    LimitSettings,
    Settings,
    TemporalSettings,
    WorkerSettings,
)

__all__ = [
    "ApiSettings",
    "JwtSettings",
    "LimitSettings",
    "SettingKey",
    "Settings",
    "TemporalSettings",
    "WorkerSettings",
    "find_config",
    "load_settings",
    "setting_keys",
    "settings_environ",
    "settings_table",
]

"""setting_models: what the routes of settings take."""

from __future__ import annotations

from pydantic import ConfigDict, JsonValue, RootModel


class SettingsBody(RootModel[dict[str, JsonValue]]):
    """Dotted key → value, as it stands in the settings file; null: the default."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"thresholds.scene": 0.3}]})

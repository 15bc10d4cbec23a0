"""machine: routes of what this installation has: models, settings, and what the machine can do."""

from dataclasses import asdict
from typing import Any

from flask_openapi3 import APIBlueprint, Tag

from vidwatchd.operations import doctor, models, settings
from vidwatchd.webapp.api import answers
from vidwatchd.webapp.api.models import ModelPath
from vidwatchd.webapp.api.setting_models import SettingsBody
from vidwatchd.webapp.context import context


def blueprint() -> APIBlueprint:
    """The routes under /api."""
    api = APIBlueprint("machine", __name__, url_prefix="/api", abp_tags=[Tag(name="machine")])
    api.get("/models")(list_models)
    api.post("/models/<name>/pull", responses=answers.accepted())(pull_model)
    api.delete("/models/<name>")(remove_model)
    api.get("/settings")(list_settings)
    refusals = answers.refused(
        when_400="a key or value means nothing, or is not changed from here; nothing was changed"
    )
    api.patch("/settings", responses=refusals)(change_settings)
    api.get("/doctor")(checks)
    return api


def list_models() -> dict[str, Any]:
    """Every known model and what lies among the models, with what is being pulled."""
    return models.listed(context())


def pull_model(path: ModelPath) -> tuple[dict[str, Any], int]:
    """Download a model; the answer's id tells how far it is."""
    return models.order(context(), path.name), 202


def remove_model(path: ModelPath) -> dict[str, Any]:
    """Delete a model that was pulled; what was made with it stays."""
    return models.remove(context(), path.name)


def list_settings() -> dict[str, Any]:
    """Every setting with its value, its default and what it does."""
    return settings.listed(context())


def change_settings(body: SettingsBody) -> dict[str, Any]:
    """Change settings in the file in use; null takes one back to its default. All of them or none."""
    return settings.change(context(), body.root)


def checks() -> dict[str, Any]:
    """What this machine can do, and what is missing with its fix; at most a few minutes old."""
    return {"checks": [asdict(check) for check in doctor.recent(context())]}

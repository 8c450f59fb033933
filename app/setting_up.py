"""What every command needs first: settings, logging, the store."""

from __future__ import annotations

import os
from pathlib import Path

from app import log
from app.options import Place
from app.settings import Settings, resolve
from storage.lake import Lake


def settings_of(place: Place) -> Settings:
    """The settings this process runs under, and logging as they ask for it."""
    found = resolve(place.flags(), os.environ, Path.cwd())
    log.start(found.log_level)
    for name, setting in found.plain().items():
        log.logger().debug("setting %s = %s (%s)", name, setting["value"], setting["from"])
    return found


def lake_of(place: Place) -> Lake:
    return Lake(settings_of(place).root)

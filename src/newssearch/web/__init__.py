"""The page of an archive, and its HTTP API: ``newssearch serve``, or an ASGI application inside another program."""

from __future__ import annotations

from .application import create_app
from .settings import ServerSettings

__all__ = ["ServerSettings", "create_app"]

"""What a view of a query asks the index for: the query, and the options that its address states."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from newssearch.web.endpoints import ENDPOINTS
from newssearch.web.parameters import Parameter, read_parameters
from newssearch.web.pool import SearchLimits

from .rendering import View


class AskedOptions(NamedTuple):
    """The query of a view, and the values of its other parameters that are given."""

    query: str
    values: dict[str, Any]
    limits: SearchLimits

    def options(self, *dropped: str, **more: object) -> dict[str, Any]:
        """Return the keyword arguments of a method of the index: the values without those ``dropped``, and the limits."""
        kept = {name: value for name, value in self.values.items() if name not in dropped}
        return {**kept, **more, "timeout": self.limits.timeout, "stop": self.limits.stop}

    def value(self, name: str, default: Any) -> Any:
        """Return the value of a parameter, the default if it is not given."""
        return self.values.get(name, default)


def asked_of(view: View, parameters: Iterable[Parameter]) -> AskedOptions:
    """Return what the address of a view asks for. Parameters of other views are ignored.

    Raises :class:`~newssearch.web.parameters.ParameterError`.
    """
    values = read_parameters(parameters, view.links.given, ignore_others=True)
    query = str(values.pop("q", "")).strip()
    return AskedOptions(query, values, view.limits)


def endpoint_parameters(path: str) -> tuple[Parameter, ...]:
    """Return the parameters of an endpoint of the API, none of them required: a page without one asks for it."""
    endpoint = next(one for one in ENDPOINTS if one.path == path)
    return tuple(parameter._replace(required=False) for parameter in endpoint.parameters)

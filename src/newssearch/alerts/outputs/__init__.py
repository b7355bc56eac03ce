"""The outputs of alerts: each gets the batch of a run, and says by an exception if it could not take it.

An output is written as ``kind:target``. :func:`output_of` returns it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from newssearch.errors import ConfigError
from newssearch.system.frozen import FrozenDict

from .atom import AtomFeed
from .commands import Command
from .delivery import DeliveryError, Environment, Output
from .lines import LinesFile
from .mail import Mail
from .standard import StandardOutput
from .webhook import Webhook

__all__ = [
    "OUTPUT_KINDS",
    "STDOUT",
    "DeliveryError",
    "Environment",
    "Output",
    "may_have_secret",
    "output_of",
    "without_token",
]

STDOUT = "stdout"
"""The output that is printed by the run itself."""

OUTPUT_KINDS: Mapping[str, Callable[[str], Output]] = FrozenDict({
    "ndjson": LinesFile,
    "atom": AtomFeed,
    "mail": Mail,
    "exec": Command,
    "shell": lambda command: Command(command, shell=True),
    "webhook": Webhook,
})  # fmt: skip
"""The function that makes an output of each kind of its target. It raises ValueError for a target that is none."""


_KIND = re.compile(r"[a-z]{1,10}")
"""Matches what may be the kind of an output, mistyped."""


def without_token(spec: str) -> str:
    """Return the text of an output, in which only the host stands of a web address, because its path may be a secret.

    >>> without_token("webhook:https://chat.example.org/services/T0KEN"), without_token("ndjson:out.jsonl")
    ('webhook:chat.example.org', 'ndjson:out.jsonl')
    """
    return output_of(spec).shown if spec.startswith("webhook:") else spec


def may_have_secret(spec: str) -> bool:
    """Whether the text of an output may have a secret in it, such as the path of a web address or a word of a command.

    >>> may_have_secret("webhook:https://chat.example.org/services/T0KEN"), may_have_secret("webhook:env:CHAT_HOOK")
    (True, False)
    """
    kind, _, target = spec.partition(":")
    return kind in ("exec", "shell") or (kind == "webhook" and not target.lstrip().startswith("env:"))


def output_of(spec: str) -> Output:
    """Return the output that a text names, such as ``atom:public/iraq.atom``.

    Raises :class:`~newssearch.ConfigError` if it names none.
    """
    if spec == STDOUT:
        return StandardOutput()
    kind, colon, target = spec.partition(":")
    make = OUTPUT_KINDS.get(kind)
    if make is None or not colon:
        kinds = ", ".join(f"{name}:…" for name in OUTPUT_KINDS)
        named = (
            f"{kind!r}" if _KIND.fullmatch(kind) else "a text without one of these kinds"
        )  # it may have a secret
        raise ConfigError(f"to: {named} is no output; the outputs are {kinds} and {STDOUT}")
    try:
        if not target.strip() or not target.isprintable():
            raise ValueError(
                "nothing follows the colon" if not target.strip() else "it has control characters"
            )
        return make(target.strip())
    except ValueError as error:
        raise ConfigError(f"to: {kind}: {error}") from None

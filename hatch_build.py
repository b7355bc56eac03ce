"""The description of the package for package indexes: the README without links to files of the repository."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_IMAGE = re.compile(r"^!\[[^]]*\]\((?!https?:)[^)]*\)\n\n", re.MULTILINE)
_LINK = re.compile(r"\[([^]]+)\]\((?!https?:)([^)]+)\)")


def description(readme: str) -> str:
    """Return the README without its images, and with the name of the file in place of a link to it.

    >>> description("See [the map](docs/map.md), [LICENSE](LICENSE) and [Whoosh](https://example.org).")
    'See the map (docs/map.md), LICENSE and [Whoosh](https://example.org).'
    """
    return _LINK.sub(
        lambda link: link[1] if link[1] == link[2] else f"{link[1]} ({link[2]})", _IMAGE.sub("", readme)
    )


class Description(MetadataHookInterface):
    """The hook that hatchling calls when it builds a distribution; it sets the description."""

    def update(self, metadata: dict[str, Any]) -> None:
        readme = Path(self.root, "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": description(readme)}

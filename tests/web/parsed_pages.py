"""Pages as trees, and what a reader sees of them."""

from __future__ import annotations

import re
from typing import cast

import lxml.html
from starlette.testclient import TestClient


class ParsedPage:
    """A page that the server answered with."""

    def __init__(self, client: TestClient, address: str, **parameters: str) -> None:
        answer = client.get(address, params=parameters or None)
        self.status = answer.status_code
        self.source = answer.text
        self.tree = lxml.html.document_fromstring(answer.text)

    def texts(self, selector: str) -> list[str]:
        """Return the texts of the elements that a selector finds (see :func:`xpath_of`), with single spaces."""
        return [" ".join(one.text_content().split()) for one in self._found(selector)]

    def text(self, selector: str) -> str:
        """Return the text of the one element that a selector finds."""
        (text,) = self.texts(selector)
        return text

    def values(self, selector: str, name: str) -> list[str]:
        """Return an attribute of the elements that a selector finds."""
        return [one.get(name, "") for one in self._found(selector)]

    def links(self, selector: str = "a") -> dict[str, str]:
        """Return the addresses of links by their texts."""
        return dict(zip(self.texts(selector), self.values(selector, "href"), strict=True))

    def _found(self, selector: str) -> list[lxml.html.HtmlElement]:
        return cast("list[lxml.html.HtmlElement]", self.tree.xpath(xpath_of(selector)))


def xpath_of(selector: str) -> str:
    """Return a selector of CSS as an XPath. It has names, ``.class`` and ``#id``, and spaces before descendants.

    >>> xpath_of("li.hit a")
    "//li[contains(concat(' ', @class, ' '), ' hit ')]//a"
    """
    steps = []
    for step in selector.split():
        name, *tests = re.split(r"(?=[.#])", step)
        found = [
            f"[@id='{test[1:]}']"
            if test[0] == "#"
            else f"[contains(concat(' ', @class, ' '), ' {test[1:]} ')]"
            for test in tests
        ]
        steps.append(f"//{name or '*'}{''.join(found)}")
    return "".join(steps)

"""A form that is filled in as a reader fills it in, for tests of saved searches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import lxml.html
from starlette.testclient import TestClient

from newssearch.web import ServerSettings, create_app

from .checked import CheckedClient

HERE = "http://127.0.0.1:8080"


def client_here(index: Path, **settings: Any) -> TestClient:
    """Return a client on the machine of a server with the given settings. It follows no redirects."""
    app = create_app(settings=ServerSettings(index=index, **settings))
    return CheckedClient(app, base_url=HERE, client=("127.0.0.1", 50000), follow_redirects=False)


def form_of(client: TestClient, address: str, action: str = "/searches") -> dict[str, str | list[str]]:
    """Return the fields of the form of a page that is sent to an address, as the page fills them in."""
    tree = lxml.html.document_fromstring(client.get(address).text)
    (form,) = (one for one in tree.forms if one.action == action)
    fields: dict[str, str | list[str]] = {}
    for name, value in form.form_values():
        before = fields.get(name)
        fields[name] = (
            value if before is None else [*([before] if isinstance(before, str) else before), value]
        )
    return fields


def saved_from(client: TestClient, address: str, **changes: str) -> Any:
    """Return the answer to the form of a page of results, with some fields filled in otherwise."""
    return client.post("/searches", data={**form_of(client, address), **changes})

"""A client of the application that compares every answer of the API with the OpenAPI document."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from starlette.applications import Starlette
from starlette.testclient import TestClient

from newssearch.web.api.openapi import openapi_document, schemas

DOCUMENT = openapi_document()


class CheckedClient(TestClient):
    """A client that fails a test if an answer of the API is not as the OpenAPI document says."""

    def __init__(self, app: Starlette, **options: Any) -> None:
        super().__init__(app, **{"base_url": "http://127.0.0.1", **options})
        self.event_hooks = {"response": [check_answer]}


def check_answer(answer: Any) -> None:
    """Raise AssertionError if an answer of the API is not as the document says."""
    _, _, path = answer.url.path.partition("/api/")
    method = answer.request.method.lower()
    if not path or method not in ("get", "post", "delete") or answer.status_code == 414:
        return  # an address that is too long is answered before it is read
    operation = operation_at(f"/{path}", method)
    if operation is None:
        assert answer.status_code in (404, 405)
        operation = {"responses": {"default": DOCUMENT["paths"]["/search"]["get"]["responses"]["default"]}}
    responses = operation["responses"]
    described = responses.get(str(answer.status_code)) or responses["default"]
    answer.read()
    media_type = answer.headers.get("content-type", "").partition(";")[0]
    contents = described.get("content")
    if contents is None:
        assert answer.status_code in (204, 304)
        assert answer.content == b""
        return
    assert media_type in contents, f"{answer.url}: {media_type} is not described"
    if media_type.endswith(("/json", "+json")):
        validate(answer.json(), contents[media_type]["schema"])
    if media_type == "application/x-ndjson" and path.startswith(("export", "search", "related")):
        for line in answer.text.splitlines():
            row = json.loads(line)
            validate(row, {"$ref": f"#/components/schemas/{'ExportError' if 'error' in row else 'Hit'}"})
    if answer.status_code == 200 and (total := answer.headers.get("x-total-rows")):
        assert total.isdecimal()
        assert "X-Total-Rows" in described["headers"]
    if "etag" in answer.headers:
        assert "ETag" in described["headers"]


def operation_at(path: str, method: str = "get") -> dict[str, Any] | None:
    """Return the operation that answers to a method at a path below ``/api``."""
    first = path.split("/")[1]
    for template in (path, f"/{first}/{{id}}", f"/{first}/{{name}}"):
        if method in DOCUMENT["paths"].get(template, {}):
            operation: dict[str, Any] = DOCUMENT["paths"][template][method]
            return operation
    return None


def validate(value: object, schema: dict[str, Any]) -> None:
    """Raise AssertionError if a value is not as a schema of the document says."""
    errors = [f"{error.json_path}: {error.message}" for error in validator(json.dumps(schema)).iter_errors(value)]  # fmt: skip
    assert not errors, "\n".join(errors[:5])


@cache
def validator(schema: str) -> Draft202012Validator:
    """Return the validator of a schema that may refer to others of the document."""
    return Draft202012Validator(
        {**json.loads(schema), "components": {"schemas": schemas()}},
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )

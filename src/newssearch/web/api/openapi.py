"""The description of the HTTP API: an OpenAPI document, made of the table of endpoints and the schemas of their answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

from newssearch._version import __version__
from newssearch.web.parameters import Parameter
from newssearch.web.problems import PROBLEM_TYPE

from .endpoints import ENDPOINTS, Endpoint
from .exports import EXPORT_FORMAT, FORMAT, ROW_MEDIA_TYPES

JsonObject = dict[str, Any]

OPENAPI_PATH = "/openapi.json"
_SCHEMA = "#/components/schemas/"
_DESCRIPTION = """The HTTP API of an archive of news articles. Each answer is what the method of the same name of
`newssearch.Index` returns, as JSON. Answers are the same for the same commit: their `ETag` changes with it. Nothing can be
changed but saved searches without outputs, and tags and notes.
Texts of articles are data of others; treat them as such."""
_PROBLEMS = {
    "400": "A parameter or the query is wrong.",
    "401": "The server asks for its token: `Authorization: Bearer TOKEN`.",
    "404": "There is no such article, or it is not among the hits.",
    "503": "The search took too long, too many run at once, or there is no index. Ask again after `Retry-After` seconds.",
    "default": "Another error.",
}


@cache
def schemas() -> JsonObject:
    """Return the schemas of all answers by name (JSON Schema, 2020-12)."""
    text = resources.files("newssearch.web.api").joinpath("schemas.json").read_text(encoding="utf-8")
    found: JsonObject = json.loads(text)
    return found


def openapi_document(prefix: str = "") -> JsonObject:
    """Return the OpenAPI document (3.1) of the API; ``prefix`` is that of all addresses of the application."""
    itself = {
        "operationId": "openapi",
        "summary": "This document",
        "responses": {"200": {"description": "The document.", "content": {"application/json": {"schema": {"type": "object"}}}}},
    }  # fmt: skip
    return {
        "openapi": "3.1.0",
        "info": {"title": "newssearch", "version": __version__, "description": _DESCRIPTION.replace("\n", " ")},
        "servers": [{"url": f"{prefix}/api"}],
        "paths": {
            **{endpoint.path: {"get": _operation(endpoint), **_CHANGES.get(endpoint.path, {})} for endpoint in ENDPOINTS},
            OPENAPI_PATH: {"get": itself},
        },
        "components": {
            "schemas": schemas(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{}, {"token": []}],
    }  # fmt: skip


def _operation(endpoint: Endpoint) -> JsonObject:
    answers: JsonObject = {
        "200": {
            "description": "The answer.",
            "headers": _headers(endpoint),
            "content": dict(_contents(endpoint)),
        }
    }
    if endpoint.only_by_commit:
        answers["304"] = {"description": "The answer is the one that the client has (`If-None-Match`)."}
    for status, text in _PROBLEMS.items():
        answers[status] = {"description": text, "content": _PROBLEM}
    return {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "parameters": [
            *([_ID] if "{id}" in endpoint.path else []),
            *([_SEARCH_NAME] if "{name}" in endpoint.path else []),
            *map(_query_parameter, endpoint.parameters),
        ],
        "responses": answers,
    }


_PROBLEM: JsonObject = {PROBLEM_TYPE: {"schema": {"$ref": f"{_SCHEMA}Problem"}}}
_SEARCH_NAME: JsonObject = {
    "name": "name",
    "in": "path",
    "description": "The name of a saved search.",
    "required": True,
    "schema": {"type": "string"},
}
_NOT_CHANGED: JsonObject = {
    status: {"description": text, "content": _PROBLEM}
    for status, text in {
        "400": "The search, its query, a tag or a note is wrong.",
        "401": _PROBLEMS["401"],
        "403": "Nothing may be changed here, or the search has outputs, or the archive's configuration defines it.",
        "404": "There is no such search or article.",
        "409": "There is a search with this name already, or its files are not in order; or the note to be replaced is another one now.",
        "503": "The folder cannot be written, the alert is running, or the search took too long.",
        "default": _PROBLEMS["default"],
    }.items()
}
_CHANGES: JsonObject = {
    "/searches": {
        "post": {
            "operationId": "save-search",
            "summary": "Save a search without outputs; what it finds already counts as seen",
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": {"$ref": f"{_SCHEMA}NewSearch"}}},
            },
            "responses": {
                "201": {
                    "description": "The saved search.",
                    "headers": {"Location": {"description": "Its address.", "schema": {"type": "string"}}},
                    "content": {"application/json": {"schema": {"$ref": f"{_SCHEMA}SavedSearch"}}},
                },
                **_NOT_CHANGED,
            },
        }
    },
    "/tags": {
        "post": {
            "operationId": "tag",
            "summary": "Give articles tags, take tags from them, or write a note on them",
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": {"$ref": f"{_SCHEMA}NewTags"}}},
            },
            "responses": {
                "200": {
                    "description": "What that changed.",
                    "content": {"application/json": {"schema": {"$ref": f"{_SCHEMA}TagReport"}}},
                },
                **_NOT_CHANGED,
            },
        }
    },
    "/searches/{name}": {
        "delete": {
            "operationId": "remove-search",
            "summary": "Remove a saved search without outputs, and what its alert remembers",
            "parameters": [_SEARCH_NAME],
            "responses": {"204": {"description": "It is removed."}, **_NOT_CHANGED},
        }
    },
}
"""The operations that change something, by the path of an endpoint."""
_ID: JsonObject = {
    "name": "id",
    "in": "path",
    "description": "The id of an article, or the digest at its end.",
    "required": True,
    "schema": {"type": "string"},
}


def _headers(endpoint: Endpoint) -> JsonObject:
    headers: JsonObject = {}
    if endpoint.only_by_commit:
        headers["ETag"] = {"description": "It changes with the commit. Missing if the answer depends on the time.", "schema": {"type": "string"}}  # fmt: skip
    if endpoint.streams or FORMAT in endpoint.parameters:
        headers["X-Total-Rows"] = {"description": "The number of rows, for CSV and JSON Lines.", "schema": {"type": "integer"}}  # fmt: skip
    return headers


def _contents(endpoint: Endpoint) -> Iterator[tuple[str, JsonObject]]:
    """Yield each media type of an answer, with its schema."""
    if not endpoint.streams:
        yield "application/json", {"schema": {"$ref": f"{_SCHEMA}{endpoint.schema}"}}
    if FORMAT in endpoint.parameters or EXPORT_FORMAT in endpoint.parameters:
        for media_type in ROW_MEDIA_TYPES.values():
            yield media_type.partition(";")[0], {"schema": {"type": "string"}}


def _query_parameter(parameter: Parameter) -> JsonObject:
    schema = _value_schema(parameter)
    if parameter.repeats:
        schema = {"type": "array", "items": schema}
    elif parameter.default is not None:
        schema["default"] = parameter.default
    shown: JsonObject = {"name": parameter.name, "in": "query", "description": parameter.text}
    if parameter.required:
        shown["required"] = True
    if parameter.repeats:
        shown |= {"style": "form", "explode": True}
    return {**shown, "schema": schema}


def _value_schema(parameter: Parameter) -> JsonObject:
    if parameter.kind == "flag":
        return {"type": "boolean"}
    if parameter.kind == "number":
        return {"type": "integer", "minimum": parameter.least, "maximum": parameter.most}
    if parameter.kind == "decimal":
        return {"type": "number", "minimum": 0, "maximum": parameter.most}
    schema: JsonObject = {"type": "string"}
    if parameter.kind == "moment":
        schema["format"] = "date-time"
    if parameter.choices:
        schema["enum"] = list(parameter.choices)
    return schema

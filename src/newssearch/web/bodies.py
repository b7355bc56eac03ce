"""The content of requests: read up to a size, and no more."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

MAX_FORM_FIELDS = 500
"""The largest number of fields of a form."""


async def read_body(request: Request, most: int) -> bytes:
    """Return the content of a request. Raises HTTPException if it has more than ``most`` bytes."""
    stated = request.headers.get("content-length", "")
    if stated.isdecimal() and (len(stated) > 18 or int(stated) > most):
        raise HTTPException(413)
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise HTTPException(413)
    return bytes(body)


async def read_form(request: Request, most: int) -> list[tuple[str, str]]:
    """Return the names and values of a form that was sent, in its order.

    Raises HTTPException if it has more than ``most`` bytes, too many fields, or another type.
    """
    if media_type_of(request) != "application/x-www-form-urlencoded":
        raise HTTPException(415)
    body = await read_body(request, most)
    try:
        return parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MAX_FORM_FIELDS
        )
    except ValueError:
        raise HTTPException(400) from None


def media_type_of(request: Request) -> str:
    """Return the type of the content of a request, without parameters; "" if it states none."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()

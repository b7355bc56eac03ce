"""Answers with the files of the page, and with those that browsers and robots ask for by themselves."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from newssearch.web.static_files import static_files

ICON = "icon.svg"
"""The name of the picture of the page."""
UNCHANGING = "public, max-age=31536000, immutable"


async def answer_static(request: Request) -> Response:
    """Answer with a file of the page. At the address with its version, a browser may keep it for a year."""
    return _answer_file(request, request.path_params["name"])


async def _answer_icon(request: Request) -> Response:
    return _answer_file(request, ICON)


def _answer_file(request: Request, name: str) -> Response:
    file = static_files().get(name)
    if file is None:
        raise HTTPException(404)
    tag = f'"{file.version}"'
    headers = {
        "Cache-Control": UNCHANGING if request.query_params.get("v") == file.version else "public, no-cache",
        "ETag": tag,
        "Vary": "Accept-Encoding",
    }
    if tag in (one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=headers)
    if file.compressed and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(file.compressed, headers=headers, media_type=file.media_type)
    return Response(file.content, headers=headers, media_type=file.media_type)


async def _answer_robots(request: Request) -> Response:
    return PlainTextResponse("User-agent: *\nDisallow: /\n")


ROUTES = (
    Route("/static/{name}", answer_static, name="static"),
    Route("/favicon.ico", _answer_icon, name="icon"),
    Route("/robots.txt", _answer_robots, name="robots"),
)

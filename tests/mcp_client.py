"""A client of the MCP server for tests: it calls tools from code that is not asynchronous."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp import Client
from mcp.server import MCPServer
from mcp_types import CallToolResult, TextContent, TextResourceContents

from newssearch import Index
from newssearch.mcp import newest_of, server


class Agent:
    """A client that is connected to a server."""

    def __init__(self, portal: BlockingPortal, client: Client) -> None:
        self._portal = portal
        self._client = client

    def result(self, tool: str, **arguments: Any) -> CallToolResult:
        """Return the result of a call."""
        found = self._portal.call(lambda: self._client.call_tool(tool, arguments))
        assert isinstance(found, CallToolResult)
        return found

    def answer(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Return the answer of a call that succeeds: its structured content, which its text repeats."""
        result = self.result(tool, **arguments)
        assert not result.is_error, text_of(result)
        assert isinstance(result.structured_content, dict)
        assert json.loads(text_of(result)) == result.structured_content
        return result.structured_content

    def failure(self, tool: str, **arguments: Any) -> str:
        """Return what the agent reads of a call that fails."""
        result = self.result(tool, **arguments)
        assert result.is_error, result
        assert result.structured_content is None
        return text_of(result)

    def resource(self, address: str) -> str:
        """Return the text of a resource."""
        (content,) = self._portal.call(lambda: self._client.read_resource(address)).contents
        assert isinstance(content, TextResourceContents)
        return content.text

    def client(self) -> Client:
        """Return the client, whose coroutines :meth:`run` waits for."""
        return self._client

    def run(self, method: Any, *arguments: Any) -> Any:
        """Return the result of a method of the client."""
        return self._portal.call(method, *arguments)


def text_of(result: CallToolResult) -> str:
    """Return the only text of a result."""
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


@contextmanager
def connected(to: Any, **options: Any) -> Iterator[Agent]:
    """Yield a client that is connected to a server: an MCPServer, an address, or the parameters of a process."""
    with start_blocking_portal() as portal:
        client = Client(to, **options)
        with portal.wrap_async_context_manager(client):
            yield Agent(portal, client)


@contextmanager
def agent_of(index: Index, **options: Any) -> Iterator[Agent]:
    """Yield a client that is connected in this process to a server of an index."""
    made: MCPServer[Any] = server(newest_of(index), **options)
    with connected(made) as agent:
        yield agent

"""The server that lets language models search an archive, by the Model Context Protocol (MCP), for reading alone.

It needs the package ``mcp`` (the extra ``newssearch[mcp]``): importing this package without it raises ImportError.
"""

from .endpoint import HttpEndpoint
from .serving import IndexSource, newest_of, server

__all__ = ["HttpEndpoint", "IndexSource", "newest_of", "server"]

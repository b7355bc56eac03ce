"""The HTTP API: its table of endpoints, their answers, exports as streams, and its description for programs."""

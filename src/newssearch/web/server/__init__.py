"""The processes that serve the application, and how they speak HTTP."""

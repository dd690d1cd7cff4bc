"""The HTTP and WebSocket API and the files that a page loads."""

"""What the lessons of the Learn page have computed on the server."""

"""Ways to bring images down to three numbers, each computed by a well-known library on the same test images."""

"""Hostile input from seeded generators, thrown at a real server: `make fuzz` throws all of it, `make test` a tenth."""

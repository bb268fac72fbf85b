"""A database that does not answer is given up: Django's PostgreSQL engine with an end to waiting."""

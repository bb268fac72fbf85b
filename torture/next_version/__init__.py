"""A version of the product that does not exist yet: what its migrations may do while people sit (R14)."""

"""Tools that never heard of a contest."""

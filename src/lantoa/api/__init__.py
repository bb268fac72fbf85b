"""DOOR: open data for other people's programs, read-only JSON under /api/v1/ (docs/interfaces.md, record 0018).

Owns no tables, holds no rules, knows nobody: no session, no cookie, no account. What it says of a moment is what the
pages say, made by the same functions of the rooms.
"""

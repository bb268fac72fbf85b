"""The reference contest's days made again: its own totals at its own moments, everything between them invented.

Behaviour first (`rates`, `registrations`, `sittings`, `visits`), then each stream thinned to the published totals
(`thinning`): a `history` of instants without people. Then `people`, `papers` and `loading` make rows of it.
Source: figures.md §7.
"""

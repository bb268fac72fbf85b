"""What anyone can check of a contest without its server: the log, heads, receipts, papers, figures.

One dependency (``cryptography``), no framework. The house imports its formats from here, so each is written once.
Nothing here touches a database, a clock or the network, except the command line and the witness.
"""

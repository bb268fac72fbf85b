"""Bank and exam in one room, so that the answer key never leaves it.

Always true: a person has at most one open attempt; an attempt is submitted once; the best attempt is the least by
`ranking.py`.
"""

"""What is derived: totals by minute, rank buckets, figures of a moment; and bulletins, which publish them for good.

Always true: all else may be dropped and rebuilt from the facts without a difference (`lantoa rebuild --check`).
A bulletin is never changed, and made again from the facts with its two times it is the same to the last byte.
"""

"""What is derived: totals by minute, rank buckets, figures of a moment.

Always true: everything here may be dropped and rebuilt from the facts without a difference (`lantoa rebuild --check`).
"""

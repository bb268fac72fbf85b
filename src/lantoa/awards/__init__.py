"""What was decided: prizes as announced, certificates as issued.

Always true: a certificate is issued once to a contestant who finished everything, and never changes.
"""

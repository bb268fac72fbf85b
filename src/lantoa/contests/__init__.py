"""The contest: its calendar and rules, its documents, who takes part, and the journal of what counted when.

Always true: one person takes part once in a contest; a movement is appended and never changed.
"""

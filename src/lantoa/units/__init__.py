"""Places: wards and communes, and the schools, offices and villages inside them, with their populations.

Always true: a unit's past (populations, successors) is appended to, never rewritten.
"""

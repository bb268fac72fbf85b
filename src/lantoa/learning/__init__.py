"""Topics, lessons as published, and how far each contestant has come.

Always true: a published lesson version never changes; progress only grows.
"""

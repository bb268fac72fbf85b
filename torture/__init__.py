"""Faults made on purpose: what breaks in a real contest is broken here, and the books are compared afterwards.

Each trial (reliability.md §4, R01-R18) is a function that takes its sizes and gives its figures; the short forms run
in `tests/faults`, the long ones by `make torture`. Every trial has a control: with the protection off it must fail.
"""

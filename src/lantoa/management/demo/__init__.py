"""Demonstration data: invented people with invented numbers, through the rooms' own rules."""

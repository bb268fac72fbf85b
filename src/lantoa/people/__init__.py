"""Who somebody is. The only room that can open a citizen number or a phone number.

Always true: one person, one account, unique by keyed indexes; clear numbers are never stored.
"""

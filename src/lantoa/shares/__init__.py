"""What people passed on: the share "Tôi học số – Tôi lan tỏa", its state and its reports.

Always true: a share is public only when it was published and its author consented.
"""

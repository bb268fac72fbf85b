"""The organiser's door: Django's admin in unfold's shell, and pages of its own inside it.

Owns no tables and holds no rules: who may see what stands in people/access.py, decisions are the rooms' actions.
There is no lantoa/admin.py: urls.py imports the modules below, and each registers its tables with `admin_site.console`.
"""

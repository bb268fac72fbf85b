"""Views of the public site and of the contestant."""

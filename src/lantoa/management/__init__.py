"""DOOR: the operator's commands and the worker."""

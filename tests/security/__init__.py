"""A package, so that pytest takes down this folder's world before it goes on to the next folder."""

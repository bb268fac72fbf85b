"""Write both files."""

from benchmarks.capacity import write

write()

"""Write both files."""

from benchmarks.capacity import made

for path, text in made().items():
    path.write_text(text)

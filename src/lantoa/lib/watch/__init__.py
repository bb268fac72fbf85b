"""What the house counts of itself while it runs, and how others read it (decision 0031)."""

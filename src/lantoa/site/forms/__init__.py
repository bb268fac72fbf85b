"""What people fill in: the fields, and the words for what a rule says about them."""

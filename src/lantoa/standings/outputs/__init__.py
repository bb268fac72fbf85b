"""What a bulletin is written and drawn as: each output is made from its content alone (bulletins)."""

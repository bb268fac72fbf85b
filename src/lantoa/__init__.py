"""Lan Tỏa: mass learning contests."""

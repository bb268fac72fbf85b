"""DOOR: organiser, coordinator, judge. Owns no tables, holds no rules."""

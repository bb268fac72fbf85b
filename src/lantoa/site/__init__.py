"""DOOR: public pages and the contestant's path. Owns no tables, holds no rules."""

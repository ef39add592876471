"""Repair: cutting back to what was promised, filling up a restored database."""

"""Parties by name: what entries say of names, and the index that a part of a name is looked up in."""

"""Forgeries of certificates: what was tried, by a script of our own, and what each must be called."""

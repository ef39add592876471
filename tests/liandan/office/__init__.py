"""Offices by commands alone: the day of docs/office.md, the questions, the profile, tokens."""

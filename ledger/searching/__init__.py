"""Searches: the terms that subjects are looked for by, and the tables in which they are found."""

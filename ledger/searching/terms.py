"""Terms that subjects are looked for by.

A search names groups of terms: a subject is found that has one of each group. The group that holds least is walked, and the others are looked
at beside. So a page costs what it returns where one filter is narrow, and the search bounds it where none is.
"""

from typing import TypeAlias

Groups: TypeAlias = list[list[str]]  # A subject is found that has a term of each.
ANY = "any"
"""The term of every subject."""

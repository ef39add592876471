"""Pages of the shell."""

from __future__ import annotations

PAGES = (("clerk", "/desk/_components"), ("clerk", "/enter?left=one"))

"""Pages of keys and evidence."""

from __future__ import annotations

PAGES = (
    ("clerk", "/desk/keys"),
    ("driver", "/desk/keys"),
    ("sichuan", "/desk/keys"),
    ("clerk", "/desk/evidence"),
    ("sichuan", "/desk/evidence"),
    ("clerk", "/join"),
)

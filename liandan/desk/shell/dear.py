"""What costs the server much, for whoever has a session: searches as one types, files that are drawn, spreadsheets that are read, trials.

A person with a session meets no limit that he could notice; a script with one, or a page gone mad, is told to wait (``Access``). Programs that
show their token in a header have ``/v1`` as it is documented. Streams have limits of their own (``liandan.desk.live.streams``).
"""

import re

SEARCH, FILE, SHEET, DOSSIER = 1, 4, 10, 20
"""Points. A key has 600 a minute: ten searches a second, where the pages themselves send four while somebody types without a pause; or 150 papers, 60
spreadsheets, 30 dossiers or trials."""
COSTS: tuple[tuple[str, re.Pattern[str], int], ...] = (
    ("GET", re.compile(r"/v1/dossiers/.+|/road/checklist/.+/points"), DOSSIER),
    ("POST", re.compile(r"/province/whatif(?:/.+)?"), DOSSIER),
    ("POST", re.compile(r"/desk/new/sheet|/province/intake|/v1/intake|/v1/books"), SHEET),
    ("GET", re.compile(r".+\.(?:pdf|xlsx|csv|zip)|/v1/manifests/.+/bundle|/(?:desk|province)/months/statement"), FILE),
    ("GET", re.compile(r"/desk/search(?:/suggest)?|/act/options/parties|/road|/desk/manifests|/scale/truck"), SEARCH),
    ("POST", re.compile(r"/desk/draft/[^/]+/check"), SEARCH),
)
"""The first that fits counts; method, path, points."""


def cost_of(method: str, path: str) -> int:
    """Points of a request; 0 for most."""
    asked = "GET" if method == "HEAD" else method
    return next((points for wanted, form, points in COSTS if wanted == asked and form.fullmatch(path)), 0)

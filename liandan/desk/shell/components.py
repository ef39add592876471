"""``/desk/_components``: every shared part in all its states, for tests and for whoever builds a room. On simulated logs alone."""

from typing import Any

from litestar import Response, get

from ledger.problem import make_problem
from liandan.desk.shell.frame import TheGuest, page
from liandan.desk.shell.words import WORDS
from liandan.wiring import RULES
from reports.tokens import COLORS
from signing.refusal import Reason, refuse

SAMPLES = {"red": "APPROVAL_QUOTA", "amber": "BUSY", "blue": "LOG_FROZEN"}
"""A refusal of each colour."""


@get("/desk/_components", include_in_schema=False)
async def get_components(guest: TheGuest) -> Response[Any]:
    """All parts on one page."""
    if not guest.is_simulated:
        raise refuse("NOT_FOUND", field="path", found=guest.path)
    samples = {
        tone: make_problem([Reason(code)], RULES, guest.lang, status=422, instance="620b75007d16d726") for tone, code in SAMPLES.items()
    }
    title = guest.say(("部件与状态", "Parts and states"))
    return page(guest, "parts/_components.html", words=WORDS, title=title, colors=COLORS, samples=samples)

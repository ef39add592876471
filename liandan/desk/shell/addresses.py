"""Which addresses are the desk's: pages for people, which know a session by its cookie and answer refusals as pages."""

import re

ROOMS = frozenset({"enter", "leave", "join", "desk", "act", "m", "drive", "scale", "province", "road", "road-link", "public"})
"""First segment of every address of the desk."""
STATIC = "/desk/static/"
REPORTS = "/desk/csp"
"""Where browsers report what a policy has stopped; nothing is changed by it, so it may come from anywhere."""
ENTER, HOME = "/enter", "/desk"
_LOCAL = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,500}")


def is_desk(path: str) -> bool:
    """Whether a path is one of the desk's."""
    return path.split("/", 2)[1:2] != [] and path.split("/", 2)[1] in ROOMS


def local_next(wanted: str | None, otherwise: str = HOME) -> str:
    """Where to go after entering: an address of the desk, whatever a link says; never another host's."""
    if wanted is not None and _LOCAL.fullmatch(wanted) and is_desk(wanted.partition("?")[0]) and not wanted.startswith((ENTER, "/leave")):
        return wanted
    return otherwise

"""A hostile operator's threads about lines of a month (kinds §9): said by strangers, about another key, settled alone and twice."""

from __future__ import annotations

import importlib
import sys

from tests.vectors.forger import Forgery, body_with, story
from tests.vectors.forgeries import act_with, appended
from tests.vectors.second_reader import VECTORS

sys.path.insert(0, str(VECTORS))
items = importlib.import_module("acts_items")
sys.path.remove(str(VECTORS))

COMMENT, SETTLE = "item.comment", "item.settle"
SICHUANS = story.signers("sichuan")

FORGED_ITEMS = [
    Forgery("a comment of a stranger", COMMENT, act=body_with(key=f"M1 party/{story.CARRIER}")),
    Forgery("a comment about a line that is not there", COMMENT, act=body_with(key=items.KEY[:-1] + "7")),
    Forgery("a comment about another key on the thread", grow=appended(COMMENT, items.THREAD, {"key": items.BOOK_KEY, "text": "x"}, *SICHUANS)),
    Forgery("a thread that one firm settles", SETTLE, act=act_with(by=story.signers("generator"))),
    Forgery("a thread that a carrier settles", SETTLE, act=act_with(by=story.signers("generator", "carrier"))),
    Forgery("a thread settled by a case of no manifest of its own", SETTLE, 1, act=body_with(case=items.CORRECTION)),
    Forgery("a thread settled twice", grow=appended(SETTLE, items.THREAD, {"outcome": "agreed"}, *SICHUANS)),
    Forgery("a thread that was never opened", grow=appended(SETTLE, items.THREAD[:-2] + "99", {"outcome": "agreed"}, *SICHUANS)),
]  # fmt: skip

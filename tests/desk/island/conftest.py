"""Chromium, and a pair of firms that signs together on a real server."""

from tests.browser.conftest import browser
from tests.liandan.pending.conftest import pair

__all__ = ["browser", "pair"]

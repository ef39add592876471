"""What everything of ours looks like, said once: colours, sizes and distances of papers and pages (docs/desk.md).

Ratios in the comments are contrasts on white (WCAG 2.2); text needs 4.5, edges of fields 3. ``liandan/desk/static/css/tokens.css`` is written
from this table by ``python -m liandan.desk.shell.tokens_css`` and held against it by a test.
"""

from collections.abc import Mapping

COLORS: Mapping[str, str] = {
    "ink": "#1a1a1a",  # 17.4: what is read
    "text": "#334155",  # 10.4: what stands beside it
    "grey": "#59636e",  # 6.1: hints
    "rule": "#9aa3ad",  # 2.6: decoration alone
    "edge": "#76808b",  # 4.0: edges of fields and buttons
    "hair": "#dce2e1",
    "shade": "#eef2f1",
    "ground": "#f7f9f8",
    "paper": "#ffffff",
    "accent": "#1f5a4c",  # 8.0
    "deep": "#174438",
    "soft": "#e2eeea",
    "mid": "#94b8ae",
    "alarm": "#b42318",  # 6.6
    "alarm-soft": "#fbeceb",
    "alarm-mid": "#f2d9d6",
    "warn": "#8a5300",  # 6.3
    "warn-soft": "#fcf1dc",
    "info": "#24607f",  # 6.9; also the ring around what has the focus
    "info-soft": "#e6f0f5",
    "demo": "#8c1c13",
    "demo-soft": "#f5e9e7",
    "plate": "#f5c400",  # plates of trucks (GA 36): black on yellow
    "offline": "#2b2b2b",
}
"""By name, as ``#rrggbb``."""
PAPER_GREY, PAPER_RULE = "#4b5563", "#7b848f"
"""Grey and rules of papers are dark enough to survive a bad photocopy."""
TYPE_PX = (12, 13, 15, 17, 21, 28, 40)
SPACE_PX = (4, 8, 12, 16, 24, 32, 48)
RADIUS_PX = 4
FONTS = (
    "PingFang SC", "HarmonyOS Sans SC", "MiSans", "Microsoft YaHei UI", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei",
)  # fmt: skip
"""Of the system; no font is sent."""

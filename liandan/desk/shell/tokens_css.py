"""``python -m liandan.desk.shell.tokens_css``: writes the table of reports.tokens as custom properties of CSS."""

from pathlib import Path

from reports.tokens import COLORS, FONTS, RADIUS_PX, SPACE_PX, TYPE_PX

PLACE = Path(__file__).parents[1] / "static" / "css" / "tokens.css"


def tokens_css() -> str:
    """The style sheet; ``--type-15`` for a size of 15 px, ``--space-12`` for a distance of 12 px."""
    lines = [f"  --{name}: {value};" for name, value in COLORS.items()]
    lines += [f"  --type-{size}: {size / 16:g}rem;" for size in TYPE_PX]
    lines += [f"  --space-{size}: {size}px;" for size in SPACE_PX]
    lines += [f"  --radius: {RADIUS_PX}px;"]
    families = ", ".join(f'"{name}"' for name in FONTS)
    lines += [f"  --fonts: {families}, system-ui, sans-serif;"]
    made = "/* Written by python -m liandan.desk.shell.tokens_css from reports/tokens.py, which papers share. */"
    return "\n".join([made, ":root {", *lines, "}", ""])


if __name__ == "__main__":
    PLACE.write_text(tokens_css(), encoding="utf-8")

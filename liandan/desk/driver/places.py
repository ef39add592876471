"""Counties of the two provinces by their cities, for whoever has to say where a truck stands and knows no codes.

``static/driver/places.js`` holds them; ``python -m liandan.desk.driver.places`` writes it anew after the table of divisions has changed; a test
compares. By the table that this program ships: the log judges by its own.
"""

from __future__ import annotations

import json
from pathlib import Path

from whitelist.adopted import data_files
from whitelist.divisions import PROVINCES, parse_divisions, province_name

FILE = Path(__file__).parents[1] / "static" / "driver" / "places.js"


def places() -> list[tuple[str, list[tuple[str, str]]]]:
    """City, or province where a county lies in none, and its counties (code, name) that were not withdrawn; below no name the other provinces."""
    divisions = parse_divisions(next(one for one in data_files() if one.name == "divisions").read())
    found: dict[str, list[tuple[str, str]]] = {}
    for code, one in sorted(divisions.by_code.items()):
        if one.level != "county" or one.valid_to:
            continue
        city = divisions.by_code.get(f"{code[:4]}00")
        is_named = city is not None and city.name not in ("市辖区", "县")
        found.setdefault(city.name if city is not None and is_named else province_name(code), []).append((code, one.name))
    elsewhere = [(f"{code}0000", name) for code, (name, _) in PROVINCES.items() if code not in divisions.listed]
    return [*found.items(), ("", elsewhere)]


def module() -> str:
    """The file."""
    told = json.dumps(places(), ensure_ascii=False, separators=(",", ":"))
    return f"// Written by liandan/desk/driver/places.py: counties (code, name) by their cities, and the other provinces.\nexport const PLACES = {told};\n"


if __name__ == "__main__":
    FILE.write_text(module(), encoding="utf-8")

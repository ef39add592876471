"""Make ``centres.csv``: where divisions lie, and which lie side by side. Run by hand: ``python -m whitelist.data.make_centres adcodes.csv``.

``adcodes.csv`` is the table of the package cpca 0.5.5 on PyPI (``cpca/resources/adcodes.csv``, SHA-256 in ``SOURCE``; MIT, © 2018 QinYuan Du),
drawn from github.com/Vonng/adcode: divisions of about 2015 with a longitude and a latitude. Counties that were renamed since have their old row
(``RENAMED``, notices of the State Council and the ministry); what was merged is bridged by ``successor`` of the data set ``divisions``.

Nobody publishes which districts are neighbours, and we have no borders. Two counties count as neighbours when no third one's centre lies in the
sphere whose diameter joins their two: the Gabriel graph (Gabriel and Sokal 1969, made for neighbourhood in geography) [DESIGN].
"""

import csv
import sys
from hashlib import sha256
from math import cos, radians, sin
from pathlib import Path

SOURCE = "66948fa1519ba053f22b8c2d05c897c9b19c44cdc3044e464b52f0143ff418fe"
RENAMED = {
    "500228": "500155",  # 梁平县 → 梁平区, 2016
    "500232": "500156",  # 武隆县 → 武隆区, 2016
    "510124": "510117",  # 郫县 → 郫都区, 2016
    "510132": "510118",  # 新津县 → 新津区, 2020
    "510626": "510604",  # 罗江县 → 罗江区, 2017
    "510922": "510981",  # 射洪县 → 射洪市, 2019
    "511028": "511083",  # 隆昌县 → 隆昌市, 2017
    "511521": "511504",  # 宜宾县 → 叙州区, 2018
    "513425": "513402",  # 会理县 → 会理市, 2021
}
NEAREST = 60  # Counties in whose midst neighbours are looked for.
COLUMNS = ("code", "longitude", "latitude", "neighbours")
Point = tuple[float, float, float]


def on_sphere(longitude: float, latitude: float) -> Point:
    """A place as a point of the unit sphere; degrees."""
    east, north = radians(longitude), radians(latitude)
    return cos(north) * cos(east), cos(north) * sin(east), sin(north)


def _apart(one: Point, other: Point) -> float:
    """Square of the chord between two points."""
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _lies_between(third: Point, one: Point, other: Point) -> bool:
    """Whether a point lies in the sphere whose diameter joins two others (Thales: the angle there is obtuse)."""
    return sum((a - c) * (b - c) for a, b, c in zip(one, other, third, strict=True)) < 0


def neighbours(points: dict[str, Point]) -> dict[str, list[str]]:
    """The Gabriel graph: neighbours of each code, sorted."""
    found: dict[str, set[str]] = {code: set() for code in points}
    for code, point in points.items():
        near = sorted((_apart(point, other), name) for name, other in points.items() if name != code)[:NEAREST]
        for place, (_, name) in enumerate(near):
            # Whatever lies between is nearer than the other end.
            if not any(_lies_between(points[third], point, points[name]) for _, third in near[:place]):
                found[code].add(name)
                found[name].add(code)
    return {code: sorted(names) for code, names in found.items()}


def main() -> None:
    """Write ``centres.csv`` beside this module."""
    raw = Path(sys.argv[1]).read_bytes()
    if (digest := sha256(raw).hexdigest()) != SOURCE:
        raise SystemExit(f"adcodes.csv is {digest}, expected {SOURCE}")
    rows = {row["adcode"][:6]: row for row in csv.DictReader(raw.decode().splitlines()) if row["longitude"]}
    places = {RENAMED.get(code, code): (row["longitude"], row["latitude"]) for code, row in rows.items()}
    # A city without counties of its own (东莞) stands among them.
    with_counties = {code[:4] for code in places if not code.endswith("00")}
    counties = {code for code in places if not code.endswith("00") or (not code.endswith("0000") and code[:4] not in with_counties)}
    beside = neighbours({code: on_sphere(*map(float, places[code])) for code in sorted(counties)})
    with Path(__file__).with_name("centres.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows((code, *places[code], " ".join(beside.get(code, ()))) for code in sorted(places))


if __name__ == "__main__":
    main()

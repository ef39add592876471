"""``liandan demo``: one month of transfers between two provinces, played against a real server over HTTP on loopback.

How to read it: ``firms`` is the cast, ``wastes`` the goods, ``calendar`` the clock; ``setup`` writes what must be there before the first
truck leaves, ``trip`` one manifest, ``month`` the ordinary ones, ``specials`` one small function per case worth seeing, ``story`` puts them
in order, ``play`` posts them, ``summary`` tells what came of it. The plan is a pure function of the seed; only ``play`` and ``run`` do I/O.
All firms are fictitious （虚构）; the log's clock is simulated, so every document prints 演示 / DEMO.
"""

"""``liandan demo``: one month of transfers between two provinces, played against a real server over HTTP on loopback.

How to read it: ``cast`` is who plays with what, ``calendar`` the clock, ``world`` the names; ``trip`` writes one manifest, ``month`` the
ordinary ones, ``story`` what goes before and puts all in order, ``play`` posts it, ``summary`` tells what came of it. The plan is a pure
function of the seed; only ``play`` and ``run`` do I/O.
All firms are fictitious （虚构）; the log's clock is simulated, so every document prints 演示 / DEMO.
"""

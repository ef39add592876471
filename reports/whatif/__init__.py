"""政策试算: a past year of a log replayed under a draft of a list: what the house's own rules would have said of its decisions and trips.

``draft`` reads the draft, ``compare`` holds it against the list that was in force, ``other`` is the world in which the draft was in force,
``decisions`` and ``trips`` ask the rules in both worlds, ``laboratory`` replays, ``result`` sums up; ``text``, ``workbook`` and ``page`` tell it.
"""

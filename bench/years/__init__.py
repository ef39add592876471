"""Realistic years of 川渝: who sends what to whom (``cast``), ordinary lives of manifests (``trip``), what goes wrong (``troubles``), all of it
in the order of time (``years``), as an export or through the sequencer (``python -m bench.years``). Deterministic by its seed."""

"""The monthly statement of one direction: both provinces recompute it from the log, byte for byte.

``gathered``: what the log says of months · ``kept``: that, between two statements · ``month``: one month of it as figures · ``judged``: what of it
is out of order · ``faces``: JSON, PDF, XLSX. Here: what a statement is (``model``, ``checks``, ``line``) and by which rules it counts (``rules``).
"""

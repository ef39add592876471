"""Admission: from posted bytes to an entry. Pure judgement (``admit``) apart from the sequencer that gives each statement its place."""

"""Pages that a browser is shown: ``/``, ``/problems/…``, ``/schema`` for people, ``/docs``. Chinese first, no script of ours, nothing from
elsewhere.
"""

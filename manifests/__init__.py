"""The transfer manifest (危险废物转移联单): custody acts from generator through carriers to receiver, as one machine.

``machine`` is the table of stages and acts, ``acts`` the bodies, ``trunk`` decides them by the functions in ``rules/``, ``evolve``
says what they change, ``mass`` and ``settlement`` count the grams; ``case`` holds what lies beside custody. ``view`` and
``projection`` follow the published entries for those who read. A new rule is a function in ``rules/``, its name in the act's row of
``RULES``, and its text.
"""

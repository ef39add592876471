"""The transfer manifest (危险废物转移联单): custody acts from generator through carriers to receiver, as one machine.

``machine`` is the table of stages and acts; ``acts`` holds one module an act, with its body, rules, texts and what it changes; ``act`` is
what all of them share. ``vehicles``, ``mass``, ``settlement`` and ``commitments`` are their common rules, ``case`` what lies beside
custody. ``view`` and ``projection`` follow the published entries for those who read.
"""

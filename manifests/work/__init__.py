"""今日待办 (``/v1/work``): what waits for one party, of all manifests and applications, in the order in which it is due.

``order`` says what stands before what and where to go on, ``service`` reads the index of clocks and counts anew what is on the page, ``answers``
is what is shown.
"""

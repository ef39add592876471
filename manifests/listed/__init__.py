"""What really moved on the rows of a list in its year: received, used and disposed of, in stock (R-44; ``/v1/lists/<name>/report``).

``year`` adds it up from manifests, ``service`` reads these, ``answers`` is what is shown: the figures, and the body of ``list.report`` filled in.
"""

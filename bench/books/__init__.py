"""External books of a real log, with seeded faults of sixteen kinds whose truth is known (``python -m bench.books``): what matching must find, and
what it must not invent."""

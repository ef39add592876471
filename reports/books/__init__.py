"""The other side's books (台账): what a firm, the national platform or a weighbridge has written down, beside what the log says.

They are no evidence: they lie in tables, are read by their holder and by the authorities that cover it, and never enter an entry.
"""

"""Signature suites, one module each; ``signing.suite`` is the table of them and says what a module must offer."""

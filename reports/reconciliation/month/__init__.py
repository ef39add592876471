"""One month of what was gathered, as figures: lines and accounts, what it opens with, the mirror equation, the checks that are sums."""

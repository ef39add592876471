"""``python -m liandan`` is the console script."""

from liandan.cli import main

main()

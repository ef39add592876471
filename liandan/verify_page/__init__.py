"""The verification page ``verify.html``: one file that checks certificates, bundles and square codes in a browser, with no network.

A second implementation of what ``liandan verify`` does; ``build`` puts the one file together from the sources beside it.
"""

from pathlib import Path

PAGE = Path(__file__).with_name("verify.html")
"""The page as it is committed and served."""

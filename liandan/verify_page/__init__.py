"""The verification page ``verify.html``: one file that checks certificates, bundles and square codes in a browser, with no network.

A second implementation of what ``liandan verify`` does; ``build`` puts the one file together from the sources beside it.
"""

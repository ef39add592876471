"""The kinds of ``incident/<reporter>/<ULID>``, one module each; what they share is ``manifests.incidents.contract`` (kinds §9).

A new kind is one more module here, which nothing lists: ``manifests.acts`` finds it.
"""

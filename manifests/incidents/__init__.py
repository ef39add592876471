"""Incidents (突发事件) and arrivals without a manifest, ``incident/<reporter>/<ULID>`` (kinds §9): what their kinds share, their acts, and how they
are read. What an open one does to a manifest stands in ``manifests.incident``.
"""

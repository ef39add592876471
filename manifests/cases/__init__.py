"""The kinds of ``case/<generator>/<manifest ULID>/<ULID>``, one module each; what they share is ``manifests.case`` and ``manifests.case_act``.

A new kind is one more module here, which nothing lists: ``manifests.acts`` finds it beside the acts of the trunk (kinds §7).
"""

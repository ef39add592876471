"""The driver's face (司机): this trip, the next act as one button, and everything that a phone needs to go on without a network.

``service`` gathers a trip, ``trip`` says what its page shows, ``routes`` serves it with the worker and the manifest of the installed page. What is
signed lies in the phone (``static/driver``) until the log has it.
"""

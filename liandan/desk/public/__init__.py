"""公众 (``/public``, ``/road-link``): is a paper true, where is this one trip, the open figures; and what none of it proves."""

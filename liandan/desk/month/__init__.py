"""月度对账 (``/desk/months``, ``/province/months``): whether a month is fine, what is open and whose it is, how it was closed, its figures as charts."""

"""Keys and devices of a firm: who signs for it, with what, until when; how a device is enrolled and how it is cut off."""

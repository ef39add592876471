"""Three-way matching (三方比对) of what generators declared, receivers accepted, and the other side's books say. Pure: no clock, no database.

Every line of every side ends in exactly one outcome; what agrees and what does not is told, and a tie is named, never guessed (issue 13, law §6.1
M1–M3).
"""

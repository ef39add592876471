"""Offices without a programmer: every act of a clerk, an operator or a firm as a command, made from the declaration of its kind.

What is missing is asked for with the labels, units and choices of the body; what is typed is judged at once by the form that the log judges
by; what is signed is shown from its bytes, with names beside codes. A new kind is a command as soon as there is a group of its noun.
"""

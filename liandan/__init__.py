"""The thin shell: settings, keys, database, HTTP application, command line, client, demonstration. Whatever thinks lies below.

``server`` assembles everything; ``publisher_process`` runs the publisher; ``app`` joins the routes of the
packages; ``cli/`` has one file per command, ``client/`` is what parties build on, ``demo/`` tells the story, ``postgres/`` brings a
database along.
"""

"""The web: five desks, an API and the pages around them. A view asks one function of a room below and shows it.

Inside: ``theme`` (one look), ``door`` (people, roles, whose rows, what was read), ``jobs`` (long work in workers), a folder a desk,
``site`` (settings, addresses, server). docs/decisions/0095 says why; docs/explanation/web.md draws it.
"""

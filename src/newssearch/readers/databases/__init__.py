"""Exports of news databases: Nexis and LexisNexis, Factiva, ProQuest, Europresse, and references in RIS.

A file holds many articles with labels, codes and a cover page. :mod:`.recognition` decides whether a text, a page or a
document is an export, and of which database.
"""

"""Exports: all articles or paragraphs that a search finds, as a file for spreadsheets, statistics, or reference managers.

:mod:`.formats` lists the formats, and :mod:`newssearch.hit_columns` the columns of tables, and :mod:`.plan` checks what is asked for. Each of
:mod:`.text_tables`, :mod:`.workbook`, :mod:`.arrow` and :mod:`.bibliography` writes some of the formats.
"""

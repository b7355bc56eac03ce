"""Press reviews: what a search finds, as one document to send: a cover, the contents, the articles, the search itself.

:mod:`.plan` checks what is asked for, :mod:`.grouping` arranges the articles, :mod:`.excerpts` chooses their paragraphs, and
:mod:`.facts` says what was asked and found, in the words of :mod:`.labels`. Each of :mod:`.page`, :mod:`.markdown`,
:mod:`.document` and :mod:`.typeset` writes the :class:`~newssearch.review.content.Review` in one format.
"""

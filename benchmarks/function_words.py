"""English function words: the most frequent words of synthetic news, which no query consists of alone."""

FUNCTION_WORDS = tuple(
    """
        the to of and a in that for is on it he with as was have his be at are but by not has this from they i we an
        who more will about would or their you one been what if had there all were up out when also which she can than
        after so some no our her over other its just do could like into now even them two because first those how last
        him most any many only get against while before may should during did these where much back very way then
        between still being through under such each my both your same too here
        """.split()
)
"""The function words of English, most frequent first."""

"""The function words of each language (``the``, ``of``), which are indexed but not highlighted."""

from __future__ import annotations


def _word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


FUNCTION_WORDS = {
    "english": _word_set(
        """
        a an and are as at be because been being but by did do does for from had has have he her him his if in into is
        it its me my nor of on or our she so than that the their them then there these they this those to was we were
        what when where which while who whom whose with would you your
        """
    ),
    "french": _word_set(
        """
        à au aux ce ces cette dans de des du elle elles en est et il ils la le les leur leurs ne nous ou où par pour
        qu que qui sa se ses son sont sur un une vous
        """
    ),
    "german": _word_set(
        """
        aber als am an auf aus bei das dass dem den der des die durch ein eine einem einen einer eines er es für hat
        ich im in ist mit nach oder sich sie sind über um und uns von vom vor war wie zu zum zur
        """
    ),
    "portuguese": _word_set(
        """
        a ao aos as com da das de do dos e em entre essa esse foi mas na nas no nos o os ou para pela pelo por que se
        seu sua um uma
        """
    ),
    "spanish": _word_set(
        """
        a al como con de del el ella en es esta este la las lo los o para pero por que se su sus un una y
        """
    ),
}
"""The function words of each language, in lower case, by the name of its analysis. They are searched like all other
words."""

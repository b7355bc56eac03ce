"""The analyses of an index by language: which one its articles have, and which one a new article gets."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from newssearch.article import Article
from newssearch.errors import AnalyserError
from newssearch.text.added_analyser import AddedAnalyser, PackageResults
from newssearch.text.analysis import NO_ADDED, analyser_named
from newssearch.text.language_analysis import installed
from newssearch.text.languages import ADDED, analysis_of, language_of


def _added_analyser(name: str) -> AddedAnalyser:
    found = analyser_named(name)
    assert isinstance(found, AddedAnalyser), "the name says so"
    return found


def keep_results(results: Mapping[str, PackageResults]) -> None:
    """Keep what packages have returned in another process, by the name of the analysis."""
    for name, returned in results.items():
        _added_analyser(name).keep_results(returned)


class AnalysisChoice:
    """Chooses the analysis of each article that a writer adds.

    ``added`` returns the names of those analyses of the live articles that other packages add, by language, and
    ``languages`` their languages. A language keeps its analysis as long as the index has live articles in it, until the index is
    rebuilt. A new language gets that of an installed package, if there is one.
    """

    def __init__(
        self,
        added: Callable[[], Mapping[str, str]] = lambda: NO_ADDED,
        languages: Callable[[], Collection[str]] = frozenset,
    ) -> None:
        self._added = added
        self._languages = languages
        self._chosen: dict[str, str] = {}

    def of(self, lang: str | None) -> str:
        """Return the name of the analysis of an article with the given language tag.

        Raises :class:`~newssearch.AnalyserError` if a package that the index needs for it is not installed.
        """
        language = language_of(lang)
        found = self._chosen.get(language)
        if found is None:
            found = self._chosen[language] = self._choose(language)
        return found

    def _choose(self, language: str) -> str:
        name = self._added().get(language)
        if name is None and language:
            package = installed(language)
            if package is not None and language not in self._languages():
                name = str(package.named(language))
        if name is None:
            return analysis_of(language)
        _added_analyser(name).require()
        return name

    def take_results(self) -> dict[str, PackageResults]:
        """Return what packages have returned for the checked articles since the last call, by the name of the analysis.

        With these, another process need not ask the packages again: see :func:`keep_results`.
        """
        names = sorted({name for name in self._chosen.values() if ADDED in name})
        return {name: _added_analyser(name).take_results() for name in names}

    def refusal(self, article: Article) -> str | None:
        """Return why an article cannot be analysed, in words; None if it can.

        Raises :class:`~newssearch.AnalyserError` if a package that the index needs is not installed.
        """
        own = analyser_named(self.of(article.lang))
        if not isinstance(own, AddedAnalyser):
            return None
        try:
            for text in (article.title or "", *(paragraph.text for paragraph in article.paragraphs)):
                own.check(text)
        except AnalyserError as error:
            return str(error)
        return None

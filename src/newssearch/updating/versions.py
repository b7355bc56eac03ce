"""Separate versions: in an archive that keeps all versions, each is an article of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from newssearch.article import Article
from newssearch.engines.protocol import KeptVersion, Snapshot, Writer
from newssearch.identity import id_number, without_slug


class SeparateVersions:
    """Gives each version of an article its own id, and its number in order of arrival.

    ``digest_at`` returns the content digest of the article with an id after the next commit, or None. ``put`` is
    called with an article that replaces the committed one with its id. ``earlier`` is the index that this one is
    rebuilt from, or None.
    """

    def __init__(
        self,
        writer: Writer,
        digest_at: Callable[[str], str | None],
        put: Callable[[Article], None],
        earlier: Snapshot | None = None,
    ) -> None:
        self._writer = writer
        self._digest_at = digest_at
        self._put = put
        self._earlier = earlier
        # by the number of the shared id, the last version of each article
        self._last: dict[int, KeptVersion] = {}
        # the number of the shared id and the path of each article that was read
        self._taken: set[tuple[int, str]] = set()

    def separate(self, article: Article) -> Article:
        """Return an article with the id of its version. A new version gets the next number."""
        shared = article.id
        version = article.as_separate_version()
        self._taken.add((id_number(shared), article.path or ""))
        if self._digest_at(version.id) is not None:
            return version
        # An archive that did not keep versions before has one under the shared id.
        if self._digest_at(shared) == article.digest:
            return replace(version, id=shared)
        if self._earlier is not None:
            if self._earlier.find(version.id) is not None:
                return version
            before = self._earlier.article(shared)
            if before is not None and before.digest == article.digest:
                return replace(version, id=shared)
        last = self.last(shared)
        number = last.number + 1 if last is not None else 1
        self._last[id_number(shared)] = KeptVersion(number, version.id)
        return replace(version, version=number)

    def last(self, shared: str) -> KeptVersion | None:
        """Return the last version of the article with the id ``shared``, uncommitted ones included; None if there is none."""
        identity = id_number(shared)
        if identity not in self._last:
            found = [*self._writer.versions_of(shared)]
            if self._earlier is not None:
                found += self._earlier.versions_of(shared)
            for source in (self._writer, self._earlier):
                whole = source.article(shared) if source is not None else None
                if whole is not None:
                    found.append(KeptVersion(whole.version, whole.id))
                    if source is self._writer and whole.version_of is None:
                        self._put(replace(whole, version_of=without_slug(shared)))
            if not found:
                return None
            self._last[identity] = max(found)
        return self._last[identity]

    def obsolete(self, ids: Iterable[str], path: str) -> list[str]:
        """Return the given ids without those of earlier versions of an article that the file still has."""
        return [one for one in ids if not self._is_earlier_version(one, path)]

    def _is_earlier_version(self, article_id: str, path: str) -> bool:
        article = self._writer.article(article_id)
        shared = article_id if article is None else article.version_of or article.id
        return self.has_taken(shared, path)

    def moved(self, article: Article, path: str) -> None:
        """Move the other versions of an article from the file ``path``, which is gone, to the file of the article."""
        for version in self._writer.versions_of(article.version_of or article.id):
            other = self._writer.article(version.id) if version.id != article.id else None
            if other is not None and other.path == path:
                self._put(replace(other, path=article.path, member=article.member, record=article.record))

    def has_taken(self, shared: str, path: str) -> bool:
        """Whether a version of the article with the id ``shared`` was read from a file."""
        return (id_number(shared), path) in self._taken

    def lost(self) -> Iterator[Article]:
        """Yield versions of the earlier index that are in no file any more, if other versions of the article still are."""
        for article in self._earlier.articles() if self._earlier is not None else ():
            shared = article.version_of or without_slug(article.id)
            if self.has_taken(shared, article.path or "") and self._digest_at(article.id) is None:
                yield replace(article, version_of=shared)

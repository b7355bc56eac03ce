"""Removes articles from an index. If files are named, articles that other files also hold only lose these places."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from newssearch.article import NO_RECORD, STREAM, Article, Place
from newssearch.engines.protocol import Snapshot, Writer

from .files import FileListing, Scope
from .manifest import Manifest


def articles_in(snapshot: Snapshot, manifest: Manifest, *names: str) -> list[str]:
    """Return the ids of the articles in a file, or in all files below a folder. ``names`` are its possible names."""
    below = FileListing(scopes=[Scope(name) for name in names])
    found = next(filter(None, map(snapshot.ids_of, names)), None)
    if found is None:
        inside = (file for file in snapshot.paths() if file != STREAM and below.scopes_of(file))
        found = [article_id for file in inside for article_id in snapshot.ids_of(file)]
    copies = (
        article_id
        for file, entry in manifest.entries.items()
        if entry.duplicates and (file in names or below.scopes_of(file))
        for article_id in entry.duplicates
        if snapshot.find(article_id) is not None
    )
    return list(dict.fromkeys((*found, *copies)))


def places_left(article: Article, files: Sequence[str]) -> tuple[Place, ...]:
    """Return the places of an article that are not among or below ``files``, which are named as in the index."""
    below = FileListing(scopes=[Scope(name) for name in files])
    places = (article.place, *article.other_places)
    return tuple(place for place in places if place.path not in files and not below.scopes_of(place.path))


def remove_articles(writer: Writer, manifest: Manifest, ids: Iterable[str], files: Sequence[str]) -> int:
    """Remove the articles with these ids, and return how many were removed.

    If ``files`` are given, an article with a place elsewhere stays, and loses its places in them. The manifest then
    counts the article for its new file.
    """
    removed = 0
    for article_id in ids:
        article = writer.article(article_id)
        if article is None:
            continue
        left = places_left(article, files) if files else ()
        writer.remove([article.id])
        for place in (article.place, *article.other_places):
            if place not in left:
                _count(
                    manifest,
                    place.path,
                    article.id,
                    -1 if place == article.place and place.record != NO_RECORD else 0,
                )
        if not left:
            removed += 1
            continue
        first, *others = left
        moved = replace(
            article, path=first.path, member=first.member, record=first.record, other_places=tuple(others)
        )
        writer.add(moved, moved.state)
        if first != article.place:
            _count(manifest, first.path, article.id, 1)
    return removed


def _count(manifest: Manifest, path: str, article_id: str, more: int) -> None:
    entry = manifest.entries.get(path)
    if entry is not None and path != STREAM:
        duplicates = tuple(one for one in entry.duplicates if one != article_id)
        manifest.set(path, replace(entry, articles=entry.articles + more, duplicates=duplicates))

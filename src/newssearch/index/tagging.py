"""The methods of an index for what people say of its articles: tags and notes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from newssearch import arguments
from newssearch.errors import ArticleNotFoundError, QueryError, TagError
from newssearch.identity import without_slug
from newssearch.query import Tagged
from newssearch.request import Request

from .opened import OpenIndex

if TYPE_CHECKING:
    from newssearch.tags.counts import TagCounts, TagMerge, TagOrder
    from newssearch.tags.state import ArticleTags, TagReport, TagState


class TaggingMethods(OpenIndex):
    """The methods for tags and notes, which are in the file ``tags.jsonl`` of the archive's folder."""

    def tag(
        self,
        articles: str | Iterable[str],
        add: str | Iterable[str] = (),
        remove: str | Iterable[str] = (),
        *,
        note: str | None = None,
        author: str = "",
        replacing: str | None = None,
        wait: float = 10.0,
    ) -> TagReport:
        """Give articles tags, take tags from them, or write a note on them. Return what that changed.

        ``articles`` are ids, or their ends, as :meth:`article` takes them. A tag is compared without regard to capitals and
        accents. ``note`` replaces the note by the same ``author`` on each article, and ``""`` removes it; None changes none.
        With ``replacing``, the note is written only if the author's present one has that text, ``""`` for no note: so nobody's
        text is lost if two write at the same time. Several notes by the author, which a merge may leave, count as one text, with
        an empty line between them.
        Tags and notes are kept apart from the index: no update, rebuild or new index of the archive changes them.

        Raises :class:`ArticleNotFoundError`; :class:`TagError` for what is no tag, and if nothing is to be changed;
        :class:`NoteChangedError` if another note is there; and :class:`TagFileError` if the file is damaged, or another process holds it for longer than ``wait`` seconds.

        >>> import newssearch, tempfile
        >>> with tempfile.TemporaryDirectory() as folder, newssearch.create(f"{folder}/index") as index:
        ...     report = index.add(newssearch.Article.create(title="Rain", text="It rained.", url="https://e.org/rain"))
        ...     report = index.tag(index.find("rain"), add=["checked", "weather"], note="Second source?", author="Ada")
        ...     [index.tags_of(hit.id).tags for hit in index.search("tag:checked")], index.count("tag:none")
        ([('checked', 'weather')], 0)
        """
        from newssearch.tags.state import TagWish  # a search needs none of it

        wanted = TagWish(
            add=arguments.texts("add", add),
            remove=arguments.texts("remove", remove),
            note=None if note is None else arguments.text("note", note),
            author=arguments.text("author", author),
            replacing=None if replacing is None else arguments.text("replacing", replacing),
        )
        arguments.seconds("wait", wait)
        asked = arguments.texts("articles", articles)
        if not asked:
            raise TagError("no article is given")
        self._check_open()
        return self._tag_file.change(lambda state: self._ids_of(asked, state), wanted, wait)

    def _ids_of(self, wanted: tuple[str, ...], state: TagState) -> list[str]:
        """Return the ids of articles, of which the index or the tags have the given ends.

        Raises :class:`ArticleNotFoundError`.
        """
        found = []
        with self._reading() as snapshot:
            for one in wanted:
                try:
                    found.append(self._id_in(snapshot, one))
                except ArticleNotFoundError as error:
                    ids = state.ids_ending(one) if one and not error.candidates else []
                    if len(ids) != 1:
                        raise
                    found.append(ids[0])
        return found

    def tags_of(self, article_id: str) -> ArticleTags:
        """Return the tags of an article, and the notes on it.

        ``article_id`` is an id, or its end, as :meth:`article` takes it; also of an article that was removed from the index and
        has tags. Raises :class:`ArticleNotFoundError`, and :class:`TagFileError` if the file of tags is damaged.
        """
        wanted = arguments.text("article_id", article_id)
        state = self._tag_file.state()
        if "-" in wanted and (said := state.of_article(wanted)):
            return said
        return state.of_article(self._ids_of((wanted,), state)[0])

    def id_of_tagged(self, article_id: str) -> str:
        """Return the whole id of an article in the index, or with tags, whose id is or ends with the given one.

        Raises :class:`ArticleNotFoundError`.
        """
        wanted = arguments.text("article_id", article_id)
        return self._ids_of((wanted,), self._tag_file.state())[0]

    @property
    def tags_stamp(self) -> str:
        """A text that changes when the tags and notes of the archive change; ``""`` if it has none.

        It is cheap: the file is not read.
        """
        if not self._tags_path.exists():
            return ""
        return "-".join(f"{part:x}" for part in self._tag_file.stamp)

    def tags(
        self, contains: str = "", *, sort: TagOrder = "name", limit: int | None = None, offset: int = 0
    ) -> TagCounts:
        """Return all tags, or those that contain a text, each with the number of articles that have it.

        ``sort`` is ``"name"``, the alphabetical order, or ``"articles"``, the tags of most articles first. ``limit`` is the
        largest number of tags, None for all; ``offset`` are left out before them. Articles with tags that are not in the index
        now are counted apart. Raises :class:`TagFileError`, and :class:`QueryError` for a negative number.
        """
        from newssearch.tags.counts import TAG_ORDERS, counts_of  # a search needs none of it

        arguments.text("contains", contains)
        arguments.choice("sort", sort, TAG_ORDERS)
        for name, value in (("limit", 0 if limit is None else limit), ("offset", offset)):
            if arguments.whole_number(name, value) < 0:
                raise QueryError(f"{name} cannot be negative")
        state = self._tag_file.state()
        numbers = state.numbers_of_articles(state.articles)
        request = Request()
        with self._asking("", request) as (snapshot, _, asked):
            there = snapshot.ids_matching(Tagged("*", pattern=True, articles=numbers), asked)
        return counts_of(state, frozenset(map(without_slug, there))).listed(contains, sort, limit, offset)

    def merge_tags(self, file: str | Path, *, wait: float = 10.0) -> TagMerge:
        """Join the tags and notes of another file, such as a colleague's ``tags.jsonl``, to those of this archive.

        Of each tag of an article, the later change holds, also if it is a removal. Notes are all kept, unless somebody has
        removed or replaced them. In whichever order files are merged, the result is the same.

        Raises :class:`TagFileError` for a damaged file, and OSError for one that cannot be read.
        """
        from newssearch.tags.counts import merge_of  # a search needs none of it
        from newssearch.tags.file import read_entries  # nor of these
        from newssearch.tags.state import TagState  # nor of these

        arguments.seconds("wait", wait)
        self._check_open()
        other = TagState.of(read_entries(arguments.path("file", file)))
        return merge_of(*self._tag_file.merge(other, wait), other)

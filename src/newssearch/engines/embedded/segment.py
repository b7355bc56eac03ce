"""One segment of an index, read: its articles, its documents, and where words stand in them.

A *document* is a paragraph; an *owner* of words is a document or, for headlines, an article. A *place* is a word of a
segment: owners have theirs one behind the other, with one left free between two, so that words that stand side by
side have places side by side, and words of two owners never do. See :mod:`.building` and :mod:`.inverting` for what is
on disk.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any, Literal, NamedTuple

import numpy as np

from ...analysis import analysis_of
from ...article import Article
from ...query import LEAD
from .alike import alike
from .ascending import NO_INTS, Ints, Mask, changes, ranges
from .compounds import Compounds
from .container import Array, Container, Part, Strings, items
from .headers import VALUES, article_of, date_of
from .inverting import PAGE, unpack_all
from .metadata import NONE
from .shingles import Shingles
from .small import Small
from .storing import Stored
from .storyfile import Known
from .term import Term

TextField = Literal["text", "title"]
FIELDS: tuple[TextField, ...] = ("text", "title")
DENSE = 8
"""One in so many numbers is enough for an array of all of them to be faster than a sort."""
CLOSE = 8
"""Words of which one in so many is asked for are read through, rather than looked up one by one."""


class Postings(NamedTuple):
    """The owners with a word, ascending, and how often each has it."""

    owners: Array
    counts: Array


class Kinds(NamedTuple):
    """Some of the variants of a term, or all of them."""

    term: int
    kinds: Array | None


NO_POSTINGS = Postings(NO_INTS, NO_INTS)


def added(owners: Array, counts: Array) -> Postings:
    """Postings of several words as if they were one: counts of one owner are added."""
    if len(owners) and len(owners) * DENSE > int(owners.max()):
        totals = np.bincount(owners, counts)
        owners = np.flatnonzero(totals)
        return Postings(owners, totals[owners].astype(np.int64))
    order = owners.argsort(kind="stable")  # quick, for those of each word are sorted
    owners = owners[order]
    first = np.flatnonzero(changes(owners))
    if len(first) == len(owners):
        return Postings(owners, counts[order])
    return Postings(owners[first], np.add.reduceat(counts[order], first, dtype=np.int64))


class Field:
    """A field of text."""

    def __init__(self, container: Container, name: TextField) -> None:
        self.container = container
        self.name = name
        self._small: dict[str, Small] = {}
        self.terms = Strings(container, f"{name}.terms")
        self.forms = Strings(container, f"{name}.forms")

    def section(self, name: str) -> Array:
        """One of its sections."""
        return self.container[f"{self.name}.{name}"]

    def part(self, name: str) -> Part:
        """One of its sections, of which stretches are read."""
        return self.container.part(f"{self.name}.{name}")

    def small(self, name: str) -> Small:
        """One of its sections of small numbers."""
        found = self._small.get(name)
        if found is None:
            found = self._small[name] = Small(self.container, f"{self.name}.{name}")
        return found

    @property
    def of_documents(self) -> bool:
        """Whether its owners are documents, whose postings are kept by article."""
        return self.name == "text"

    @cached_property
    def first(self) -> Ints:
        """The first document of each article, and the end."""
        return self.container["article.first"].astype(np.int64)

    @property
    def article(self) -> Array:
        """The article of each document."""
        return self.container["document.article"]

    @property
    def sizes(self) -> Array:
        """The words of each owner."""
        return self.section("sizes")

    @property
    def starts(self) -> Array:
        """The first place of each owner, and the end."""
        return self.section("starts")

    @property
    def sentences(self) -> Array:
        """The places where sentences begin inside an owner."""
        return self.section("sentences")

    @cached_property
    def sentence_groups(self) -> Array:
        """The places where a sentence begins, those with which an owner does among them."""
        return np.sort(np.concatenate((self.starts, self.sentences.astype(self.starts.dtype))))

    @cached_property
    def compounds(self) -> Compounds:
        """Where words are joined or parted."""
        return Compounds(self.container, self.name)

    @property
    def words(self) -> int:
        """How many words there are."""
        return len(self.part("positions"))

    # ---- words

    def find(self, term: str) -> int:
        """The number of a term, or -1."""
        return self.terms.find(_bytes(term))

    def term(self, number: int) -> Term:
        """A term, to be read of."""
        return Term(self, number)

    def postings(self, number: int) -> Postings:
        """The postings of a term."""
        term = self.term(number)
        return Postings(term.owners, term.counts)

    @property
    def mean(self) -> float:
        """The words of a document on average, when it was told what groups weigh at best."""
        return float(self.section("group.mean")[0])

    def postings_of(self, terms: Ints) -> Postings:
        """The postings of any of several terms; where an owner has more than one, their counts are added."""
        runs, bounds = self.section("group.runs"), self.section("group.run.first")
        low = bounds[runs[terms]].astype(np.int64)
        groups = ranges(low, bounds[runs[terms + 1]] - low)
        owners = self.part("group.low").at(groups).astype(np.int64)
        pages = self.section("group.run.page")
        if len(self.container["article.first"]) > 1 << PAGE:
            owners += (
                pages[bounds.searchsorted(groups.astype(bounds.dtype), "right") - 1].astype(np.int64) << PAGE
            )
        if self.of_documents:
            first = self.section("first")
            low = first[terms].astype(np.int64)
            sizes, groups = self.small("group.counts").at(groups), ranges(low, first[terms + 1] - low)
            owners = self.first[owners].repeat(sizes)
            owners += self.small("within").at(groups)
        return added(owners, self.small("counts").at(groups))

    def places(self, wanted: Kinds, owners: Array | None = None) -> Ints:
        """The places of a term, or of some of its variants, ascending; only in ``owners``, where these are given."""
        term = self.term(wanted.term)
        return term.places(wanted.kinds, None if owners is None else term.of_owners(owners))

    def stretch(self, low: int, high: int) -> tuple[Ints, Ints, Ints, Ints, Ints]:
        """Of the terms from ``low`` up to but not including ``high``: the term, owner and count of each posting, and the
        position and kind of each word."""
        runs = self.section("group.runs")[low : high + 1].astype(np.int64)
        bounds = self.section("group.run.first")[runs[0] : runs[-1] + 1].astype(np.int64)
        in_run = np.diff(bounds)
        pages = self.section("group.run.page")[runs[0] : runs[-1]].astype(np.int64) << PAGE
        start, end = int(bounds[0]), int(bounds[-1])
        terms = np.repeat(np.repeat(np.arange(low, high), np.diff(runs)), in_run)
        owners = self.part("group.low").between(start, end) + np.repeat(pages, in_run)
        if self.name == "text":
            sizes = self.small("group.counts").between(start, end)
            first = self.section("first")
            start, end = int(first[low]), int(first[high])
            terms = np.repeat(terms, sizes)
            owners = np.repeat(self.first[owners], sizes) + self.small("within").between(start, end)
        words = self.section("tokens")[low : high + 1].astype(np.int64)
        return (
            terms,
            owners,
            self.small("counts").between(start, end).astype(np.int64),
            self.small("positions").between(int(words[0]), int(words[-1])).astype(np.int64),
            unpack_all(
                self.section("packed"),  # of all terms, in the end
                self.section("packed.at")[low : high + 1].astype(np.int64),
                words,
                self.section("kinds")[low:high],
            ),
        )

    # ---- words as they are written

    def variants(self, form: int) -> Ints:
        """The variants of a form."""
        first = self.section("form.first")
        return np.arange(int(first[form]), int(first[form + 1]))

    def form_of(self, variant: int) -> int:
        """The form of a variant."""
        return int(np.searchsorted(self.section("form.first"), variant, "right")) - 1

    def written(self, variant: int) -> str:
        """A variant as it is written."""
        return Strings(self.container, f"{self.name}.written")[variant].decode()

    def by_term(self, variants: Ints) -> list[Kinds]:
        """Some variants, by their terms."""
        terms = self.section("variant.term")[variants].astype(np.int64)
        kinds = self.section("variant.kind")[variants]
        order = np.argsort(terms, kind="stable")
        found = []
        bounds = np.flatnonzero(np.diff(terms[order], prepend=-1, append=-1)).tolist() if len(order) else []
        for low, high in pairwise(bounds):
            term = int(terms[order[low]])
            whole = high - low == int(self.section("kinds")[term])
            found.append(Kinds(term, None if whole else kinds[order[low:high]]))
        return found

    def find_form(self, form: str) -> int:
        """The number of a form, or -1."""
        return self.forms.find(_bytes(form))

    def find_forms(self, forms: Sequence[str]) -> list[int]:
        """The numbers of those of some forms that there are, ascending."""
        wanted = sorted({_bytes(form) for form in forms})
        if len(wanted) > CLOSE:
            low, high = self.forms.lower(wanted[0]), self.forms.lower(wanted[-1]) + 1
            if high - low < len(wanted) * CLOSE:  # as those of a prefix are
                among_them = set(wanted)
                return [n for n, form in enumerate(self.forms.slice(low, high), low) if form in among_them]
        return [number for form in wanted if (number := self.forms.find(form)) >= 0]

    def forms_with(self, prefix: str) -> dict[str, int]:
        """The forms that begin with ``prefix``, sorted, and how many words each has, deleted ones counted."""
        low, high = self.forms.with_prefix(_bytes(prefix))
        if low >= high:
            return {}
        first = self.section("form.first")[low : high + 1].astype(np.int64)
        words = np.add.reduceat(self.section("variant.words")[first[0] : first[-1]], first[:-1] - first[0])
        forms = self.forms.slice(low, high)
        return {form.decode(): n for form, n in zip(forms, words.tolist(), strict=True)}

    def forms_alike(self, form: str, edits: int) -> dict[str, int]:
        """The forms that differ from one in few letters, and how many words each has, deleted ones counted."""
        least, most = max(len(form) - edits, 1), len(form) + edits
        sizes, wide = self.forms.sizes, self.forms.wide
        plain = np.flatnonzero(~wide & (sizes >= least) & (sizes <= most))
        found = plain[alike(form, self.forms.letters(plain, most), sizes[plain], edits)].tolist()
        others = np.flatnonzero(wide & (sizes >= least) & (sizes <= 4 * most)).tolist()
        known = [self.forms[number].decode()[: most + 1] for number in others]
        letters = np.array(known, f"U{most + 1}").view(np.uint32).reshape(len(known), most + 1)
        lengths = np.array(list(map(len, known)), np.int64)
        found.extend(others[at] for at in np.flatnonzero(alike(form, letters, lengths, edits)).tolist())
        first, words = self.section("form.first"), self.section("variant.words")
        return {
            self.forms[number].decode(): int(words[first[number] : first[number + 1]].sum(dtype=np.int64))
            for number in sorted(found)
        }


class Values(NamedTuple):
    """A field of all articles: ``values[codes[a]]``; the first value is ``""``, for articles without it."""

    codes: Array
    values: list[str]


class Segment:
    """The arrays of one segment, each read when it is first asked for, which of its documents are deleted, and what is
    known of its stories."""

    def __init__(
        self, container: Container, deleted: Iterable[int] = (), stories: Known | None = None
    ) -> None:
        self.container = container
        self.stories = stories
        self.deleted = np.array(sorted(deleted), np.int64)
        self.fields: dict[TextField, Field] = {
            "text": Field(container, "text"),
            "title": Field(container, "title"),
        }
        self._values: dict[str, Values] = {}

    @property
    def first(self) -> Ints:
        """The first document of each article, and the end."""
        return self.fields["text"].first

    @property
    def articles(self) -> int:
        """How many articles there are, deleted ones counted."""
        return len(self.container["article.first"]) - 1

    @property
    def documents(self) -> int:
        """How many documents there are, deleted ones counted."""
        return int(self.container["article.first"][-1])

    @cached_property
    def article(self) -> Array:
        """The article of each document."""
        return self.container["document.article"]

    @cached_property
    def bare(self) -> Array:
        """The articles without paragraphs."""
        return self.container["article.bare"]

    @property
    def lead(self) -> Array:
        """A row for each article: the numbers of the paragraphs that are its lead; 0 for one that there is not."""
        return self.container["article.lead"].reshape(-1, LEAD)

    def in_lead(self, documents: Array) -> Mask:
        """Which of some documents are in the lead of their article."""
        lead = self.lead[self.article[documents]]
        return np.asarray((lead == self.numbers(documents)[:, None]).any(axis=1), np.bool_)

    def numbers(self, documents: Array) -> Ints:
        """The number of each paragraph in its article; 0 for an article without any."""
        articles = self.article[documents]
        numbers = documents.astype(np.int64) - self.first[articles] + 1
        if len(self.bare):
            numbers[np.isin(articles, self.bare)] = 0
        return numbers

    @cached_property
    def alive(self) -> Mask | None:
        """Which articles are not deleted; None where all are there."""
        if not len(self.deleted):
            return None
        alive = np.ones(self.articles, np.bool_)
        alive[self.article[self.deleted]] = False
        return alive

    @property
    def torn(self) -> bool:
        """Whether of some article only a part is deleted, which newssearch itself never does."""
        if self.alive is None:
            return False
        deleted = np.bincount(self.article[self.deleted], minlength=self.articles)
        return bool((deleted[~self.alive] < np.diff(self.first)[~self.alive]).any())

    @property
    def living(self) -> int:
        """How many documents there are, deleted ones left out."""
        return self.documents - len(self.deleted)

    def everything(self) -> Mask:
        """The articles that are not deleted."""
        return np.ones(self.articles, np.bool_) if self.alive is None else self.alive.copy()

    # ---- what all scores depend on

    @cached_property
    def paragraphs(self) -> int:
        """How many paragraphs there are, deleted ones left out."""
        if self.alive is None:
            return self.documents - len(self.bare)
        sizes = np.diff(self.first)
        sizes[self.bare] = 0
        return int(sizes[self.alive].sum())

    @cached_property
    def words(self) -> int:
        """How many words paragraphs have, deleted ones left out."""
        if self.alive is None:
            return self.fields["text"].words
        return int(self.fields["text"].sizes[self.alive[self.article]].sum(dtype=np.int64))

    @cached_property
    def titles(self) -> tuple[int, int]:
        """How many articles have a headline, and how many words these have, deleted ones left out."""
        sizes = self.fields["title"].sizes
        if self.alive is not None:
            sizes = sizes[self.alive]
        return int(np.count_nonzero(sizes)), int(sizes.sum(dtype=np.int64))

    # ---- values

    @property
    def written(self) -> Array:
        """When each article was published, by the outlet's clock: microseconds of the calendar, or NONE."""
        return self.container["article.written"]

    @property
    def instant(self) -> Array:
        """The same in universal time."""
        return self.container["article.instant"]

    @property
    def dated(self) -> Mask:
        """Which articles have a date."""
        return np.asarray(self.written != NONE, np.bool_)

    def values(self, field: str) -> Values:
        """A field of each article."""
        if field not in self._values:
            known = Strings(self.container, f"article.{field}.values").all()
            self._values[field] = Values(
                self.container[f"article.{field}"], [value.decode() for value in known]
            )
        return self._values[field]

    def keys(self, field: str) -> Strings:
        """What a filter compares of each value of a field: sorted, as the values are."""
        return Strings(self.container, f"article.{field}.keys")

    @cached_property
    def analyses(self) -> dict[str, Mask | None]:
        """The articles of each analysis, by its name; None for all of them."""
        codes, values = self.values("lang")
        names = [analysis_of(value) for value in values]
        if len(set(names)) == 1:
            return {names[0]: None}
        found: dict[str, Mask | None] = {}
        for name in sorted(set(names)):
            mask = np.isin(codes, [code for code, other in enumerate(names) if other == name])
            if mask.any():
                found[name] = mask
        return found

    # ---- single articles

    def find(self, article_id: str) -> int:
        """The article with an id, or -1."""
        order = self.container["article.id.order"]
        wanted = _bytes(article_id)
        low, high = 0, len(order)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self.id(int(order[middle])) < wanted else (low, middle)
        if low == len(order) or self.id(int(order[low])) != wanted:
            return -1
        found = int(order[low])
        return found if self.alive is None or self.alive[found] else -1

    def id(self, article: int) -> bytes:
        """The id of an article."""
        return self._ids[article]

    @cached_property
    def _ids(self) -> Strings:
        return Strings(self.container, "article.id")

    def ids(self, articles: Array) -> list[str]:
        """The ids of some articles."""
        if len(articles) * 4 > self.articles:
            known = self._ids.all()
            return [known[article].decode() for article in articles.tolist()]
        return [self.id(article).decode() for article in articles.tolist()]

    def state(self, article: int) -> str:
        """What an article was added with."""
        return Strings(self.container, "article.state")[article].decode()

    @cached_property
    def shown_strings(self) -> Strings:
        """Headline, address and date of each article: see :mod:`.headers`."""
        return Strings(self.container, "article.shown")

    def shown(self, article: int) -> dict[str, Any]:
        """What a hit shows of an article."""
        title, url, date = json.loads(self.shown_strings[article])
        fields = {"id": self.id(article).decode(), "title": title, "url": url, "date": date_of(date)}
        for name, codes, values in self._valued:
            code = codes[article]
            fields[name] = values[code].decode() if code else None
        return fields

    @cached_property
    def _valued(self) -> list[tuple[str, Sequence[int], Strings]]:
        return [
            (
                name,
                items(self.container[f"article.{name}"]),
                Strings(self.container, f"article.{name}.values"),
            )
            for name in VALUES
        ]

    def header(self, article: int) -> dict[str, Any]:
        """All that is known of an article but its paragraphs, as JSON types; what it has not is left out."""
        shown = self.shown(article)
        if shown["date"] is not None:
            shown["date"] = shown["date"].isoformat()
        known = {name: value for name, value in shown.items() if value is not None}
        rest: dict[str, Any] = json.loads(self.rest[article])
        code = int(self.container["article.known"][article])
        ways = Strings(self.container, "article.known.values")[code].decode()
        return {**known, "known": ways, "count": self.count(article), **rest}

    def read(self, article: int) -> Article:
        """An article, with its paragraphs."""
        first, count = int(self.first[article]), self.count(article)
        return article_of(self.header(article), (self.bodies[first + n] for n in range(count)))

    def count(self, article: int) -> int:
        """How many paragraphs an article has."""
        if len(self.bare) and article in self.bare:
            return 0
        return int(self.first[article + 1] - self.first[article])

    # ---- stories

    def story(self, article: int) -> int:
        """The number of an article's story; 0 for one that is alone in it."""
        return int(self.stories.story[article]) if self.stories is not None else 0

    @cached_property
    def storied(self) -> Ints:
        """The articles that are not alone in their story."""
        return np.flatnonzero(self.stories.story) if self.stories is not None else NO_INTS

    @cached_property
    def repeated(self) -> Mask | None:
        """Which documents are boilerplate; None where none is."""
        return _mask(self.stories.repeated, self.documents) if self.stories is not None else None

    @cached_property
    def novel(self) -> Mask:
        """Which documents are paragraphs that no earlier article has."""
        known = _mask(self.stories.known, self.documents) if self.stories is not None else None
        novel = np.ones(self.documents, np.bool_) if known is None else ~known
        novel[self.first[self.bare]] = False
        return novel

    def first_of(self, chosen: Mask) -> Ints:
        """The first one of each article's documents that is among the chosen, or the first one."""
        documents = np.flatnonzero(chosen)
        articles = self.article[documents]
        new = changes(articles)
        first = self.first[:-1].copy()
        first[articles[new]] = documents[new]
        return first

    @cached_property
    def shingles(self) -> Shingles:
        """Samples of what its documents are made of."""
        return Shingles(self.container)

    @cached_property
    def rest(self) -> Stored:
        """What else is known of each article, as JSON."""
        return Stored(self.container, "header")

    @cached_property
    def bodies(self) -> Stored:
        """The text of each document."""
        return Stored(self.container, "body")


def _mask(documents: Array, size: int) -> Mask | None:
    if not len(documents):
        return None
    mask = np.zeros(size, np.bool_)
    mask[documents] = True
    return mask


def _bytes(text: str) -> bytes:
    """A text as it is kept; one with a half of a surrogate pair, which no article has, as one that is in none."""
    return text.encode("utf-8", "backslashreplace")

"""Reproducible random samples of articles: the method of drawing, and the sample itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from newssearch.article import Date, json_values
from newssearch.commit import Commit
from newssearch.display import notebook
from newssearch.display.brief import brief, many, quoted, value_label
from newssearch.extra import ExtraValue, json_extra
from newssearch.fields import HIT_FIELDS
from newssearch.frames import Framed, FrameType, FrameTypes, with_lists
from newssearch.hit_columns import calendar_day, date_text, own_type
from newssearch.identity import id_number, without_slug
from newssearch.query import Diagnostic
from newssearch.results import SHOWN_FIELDS
from newssearch.system.late_dataclass import dataclass
from newssearch.system.tuple_sequence import TupleSequence

SAMPLE_VERSION = 1
"""The version of the keys of :meth:`Sample.to_dict`. It is increased when a key is removed or changes its meaning."""
ROW_KEYS = (
    "id", "key", "stratum", "stratum_articles", "stratum_sampled", "probability", "weight",
    *(name for name in HIT_FIELDS if name != "key"), "paragraphs", "text", "extra",
)  # fmt: skip
"""The keys of :meth:`SampledArticle.to_dict`."""
DRAW_SIZE = 8
"""The number of bytes of a draw."""


class SampleRequest(NamedTuple):
    """The sample to draw: the number of articles, the seed, and the field or unit of time of the strata, if any.

    ``equal`` is whether strata get equal numbers of articles, instead of proportional ones. Without ``texts``, no
    text is read.
    """

    size: int
    seed: int
    by: str | None = None
    equal: bool = False
    texts: bool = True


def draw_of(seed: int, article_id: str) -> tuple[int, int]:
    """Return the draw of an article for a seed; a sample has the articles with the smallest draws.

    It is the 64-bit BLAKE2b hash (RFC 7693) of the seed, a colon, and the digest at the end of the id, as a number; then
    the number of the id, for draws that are equal. So an article has the same draw in every index and on every machine.
    In a shell: ``printf 7:oxalj53i3irb | b2sum -l 64``.

    >>> f"{draw_of(7, 'rain-oxalj53i3irb')[0]:016x}"
    '107d4a675e1b759c'
    """
    from hashlib import blake2b  # slow to import, and only a sample needs it

    hashed = blake2b(f"{seed}:{without_slug(article_id)}".encode(), digest_size=DRAW_SIZE).digest()
    return int.from_bytes(hashed, "big"), id_number(article_id)


def allocated(strata: Sequence[int], size: int, *, equal: bool = False) -> list[int]:
    """Return the number of the ``size`` articles for each stratum, given the number of articles in each.

    Proportional numbers are rounded by the method of largest remainders: each stratum gets its quota, rounded down,
    and those with the largest remainders get one more. At equal remainders, the larger stratum comes first, then the
    earlier one.

    With ``equal``, all strata get the same number, or all articles that they have. What small strata lack is shared
    among the others in the same way. A remainder goes to the largest strata, one each.

    >>> allocated([600, 300, 100], 25), allocated([600, 300, 2], 25, equal=True)
    ([15, 8, 2], [12, 11, 2])
    """
    size = min(size, sum(strata))
    by_size = sorted(range(len(strata)), key=lambda number: -strata[number])
    if equal:
        level = _level(strata, size)
        given = [min(articles, level) for articles in strata]
        next_ones = by_size
    else:
        total = max(sum(strata), 1)
        given = [size * articles // total for articles in strata]
        next_ones = sorted(by_size, key=lambda number: -(size * strata[number] % total))
    for number in next_ones[: size - sum(given)]:
        given[number] += 1
    return given


def _level(strata: Sequence[int], size: int) -> int:
    """Return the largest n such that giving each stratum min(n, its articles) needs at most ``size`` articles."""
    left, level = size, 0
    for at, articles in enumerate(ordered := sorted(strata)):
        share = left // (len(ordered) - at)
        if share < articles:
            return share
        left, level = left - articles, articles
    return level


@dataclass(frozen=True, slots=True)
class Stratum:
    """A stratum of a sample: a value, how many articles with it match (``articles``), and how many are in the sample.

    ``value`` is None for the articles without a value. An article with several values is in a stratum of its own
    combination of them.
    """

    value: str | None
    articles: int
    sampled: int

    @property
    def probability(self) -> float:
        """The probability that an article of the stratum is in the sample; 0 if the stratum is empty."""
        return self.sampled / self.articles if self.articles else 0.0

    @property
    def weight(self) -> float | None:
        """The number of articles that each sampled article represents; None if none was drawn.

        It is the inverse of the probability (Horvitz and Thompson, 1952).
        """
        return self.articles / self.sampled if self.sampled else None

    def to_dict(self) -> dict[str, object]:
        """Return the stratum as JSON types."""
        return {
            "value": self.value,
            "articles": self.articles,
            "sampled": self.sampled,
            "probability": self.probability,
            "weight": self.weight,
        }

    def __repr__(self) -> str:
        return brief(self, f"{quoted(self.value)}: {self.sampled:,} of {many(self.articles, 'article')}")


@dataclass(frozen=True, slots=True)
class SampledArticle:
    """An article of a sample: its fields as in a :class:`~newssearch.Hit`, its text, and its stratum.

    ``paragraphs`` is the number of its paragraphs. ``text`` has all of them, with an empty line between two; it is
    None if the sample has no texts. ``stratum`` has the weight of the article; in a sample without strata, this is a
    single stratum of all matching articles.
    """

    id: str
    title: str | None
    date: Date | None
    outlet: str | None
    source: str | None
    byline: str | None
    located: str | None
    lang: str | None
    section: str | None
    url: str | None
    key: str | None
    extra: Mapping[str, ExtraValue]
    paragraphs: int
    text: str | None
    stratum: Stratum

    def __repr__(self) -> str:
        return brief(self, quoted(self.id, 80), quoted(self.title))

    def to_dict(self) -> dict[str, object]:
        """Return the article as JSON types, with the numbers of its stratum."""
        fields = json_values(self, HIT_FIELDS)
        return {
            "id": self.id,
            "key": fields.pop("key"),
            "stratum": self.stratum.value,
            "stratum_articles": self.stratum.articles,
            "stratum_sampled": self.stratum.sampled,
            "probability": self.stratum.probability,
            "weight": self.stratum.weight,
            **fields,
            "paragraphs": self.paragraphs,
            "text": self.text,
            "extra": json_extra(self.extra),
        }


NOT_IN_SAMPLES = tuple(name for name in SHOWN_FIELDS if name not in SampledArticle.__annotations__)
"""The fields of hits that samples leave out: where and when an article was read, which a rebuild changes."""


def sampled_article(
    shown: Mapping[str, Any], paragraphs: int, texts: Sequence[str] | None, stratum: Stratum
) -> SampledArticle:
    """Return an article of a sample, given the fields that a hit shows, its number of paragraphs, and their texts."""
    fields = {name: value for name, value in shown.items() if name not in NOT_IN_SAMPLES}
    text = "\n\n".join(texts) if texts is not None else None
    return SampledArticle(**fields, paragraphs=paragraphs, text=text, stratum=stratum)


class FoundSample(NamedTuple):
    """The sample that an engine has drawn: the articles in the order of their draws, and the strata, or one of all
    articles.

    ``undated`` and ``imprecise`` are as in :class:`~newssearch.Results`.
    """

    articles: tuple[SampledArticle, ...]
    strata: tuple[Stratum, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    undated: int = 0
    imprecise: int = 0


@dataclass(frozen=True, slots=True)
class Sample(TupleSequence[SampledArticle], Framed):
    """A random sample of the articles that match a query: a sequence of articles in the order of their draws.

    That order is random, so that the first articles of a sample without strata are a smaller sample. The same seed draws
    the same articles from each commit with the same digest: see :func:`draw_of`.

    ``total`` is the number of articles that match, ``size`` the number that was asked for: all are in the sample if they
    are fewer. ``by`` is the field or the unit of time of the strata, None for none; ``equal`` is whether strata have
    equal numbers of articles, as far as they have them. ``strata`` are ordered by descending number of articles, periods
    by time; those of which no article was drawn are there too. ``undated`` and ``imprecise`` are as in
    :class:`~newssearch.Results`. ``texts`` is whether the sample has the texts, ``own_fields`` are the names of all own
    fields of the index.
    """

    query: str
    interpretation: str
    seed: int
    size: int
    by: str | None
    equal: bool
    total: int
    strata: tuple[Stratum, ...]
    articles: tuple[SampledArticle, ...]
    commit: Commit
    diagnostics: tuple[Diagnostic, ...] = ()
    undated: int = 0
    imprecise: int = 0
    texts: bool = True
    own_fields: tuple[str, ...] = ()

    @property
    def _items(self) -> tuple[SampledArticle, ...]:
        return self.articles

    def __repr__(self) -> str:
        return brief(self, f"for {quoted(self.query)}: {self.summary}")

    @property
    def summary(self) -> str:
        """The size of the sample and how it was drawn, as text.

        ``200 of 7,213 articles, drawn with seed 7, in proportion to 12 strata by outlet``
        """
        drawn = f"{len(self):,} of {many(self.total, 'article')}, drawn with seed {self.seed}"
        if self.by is None:
            return drawn
        strata = f"{many(len(self.strata), 'stratum', 'strata')} by {self.by}"
        empty = sum(not one.sampled for one in self.strata)
        left = f", {empty:,} of them without an article" if empty else ""
        return f"{drawn}, {'equally from' if self.equal else 'in proportion to'} {strata}{left}"

    def head(self) -> dict[str, object]:
        """Return :meth:`to_dict` without the articles."""
        return {
            "version": SAMPLE_VERSION,
            "query": self.query,
            "interpretation": self.interpretation,
            "commit": self.commit.to_dict(),
            "diagnostics": [note.to_dict() for note in self.diagnostics],
            "undated": self.undated,
            "imprecise": self.imprecise,
            "seed": self.seed,
            "size": self.size,
            "by": self.by,
            "equal": self.equal,
            "total": self.total,
            "strata": [one.to_dict() for one in self.strata],
        }

    def to_dict(self) -> dict[str, object]:
        """Return the sample as JSON types, as ``newssearch sample --format json`` prints it."""
        return {**self.head(), "rows": list(self.rows())}

    @property
    def columns(self) -> tuple[str, ...]:
        """The keys of :meth:`rows`: the place in the order of draws, the fields, and the own fields of the index."""
        left_out = {"extra"} if self.texts else {"extra", "text"}
        names = ("draw", *(name for name in ROW_KEYS if name not in left_out))
        return (*names, *(self._own_column(name) for name in self.own_fields))

    @staticmethod
    def _own_column(name: str) -> str:
        """Return the column of an own field, renamed if another column has the same name."""
        return f"extra.{name}" if name in ("draw", "date_text") or name in ROW_KEYS else name

    def rows(self) -> Iterator[dict[str, object]]:
        """Yield the articles as flat dicts of JSON types, for tables: each with all :attr:`columns`."""
        for place, one in enumerate(self.articles, 1):
            values = {"draw": place, **one.to_dict()}
            values |= {self._own_column(name): value for name, value in json_extra(one.extra).items()}
            yield {name: values.get(name) for name in self.columns}

    def records(self) -> list[dict[str, object]]:
        """Return a flat dict for each article: the columns, with ``date`` as a day and ``date_text`` with its own
        precision.
        """
        found = []
        types = self._frame_types()
        for one, row in zip(self.articles, self.rows(), strict=True):
            row |= {"date": calendar_day(one.date), "date_text": date_text(one.date)}
            found.append({name: row[name] for name in types})
        return with_lists(found, types)

    def _frame_types(self) -> FrameTypes:
        names = [new for name in self.columns for new in ((name, "date_text") if name == "date" else (name,))]
        known: dict[str, FrameType] = {
            "draw": "whole", "stratum": "category", "stratum_articles": "whole", "stratum_sampled": "whole", "probability": "number",
            "weight": "number", "date": "day", "record": "whole", "paragraphs": "whole", "outlet": "category", "source": "category",
            "located": "category", "lang": "category", "section": "category",
        }  # fmt: skip
        own = {
            self._own_column(name): own_type(one.extra.get(name) for one in self.articles)
            for name in self.own_fields
        }
        return {name: known.get(name, own.get(name, "text")) for name in names}

    def _repr_html_(self) -> str:
        """Return HTML for a notebook: how the sample was drawn, its strata, and a table of its articles."""
        return notebook.page(*self._html_parts())

    def _html_parts(self) -> Iterator[str]:
        yield notebook.paragraph(f"<strong>{notebook.text_html(self.summary)}</strong>")
        if self.by is not None:
            rows = (
                (
                    notebook.text_html(value_label(one.value)),
                    f"{one.articles:,}",
                    f"{one.sampled:,}",
                )
                for one in self.strata
            )
            yield notebook.table((self.by, "articles", "in the sample"), rows, ("", "number", "number"))
        articles = (
            (
                f"{notebook.linked(one.title, one.url)}<br><small><code>{notebook.text_html(one.id)}</code></small>",
                notebook.day(one.date),
                notebook.text_html(one.outlet),
                f"{one.stratum.weight or 0:,.2f}",
            )
            for one in self.articles
        )
        yield notebook.table(
            ("article", "date", "outlet", "weight"), articles, ("title", "short", "name", "number")
        )

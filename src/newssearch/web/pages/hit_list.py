"""Hits as the items of an HTML list: written here and not by a template, which takes four times as long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from markupsafe import Markup
from markupsafe import escape as escaped

from newssearch.article import Date
from newssearch.display import escape
from newssearch.display.brief import many
from newssearch.results import Hit
from newssearch.system.frozen import FrozenDict

from .citation import context_object, original_address
from .links import Links, article_path, told_path
from .shown_tags import ShownTags

NO_TAGS: Mapping[str, ShownTags] = FrozenDict()
MAX_COPIES_NAMED = 3
"""The largest number of outlets of copies that a hit names."""


def hit_list(
    hits: Iterable[Hit], links: Links, tags: Mapping[str, ShownTags] = NO_TAGS, ticked: object = None
) -> Markup:
    """Return hits as list items, each with a link to its article in the view of ``links``.

    ``tags`` are those of articles that have any, by id. If ``ticked`` is true, each hit has a box of the form that tags hits.
    """
    beyond = escape.html(links.shared_parameters)
    return Markup(
        "".join([_hit_item(hit, links.prefix, beyond, tags.get(hit.id), bool(ticked)) for hit in hits])
    )


def _hit_item(hit: Hit, prefix: str, beyond: str, tags: ShownTags | None, ticked: bool) -> str:
    """Return a hit; ``beyond`` is what its addresses have after their paths, escaped."""
    shown = escape.html
    address = f"{prefix}{article_path(hit.id)}{beyond}"
    outlet = shown(hit.outlet or "") or "no outlet"
    title = shown(hit.title or "") or "Without a headline"
    sources = [hit.byline, f"source {hit.source}" if hit.source and hit.source != hit.outlet else None, hit.section, hit.located]  # fmt: skip
    credited = "".join([f'<span dir="auto">{shown(one)}</span>' for one in sources if one])
    if credited:
        credited = f'<p class="meta">{credited}</p>\n'
    box = f'<input class="pick" type="checkbox" name="article" value="{escaped(hit.id)}" form="tag-hits" aria-label="Tick {title}">' if ticked else ""  # fmt: skip
    facts = _facts(hit, address, f"{prefix}{told_path(hit.id)}{beyond}")
    return (
        f'<li class="hit" data-id="{escaped(hit.id)}">\n'
        f'<p class="hit-date"><time>{day_text(hit.date)}</time> <span class="outlet" dir="auto">{outlet}</span>{box}</p>\n'
        '<article class="hit-text">\n'
        f'<h2 class="headline" dir="auto"><a href="{address}">{title}</a></h2>\n'
        f'{credited}<p class="snippet" dir="auto">{hit.snippet.html()}</p>\n'
        f'<span class="Z3988" title="{escaped(context_object(hit))}"></span>\n'
        f'<p class="meta">{facts}</p>\n{_said_of(tags, address) if tags else ""}</article>\n</li>\n'
    )


def _said_of(tags: ShownTags, address: str) -> str:
    """Return the tags of a hit as links, and whether there are notes on it."""
    said = [f'<a href="{escaped(one.address)}" dir="auto">{escape.html(one.tag)}</a>' for one in tags.tags]
    if tags.notes:
        said.append(f'<a class="quiet" href="{address}#tags">{many(len(tags.notes), "note")}</a>')
    return f'<p class="said"><span class="hidden">Tags: </span>{" ".join(said)}</p>\n'


def _facts(hit: Hit, address: str, story: str) -> str:
    """Return what is said below a snippet: where it stands, what else matches, and where else the article is."""
    facts = []
    if hit.paragraph:
        facts.append(f'<a class="quiet" href="{address}#p{hit.paragraph}">paragraph {hit.paragraph:,} of {hit.paragraphs:,}</a>')  # fmt: skip
    if hit.others:
        facts.append(f"{many(hit.others, 'more paragraph')} {'match' if hit.others > 1 else 'matches'}")
    if hit.missing:
        facts.append(f"without <b>{escape.html(', '.join(hit.missing))}</b>")
    if hit.variants:
        facts.append(f"as <b>{escape.html(', '.join(hit.variants))}</b>")
    if hit.copies_total:
        facts.append(f'<a class="quiet" href="{story}">also in {escape.html(also_in(hit))}</a>')
    if original := original_address(hit):
        facts.append(f'<a class="quiet" href="{escaped(original)}" rel="noopener noreferrer">original</a>')
    return "".join([f"<span>{fact}</span>" for fact in facts])


def day_text(value: Date | None) -> str:
    """Return the day, month or year of a date as text; ``no date`` for None."""
    if value is None:
        return "no date"
    return value.date().isoformat() if isinstance(value, dt.datetime) else value.isoformat()


def also_in(hit: Hit) -> str:
    """Return where the copies of a hit's article are: the names of up to three outlets, and the number of the others."""
    names = list(dict.fromkeys(one.outlet for one in hit.copies if one.outlet and one.outlet != hit.outlet))
    if not names:
        return many(hit.copies_total, "other version")
    rest = hit.copies_total - sum(one.outlet in names[:MAX_COPIES_NAMED] for one in hit.copies)
    return ", ".join(names[:MAX_COPIES_NAMED]) + (f" and {many(rest, 'other')}" if rest > 0 else "")

"""The form that saves the search of a page, and the page that shows it again if the search is not saved."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from newssearch.alerts.saved import SavedSearch
from newssearch.errors import NewssearchError, QueryError, SavedSearchError
from newssearch.web.bodies import read_form
from newssearch.web.context import ServerContext, server_context
from newssearch.web.parameters import Parameter, ParameterError, read_parameters
from newssearch.web.pool import SearchLimits
from newssearch.web.problems import EXPECTED, ChangeRefusedError, HttpProblem, logged_problem, problem_of
from newssearch.web.searches.addresses import SEARCH_PARAMETERS, UNSAVED, saved_search, suggested_name
from newssearch.web.searches.changes import check_label, save_for_client
from newssearch.web.security.writing import is_form_token, why_read_only

from .chips import FLAGS_SHOWN, filter_chips_of
from .links import Links
from .remarks import remark_of
from .rendering import ShownPage, answer_of, problem_page

MAX_SAVE_FORM = 131_072
"""The largest number of bytes of the form: as large as an address can be, and its names."""
_OF_FORM = (
    Parameter("name", "text", "The name of the search."),
    Parameter("label", "text", "A title."),
    Parameter("replace", "flag", "Whether it takes the place of a search with this name."),
    Parameter("token", "text", "The token of the form."),
)
_UNSAVED_SHOWN = {
    "all_paragraphs": "every matching paragraph",
    "expand": "the order by related words",
    "strict": "leaving out articles with some of the words",
}
_NEVER_SAVED = {
    "now": "the dates of this view count from a fixed moment, those of a saved search from each run: remove the moment above",
    "since_run": "a saved search knows itself what is new: remove the filter “since the last run” above",
}


class SaveForm(NamedTuple):
    """The form that saves a search.

    ``pairs`` are the parameters of the search. ``unsaved`` are those of the view that are not saved, as text. ``fault`` is
    what is wrong with the field ``at``, the name or the label, or with the search as a whole if that is "".
    ``may_replace`` is whether there is another search with the name, which this one may replace. ``impossible`` is why this
    view cannot be saved at all.
    """

    pairs: tuple[tuple[str, str], ...]
    name: str
    label: str = ""
    unsaved: tuple[str, ...] = ()
    fault: str = ""
    at: str = ""
    may_replace: bool = False
    impossible: str = ""


def save_form(links: Links) -> SaveForm:
    """Return the form that saves the search of the current address."""
    names = {one.name for one in SEARCH_PARAMETERS}
    pairs = tuple((name, value) for name, value in links.given if name in names)
    unsaved = tuple(
        _UNSAVED_SHOWN[name] for name in UNSAVED if links.value(name) not in ("", "false", "0", "no", "off")
    )
    never = next((_NEVER_SAVED[name] for name, _ in pairs if name in _NEVER_SAVED), "")
    first = next((value for name, value in pairs if name != "sort"), "")
    return SaveForm(pairs, suggested_name(first), unsaved=unsaved, impossible=never)


def refused_form(request: Request, given: Iterable[tuple[str, str]]) -> Response | None:
    """Return the answer to a form that may change nothing, None if it may."""
    links, context = Links(request), server_context(request)
    if reason := why_read_only(request, context.access):
        return problem_page(problem_of(ChangeRefusedError(403, reason)), links)
    token = next((value for name, value in given if name == "token"), "")
    if not is_form_token(request, context.access, token, time.time()):
        hint = "load the page with the form again, and send it from there"
        return problem_page(
            HttpProblem(403, "Nothing was changed", "the form is too old, or from another session", hint),
            links,
        )
    return None


async def save_from_form(request: Request) -> Response:
    """Save the search of a form, and lead to the list. If that fails, show the form again, with the reason."""
    given = await read_form(request, MAX_SAVE_FORM)
    if refused := refused_form(request, given):
        return refused
    links, context = Links(request), server_context(request)
    try:
        values = read_parameters((*SEARCH_PARAMETERS, *_OF_FORM), given)
    except ParameterError as error:
        return problem_page(logged_problem(error), links)
    pairs = tuple(
        (name, value) for name, value in given if value and name not in {one.name for one in _OF_FORM}
    )
    form = SaveForm(pairs, str(values.pop("name", "")).strip(), str(values.pop("label", "")).strip())
    replace = bool(values.pop("replace", False))
    values.pop("token")
    try:
        search = _stated_search(form, values)
        await context.pool.run(request, lambda limits: _save(context, search, limits, replace))
    except ChangeRefusedError as error:
        may_replace = error.status == 409 and error.parameter == "name"
        at = error.parameter if error.parameter in ("name", "label") else ""
        return _form_again(
            form._replace(fault=str(error), at=at, may_replace=may_replace), links, error.status
        )
    except QueryError as error:
        return _form_again(form, links, 400, error)
    except EXPECTED as error:
        return problem_page(logged_problem(error), links)
    return RedirectResponse(links.bare("/searches", saved=search.name), 303)


def _stated_search(form: SaveForm, values: dict[str, Any]) -> SavedSearch:
    check_label(form.label)
    try:
        return saved_search(form.name, form.label, values)
    except SavedSearchError as error:
        raise ChangeRefusedError(
            400, "a name is needed" if not form.name else str(error), parameter="name"
        ) from None


def _save(context: ServerContext, search: SavedSearch, limits: SearchLimits, replace: bool) -> None:
    save_for_client(context.archive.index(), context.archive.alerts(), search, limits, replace=replace)


def _form_again(form: SaveForm, links: Links, status: int, error: NewssearchError | None = None) -> Response:
    asked = links.with_pairs(form.pairs)
    values = {
        "form": form,
        "query": asked.query,
        "chips": filter_chips_of(asked),
        "back": asked.here(),
        "remark": None if error is None else remark_of(problem_of(error), asked),
        "flags": FLAGS_SHOWN,
    }
    return answer_of(ShownPage("save.html", values, status), links, {"Cache-Control": "no-store"})

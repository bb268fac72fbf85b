"""How a view comes by its contest and by the contestant who asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate

from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from lantoa.contests.models import Contest, Contestant
from lantoa.people.models import Account
from lantoa.people.sessions import SessionStore


def let_in(request: HttpRequest, account: Account, *, tries: bytes = b"") -> bool:
    """Sign ``account`` in, under a new session and a new form's token; what `SessionStore.enter` says."""
    session = request.session
    assert isinstance(session, SessionStore)
    if not session.enter(account, tries=tries):
        return False
    request.user = account
    rotate_token(request)
    return True


def contest_or_404(slug: str) -> Contest:
    """The public contest of that address; `.moment` is the database's instant of the read (one query)."""
    try:
        return Contest.objects.named(slug)
    except Contest.DoesNotExist as missing:
        raise Http404(slug) from missing


def _entering(request: HttpRequest, slug: str) -> Contestant | None:
    """Who of that contest is signed in here; session, account, entry, contest and units in one query.

    Where the session was read already, or is not of somebody who takes part, the ordinary way finds out.
    """
    session: SessionStore = request.session  # type: ignore[assignment]
    if cookie := session.unread:
        me = Contestant.objects.entered_by(cookie, slug)
        if me is not None:
            session.opened(me.person.account, me.kept)
        return me
    return Contestant.objects.entering(request.user, slug) if request.user.is_authenticated else None


def whoever(request: HttpRequest, slug: str) -> tuple[Contest, Contestant | None, datetime]:
    """The contest, who of it asks if anybody, and the database's moment: one query beside those of the session."""
    me = _entering(request, slug)
    found = me.contest if me else contest_or_404(slug)
    moment: datetime = me.moment if me else found.moment
    return found, me, moment


def for_contestant(
    view: Callable[Concatenate[HttpRequest, Contestant, ...], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Call ``view(request, me, …)`` for somebody who takes part in the contest named in the address.

    Others are shown the way: to sign in, or to join. `me.contest` and `me.moment` come with the same query.
    """

    @wraps(view)
    def guarded(request: HttpRequest, contest: str, **kwargs: Any) -> HttpResponse:
        me = _entering(request, contest)
        if me is not None:
            return view(request, me, **kwargs)
        if not request.user.is_authenticated:
            return redirect(f"{reverse('sign-in')}?{urlencode({'next': request.get_full_path(), 'contest': contest})}")
        contest_or_404(contest)
        return redirect("register", contest=contest)

    return guarded

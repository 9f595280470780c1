"""Emails as staff see them before they go: each a page of its own."""

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache

from bookings.notifications import Rendered

# Emails carry their style inline, which no page of ours may: a letter is therefore shown alone, where nothing can run or be sent.
LETTER_POLICY = {"default-src": [NONE], "style-src": [UNSAFE_INLINE], "img-src": [SELF, "data:"], "sandbox": True}


def letter_page(request: HttpRequest, words: Rendered) -> HttpResponseBase:
    """The HTML of an email, opened as a page: the answer of a view of its own, never part of another page.

    The view that answers with it checks who may see it. For a draft, let a button of the form open it beside the form:
    `<button formaction="…/draft/" formtarget="_blank" formnovalidate>`, so that what is typed travels in a POST and changes nothing:

        return letter_page(request, emails.draft(enquiry, lambda: form.act(user=request.user, now=now), now))
    """

    @never_cache
    @csp(LETTER_POLICY)
    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse(words.html)

    return page(request)

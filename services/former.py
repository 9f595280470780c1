"""Addresses that were: they lead to the page's new one, or say that it is gone. Looked up only where no page answers."""

from copy import copy
from urllib.parse import urlsplit

from django.contrib.redirects.middleware import RedirectFallbackMiddleware
from django.shortcuts import render


class FormerAddresses(RedirectFallbackMiddleware):
    """Django's own, but for three things: a query neither hides the address nor gets lost, what is gone has a page that says how to
    go on, and browsers ask again each time, because an address may be given back."""

    def process_response(self, request, response):
        if response.status_code != 404:
            return response
        query = request.META.get("QUERY_STRING", "")
        answer = super().process_response(request, response)
        if answer is response and query:
            bare = copy(request)
            bare.META = request.META | {"QUERY_STRING": ""}
            answer = super().process_response(bare, response)
            if "Location" in answer:
                answer["Location"] = _with_query(answer["Location"], query)
        if answer.status_code == 410:
            answer = render(request, "errors/410.html", status=410)
        if answer is not response:
            answer["Cache-Control"] = "no-cache"
        return answer


def _with_query(url: str, query: str) -> str:
    parts = urlsplit(url)
    return parts._replace(query="&".join(each for each in (parts.query, query) if each)).geturl()

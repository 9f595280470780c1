"""How a text of staff will look, drawn by the server from what is in the form. Nothing is saved."""

from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from services.clinic import clinic
from services.models.images import texts
from services.pages.markdown import check_placeholders, to_html
from services.pages.sanitise import clean_markdown

MAX_TEXT = 100_000  # characters; the longest page has 10,000


def may_preview(user) -> bool:
    """Whoever may change any row with a text."""
    return any(user.has_perm(f"services.change_{model._meta.model_name}") for model in texts())


@require_POST
def preview(request) -> HttpResponse:
    """The text in the field that `preview` names: as JSON for the script of the form, else as a page of the site."""
    if not may_preview(request.user):
        raise PermissionDenied
    text = request.POST.get(request.POST.get("preview", ""))
    if text is None or len(text) > MAX_TEXT:
        raise BadRequest(f"There is no text to preview, or it has more than {MAX_TEXT:,} characters.")
    text, problems = clean_markdown(text), _problems(text)
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"html": to_html(text, clinic.of(request)), "problems": problems})
    return render(request, "admin/words/preview.html", {"text": text, "problems": problems})


def _problems(text: str) -> list[str]:
    try:
        check_placeholders(text)
    except ValidationError as error:
        return error.messages
    return []

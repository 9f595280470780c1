"""The files of pictures, as the site itself serves them: only those it has made, for ever under the same name."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.views.decorators.http import require_safe


@require_safe
def media(request, name: str):
    """urls.py lets no other names in than ours: no folder, no other format."""
    try:
        file = default_storage.open(name)
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(file, content_type=f"image/{name.rpartition('.')[2]}")
    response["Cache-Control"] = "public, max-age=31536000, immutable"  # another content has another name
    return response

"""How tests find every public page: as a search engine does, through the sitemap."""

from lxml import etree

NAMESPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def sitemap(client) -> dict[str, str | None]:
    """Each address with its date."""
    root = etree.fromstring(client.get("/sitemap.xml").content)
    return {
        entry.findtext("s:loc", None, NAMESPACE): entry.findtext("s:lastmod", None, NAMESPACE) for entry in root.findall("s:url", NAMESPACE)
    }


def paths(client, site_url) -> list[str]:
    """What a client asks for, page by page."""
    return [url.removeprefix(site_url) for url in sitemap(client)]

"""PDFs by WeasyPrint; imported when the first one is asked for, so that it may be absent."""

from collections.abc import Sequence
from typing import Final

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

_INSIDE: Final = "data:"
"""The one kind of address that a paper may have: nothing is fetched, from nowhere."""


class NothingFetched(ValueError):
    """A paper asked for something outside itself."""


class OwnPictures(URLFetcher):  # type: ignore[misc]
    """Lets a paper show the pictures it carries itself, and asks nobody for anything."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """The picture in a ``data:`` address; every other address is refused."""
        if not url.startswith(_INSIDE):
            raise NothingFetched(url)
        return super().fetch(url, headers)


def write(pages: Sequence[str], style: str) -> bytes:
    """One PDF of these HTML pages; each begins on a new page and counts its own."""
    fetcher, fonts = OwnPictures(allowed_protocols=("data",)), FontConfiguration()
    sheet = CSS(string=style, url_fetcher=fetcher, font_config=fonts)
    made = [
        HTML(string=page, url_fetcher=fetcher).render(stylesheets=[sheet], font_config=fonts)
        for page in pages
    ]
    together = made[0].copy([page for document in made for page in document.pages])
    written: bytes = together.write_pdf()
    return written

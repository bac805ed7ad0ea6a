"""The words of messages: what a branch says in its own way, written beside a preview (AF-11)."""

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, request, url_for
from sqlalchemy import or_, select
from werkzeug.utils import redirect
from wtforms import BooleanField, Form, StringField, TextAreaField

from dougong.admin.pages.messages import words as words  # names the media
from dougong.admin.sessions import current_house, current_session, desk
from dougong.admin.views import PageView, expose, operation
from dougong.admin.views.fields import KeyField
from dougong.admin.views.guard import undo
from dougong.admin.views.history import history_of
from dougong.admin.words import word_for
from dougong.core.entities.customer import Customer
from dougong.core.i18n import DEFAULT_LOCALE, LOCALES, LazyText, gettext, lazy
from dougong.core.i18n import form_text as _
from dougong.core.scope import Operation
from dougong.core.services.messages.api import (
    Medium,
    MessageKind,
    MessageText,
    Place,
    Purpose,
    SmsSize,
    TextRefused,
    Wording,
    kinds_of,
    own_text,
    preview,
    restore_text,
    save_text,
    sms_size,
    text_of,
)
from dougong.core.switchboard import switchboard

LANGUAGES = {"zh_Hans_CN": lazy("Chinese"), "en": lazy("English")}


class TextForm(Form):
    """A text and, for its preview, a customer."""

    request_key = KeyField()
    subject = StringField(_("Subject"))
    body = TextAreaField(_("Content"), render_kw={"rows": 12, "spellcheck": "false"})
    html = BooleanField(_("The text is HTML"))
    customer = StringField(
        _("Preview for this customer"),
        description=_("Code or name; without one, samples stand in the preview."),
    )

    @property
    def wording(self) -> Wording:
        """What was written."""
        return Wording(
            body=(self.body.data or "").replace("\r\n", "\n"), subject=self.subject.data or "",
            html=bool(self.html.data),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """A preview as the page shows it."""

    text: Wording
    size: SmsSize | None
    customer: str


class TextPage(PageView):
    """Every kind of message of what is on here, and in whose words it is sent."""

    path = "message-texts"
    title = lazy("Message texts")
    entity = "core.message_text"

    @expose("/")
    def index(self) -> Any:
        """The kinds, with a link to each text."""
        home = desk().scope.home
        if home is None:
            return self.render("dougong/message_no_branch.html", title=self.title)
        found = select(MessageText.kind, MessageText.medium, MessageText.locale)
        there = current_session().execute(found.where(MessageText.branch_id == home)).all()
        own = {(kind, medium, locale) for kind, medium, locale in there}
        rows = [_row(kind, own) for kind in _kinds(home)]
        return self.render("dougong/message_texts.html", rows=rows, media=_media())

    @operation(Operation.READ)
    @expose("/<kind>/<medium>/<locale>/", methods=("GET",))
    def show(self, kind: str, medium: str, locale: str) -> Any:
        """One text with its values and a preview."""
        place, chosen = _place(kind, medium, locale), _kind(kind)
        words = text_of(current_session(), _home(), chosen, place.medium, place.locale)
        form = TextForm(data=_as_data(words))
        return self._page(place, form, _previewed(place, form))

    @expose("/<kind>/<medium>/<locale>/", methods=("POST",))
    def save(self, kind: str, medium: str, locale: str) -> Any:
        """Save the text, or only show what it would say."""
        place = _place(kind, medium, locale)
        form = TextForm(request.form)
        shown = _previewed(place, form)
        if form.errors or request.form.get("go") != "save":
            undo()
            return self._page(place, form, shown)
        save_text(current_session(), _home(), place, form.wording)
        flash(gettext("The text is saved; messages say it so from now on."), "success")
        return redirect(_url(place), 303)

    @expose("/<kind>/<medium>/<locale>/restore/", methods=("POST",))
    def restore(self, kind: str, medium: str, locale: str) -> Any:
        """Go back to the house's words."""
        place = _place(kind, medium, locale)
        restore_text(current_session(), _home(), place)
        flash(gettext("The house's words hold again."), "success")
        return redirect(_url(place), 303)

    def _page(self, place: Place, form: TextForm, shown: Shown | None) -> Any:
        kind, session = _kind(place.kind), current_session()
        own = own_text(session, _home(), place.kind, place.medium, place.locale)
        told = (word_for(place.medium), LANGUAGES[place.locale], word_for(kind.purpose))
        return self.render(
            "dougong/message_text.html",
            kind=kind, place=place, form=form, shown=shown, own=own,
            lead=" · ".join(map(str, told)), is_mail=place.medium is Medium.MAIL,
            may_save=self.allows(Operation.UPDATE),
            restore_url=url_for(".restore", kind=place.kind, medium=place.medium.value,
                                locale=place.locale),
            history=history_of(own) if own is not None else [],
        )  # fmt: skip


def _previewed(place: Place, form: TextForm) -> Shown | None:
    """What the text would say; what is wrong with it stands at its field."""
    if not form.body.data and not form.subject.data:
        return None
    try:
        customer = _customer(form.customer.data or "")
        text = preview(current_session(), _home(), place, form.wording, customer)
    except TextRefused as refusal:
        field = form[refusal.field or "body"]
        field.errors = [*field.errors, str(refusal)]
        return None
    size = sms_size(text.body) if place.medium is Medium.SMS else None
    return Shown(text, size, customer.name if customer else "")


def _customer(asked: str) -> Customer | None:
    asked = asked.strip()
    if not asked or not desk().scope.allows(Operation.READ, "core.customer", _home()):
        return None
    found = select(Customer).where(
        Customer.branch_id == _home(),
        or_(Customer.code == asked, Customer.name.startswith(asked, autoescape=True)),
    )
    customer = current_session().scalars(found.order_by(Customer.name).limit(1)).first()
    if customer is None:
        raise TextRefused(lazy("No customer here has this code or name."), field="customer")
    return customer


def _as_data(words: Wording | None) -> dict[str, Any]:
    if words is None:
        return {}
    return {"subject": words.subject, "body": words.body, "html": words.html}


def _home() -> int:
    return desk().scope.home or abort(404)


def _kinds(home: int) -> list[MessageKind]:
    """The kinds of what is on at the branch."""
    board = switchboard(current_session())
    offers = kinds_of(current_house().registry).values()
    return [offer.item for offer in offers if board.speaks(offer, home)]


def _kind(code: str) -> MessageKind:
    return next((kind for kind in _kinds(_home()) if kind.code == code), None) or abort(404)


def _place(kind: str, medium: str, locale: str) -> Place:
    _kind(kind)
    if medium not in list(Medium) or locale not in LOCALES:
        abort(404)
    return Place(kind, Medium(medium), locale)


def _url(place: Place) -> str:
    return url_for(".show", kind=place.kind, medium=place.medium.value, locale=place.locale)


def _media() -> list[LazyText | str]:
    return [word_for(medium) for medium in Medium]


def _row(kind: MessageKind, own: set[tuple[str, Medium, str]]) -> dict[str, Any]:
    return {
        "title": kind.title, "code": kind.code, "purpose": word_for(kind.purpose),
        "cells": [[_link(kind, medium, locale, own) for locale in _locales(kind)]
                  for medium in Medium],
    }  # fmt: skip


def _locales(kind: MessageKind) -> tuple[str, ...]:
    """Customers are written to in the house's language, staff in their own."""
    return LOCALES if kind.purpose is Purpose.INTERNAL else (DEFAULT_LOCALE,)


def _link(
    kind: MessageKind, medium: Medium, locale: str, own: set[tuple[str, Medium, str]]
) -> dict[str, Any]:
    written = (kind.code, medium, locale) in own
    there = written or (medium, locale) in kind.texts
    return {
        "url": _url(Place(kind.code, medium, locale)), "own": written, "there": there,
        "language": LANGUAGES[locale],
    }  # fmt: skip

"""A letter by hand: an act on a contact's page that queues a message to him."""

from typing import Any, Final

from wtforms import Form, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from dougong.admin.sessions import current_session
from dougong.admin.views import Act
from dougong.admin.words import word_for
from dougong.core.entities.contact import Contact
from dougong.core.errors import Refusal
from dougong.core.i18n import form_text as _
from dougong.core.i18n import lazy
from dougong.core.scope import Operation
from dougong.core.services.messages.api import LETTER, Medium, Message, channels_of, send
from dougong.core.session import Session


class LetterForm(Form):
    """By what, and what to say."""

    medium = SelectField(_("By"))
    subject = StringField(_("Subject"), [Length(max=100)], description=_("Mail only."))
    text = TextAreaField(_("Content"), [InputRequired(), Length(max=2000)], render_kw={"rows": 8})


def offer_media(form: Any, row: Contact) -> None:
    """The media that the branch has a channel for."""
    channels = channels_of(current_session(), row.branch_id)
    offered = [medium for medium in (Medium.MAIL, Medium.SMS) if medium in channels]
    form.medium.choices = [(medium.value, str(word_for(medium))) for medium in offered]


def _write(session: Session, row: Contact, form: Any) -> None:
    medium, subject = Medium(form.medium.data), (form.subject.data or "").strip()
    if medium is Medium.MAIL and not subject:
        raise Refusal(lazy("A mail needs a subject."), code="core.no_subject", field="subject")
    message = Message(
        kind=LETTER.code, key=f"letter:{row.id}:{session.now.isoformat()}",
        customer_id=row.customer_id, contact_id=row.id, media=(medium,),
        values={"subject": subject, "text": form.text.data},
    )  # fmt: skip
    send(session, row.branch_id, message)


WRITE: Final = Act(
    name="write", title=lazy("Write a message"), icon="mail", form=LetterForm, run=_write,
    operation=Operation.CREATE, entity="core.message",
    done=lazy("The message is queued; it goes within a minute."),
)  # fmt: skip

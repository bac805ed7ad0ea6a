"""Texts are translated when they are shown, in forms as elsewhere."""

import pytest
from wtforms import Form, IntegerField
from wtforms.validators import NumberRange

from dougong.core.i18n import form_text, lazy, speaking


class Asked(Form):
    """A form whose texts are made before anybody says in which language."""

    number = IntegerField(
        form_text("You are not allowed to do this."),
        [NumberRange(1, 2, form_text("%(plugin)s has no settings.", plugin="gift"))],
        description=form_text(lazy("You are not allowed to do this.")),
    )


@pytest.mark.parametrize(
    ("locale", "no", "none"),
    [
        ("en", "You are not allowed to do this.", "gift has no settings."),
        ("zh_Hans_CN", "您没有执行此操作的权限。", "gift 没有可设置的内容。"),
    ],
)
def test_text_of_a_form_is_translated_when_it_is_shown(locale: str, no: str, none: str) -> None:
    form = Asked(data={"number": 3})
    with speaking(locale):
        form.validate()
        shown = (form.number.label.text, form.number.description, form.number.errors[0])
        assert [str(text) for text in shown] == [no, no, none]

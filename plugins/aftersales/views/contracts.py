"""Maintenance contracts 保养合同 and the pipeline of their renewal (AF-10, AF-11)."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from sqlalchemy import case
from wtforms.validators import NumberRange, Optional

from dougong.admin.sessions import current_session, desk
from dougong.admin.views import Act, Button, RecordView
from dougong.core.i18n import form_text, lazy
from dougong.core.scope import Operation
from dougong.core.values import Money
from dougong.plugins.aftersales import service
from dougong.plugins.aftersales.forms import ReasonForm, RenewForm
from dougong.plugins.aftersales.models import ContractRenewal, ServiceContract
from dougong.plugins.aftersales.rules import ContractState, RenewalState, may_renew, next_term
from dougong.plugins.aftersales.service import NewContract


class ContractView(RecordView):
    """Contracts, those that end first on top."""

    model = ServiceContract
    entity = "aftersales.contract"
    path = "aftersales/contracts"
    with_files = True
    title = lazy("Maintenance contracts")
    one = lazy("Maintenance contract")
    offers = frozenset({Operation.CREATE, Operation.UPDATE, Operation.EXPORT})
    column_list = (
        "number", "customer.name", "kind", "starts_on", "ends_on", "price_minor", "owner.name",
        "state",
    )  # fmt: skip
    column_details_list = (*column_list, "machines")
    column_default_sort = "ends_on"
    column_searchable_list = ("number", "customer.name", "customer.search_key")
    column_filters = ("kind", "state", "starts_on", "ends_on")
    column_sortable_list = ("number", "starts_on", "ends_on", "price_minor")
    form_columns = (
        "customer", "number", "kind", "machines", "starts_on", "ends_on", "price_minor", "owner",
    )  # fmt: skip
    labels: ClassVar[dict[str, Any]] = {
        "customer.search_key": lazy("Pinyin"),
        "ends_on": lazy("Ends on"),
        "machines": lazy("Machines covered"),
        "price_minor": lazy("Contract price"),
        "number": lazy("Contract number"),
        "owner": lazy("Responsible for renewal"),
        "owner.name": lazy("Responsible for renewal"),
        "starts_on": lazy("Starts on"),
    }
    form_args: ClassVar[dict[str, Any]] = {
        "number": {
            "validators": [Optional()],
            "description": lazy("Empty takes the next number of the branch."),
        },
        "owner": {"description": lazy("Empty means the customer's account manager.")},
        "price_minor": {"validators": [NumberRange(0, message=form_text("Not below zero."))]},
    }

    acts = (
        Act(name="cancel", title=lazy("Cancel contract"), operation="cancel", icon="x",
            offered=lambda contract: contract.state is ContractState.ACTIVE,
            confirm=lazy("Cancel this contract for good?"),
            run=lambda session, contract, form: service.cancel_contract(session, contract.id),
            done=lazy("The contract is cancelled.")),
    )  # fmt: skip

    def create_form(self, obj: Any = None) -> Any:
        """A form whose number may stay empty."""
        form = super().create_form(obj)
        form.number.flags.required = False
        return form

    def edit_form(self, obj: Any = None) -> Any:
        """A contract stays with its customer and keeps its number."""
        form = super().edit_form(obj)
        for name in ("customer", "number"):
            if name in form._fields:
                del form[name]
        return form

    def create_row(self, form: Any) -> ServiceContract:
        """Enter the contract, priced in the branch's currency."""
        identity = desk().identity
        place = identity.place(desk().scope.home) if identity else None
        asked = NewContract(
            customer_id=form.customer.data.id,
            number=(form.number.data or "").strip(),
            kind=form.kind.data,
            machines=form.machines.data or "",
            starts_on=form.starts_on.data,
            ends_on=form.ends_on.data,
            price=Money(form.price_minor.data or 0, place.currency if place else "CNY"),
            owner_id=form.owner.data.id if form.owner.data else None,
        )
        return service.register_contract(current_session(), asked)

    def update_row(self, form: Any, row: ServiceContract) -> None:
        """Change it; corrected dates withdraw and arm notices (AF-11)."""
        service.change_term(current_session(), row.id, form.starts_on.data, form.ends_on.data)
        super().update_row(form, row)


def _can_become(to: RenewalState) -> Callable[[ContractRenewal], bool]:
    return lambda renewal: may_renew(renewal.state, to)


class RenewalView(RecordView):
    """Renewal notices 保养到期通知书, those to be won first."""

    model = ContractRenewal
    entity = "aftersales.renewal"
    path = "aftersales/renewals"
    title = lazy("Renewals")
    one = lazy("Renewal")
    offers = frozenset({Operation.EXPORT})
    column_list = (
        "contract.number", "state", "contract.customer.name", "term_end", "owner.name",
        "contract.kind", "noticed_on", "lost_reason",
    )  # fmt: skip
    column_details_list = (*column_list, "contract.machines", "contract.price_minor", "settled_at")
    column_searchable_list = ("contract.number",)
    column_filters = ("state", "term_end", "noticed_on")
    column_sortable_list = ("term_end", "noticed_on", "state")
    labels: ClassVar[dict[str, Any]] = {
        "contract": lazy("Maintenance contract"),
        "contract.customer.name": lazy("Customer"),
        "contract.kind": lazy("Kind of contract"),
        "contract.machines": lazy("Machines covered"),
        "contract.number": lazy("Contract number"),
        "contract.price_minor": lazy("Contract price"),
        "lost_reason": lazy("Reason of the loss"),
        "noticed_on": lazy("Notice issued on"),
        "owner.name": lazy("Responsible for renewal"),
        "settled_at": lazy("Settled at"),
        "term_end": lazy("Term ends on"),
    }

    acts = (
        Act(name="renew", title=lazy("Renew"), operation="renew", icon="check-circle",
            primary=True, form=RenewForm, offered=_can_become(RenewalState.RENEWED),
            run=lambda session, renewal, form: service.renew(
                session, renewal.id, form.ends_on.data),
            done=lazy("The contract runs on.")),
        Act(name="lose", title=lazy("Note loss"), operation="lose", icon="x", form=ReasonForm,
            offered=_can_become(RenewalState.LOST),
            run=lambda session, renewal, form: service.lose(
                session, renewal.id, form.reason.data),
            done=lazy("The loss is noted with its reason.")),
    )  # fmt: skip

    def row_buttons(self, row: Any) -> Sequence[Button]:
        """The next step; what else can be done is on the row's page."""
        return [button for button in self.buttons(row) if button.primary][-1:]

    def default_order(self) -> Sequence[Any]:
        """Those that wait for an answer first, the next to end on top."""
        waiting = case((ContractRenewal.state == RenewalState.NOTICED, 0), else_=1)
        return (waiting, ContractRenewal.term_end, ContractRenewal.id)

    def prefill(self, act: Act, form: Any, row: Any) -> None:
        """The following term lasts as long as this one unless said otherwise."""
        if act.name == "renew":
            _, form.ends_on.data = next_term(row.contract.starts_on, row.term_end)

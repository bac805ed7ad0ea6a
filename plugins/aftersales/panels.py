"""What after-sales shows on the customer's page and on the start page; reads only."""

from collections.abc import Sequence
from typing import Final

from flask import url_for
from sqlalchemy import case, func, select
from sqlalchemy.orm import joinedload

from dougong.admin.contributions import Badge, Card, Panel, Tone
from dougong.admin.formats import moment_text
from dougong.core.entities.customer import Customer
from dougong.core.i18n import lazy
from dougong.core.reader import Reader
from dougong.core.scope import Operation
from dougong.plugins.aftersales.models import ContractRenewal, ServiceCall, ServiceContract
from dougong.plugins.aftersales.rules import (
    ON_THE_CLOCK,
    UNDER_WAY,
    CallAlarm,
    ContractState,
    RenewalState,
)
from dougong.plugins.aftersales.texts import CALL_STATES, CONTRACT_KINDS
from dougong.plugins.aftersales.words import CALL_TONES

SHOWN: Final = 6


def panels(customer: Customer, reader: Reader) -> list[Panel]:
    """The customer's open calls with their clocks, and the contracts in force."""
    if not reader.scope.allows(Operation.READ, "aftersales.call", customer.branch_id):
        return []
    context = {"calls": _calls(customer, reader), "contracts": _contracts(customer, reader)}
    return [
        Panel(
            source="aftersales",
            key="service",
            title=lazy("After-sales"),
            template="aftersales/panel.html",
            icon="wrench",
            context=context,
            order=30,
        )
    ]


def badges(customer_ids: Sequence[int], reader: Reader) -> list[Badge]:
    """A mark beside customers who wait for a technician; one query for all."""
    missed = func.sum(case((ServiceCall.alarm == CallAlarm.BREACHED, 1), else_=0))
    waiting = (
        select(ServiceCall.customer_id, func.count(ServiceCall.id), missed)
        .where(ServiceCall.customer_id.in_(customer_ids), ServiceCall.state.in_(ON_THE_CLOCK))
        .group_by(ServiceCall.customer_id)
    )
    return [
        Badge(
            source="aftersales",
            customer_id=customer_id,
            text=lazy("%(count)s waiting for service", count=count),
            tone=Tone.DANGER if late else Tone.WARNING,
            order=30,
        )
        for customer_id, count, late in reader.rows(waiting)
    ]


def cards(branch_id: int, reader: Reader) -> list[Card]:
    """Calls whose deadline is nearest, and renewals to be won, to those who may see them."""
    made = []
    if reader.scope.allows(Operation.READ, "aftersales.call", branch_id):
        made.append(_deadlines(branch_id, reader))
    if reader.scope.allows(Operation.READ, "aftersales.renewal", branch_id):
        made.append(_renewals(branch_id, reader))
    return made


def _deadlines(branch_id: int, reader: Reader) -> Card:
    near = (
        select(ServiceCall)
        .where(ServiceCall.branch_id == branch_id, ServiceCall.state.in_(ON_THE_CLOCK))
        .options(joinedload(ServiceCall.customer))
        .order_by(ServiceCall.due_at, ServiceCall.id)
        .limit(SHOWN)
    )
    return Card(
        source="aftersales",
        key="deadlines",
        title=lazy("Arrivals due next"),
        template="aftersales/deadlines.html",
        icon="clock",
        url=url_for("aftersales_calls.index_view"),
        context={"calls": [_line(call) for call in reader.all(near)]},
        order=20,
    )


def _renewals(branch_id: int, reader: Reader) -> Card:
    to_win = (
        select(ContractRenewal)
        .where(
            ContractRenewal.branch_id == branch_id, ContractRenewal.state == RenewalState.NOTICED
        )
        .options(
            joinedload(ContractRenewal.contract).joinedload(ServiceContract.customer),
            joinedload(ContractRenewal.owner),
        )
        .order_by(ContractRenewal.term_end, ContractRenewal.id)
        .limit(SHOWN)
    )
    return Card(
        source="aftersales",
        key="renewals",
        title=lazy("Contracts to renew"),
        template="aftersales/renewal_card.html",
        icon="bell",
        url=url_for("aftersales_renewals.index_view"),
        context={"renewals": reader.all(to_win)},
        order=40,
    )


def _line(call: ServiceCall) -> dict[str, object]:
    return {
        "call": call,
        "running": call.state in ON_THE_CLOCK,
        "due": moment_text(call.due_at, call.branch_id),
        "state": CALL_STATES[call.state],
        "tone": CALL_TONES[call.state].value,
    }


def _calls(customer: Customer, reader: Reader) -> list[dict[str, object]]:
    under_way = (
        select(ServiceCall)
        .where(ServiceCall.customer_id == customer.id, ServiceCall.state.in_(UNDER_WAY))
        .order_by(ServiceCall.due_at, ServiceCall.id)
        .limit(SHOWN)
    )
    return [_line(call) for call in reader.all(under_way)]


def _contracts(customer: Customer, reader: Reader) -> list[dict[str, object]]:
    in_force = (
        select(ServiceContract)
        .where(
            ServiceContract.customer_id == customer.id,
            ServiceContract.state == ContractState.ACTIVE,
        )
        .order_by(ServiceContract.ends_on.desc(), ServiceContract.id)
        .limit(SHOWN)
    )
    return [
        {"contract": contract, "kind": CONTRACT_KINDS[contract.kind]}
        for contract in reader.all(in_force)
    ]

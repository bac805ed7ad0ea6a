"""The renewal notice as a message to the customer, beside the paper (AF-11)."""

from types import MappingProxyType
from typing import Final

from dougong.core.entities.customer import Customer
from dougong.core.events import Subscriber, within
from dougong.core.i18n import lazy
from dougong.core.services.messages.api import (
    Medium,
    Message,
    MessageKind,
    Purpose,
    Variable,
    Wording,
    resume_about,
    send,
    withdraw_about,
)
from dougong.core.session import Session
from dougong.plugins.aftersales.events import ContractLost, ContractRenewed, RenewalNoticed
from dougong.plugins.aftersales.models import ContractRenewal, ServiceContract
from dougong.plugins.aftersales.rules import RenewalState

ABOUT: Final = "aftersales.renewal"
RENEWAL: Final = MessageKind(
    code="aftersales.renewal",
    title=lazy("Renewal notice to the customer"),
    purpose=Purpose.SERVICE,
    variables=(
        Variable("contract", lazy("Number of the contract"), "MC-2026-000008"),
        Variable("machines", lazy("Machines covered"), "复印机 3 台"),
        Variable("ends_on", lazy("End of the term"), "2026年12月21日"),
    ),
    texts=MappingProxyType(
        {
            (Medium.MAIL, "zh_Hans_CN"): Wording(
                subject="保养到期通知书：合同{{ contract }}",
                body="{{ name }}，您好：\n\n{{ customer }}的保养合同{{ contract }}"
                "{% if machines %}（{{ machines }}）{% endif %}将于{{ ends_on }}到期。"
                "为不影响设备的正常保养，请及时与我们联系续约。\n\n"
                "联系人：{{ manager }}，电话：{{ manager_phone }}\n{{ branch }}",
            ),
            (Medium.SMS, "zh_Hans_CN"): Wording(
                "【{{ branch }}】{{ name }}，您的保养合同{{ contract }}将于{{ ends_on }}到期，"
                "续约请联系{{ manager }}{{ manager_phone }}。"
            ),
        }
    ),
)


def tell_customer(session: Session, noticed: RenewalNoticed) -> None:
    """Queue the notice in the transaction that issues it: once a term."""
    contract = session.get_one(ServiceContract, noticed.contract_id)
    customer = session.get_one(Customer, noticed.customer_id)
    message = Message(
        kind=RENEWAL.code,
        key=f"{RENEWAL.code}:{contract.id}:{noticed.term_end}",
        customer_id=customer.id,
        contact_id=customer.contacts[0].id if customer.contacts else None,
        values={
            "contract": contract.number,
            "machines": contract.machines,
            "ends_on": noticed.term_end,
        },
        about_kind=ABOUT,
        about_id=noticed.renewal_id,
    )
    send(session, noticed.branch_id, message)


def follow(session: Session, renewal: ContractRenewal) -> None:
    """Keep the message back while its notice is withdrawn; let it go when the notice is back."""
    verb = withdraw_about if renewal.state is RenewalState.WITHDRAWN else resume_about
    verb(session, renewal.branch_id, ABOUT, renewal.id)


def call_off(session: Session, settled: ContractRenewed | ContractLost) -> None:
    """A renewal that is settled needs no notice any more, if it has not gone yet."""
    withdraw_about(session, settled.branch_id, ABOUT, settled.renewal_id)


SUBSCRIBERS: Final[tuple[Subscriber, ...]] = (
    within(RenewalNoticed, "aftersales.renewal_message", tell_customer),
    within(ContractRenewed, "aftersales.renewal_won", call_off),
    within(ContractLost, "aftersales.renewal_lost", call_off),
)

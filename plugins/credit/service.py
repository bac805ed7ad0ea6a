"""The verbs of credit: reserve with the order, follow the other documents, agree a limit."""

from dataclasses import dataclass, replace
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, CursorResult, and_, or_, true, update

from dougong.core.branches import today_at
from dougong.core.entities.customer import Customer
from dougong.core.errors import NotFound, Refusal
from dougong.core.events import record
from dougong.core.i18n import lazy
from dougong.core.services.sales.api import OrderChanged, OrderConfirmed
from dougong.core.session import Session
from dougong.core.switchboard import settings_at
from dougong.core.values import Money
from dougong.plugins.credit.accounts import (
    Cause,
    Owner,
    branch_of,
    current_since,
    follow_documents,
    name_of,
    open_account,
    write_entry,
)
from dougong.plugins.credit.events import LimitChanged
from dougong.plugins.credit.lifts import ORDER, use_lift
from dougong.plugins.credit.models import BUCKETS, CreditAccount
from dougong.plugins.credit.refusals import CurrencyDiffers, LimitExceeded
from dougong.plugins.credit.rules import (
    EntryKind,
    Fallback,
    Limit,
    LimitKind,
    WithoutLimit,
    ceiling,
    exceeds,
)
from dougong.plugins.credit.settings import CreditSettings

_USED: Final = (
    CreditAccount.reserved_minor
    + CreditAccount.invoiced_minor
    - CreditAccount.unapplied_minor
    - CreditAccount.guaranteed_minor
)


@dataclass(frozen=True, slots=True)
class _Claim:
    """An order's wish for credit."""

    branch_id: int
    customer_id: int
    order_id: int
    amount: Money


def reserve(session: Session, event: OrderConfirmed) -> None:
    """Reserve a confirmed order's total, or refuse it with the figures (CR-04).

    What would be refused passes by an approval of exactly this order, which is used up by it.
    """
    claim = _Claim(event.branch_id, event.customer_id, event.order_id, event.total)
    _reserve(session, claim, liftable=True)


def reserve_change(session: Session, event: OrderChanged) -> None:
    """Reserve what a changed order needs more, or give back what it needs less (CR-04)."""
    difference = event.after - event.before
    claim = _Claim(event.branch_id, event.customer_id, event.order_id, difference)
    _reserve(session, claim)


def follow(session: Session, branch_id: int, customer_id: int, cause: Cause) -> None:
    """Let the account follow the customer's documents, under its lock."""
    opened = open_account(session, branch_id, customer_id)
    follow_documents(session, opened.account, cause)
    session.flush()


def set_limit(session: Session, customer_id: int, limit: Limit, reason: str) -> CreditAccount:
    """Agree a limit anew; the reason is kept with the change (CR-03).

    A limit below what is used is allowed: it stops new orders, not old debts.
    """
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise NotFound
    account = open_account(session, customer.branch_id, customer_id).account
    agreed = _checked(limit)
    if not reason.strip():
        raise Refusal(lazy("Say why the limit changes."), code="credit.reason", field="reason")
    before = account.limit
    if agreed.amount.currency != account.currency:
        _change_currency(session, account, agreed.amount.currency)
    if agreed == before:
        return account
    account.kind, account.limit_minor = agreed.kind, agreed.amount.minor
    account.payment_days, account.valid_until = agreed.payment_days, agreed.valid_until
    session.flush()
    changed = LimitChanged(
        branch_id=account.branch_id,
        customer_id=customer_id,
        before=before,
        after=agreed,
        reason=reason.strip(),
    )
    record(session, changed)
    return account


def fallback_at(session: Session, branch_id: int) -> Fallback:
    """What holds at the branch where no limit is agreed."""
    settings = settings_at(session, branch_id, CreditSettings)
    return settings.fallback(branch_of(session, branch_id).currency)


def _reserve(session: Session, claim: _Claim, *, liftable: bool = False) -> None:
    """One conditional UPDATE decides; only when it finds no row is the reason looked for."""
    if _take(session, claim):
        return
    opened = open_account(session, claim.branch_id, claim.customer_id)
    if opened.account.currency != claim.amount.currency:
        raise CurrencyDiffers(claim.amount.currency, opened.account.currency)
    if opened.fresh:
        refusal = _refusal_if_over(session, opened.account, claim)  # built with this order in it
    else:
        refusal = None if _take(session, claim) else _refusal(session, opened.account, claim)
    if refusal is None:
        return
    lifted = use_lift(session, claim.branch_id, claim.order_id) if liftable else None
    if lifted is None:
        raise refusal
    if not opened.fresh:
        _take(session, claim, lifted)


def _take(session: Session, claim: _Claim, lifted: str = "") -> bool:
    """Reserve if the ceiling allows it: checked and written in one statement, so exact.

    ``lifted`` says by which approval the ceiling does not count.
    """
    since = current_since(session, claim.branch_id)
    statement = (
        update(CreditAccount)
        .where(
            CreditAccount.branch_id == claim.branch_id,
            CreditAccount.customer_id == claim.customer_id,
            CreditAccount.currency == claim.amount.currency,
            CreditAccount.opened_at >= since if since else CreditAccount.opened_at.is_not(None),
            true() if lifted else _allowed(session, claim),
        )
        .values(
            reserved_minor=CreditAccount.reserved_minor + claim.amount.minor,
            updated_at=session.now,
        )
        .execution_options(synchronize_session=False)
    )
    taken = cast("CursorResult[Any]", session.execute(statement)).rowcount == 1
    if taken:
        _enter(session, claim, lifted)
    return taken


def _allowed(session: Session, claim: _Claim) -> ColumnElement[bool]:
    """``not rules.exceeds(…)`` in SQL, on the row as it is when the statement runs."""
    if claim.amount.minor <= 0:
        return true()
    account, after = CreditAccount, _USED + claim.amount.minor
    expired = account.valid_until < today_at(session, claim.branch_id)
    holds = and_(account.kind != LimitKind.NONE, or_(account.valid_until.is_(None), ~expired))
    fallback = fallback_at(session, claim.branch_id)
    return or_(
        and_(holds, account.kind == LimitKind.UNLIMITED),
        # the limit of the kind "zero" is 0 by a CHECK
        and_(holds, account.kind != LimitKind.UNLIMITED, after <= account.limit_minor),
        and_(~holds, _allowed_without(fallback, claim.amount.currency, after)),
    )


def _allowed_without(
    fallback: Fallback, currency: str, after: ColumnElement[int]
) -> ColumnElement[bool]:
    if fallback.policy is WithoutLimit.UNLIMITED:
        return true()
    return after <= fallback.usual(currency).minor


def _enter(session: Session, claim: _Claim, lifted: str) -> None:
    kind = EntryKind.RESERVE if claim.amount.minor >= 0 else EntryKind.RELEASE
    owner = Owner(claim.branch_id, claim.customer_id, claim.amount.currency)
    moved = {"reserved_minor": claim.amount.minor}
    write_entry(session, owner, Cause(kind, ORDER, claim.order_id, lifted), moved)


def _refusal_if_over(
    session: Session, account: CreditAccount, claim: _Claim
) -> LimitExceeded | None:
    """For an account that was just built with the order already in it."""
    exposure = replace(account.exposure, reserved=account.reserved - claim.amount)
    most = _ceiling(session, account)
    if most is None or not exceeds(exposure, most, claim.amount):
        return None
    return LimitExceeded(name_of(session, claim.customer_id), exposure, most, claim.amount)


def _refusal(session: Session, account: CreditAccount, claim: _Claim) -> LimitExceeded:
    most = _ceiling(session, account) or Money.zero(account.currency)
    name = name_of(session, claim.customer_id)
    return LimitExceeded(name, account.exposure, most, claim.amount)


def _ceiling(session: Session, account: CreditAccount) -> Money | None:
    today = today_at(session, account.branch_id)
    return ceiling(account.limit, fallback_at(session, account.branch_id), today)


def _checked(limit: Limit) -> Limit:
    if limit.kind is not LimitKind.AMOUNT:
        return replace(limit, amount=Money.zero(limit.amount.currency))
    if limit.amount.minor <= 0:
        raise Refusal(
            lazy("A limit up to an amount needs an amount above zero."),
            code="credit.amount",
            next_step=lazy('Choose "Nothing on account" where nothing may be owed.'),
            field="amount",
        )
    return limit


def _change_currency(session: Session, account: CreditAccount, currency: str) -> None:
    """An account moves to another currency only while nothing is open in its own."""
    if any(getattr(account, bucket) for bucket in BUCKETS):
        raise Refusal(
            lazy(
                "The account is kept in %(currency)s and has open documents in it.",
                currency=account.currency,
            ),
            code="credit.currency",
            field="amount",
        )
    account.currency, account.kind, account.limit_minor = currency, LimitKind.NONE, 0
    follow_documents(session, account, Cause(EntryKind.OPENING))

"""Care's activities are core's; what is left is their occasion and the means."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision: str = "care_0002"
down_revision: str | None = "care_0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
BRANCH = sa.table("core_branch", sa.column("id", KEY), sa.column("zone", sa.String))
OLD = sa.table(
    "care_activity", sa.column("id", KEY), sa.column("branch_id", KEY),
    sa.column("customer_id", KEY), sa.column("contact_id", KEY), sa.column("kind", sa.String),
    sa.column("title", sa.String), sa.column("occasion_on", sa.Date), sa.column("due_on", sa.Date),
    sa.column("means", sa.String), sa.column("state", sa.String), sa.column("done_at", MOMENT),
    sa.column("result", sa.Text), sa.column("owner_id", KEY),
    sa.column("occurrence_key", sa.String), sa.column("created_at", MOMENT),
    sa.column("updated_at", MOMENT),
)  # fmt: skip
NEW = sa.table(
    "core_activity", sa.column("id", KEY), sa.column("branch_id", KEY),
    sa.column("kind", sa.String), sa.column("title", sa.String),
    sa.column("subject_kind", sa.String), sa.column("subject", sa.String),
    sa.column("customer_id", KEY), sa.column("owner_id", KEY), sa.column("due_on", sa.Date),
    sa.column("planned_on", sa.Date), sa.column("urgent", sa.Boolean),
    sa.column("state", sa.String), sa.column("result_code", sa.String), sa.column("note", sa.Text),
    sa.column("ended_at", MOMENT), sa.column("ended_on", sa.Date), sa.column("follows_id", KEY),
    sa.column("occurrence_key", sa.String), sa.column("created_at", MOMENT),
    sa.column("updated_at", MOMENT),
)  # fmt: skip
STEP = sa.table(
    "core_activity_step", sa.column("branch_id", KEY), sa.column("activity_id", KEY),
    sa.column("kind", sa.String), sa.column("at", MOMENT), sa.column("actor", sa.String),
    sa.column("owner_id", KEY), sa.column("due_on", sa.Date), sa.column("result_code", sa.String),
    sa.column("note", sa.Text),
)  # fmt: skip
OCCASION = sa.table(
    "care_occasion", sa.column("activity_id", KEY), sa.column("branch_id", KEY),
    sa.column("contact_id", KEY), sa.column("kind", sa.String), sa.column("occasion_on", sa.Date),
    sa.column("means", sa.String),
)  # fmt: skip
MARK = "care_0002:"


def upgrade() -> None:
    """Up: every row becomes an activity with its steps, and an occasion beside it."""
    op.create_table(
        "care_occasion",
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("activity_id", KEY, autoincrement=False, nullable=False),
        sa.Column("contact_id", KEY, nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("occasion_on", sa.Date(), nullable=False),
        sa.Column("means", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "kind IN ('birthday', 'anniversary', 'festival', 'other')",
            name=op.f("ck_care_occasion_kind"),
        ),
        sa.CheckConstraint(
            "means IN ('visit', 'gift', 'call', 'sms')", name=op.f("ck_care_occasion_means")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "activity_id"],
            ["core_activity.branch_id", "core_activity.id"],
            name=op.f("fk_care_occasion_branch_id_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "contact_id"],
            ["core_contact.branch_id", "core_contact.id"],
            name=op.f("fk_care_occasion_branch_id_contact_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_care_occasion_branch_id")
        ),
        sa.PrimaryKeyConstraint("activity_id", name=op.f("pk_care_occasion")),
        sa.UniqueConstraint(
            "branch_id", "activity_id", name=op.f("uq_care_occasion_branch_id_activity_id")
        ),
    )
    op.create_index(
        op.f("ix_care_occasion_branch_id_contact_id"),
        "care_occasion",
        ["branch_id", "contact_id"],
        unique=False,
    )
    _move_up()
    op.drop_table("care_activity")


def downgrade() -> None:
    """Down: care has its activities to itself again; core's steps of them are lost."""
    op.create_table(
        "care_activity",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("contact_id", KEY, nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("occasion_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("means", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("owner_id", KEY, nullable=True),
        sa.Column("occurrence_key", sa.String(length=80), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(done_at IS NULL) = (state = 'planned')", name=op.f("ck_care_activity_done_at")
        ),
        sa.CheckConstraint(
            "kind IN ('birthday', 'anniversary', 'festival', 'other')",
            name=op.f("ck_care_activity_kind"),
        ),
        sa.CheckConstraint(
            "means IN ('visit', 'gift', 'call', 'sms')", name=op.f("ck_care_activity_means")
        ),
        sa.CheckConstraint(
            "state = 'planned' OR result <> ''", name=op.f("ck_care_activity_result")
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'done', 'skipped')", name=op.f("ck_care_activity_state")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "contact_id"],
            ["core_contact.branch_id", "core_contact.id"],
            name=op.f("fk_care_activity_branch_id_contact_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "customer_id"],
            ["core_customer.branch_id", "core_customer.id"],
            name=op.f("fk_care_activity_branch_id_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_care_activity_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["core_user.id"], name=op.f("fk_care_activity_owner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_activity")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_care_activity_branch_id_id")),
        sa.UniqueConstraint(
            "branch_id", "occurrence_key", name=op.f("uq_care_activity_branch_id_occurrence_key")
        ),
    )
    op.create_index(
        op.f("ix_care_activity_branch_id_customer_id"),
        "care_activity",
        ["branch_id", "customer_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_care_activity_branch_id_state_due_on"),
        "care_activity",
        ["branch_id", "state", "due_on"],
        unique=False,
    )
    _move_down()


def _move_up() -> None:
    mark = sa.literal(MARK) + sa.cast(OLD.c.id, sa.String)
    filled = {
        "branch_id": OLD.c.branch_id, "kind": sa.literal("care.") + OLD.c.kind,
        "title": OLD.c.title, "subject_kind": sa.literal(""), "subject": sa.literal(""),
        "customer_id": OLD.c.customer_id, "owner_id": OLD.c.owner_id, "due_on": OLD.c.due_on,
        "planned_on": OLD.c.due_on, "urgent": sa.false(), "state": OLD.c.state,
        "result_code": sa.literal(""), "note": OLD.c.result, "ended_at": OLD.c.done_at,
        "ended_on": sa.case((OLD.c.done_at.is_not(None), OLD.c.due_on)), "occurrence_key": mark,
        "created_at": OLD.c.created_at, "updated_at": OLD.c.updated_at,
    }  # fmt: skip
    op.execute(sa.insert(NEW).from_select(list(filled), sa.select(*filled.values())))
    both = sa.join(OLD, NEW, sa.and_(NEW.c.branch_id == OLD.c.branch_id,
                                     NEW.c.occurrence_key == mark))  # fmt: skip
    beside = (NEW.c.id, OLD.c.branch_id, OLD.c.contact_id, OLD.c.kind, OLD.c.occasion_on,
              OLD.c.means)  # fmt: skip
    columns = ["activity_id", "branch_id", "contact_id", "kind", "occasion_on", "means"]
    op.execute(sa.insert(OCCASION).from_select(columns, sa.select(*beside).select_from(both)))
    _add_steps(sa.literal("planned"), NEW.c.created_at, sa.literal(""), sa.true())
    _add_steps(NEW.c.state, NEW.c.ended_at, NEW.c.note, NEW.c.ended_at.is_not(None))
    _end_on_the_branchs_day()
    named = sa.select(sa.literal("care.") + OLD.c.occurrence_key).where(
        OLD.c.branch_id == NEW.c.branch_id, mark == NEW.c.occurrence_key
    )
    op.execute(
        sa.update(NEW)
        .where(NEW.c.occurrence_key.startswith(MARK))
        .values(occurrence_key=named.scalar_subquery())
    )


def _add_steps(kind, at, note, which) -> None:  # type: ignore[no-untyped-def]
    taken = sa.select(
        NEW.c.branch_id, NEW.c.id, kind, at, sa.literal("care"), NEW.c.owner_id, NEW.c.due_on,
        sa.literal(""), note,
    ).where(NEW.c.occurrence_key.startswith(MARK), which)  # fmt: skip
    columns = ["branch_id", "activity_id", "kind", "at", "actor", "owner_id", "due_on",
               "result_code", "note"]  # fmt: skip
    op.execute(sa.insert(STEP).from_select(columns, taken))


def _end_on_the_branchs_day() -> None:
    """Days are counted in the branch's zone, which SQLite does not know."""
    connection = op.get_bind()
    ended = connection.execute(
        sa.select(NEW.c.id, NEW.c.ended_at, BRANCH.c.zone)
        .join(BRANCH, BRANCH.c.id == NEW.c.branch_id)
        .where(NEW.c.occurrence_key.startswith(MARK), NEW.c.ended_at.is_not(None))
    ).all()
    days = [
        {"key": key, "day": _aware(at).astimezone(ZoneInfo(zone)).date()} for key, at, zone in ended
    ]
    if days:
        change = sa.update(NEW).where(NEW.c.id == sa.bindparam("key"))
        connection.execute(change.values(ended_on=sa.bindparam("day")), days)


def _aware(moment):  # type: ignore[no-untyped-def]
    return moment.replace(tzinfo=ZoneInfo("UTC")) if moment.tzinfo is None else moment


def _move_down() -> None:
    both = sa.join(NEW, OCCASION, NEW.c.id == OCCASION.c.activity_id)
    state = sa.case((NEW.c.state == "cancelled", "skipped"), else_=NEW.c.state)
    key = sa.func.substr(NEW.c.occurrence_key, len("care.") + 1)
    said = sa.case(
        (NEW.c.note != "", NEW.c.note), (NEW.c.state == "planned", ""), else_=NEW.c.state
    )
    filled = {
        "id": NEW.c.id, "branch_id": NEW.c.branch_id, "customer_id": NEW.c.customer_id,
        "contact_id": OCCASION.c.contact_id, "kind": OCCASION.c.kind,
        "title": sa.func.substr(NEW.c.title, 1, 100), "occasion_on": OCCASION.c.occasion_on,
        "due_on": NEW.c.due_on, "means": OCCASION.c.means, "state": state,
        "done_at": NEW.c.ended_at, "result": said, "owner_id": NEW.c.owner_id,
        "occurrence_key": key, "created_at": NEW.c.created_at, "updated_at": NEW.c.updated_at,
    }  # fmt: skip
    op.execute(sa.insert(OLD).from_select(
        list(filled), sa.select(*filled.values()).select_from(both)
    ))  # fmt: skip
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "SELECT setval(pg_get_serial_sequence('care_activity', 'id'), "
            "(SELECT COALESCE(MAX(id), 0) + 1 FROM care_activity), false)"
        )
    moved = sa.select(OCCASION.c.activity_id)
    op.execute(sa.update(NEW).where(NEW.c.follows_id.in_(moved)).values(follows_id=None))
    _forget_steps(sa.delete(STEP).where(STEP.c.activity_id.in_(moved)))
    op.execute("CREATE TEMPORARY TABLE care_moved AS SELECT activity_id FROM care_occasion")
    op.drop_table("care_occasion")
    op.execute("DELETE FROM core_activity WHERE id IN (SELECT activity_id FROM care_moved)")
    op.execute("DROP TABLE care_moved")


def _forget_steps(statement) -> None:  # type: ignore[no-untyped-def]
    """Past the triggers that keep them: this is the one way by which they go."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        op.execute("ALTER TABLE core_activity_step DISABLE TRIGGER core_activity_step_keep")
        op.execute(statement)
        op.execute("ALTER TABLE core_activity_step ENABLE TRIGGER core_activity_step_keep")
        return
    asked = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :t")
    kept = connection.execute(asked, {"t": "core_activity_step"}).all()
    for name, _ in kept:
        op.execute(f"DROP TRIGGER {name}")
    op.execute(statement)
    for _, sql in kept:
        op.execute(sql)

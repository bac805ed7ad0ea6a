"""What PostgreSQL must be told after many rows came at once."""

from sqlalchemy import text

from dougong.core.orm import Base
from dougong.core.session import Session


def refresh_statistics(session: Session, *models: type[Base]) -> None:
    """Let PostgreSQL count the models' tables again; other databases do without.

    Foreign-key checks planned on tables it believes empty walk an index of the whole branch for
    each row: seventy thousand purchases took five minutes so, and half of one when told.
    A role that does not own the tables is only warned, and the next autovacuum does it.
    """
    if session.get_bind().dialect.name == "postgresql":
        tables = ", ".join(str(model.__tablename__) for model in models)
        why = "counts rows for the planner and reads nothing out"
        session.execute(text(f"ANALYZE {tables}"), execution_options={"unwalled": why})

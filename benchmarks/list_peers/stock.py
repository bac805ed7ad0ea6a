"""The stock Flask-Admin list of customers, over the table that ours lists."""

import os

from flask import Flask
from flask_admin import Admin
from flask_admin.contrib.sqla import ModelView
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config |= {"SQLALCHEMY_DATABASE_URI": os.environ["BENCH_URL"], "SECRET_KEY": "bench"}
db = SQLAlchemy(app)


class User(db.Model):
    """An account manager."""

    __tablename__ = "core_user"
    id = db.Column(db.BigInteger, primary_key=True)
    name = db.Column(db.String(100))


class Customer(db.Model):
    """A customer as the list shows him."""

    __tablename__ = "core_customer"
    id = db.Column(db.BigInteger, primary_key=True)
    code = db.Column(db.String(40))
    kind = db.Column(db.String(40))
    name = db.Column(db.String(200))
    short_name = db.Column(db.String(100))
    phone = db.Column(db.String(40))
    status = db.Column(db.String(40))
    since = db.Column(db.Date)
    group_code = db.Column(db.String(40))
    search_key = db.Column(db.String(400))
    manager_id = db.Column(db.ForeignKey("core_user.id"))
    manager = db.relationship(User)


class CustomerView(ModelView):
    """Set up as ours is: columns, search, filters, order, twenty rows a page."""

    column_list = ("name", "code", "kind", "phone", "status", "manager.name", "since")
    column_default_sort = "search_key"
    column_searchable_list = ("code", "name", "short_name", "search_key", "phone")
    column_filters = ("kind", "status", "since", "group_code")
    column_sortable_list = ("code", ("name", "search_key"), "status", "since")
    can_view_details = True
    can_export = True
    page_size = 20


Admin(app, name="stock").add_view(CustomerView(Customer, db, endpoint="customers"))

"""Django's admin over the table that ours lists; its own tables stand beside it."""

import os
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application

url = urlsplit(os.environ["BENCH_URL"])
settings.configure(
    SECRET_KEY="bench", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", STATIC_URL="/static/",
    DATABASES={"default": {
        "ENGINE": "django.db.backends.postgresql", "NAME": url.path[1:], "USER": url.username or "",
        "PASSWORD": url.password or "", "HOST": url.hostname, "PORT": url.port or 5432,
        "CONN_MAX_AGE": 600,
    }},
    INSTALLED_APPS=["django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes",
                    "django.contrib.sessions", "django.contrib.messages"],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware",
                "django.middleware.common.CommonMiddleware",
                "django.middleware.csrf.CsrfViewMiddleware",
                "django.contrib.auth.middleware.AuthenticationMiddleware",
                "django.contrib.messages.middleware.MessageMiddleware"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
                "OPTIONS": {"context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages"]}}],
)  # fmt: skip
django.setup()

from django.contrib import admin  # noqa: E402 - Django wants its settings first
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import models  # noqa: E402
from django.urls import path  # noqa: E402


class Person(models.Model):
    """An account manager."""

    name = models.CharField(max_length=100)

    class Meta:
        """Where it is."""

        app_label, managed, db_table = "auth", False, "core_user"

    def __str__(self) -> str:
        return str(self.name)


class Customer(models.Model):
    """A customer as the list shows him."""

    code = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=100)
    phone = models.CharField(max_length=40)
    status = models.CharField(max_length=40)
    since = models.DateField(null=True)
    group_code = models.CharField(max_length=40, null=True)
    search_key = models.CharField(max_length=400)
    manager = models.ForeignKey(Person, models.DO_NOTHING, null=True)

    class Meta:
        """Where it is."""

        app_label, managed, db_table = "auth", False, "core_customer"

    def __str__(self) -> str:
        return str(self.name)


@admin.register(Customer)
class CustomerAdmin(admin.ModelAdmin):
    """Set up as ours is: columns, search, filters, order, twenty rows a page."""

    list_display = ("name", "code", "kind", "phone", "status", "manager", "since")
    list_select_related = ("manager",)
    search_fields = ("code", "name", "short_name", "search_key", "phone")
    list_filter = ("status",)
    ordering = ("search_key",)
    list_per_page = 20


def set_up() -> None:
    """Django's own tables, and somebody to log in."""
    call_command("migrate", verbosity=0, interactive=False)
    people = get_user_model().objects
    if not people.filter(username="bench").exists():
        people.create_superuser("bench", password="correct horse")


urlpatterns = [path("admin/", admin.site.urls)]
application = get_wsgi_application()

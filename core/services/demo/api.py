"""What the demo promises: to load itself once, and who may log in to it."""

from dougong.core.services.demo.cast import BRANCHES, DEMO_PASSWORD, LOGINS, DemoBranch, Login
from dougong.core.services.demo.load import is_loaded, load_demo

__all__ = [
    "BRANCHES",
    "DEMO_PASSWORD",
    "LOGINS",
    "DemoBranch",
    "Login",
    "is_loaded",
    "load_demo",
]

"""The back office: shell, base views, log-in and the command line."""

if __name__ != "dougong.admin":
    raise ImportError(f"import dougong.admin, not {__name__}: folders are mapped to import names")

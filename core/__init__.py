"""The small kernel: what every plugin stands on."""

if __name__ != "dougong.core":
    raise ImportError(f"import dougong.core, not {__name__}: folders are mapped to import names")

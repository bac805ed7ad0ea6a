"""The bundled capabilities, one room each, switched on per branch."""

if __name__ != "dougong.plugins":
    raise ImportError(f"import dougong.plugins, not {__name__}: folders are mapped to import names")

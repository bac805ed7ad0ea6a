"""``python -m dougong.admin.cli``: how a parent process starts its worker."""

from dougong.admin.cli import main

main()

"""Right answers to the exercises in other styles, and which inputs a mistake needs."""

import importlib

from convbook.checks import CHAPTERS

_MODULES = [importlib.import_module(f"{__name__}.{chapter}") for chapter in CHAPTERS]
RIGHT = {name: answers for module in _MODULES for name, answers in module.RIGHT.items()}
NEEDED = [row for module in _MODULES for row in module.NEEDED]

"""Checks for the exercise notebooks: `check(answer, seed=SEED)` and `summary()`.

Each module holds the exercises of the chapter after which it is named; `convbook.engine` judges.
"""

import importlib
import pkgutil
import sys
from collections.abc import Mapping
from numbers import Integral
from pathlib import Path

from convbook.engine import called, judge

CHAPTERS = sorted(module.name for module in pkgutil.iter_modules(__path__))
VERDICTS = {}  # name -> the last verdict; what `summary` prints


class Exercises(Mapping):
    """All exercises by their names; a chapter is loaded when one of its names is asked for.

    All of them take a second to load, for which a notebook need not wait.
    """

    def __getitem__(self, name):
        def does_not_mention_it(chapter):
            source = Path(__file__).with_name(f"{chapter}.py").read_text(encoding="utf-8")
            return f'"{name}"' not in source

        for chapter in sorted(CHAPTERS, key=does_not_mention_it):
            for exercise in _exercises(chapter):
                if exercise.name == name:
                    return exercise
        raise KeyError(name)

    def __iter__(self):
        return (exercise.name for chapter in CHAPTERS for exercise in _exercises(chapter))

    def __len__(self):
        return sum(1 for _ in self)


EXERCISES = Exercises()


def _exercises(chapter):
    """Return the exercises of a chapter, whose name may be that of its notebook, too."""
    return importlib.import_module(f"{__name__}.{chapter.replace('-', '_')}").EXERCISES


def check(answer, *, seed):
    """Print what `answer` gives on inputs drawn from `seed`, then agreement or diagnosis.

    What the answer itself prints, and its warnings, are not shown.
    """
    name = called(answer, sys._getframe(1), EXERCISES)
    if name is None:
        print(f"check knows only these exercises: {', '.join(EXERCISES)}")
        return
    if not isinstance(seed, Integral) or seed < 0:
        print(f"SEED is {seed!r}: it has to be a whole number from 0 on")
        return
    VERDICTS[name], lines = judge(EXERCISES[name], answer, seed)
    print("\n".join(lines))


def summary():
    """Print the last verdict on each exercise of the chapters checked so far."""
    chapters = sorted({EXERCISES[name].chapter for name in VERDICTS})
    verdicts = {
        exercise.name: VERDICTS.get(exercise.name, "not checked yet")
        for chapter in chapters
        for exercise in _exercises(chapter)
    }
    for name, verdict in verdicts.items():
        print(f"{name:{max(map(len, verdicts))}} {verdict}")
    print(f"{list(verdicts.values()).count('pass')} of {len(verdicts)} pass")

"""Checks for the exercise notebooks: `check(answer, seed=SEED)` and `summary()`.

Each module holds the exercises of the chapter after which it is named; `convbook.engine` judges.
"""

import importlib
import pkgutil
import sys

from convbook.engine import called, judge

CHAPTERS = sorted(module.name for module in pkgutil.iter_modules(__path__))
EXERCISES = {  # name -> Exercise
    exercise.name: exercise
    for chapter in CHAPTERS
    for exercise in importlib.import_module(f"{__name__}.{chapter}").EXERCISES
}
VERDICTS = {}  # name -> the last verdict; what `summary` prints


def check(answer, *, seed):
    """Print what `answer` gives on inputs drawn from `seed`, then agreement or diagnosis.

    What the answer itself prints, and its warnings, are not shown.
    """
    name = called(answer, sys._getframe(1), EXERCISES)
    if name is None:
        print(f"check knows only these exercises: {', '.join(EXERCISES)}")
        return
    VERDICTS[name], lines = judge(EXERCISES[name], answer, seed)
    print("\n".join(lines))


def summary():
    """Print the last verdict on each exercise of the chapters checked so far."""
    chapters = {EXERCISES[name].chapter for name in VERDICTS}
    verdicts = {
        exercise.name: VERDICTS.get(exercise.name, "not checked yet")
        for exercise in EXERCISES.values()
        if exercise.chapter in chapters
    }
    for name, verdict in verdicts.items():
        print(f"{name:{max(map(len, verdicts))}} {verdict}")
    print(f"{list(verdicts.values()).count('pass')} of {len(verdicts)} pass")

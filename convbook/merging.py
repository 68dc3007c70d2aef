"""Merge a student's notebook into the master, which alone decides what is checked.

The master is the solved notebook. Answers come from the student, by the line
`# Exercise: <id>` or by the cell's id; every other cell comes from the master, so
a check that was deleted, edited, tagged or moved needs no rule of its own. Code
that the student added stays behind the known cell it follows. The student's
outputs, tags and metadata are dropped.
"""

import json
import re
import symtable

from nbformat.v4 import new_code_cell, new_notebook

from convbook import exercises

MOST = 2000  # cells of a notebook
LONGEST = 100_000  # characters of a cell that may answer an exercise without saying so
SEED = re.compile(r"^SEED = (\d+)$", re.MULTILINE)  # the line of the set-up cell


class UnreadableError(ValueError):
    """A file that is no notebook; the message tells the student why."""


def parse(data):
    """Return the cells in the bytes of a notebook, as dicts with id, code (or not) and source."""
    if not data.strip():
        raise UnreadableError("the file is empty")
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except RecursionError:
        raise UnreadableError("the file is nested too deeply") from None
    except UnicodeDecodeError:
        raise UnreadableError("the file is not encoded in UTF-8") from None
    except ValueError:
        if re.search(rb"^<{7} ", data, re.MULTILINE):
            raise UnreadableError("the file holds conflict marks of git (<<<<<<<)") from None
        if data.lstrip().startswith(b"<"):
            raise UnreadableError("the file is a web page: download the notebook itself") from None
        raise UnreadableError("the file breaks off, or is no notebook") from None
    if not isinstance(content, dict) or not isinstance(content.get("cells"), list):
        raise UnreadableError("the file is no notebook: it has no list of cells")
    if content.get("nbformat") != 4:
        raise UnreadableError("the file is of another notebook format than 4")
    if len(content["cells"]) > MOST:
        raise UnreadableError(f"the file has more than {MOST:,} cells")
    return [_cell(number, cell) for number, cell in enumerate(content["cells"], 1)]


def _cell(number, cell):
    source = cell.get("source") if isinstance(cell, dict) else None
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise UnreadableError(f"cell {number} has no text")
    source = source.encode(errors="replace").decode()  # half a character cannot be sent
    return {"id": cell.get("id"), "code": cell.get("cell_type") == "code", "source": source}


def names(solved):
    """Return the exercises of a solved notebook, those that have a check."""
    return [cell.id.removeprefix("check-") for cell in solved.cells if _is_check(cell)]


def seed(cells):
    """Return the number in the line `SEED = number` of a solved notebook's cells."""
    return int(SEED.search("\n".join(cell.source for cell in cells))[1])


def merge(solved, student, chosen, unanswered=(), dropped=(), compared=True):
    """Return the notebook to run, and {cell id: exercise} for answers and checks.

    Only the `chosen` exercises are checked. The `unanswered` are left as stubs, and
    `dropped` are the ids of cells to leave out. Unless they are `compared` elsewhere,
    checks carry the outputs that nbval compares with theirs. No right answer is in it.
    """
    master = exercises.unsolve(solved).cells
    answers, added = _sort(master, student, names(solved))
    cells, owners = [], {}

    def add(cell_id, source, owner=None, outputs=()):
        if cell_id not in dropped:
            cell = new_code_cell(source, id=cell_id, outputs=list(outputs))
            cell.execution_count = 1 if outputs else None  # nbval compares only what was run
            cells.append(cell)
            owners[cell_id] = owner

    for cell in master:
        name = cell.id.removeprefix("check-")
        if cell.id in answers:
            mine = [] if cell.id in unanswered else answers[cell.id]
            for i, source in enumerate(mine or [cell.source]):
                add(f"{cell.id}-{i}" if i else cell.id, source, cell.id)
        elif _is_check(cell):
            if name in chosen:  # the seed as a number: the student may have moved SEED
                source = cell.source.replace("seed=SEED", f"seed={seed(master)}")
                add(cell.id, source, name, cell.outputs if compared else ())
        elif _is_code(cell):
            add(cell.id, cell.source)
        for i, source in added.get(cell.id, []):
            add(f"added-{i}", source)
    return new_notebook(cells=cells), owners


def _sort(master, student, exercise_names):
    """Return {exercise: its answers} and {master cell: numbered code added behind it}."""
    by_id = {cell.id: cell for cell in master}
    by_source = {cell.source.strip(): cell.id for cell in reversed(master)}
    places = list(by_id)
    start = next(place for place, cell in enumerate(master) if _is_code(cell))  # the set-up
    answers, added, last = {name: [] for name in exercise_names}, {}, places[start]
    loose = []
    checks = {  # exercise: the student's last check of it; what stands below is a draft
        name: number
        for number, cell in enumerate(student)
        for name in re.findall(r"^check\((\w+)", cell["source"], re.MULTILINE)
        if cell["code"]
    }
    for number, cell in enumerate(student):
        source, line = (
            cell["source"],
            re.search(r"^# Exercise: (\w+)", cell["source"], re.MULTILINE),
        )
        known = cell["id"] if isinstance(cell["id"], str) and cell["id"] in by_id else None
        place = line[1] if cell["code"] and line and line[1] in answers else known
        place = place or by_source.get(source.strip())
        if answers.get(place) and number > checks.get(place, number):
            place = f"check-{place}"
        if place:
            last = places[max(start, places.index(place))]
        if not cell["code"] or (place and by_id[place].source.strip() == source.strip()):
            continue  # text, or nothing new
        if place in answers:
            answers[place].append(source)
        else:  # also what the student wrote into a cell of ours, which runs unchanged before it
            loose.append((last, source))
    unanswered = {name for name in answers if not answers[name]}
    merged = {source: None for found in answers.values() for source in found}
    for source in merged:  # a cell may answer two exercises
        for name in unanswered.intersection(_bound(source)):
            answers[name].append(source)
    for i, (place, source) in enumerate(loose):
        found = unanswered.intersection(_bound(source))
        for name in found:
            answers[name].append(source)
        if not found:
            added.setdefault(place, []).append((i, source))
    return answers, added


def _bound(source):
    """Return the names that code binds at top level; an answer may stand in an added cell."""
    if len(source) > LONGEST:
        return []
    plain = re.sub(r"^[%!].*$", "", source, flags=re.MULTILINE)  # without IPython's magics
    try:
        symbols = symtable.symtable(plain, "cell", "exec").get_symbols()
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return [name.get_name() for name in symbols if name.is_assigned() or name.is_imported()]


def _is_code(cell):
    return cell.cell_type == "code"


def _is_check(cell):
    return exercises.CHECKED in cell.metadata.get("tags", [])

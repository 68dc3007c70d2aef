"""Check one's own notebooks, or grade a class: `python -m convbook.grading check|grade`.

Every notebook is graded by a process of its own, which merges it into the solved
notebook (convbook.merging) and runs that under nbval in a jail (convbook.jail).
Whatever a notebook does to that process, the others do not notice.
"""

import argparse
import concurrent.futures
import contextlib
import csv
import dataclasses
import hashlib
import html
import json
import os
import pickle
import re
import resource
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

# jsonschema, which nbformat asks, would spend a second on a grammar that no notebook needs.
sys.modules.setdefault("rfc3987_syntax", None)

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / "_build" / "references"
VERDICTS = ["pass", "wrong", "error", "todo", "timeout", "died", "unreadable"]
LARGEST = 10_000_000  # bytes of a notebook
TABLES = ["grades.csv", "grades.html"]


# One notebook, in a process of its own


def grade_notebook(data, solved, folder, jailed, limits, probes=None, key=None):
    """Return {exercise: [verdict, message]} for the bytes of a student's notebook.

    With `probes` and `key`, what `_write_key` wrote, the results are judged here.
    """
    from convbook import jail, merging

    names = merging.names(solved)
    try:
        student = merging.parse(data)
    except merging.UnreadableError as error:
        return {name: ["unreadable", str(error)] for name in names}
    wanted = {cell.id: cell.outputs[0].text for cell in solved.cells if cell.get("outputs")}
    if key:
        wanted = {f"check-{name}": key[name] for name in names}
    setup = next(cell.id for cell in solved.cells if cell.cell_type == "code")
    dropped = set()  # cells that are nobody's answer, and stopped the kernel

    def attempt(chosen, unanswered):
        while True:
            cells, owners = merging.merge(solved, student, chosen, unanswered, dropped, not key)
            cells, stopped = jail.run(cells, folder, jailed, limits, probes)
            if not stopped or owners[stopped[0]]:
                found = _verdicts(cells, stopped, owners, wanted, chosen)
                return found, stopped and owners[stopped[0]]
            if stopped[0] == setup:
                raise RuntimeError(f"the set-up cell does not run: {stopped[2]}")
            dropped.add(stopped[0])

    verdicts, fatal = {}, set()  # answers that stopped the kernel are left out from then on
    while left := [name for name in names if name not in verdicts]:
        found, stopper = attempt(left, fatal)  # the next round goes on from where it stopped
        for name in [name for name in found if found[name][0] == "died"]:
            alone, stopper = attempt([name], {*names} - {name})  # another may have done it, later
            found |= alone
        fatal |= {stopper} - {None}
        verdicts |= found
    return {name: verdicts[name] for name in names}


def _verdicts(cells, stopped, owners, wanted, chosen):
    """Return {exercise: [verdict, message]}, as far as the run came, at least one."""
    verdicts, errors = {}, {}
    for cell, passed, printed, error in cells:
        name = owners[cell]
        if cell in wanted:
            error = error and errors.get(name, error)  # the first error is the cause
            verdicts[name] = _judged(wanted[cell], passed, printed, error)
        elif name and error:
            errors.setdefault(name, error)
    late = [name for name in chosen if name not in verdicts]
    if stopped and late:
        owner = owners[stopped[0]]
        verdicts[owner if owner in late else late[0]] = stopped[1:]
    return {name: [verdict, _clean(says)] for name, (verdict, says) in verdicts.items()}


def _judged(wanted, passed, printed, error):
    """Return verdict and message for one check; `wanted` is a text, or a row of the key."""
    if error:
        return "error", error
    if not isinstance(wanted, str):
        return _compared(*wanted, printed)
    if passed:
        return "pass", ""
    wanted, got = wanted.splitlines(), printed.splitlines()  # `engine.judge` printed it
    if got and got[0].startswith("todo"):
        return "todo", ""
    values = len(wanted) - 1  # then comes the agreement, or the diagnosis
    labels = [[line.split(":")[0] for line in lines[:values]] for lines in (wanted, got)]
    diagnosis = _diagnosis(got[values:])
    if labels[0] != labels[1] or not diagnosis or got[:values] == wanted[:values]:
        pairs = zip(wanted, [*got, *[""] * len(wanted)], strict=False)
        pair = next((pair for pair in pairs if pair[0] != pair[1]), ("", "more output"))
        return "wrong", "wanted {!r}, got {!r}".format(*pair)
    if all(line.endswith("not attempted yet") for line in diagnosis.split("; ")):
        return "todo", diagnosis
    return "error" if "it stopped with" in diagnosis else "wrong", diagnosis


def _compared(exercise, order, inputs, wanted, mistakes, printed):
    """Judge the results that `blind.check` printed."""
    from convbook import blind, engine

    lines = [line for line in printed.splitlines() if line.startswith(blind.MARK)]
    try:
        found = blind.decode(lines[-1].removeprefix(blind.MARK), len(inputs))
    except Exception:  # whatever it is that stands there
        return "wrong", "the notebook changed its check, which prints no results"
    got = [found[order.index(place)] for place in range(len(inputs))]
    verdict, lines = engine.verdict(exercise, inputs, got, wanted, lambda: mistakes)
    return verdict, "" if verdict == "pass" else _diagnosis(lines[len(inputs) :])


def _diagnosis(lines):
    return "; ".join(line for line in lines if not line.startswith("try it"))


def _clean(text, length=300):
    """Return a text that comes from a student as one short line without control characters."""
    text = " ".join(re.sub(r"\x1b\[[\d;]*m", "", text[: 10 * length]).split())
    text = "".join(char if char.isprintable() else "?" for char in text)
    return text if len(text) <= length else text[: length - 3] + "..."


def _grade_here(folder):
    """Grade folder/student.ipynb by folder/task.json; write folder/result.json."""
    import nbformat

    from convbook import jail

    task = json.loads((folder / "task.json").read_text())
    solved = nbformat.read(task["reference"], as_version=4)
    data = (folder / "student.ipynb").read_bytes()
    options = {}
    if task["key"]:
        probes, key = pickle.loads(Path(task["key"]).read_bytes())
        (folder / "probes").write_bytes(probes)
        options = {"probes": folder / "probes", "key": pickle.loads(key)}
    limits = jail.Limits(**task["limits"])
    result = grade_notebook(data, solved, folder, task["jailed"], limits, **options)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    megabytes = peak // (10**6 if sys.platform == "darwin" else 1000)
    record = {"exercises": result, "grader_megabytes": megabytes}
    (folder / "new.json").write_text(json.dumps(record))
    (folder / "new.json").rename(folder / "result.json")


# Many notebooks


def reference(stem, seed=None):
    """Return the path of the solved notebook, with the outputs that `seed` gives; cached.

    Raises ValueError if there is no such source, or it has no line with the seed.
    """
    source = ROOT / "solutions" / f"{stem}.md"
    if not source.is_file():
        raise ValueError(f"there is no solutions/{stem}.md: the name must be the chapter's")
    text = source.read_text(encoding="utf-8")
    if seed is not None:
        from convbook import merging

        text, count = merging.SEED.subn(f"SEED = {seed}", text)
        if count != 1:
            raise ValueError(f"solutions/{stem}.md has {count} lines `SEED = number`, not one")
    path = CACHE / f"{stem}-{_digest(text.encode())}.ipynb"
    if not _is_whole(path, json.loads):
        import nbformat

        from convbook import exercises

        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            draft = Path(folder) / f"{stem}.md"
            draft.write_text(text, encoding="utf-8")
            nbformat.write(exercises.solve(draft), draft)
            draft.rename(path)
    return path


def prepare_key(solved):
    """See to it that two things lie beside a reference, each pickled: probes and key.

    The probes are all that a jail gets to see of the exercises; the key stays outside.
    They are made by a process of its own: Keras, which some oracles need, takes its memory.
    """
    if not _is_whole(solved.with_suffix(".key"), pickle.loads):
        command = [sys.executable, "-m", "convbook.grading", "key", str(solved)]
        subprocess.run(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True)


def _is_whole(path, load):
    """Tell whether a file of the cache is there and was not damaged."""
    with contextlib.suppress(Exception):
        load(path.read_bytes())
        return True
    return False


def _write_key(solved):
    """Write the key of the reference at the path `solved`."""
    import cloudpickle
    import nbformat
    import numpy as np

    from convbook import blind, checks, engine, merging

    seed = merging.seed(nbformat.read(solved, as_version=4).cells)
    chapter = [checks.EXERCISES[name] for name in exercise_names(solved)]
    for module in [name for name in sys.modules if name.startswith("convbook.checks.")]:
        cloudpickle.register_pickle_by_value(sys.modules[module])  # functions, not their names
    probes, key = {}, {}
    for exercise in chapter:
        inputs = exercise.inputs(np.random.default_rng(seed))
        wanted, mistakes = engine.key(exercise, inputs)
        order = np.random.default_rng().permutation(len(inputs)).tolist()
        args = [list(inputs.values())[place] for place in order]
        if exercise.by_hand:  # the student knows the questions, and their order
            order, args = sorted(order), [()] * len(inputs)
        bare = dataclasses.replace(exercise, oracle=None, inputs=None, library="", mistakes=[])
        probes[exercise.name] = dataclasses.replace(bare, view=None), args
        says = [(None, *row) for _, *row in exercise.mistakes]
        known = dataclasses.replace(bare, library=exercise.library, mistakes=says)
        wanted, mistakes = blind.plain(wanted), [blind.plain(theirs) for theirs in mistakes()]
        key[exercise.name] = known, order, inputs, wanted, mistakes
    with tempfile.TemporaryDirectory(dir=solved.parent) as folder:  # others may write it, too
        draft = Path(folder) / "key"
        draft.write_bytes(pickle.dumps([cloudpickle.dumps(probes), cloudpickle.dumps(key)]))
        draft.rename(solved.with_suffix(".key"))


def _digest(*parts):
    """Return a digest of bytes, of the package and of the interpreter."""
    code = [path.read_bytes() for path in sorted((ROOT / "convbook").rglob("*.py"))]
    digest = hashlib.sha256(repr(sys.version_info[:2]).encode())
    for part in [*code, *parts]:
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()[:24]


def read(path):
    """Return the bytes of a regular file, or the reason (a str) why there are none.

    A link is not followed: it could show the student what only the teacher may read.
    """
    try:
        if path.parent.is_symlink() or path.is_symlink():
            return "the file is a symbolic link"
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return "this is no file"
            data = file.read(LARGEST + 1)
    except FileNotFoundError:
        return "there is no such file"
    except OSError as error:
        return f"the file cannot be read: {error.strerror}"
    return data if len(data) <= LARGEST else f"the file is larger than {LARGEST // 10**6} MB"


def grade_apart(data, solved, settings, running):
    """Grade one notebook in a process of its own, which is in the set `running` meanwhile.

    `settings` are {"jailed": is there a sandbox, "blind": do oracles stay outside of it,
    "limits": those of jail.Limits}.
    Return {"exercises": {exercise: [verdict, message]}}, or {} if it took too long.
    Raises RuntimeError if that process fails, for reasons that are not the student's.
    """
    place = "/tmp" if len(tempfile.gettempdir()) > 50 else None  # a socket's path is short
    with tempfile.TemporaryDirectory("", "grade-", place, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        key = str(solved.with_suffix(".key")) if settings["blind"] else None
        task = settings | {"reference": str(solved), "key": key}
        (folder / "task.json").write_text(json.dumps(task))
        (folder / "student.ipynb").write_bytes(data)
        with open(folder / "log", "wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "convbook.grading", "one", name],
                env=os.environ | {"PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            running.add(process)
            try:
                process.wait(timeout=20 * settings["limits"]["seconds"] + 120)
            except subprocess.TimeoutExpired:
                return {}
            finally:
                process.kill()  # the jail dies with it
                process.wait()
                running.discard(process)
        if (folder / "result.json").exists():
            return json.loads((folder / "result.json").read_text())
        log = (folder / "log").read_text(errors="replace").strip().splitlines()
        raise RuntimeError(_clean(log[-1]) if log else "the process was killed")


def outcome(data, solved, settings, running):
    """Return the record of one notebook, or of the reason (a str) why it cannot be read."""
    if isinstance(data, bytes):
        if record := grade_apart(data, solved, settings, running):
            return record
        fault = ["timeout", "the notebook as a whole took too long"]
    else:
        fault = ["unreadable", data]
    return {"exercises": {name: fault for name in exercise_names(solved)}}


def exercise_names(solved):
    """Return the exercises of the reference at the path `solved`."""
    ids = [cell["id"] for cell in json.loads(solved.read_text(encoding="utf-8"))["cells"]]
    return [name.removeprefix("check-") for name in ids if name.startswith("check-")]


def check(arguments):
    """Report on the student's own notebooks; return the exit status."""
    from convbook import jail

    folder = "work" if Path("work").is_dir() else "exercises"
    paths = [Path(path) for path in arguments.notebooks] or sorted(Path(folder).glob("*.ipynb"))
    if folders := [path for path in map(Path, arguments.notebooks) if path.is_dir()]:
        sys.exit(f"{folders[0]} is a folder: name a notebook in it, as {folders[0]}/edges.ipynb")
    if arguments.json:
        target = Path(arguments.json)
        place = target if target.exists() else target.resolve().parent
        if target.suffix == ".ipynb" or target.is_dir() or not os.access(place, os.W_OK):
            sys.exit(f"The verdicts cannot be written to {target}: name a .json in a folder")
    jailed = jail.available()
    if not jailed:
        print("Your code runs here as it does in Jupyter: there is no bubblewrap for a sandbox.")
    settings = {"jailed": jailed, "blind": False, "limits": vars(_limits(arguments))}
    results, failed = {}, not paths
    for path in paths:
        print(path, flush=True)
        result, solved = {}, None
        try:
            solved = reference(path.stem)
            result = outcome(read(path.resolve()), solved, settings, set())["exercises"]
        except ValueError as error:
            print(f"  not checked: {error}")
            failed = True
        except RuntimeError as error:  # without a sandbox, an answer can end this program, too
            if solved is None:
                raise
            result = {name: ["died", str(error)] for name in exercise_names(solved)}
        results[str(path)] = {name: verdict for name, (verdict, _) in result.items()}
        width = max(map(len, result), default=0)
        for name, (verdict, message) in result.items():
            print(f"  {name:{width}}  {verdict:10}  {message}".rstrip())
        passed = list(results[str(path)].values()).count("pass")
        failed |= passed < len(result)
        if result:
            print(f"  {passed} of {len(result)} pass", flush=True)
    if not paths:
        print(f"There is no notebook in {folder}/")
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return int(failed)


def grade(arguments):
    """Grade a folder of <student>/<chapter>.ipynb; return the exit status."""
    from convbook import jail

    submissions, out = Path(arguments.submissions), Path(arguments.out)
    if not submissions.is_dir():
        sys.exit(f"There is no folder {submissions}")
    if arguments.sandbox and not jail.available():
        sys.exit(
            "Students' code is run in a sandbox, and bubblewrap is missing or may not make one "
            "here: install it (apt install bubblewrap). SANDBOX=0 runs the code without any "
            "protection: do that only on a machine that holds nothing else."
        )
    folders = (path for path in submissions.iterdir() if path.is_dir())
    own = (out.resolve(), submissions.resolve())  # the results may lie among the submissions
    students = sorted(p for p in folders if p.name[0] != "." and p.resolve() not in own)
    handed_in = {path.stem for student in students for path in student.glob("*.ipynb")}
    chapters = sorted(stem for stem in handed_in if (ROOT / "solutions" / f"{stem}.md").is_file())
    for stem in sorted(handed_in.difference(chapters)):
        print(f"{stem}.ipynb is not graded: there is no solutions/{stem}.md")
    if not chapters:
        sys.exit(f"Nothing to grade: in {submissions} there is no <student>/<chapter>.ipynb")
    _make_room(out, students)
    part, parts = arguments.part
    students = students[part - 1 :: parts]  # the chapters are the same for all parts
    print(f"{len(students)} students, chapters: {', '.join(chapters)}", flush=True)
    try:
        solved = {stem: reference(stem, arguments.seed) for stem in chapters}
        for path in solved.values() if arguments.sandbox else ():
            prepare_key(path)
    except ValueError as error:
        sys.exit(str(error))
    jailed = arguments.sandbox
    settings = {"jailed": jailed, "blind": jailed, "limits": vars(_limits(arguments))}
    jobs = [job for student in students for job in _changed(student, solved, out, settings)]
    same = len(students) * len(chapters) - len(jobs)
    print(f"{same} unchanged since they were graded, {len(jobs)} to grade", flush=True)
    failed = _grade_all(jobs, arguments.jobs, settings)
    report([student.name for student in students], solved, out)
    return int(failed)


def _make_room(out, students):
    """Make the folder of the results; end the program if they could not be written there."""
    for table in TABLES:
        if (out / table).is_dir() or table in [student.name for student in students]:
            sys.exit(f"A table of the results is called {table}: rename the folder of that name")
    with contextlib.suppress(OSError):
        out.mkdir(parents=True, exist_ok=True)
    among = out.resolve() in [student.parent.resolve() for student in students]
    if among or any(out.glob("*.ipynb")):
        sys.exit(f"In {out} are the students' own files: name another folder (OUT=)")
    if not out.is_dir() or not os.access(out, os.W_OK):
        sys.exit(f"The results cannot be written into {out}: name a folder (OUT=)")


def _changed(student, solved, out, settings):
    """Yield (notebook, reference, JSON to write, key) where that JSON has another key."""
    for stem, path in solved.items():
        data, target = read(student / f"{stem}.ipynb"), out / student.name / f"{stem}.json"
        known = json.dumps([path.name, settings, isinstance(data, bytes)])
        key = _digest(known.encode(), data if isinstance(data, bytes) else data.encode())
        if _load(target).get("key") != key:
            target.unlink(missing_ok=True)  # it is no longer true
            yield student / f"{stem}.ipynb", path, target, key


def _grade_all(jobs, count, settings):
    """Grade `count` notebooks at a time; return whether any could not be graded."""
    running, failed = set(), False

    def work(notebook, solved, target, key):
        start = time.monotonic()
        record = {"student": target.parent.name, "chapter": target.stem, "key": key}
        record |= outcome(read(notebook), solved, settings, running)
        record["seconds"] = round(time.monotonic() - start, 1)
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_suffix(".new")
        draft.write_text(json.dumps(record, indent=1), encoding="utf-8")
        draft.rename(target)  # a file that is there is complete
        return record

    pool = concurrent.futures.ThreadPoolExecutor(count)
    for name in ("SIGTERM", "SIGHUP"):  # the latter unless it is ignored, as by nohup
        if signal.getsignal(getattr(signal, name)) != signal.SIG_IGN:
            signal.signal(getattr(signal, name), signal.default_int_handler)
    try:
        futures = {pool.submit(work, *job): job[2] for job in jobs}
        for done, future in enumerate(concurrent.futures.as_completed(futures), 1):
            try:
                record = future.result()
                verdicts = [verdict for verdict, _ in record["exercises"].values()]
                says = f"{verdicts.count('pass')} of {len(verdicts)} pass, {record['seconds']} s"
            except Exception as error:  # of the grader: the others are graded all the same
                failed, says = True, f"NOT GRADED: {error}"
            target = futures[future]
            print(f"[{done}/{len(jobs)}] {target.parent.name}/{target.stem}: {says}", flush=True)
    except KeyboardInterrupt:
        print("Interrupted. The same command goes on from here.", flush=True)
        failed = True
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in list(running):
            process.kill()  # its jail dies with it
        pool.shutdown()
    return failed


# Reports


def _load(path):
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def report(students, solved, out):
    """Write grades.csv and grades.html: a row a student, a column an exercise."""
    columns = [(stem, name) for stem, path in solved.items() for name in exercise_names(path)]
    rows = []
    for student in students:
        records = {stem: _load(out / student / f"{stem}.json") for stem in solved}
        cells = [
            records[stem].get("exercises", {}).get(name, ["not graded", ""])
            for stem, name in columns
        ]
        rows.append((student, [verdict for verdict, _ in cells].count("pass"), cells))
    told = {"encoding": "utf-8", "errors": "backslashreplace"}  # names of folders may be odd
    with open(out / TABLES[0], "w", newline="", **told) as file:
        table = csv.writer(file)
        table.writerow(["student", "passed", *(f"{stem}/{name}" for stem, name in columns)])
        for student, passed, cells in rows:
            plain = f"'{student}" if student[0] in "=+-@" else student  # else a formula
            table.writerow([plain, passed, *(verdict for verdict, _ in cells)])
    counts = [
        Counter(cells[place][0] for *_, cells in rows)["pass"] for place in range(len(columns))
    ]
    heads = "".join(f"<th>{name}<br><small>{stem}</small>" for stem, name in columns)
    body = "".join(
        f"<tr><th>{html.escape(student)}<td>{passed}"
        + "".join(
            f'<td class="{verdict.split()[-1]}" title="{html.escape(says)}">{verdict}'
            for verdict, says in cells
        )
        for student, passed, cells in rows
    )
    foot = "".join(f"<td>{count} of {len(rows)}" for count in counts)
    (out / TABLES[1]).write_text(PAGE.format(heads=heads, body=body, foot=foot), **told)
    print(f"Written: {out}/grades.csv, {out}/grades.html, {out}/<student>/<chapter>.json")


PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Grades</title>
<style>
body {{ font: 16px sans-serif }} table {{ border-collapse: collapse }}
th, td {{ border: 1px solid #bbb; padding: 2px 8px; text-align: left }}
.pass {{ background: #cfe8cf }} .wrong, .error {{ background: #f6cfcf }}
.todo {{ background: #eee }} .timeout, .died, .unreadable, .graded {{ background: #f7e3b5 }}
</style>
<h1>Grades</h1>
<p>Point at a verdict to read the diagnosis.</p>
<table><thead><tr><th>student<th>passed{heads}</thead>
<tbody>{body}</tbody><tfoot><tr><th>passed<td>{foot}</tfoot></table>
</html>
"""


# The command line


def _limits(arguments):
    from convbook.jail import Limits

    return Limits(seconds=arguments.timeout, memory=arguments.memory)


def _number(least, kind=int):
    def number(text):
        with contextlib.suppress(ValueError):
            if (value := kind(text)) >= least:
                return value
        whole = "whole " if kind is int else ""
        raise argparse.ArgumentTypeError(f"{text!r} is no {whole}number from {least} on")

    return number


def _part(text):
    found = re.fullmatch(r"(\d+)/(\d+)", text)
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise argparse.ArgumentTypeError(f"{text!r} is no part like 2/4, the second of four")
    return int(found[1]), int(found[2])


def main():
    """Run the command that the arguments name."""
    parser = argparse.ArgumentParser(prog="python -m convbook.grading", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("check", help="report on your own notebooks")
    one.add_argument("notebooks", nargs="*", help="default: those in work/, or else in exercises/")
    one.add_argument("--json", help="also write {notebook: {exercise: verdict}} into this file")
    many = commands.add_parser("grade", help="grade a folder of <student>/<chapter>.ipynb")
    many.add_argument("submissions")
    many.add_argument("--out", default="_build/grades", help="folder of the results")
    many.add_argument("--seed", type=_number(0), help="seed of fresh inputs")
    many.add_argument("--part", type=_part, default=(1, 1), help="2/4: the second quarter")
    count = _number(1)
    many.add_argument("--jobs", type=count, default=os.cpu_count(), help="how many at a time")
    many.add_argument("--no-sandbox", dest="sandbox", action="store_false")
    for command in (one, many):
        command.add_argument(
            "--timeout", type=_number(1, float), default=60, help="seconds for one cell"
        )
        command.add_argument("--memory", type=count, default=3000, help="MB for one notebook")
    commands.add_parser("one").add_argument("path", type=Path)
    commands.add_parser("key").add_argument("path", type=Path)
    arguments = parser.parse_args()
    if arguments.command in ("one", "key"):  # of this program itself
        return {"one": _grade_here, "key": _write_key}[arguments.command](arguments.path)
    sys.stdout.reconfigure(errors="backslashreplace")
    try:
        sys.exit({"check": check, "grade": grade}[arguments.command](arguments))
    except KeyboardInterrupt:
        sys.exit("Interrupted. The same command goes on from here.")
    except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
        sys.exit(f"Grading stopped: {error}")


if __name__ == "__main__":
    main()

"""Grading: odd and hostile submissions get their verdict, and nobody else's changes.

One folder holds all submissions of the corpus; it is graded once for all tests.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import cloudpickle
import numpy as np
import psutil
import pytest

from convbook import checks, grading, jail
from convbook.grading import LARGEST

ROOT = Path(__file__).parents[1]
EXERCISES = ROOT / "exercises"
STEM = "sliding-dot-product"
UNFILLED = json.loads((EXERCISES / f"{STEM}.ipynb").read_text(encoding="utf-8"))
NAMES = [c["id"][6:] for c in UNFILLED["cells"] if c["id"].startswith("check-")]
FIRST, SECOND = NAMES[:2]
SECRET = "SECRET-4711"
SLEEP = "98765.4321"  # seconds; names the process that a submission leaves behind

if not jail.available():
    if os.environ.get("CI"):
        pytest.fail("bubblewrap does not work here: apt install bubblewrap", pytrace=False)
    pytest.skip("bubblewrap does not work here", allow_module_level=True)


def right_answers(stem=STEM):
    """Return {exercise: source} with the marks of the solution left out."""
    import jupytext

    cells = jupytext.read(ROOT / "solutions" / f"{stem}.md").cells
    code = [cell.source for cell in cells if "# Exercise:" in cell.source]
    lines = [[line for line in source.splitlines() if "SOLUTION" not in line] for source in code]
    return {re.match(r"# Exercise: (\w+)", s[0])[1]: "\n".join(s) for s in lines}


RIGHT = right_answers()
WRONG = "def correlate1d(signal, kernel):\n    return np.zeros(len(signal) - len(kernel) + 1)"
CORRECT = RIGHT["correlate1d"]
BODY = CORRECT.split('"""\n', 1)[1]  # of the correct function


class Notebook:
    """An exercise notebook with right answers, to be changed."""

    def __init__(self, **answers):
        self.content = json.loads(json.dumps(UNFILLED))
        for name, source in (RIGHT | answers).items():
            self[name]["source"] = source.splitlines(keepends=True)

    def __getitem__(self, cell_id):
        return next(cell for cell in self.cells if cell["id"] == cell_id)

    @property
    def cells(self):
        return self.content["cells"]

    def insert(self, behind, source, cell_id="added"):
        place = self.cells.index(self[behind]) + 1 if behind else 0
        cell = {"cell_type": "code", "id": cell_id, "metadata": {}, "source": source}
        self.cells.insert(place, cell | {"outputs": [], "execution_count": None})
        return self

    def remove(self, *cell_ids):
        self.content["cells"] = [cell for cell in self.cells if cell["id"] not in cell_ids]
        return self

    def bytes(self):
        return json.dumps(self.content).encode()


def answer(source):
    """Return a notebook whose first answer is `source`, the others right."""
    return Notebook(correlate1d=f"# Exercise: correlate1d\n{source}")


def inside(lines):
    """Return a notebook whose first answer runs `lines` in the function, then is right."""
    body = "".join(f"    {line}\n" for line in lines.splitlines())
    return answer(f'def correlate1d(signal, kernel):\n    """."""\n{body}{BODY}')


def before(lines):
    """Return a notebook whose first answer runs `lines` at top level, then is right."""
    return answer(f"{lines}\n{CORRECT}")


def cheat(lines):
    """Return a notebook that runs `lines` and then answers wrongly."""
    return answer(f"{lines}\n{WRONG}")


def edited(cell_id, **changes):
    notebook = answer(WRONG)
    notebook[cell_id].update(changes)
    return notebook


def reordered(notebook):
    notebook.cells.reverse()
    return notebook


def without_ids(notebook):
    for cell in notebook.cells:
        del cell["id"]
    return notebook


def duplicated():
    """The answer was copied, ids and all, and only the copy was filled in."""
    notebook = Notebook()
    copy = json.loads(json.dumps(notebook[FIRST]))
    notebook[FIRST]["source"] = "def correlate1d(signal, kernel):\n    return 0"
    notebook.cells.insert(notebook.cells.index(notebook[FIRST]) + 1, copy)
    return notebook


def with_metadata(**metadata):
    notebook = Notebook()
    notebook.content["metadata"].update(metadata)
    return notebook


def stored_output(name=FIRST):
    return "".join(
        next(c for c in UNFILLED["cells"] if c["id"] == f"check-{name}")["outputs"][0]["text"]
    )


def drafted():
    """Below its check stands a draft of the answer, which was right."""
    return Notebook().insert(f"check-{FIRST}", f"# Exercise: {FIRST}\n{WRONG}")


def in_one_cell():
    """Two answers stand in one cell, the first one's."""
    answers = f"{RIGHT[FIRST]}\n\n\n{RIGHT[SECOND]}"
    return Notebook(**{FIRST: answers}).remove(SECOND)


def with_magic():
    """The stub was deleted, and the answer stands in a new cell, with a magic."""
    source = CORRECT.split("\n", 1)[1]
    return Notebook().remove(FIRST).insert("cell-2", f"%%time\n!echo\n{source}")


def check_within(cell):
    """Below the check stands the right answer, with a check in the same cell."""
    notebook = answer(WRONG)
    return notebook.insert(f"check-{FIRST}", f"{CORRECT}\ncheck({FIRST}, seed=SEED)", cell)


FOLDER = (
    "import json, os, ipykernel.connect\n"
    "ipc = os.path.dirname(ipykernel.connect.get_connection_file())\n"
)
DIES_THEN_LISTENS = (
    f"{FOLDER}if not os.path.exists(ipc + '/loot'):\n"
    "    open(ipc + '/loot', 'w').close()\n    os._exit(0)\n"
    "write = lambda info: open(ipc + '/loot', 'a').write(json.dumps(info.raw_cell) + '\\n')\n"
    "get_ipython().events.register('pre_run_cell', write)\n"
)
REPEATS = (
    f"{FOLDER}if os.path.exists(ipc + '/loot'):\n"
    "    for line in open(ipc + '/loot'):\n"
    "        if json.loads(line).startswith('# Exercise: NAME'):\n"
    "            exec(json.loads(line), globals())\n"
)


def thief():
    """The first answer ends the kernel, to see in the next one how the master answers."""
    answers = {name: f"# Exercise: {name}\n{REPEATS.replace('NAME', name)}" for name in NAMES}
    return Notebook(**answers | {FIRST: f"# Exercise: {FIRST}\n{DIES_THEN_LISTENS}"})


def borrower():
    """The second answer is the first one's function, and that ends the kernel."""
    dies = f"# Exercise: {FIRST}\nimport os\nos._exit(0)"
    return Notebook(**{FIRST: dies, SECOND: f"# Exercise: {SECOND}\n{SECOND} = {FIRST}"})


def forged(results):
    """Return a notebook whose checks print `results`, whatever the answers are."""
    lines = f"import convbook.blind, convbook.checks as c\nc.encode = lambda found: {results}"
    return Notebook(**{FIRST: f"# Exercise: {FIRST}\n{lines}\n{WRONG}"})


def many_cells(count):
    notebook = Notebook()
    cell = {"cell_type": "code", "source": "1", "metadata": {}, "outputs": []}
    notebook.cells.extend([cell] * count)
    return notebook


def as_markdown():
    notebook = Notebook()
    notebook[FIRST]["cell_type"] = "markdown"
    return notebook


def typical(place):
    """Return a notebook with one typical mistake in each exercise."""
    cloudpickle.register_pickle_by_value(checks.sliding_dot_product)
    answers = {}
    for name in NAMES:
        exercise = checks.EXERCISES[name]
        mistake = exercise.mistakes[place % len(exercise.mistakes)][0]
        if exercise.by_hand:
            mistake = [mistake(*args) for args in exercise.inputs(None).values()]
        source = f"import pickle\n{name} = pickle.loads({cloudpickle.dumps(mistake)!r})"
        answers[name] = f"# Exercise: {name}\n{source}"
    return Notebook(**answers)


def hostile(tmp, port):
    """Return the submissions that name paths or ports of this run."""
    find = (
        "import os\n"
        f"found = [p for p in {[str(ROOT / p) for p in ('solutions', 'exercises', '_build')]}\n"
        f"         + {[str(tmp / p) for p in ('submissions', 'out')]} if os.path.exists(p)]\n"
        "for place in ('/tmp', '/student', '/root', '/home', '.', '..'):\n"
        "    found += [f for folder, _, files in os.walk(place) for f in files\n"
        "              if f.endswith('.ipynb') and 'site-packages' not in folder]\n"
    )
    write = (
        "import os\n"
        f"for path in {[str(ROOT), str(tmp), '/etc', '/usr', '/var/tmp', '/tmp', '/dev/shm']}:\n"
        "    for name in ('planted-by-a-student', '../planted-by-a-student'):\n"
        "        try:\n"
        "            open(os.path.join(path, name), 'w').write('x')\n"
        "        except OSError:\n"
        "            pass\n"
    )
    connect = (
        "import socket\n"
        f"for place in [('127.0.0.1', {port}), ('1.1.1.1', 53)]:\n"
        "    try:\n"
        "        socket.create_connection(place, timeout=2)\n"
        "        connected = True\n"
        "    except OSError:\n"
        "        pass\n"
    )
    return {
        "reads the references": (answer(f"{find}{CORRECT}\nif not found:\n    del correlate1d"), E),
        "writes outside": (before(write), P),
        "calls the network": (before(f"{connect}assert 'connected' not in vars()"), P),
        "reads the environment": (
            before(f"assert '{SECRET}' not in open('/proc/1/environ').read()"),
            P,
        ),
        "mounts the settings anew": (
            before(
                "import subprocess\nmount = ['mount', '-o', 'remount,rw,bind', '/proc']\n"
                "assert subprocess.run(mount, capture_output=True).returncode\n"
                "assert int(open('/proc/self/status').read().split('CapEff:')[1][:18], 16) == 0"
            ),
            P,
        ),
        "removes a home": (before(f"import shutil\nshutil.rmtree({str(tmp / 'home')!r}, True)"), P),
    }


P, W, E, T, U = {"pass"}, {"wrong"}, {"error"}, {"todo"}, {"unreadable"}
LATE, DEAD = {"timeout"}, {"died"}
HELPER = "def dot(a, b):\n    return sum(float(p) * float(q) for p, q in zip(a, b))"
USES_HELPER = (
    "def correlate1d(signal, kernel):\n"
    "    places = range(len(signal) - len(kernel) + 1)\n"
    "    return [dot(signal[i : i + len(kernel)], kernel) for i in places]"
)
SHOW = f"print({stored_output()!r}, end='')"

# name: (notebook, verdicts that are right for the first exercise); the others must pass
CORPUS = {
    "correct": (Notebook(), P),
    "whole numbers for floats": (
        answer(
            "def correlate1d(x, w):\n"
            "    y = np.correlate(x.astype(float), w.astype(float))\n"
            "    return y.astype(int) if np.all(y == np.round(y)) else y"
        ),
        P,
    ),
    "syntax error": (answer("def correlate1d(signal, kernel):\n    return ((("), E),
    "name error": (answer("correlate1d = corelate"), E),
    "endless loop": (inside("while True:\n    pass"), LATE),
    "swallowed interrupt": (
        before("while True:\n    try:\n        while True: pass\n    except BaseException: pass"),
        LATE,
    ),
    "os._exit": (inside("import os\nos._exit(0)"), DEAD),
    "os._exit in a picture": (  # the cell behind the check is not the student's
        inside("import os\nif len(signal) == 24: os._exit(0)"),
        P,
    ),
    "segmentation fault": (inside("import ctypes\nctypes.string_at(0)"), DEAD),
    "sys.exit": (inside("import sys\nsys.exit(0)"), E),
    "sys.exit at top level": (answer(f"import sys\nsys.exit(0)\n{CORRECT}"), E),
    "quit": (answer(f"quit()\n{CORRECT}"), P | E | DEAD),
    "kills the parent": (before("import os\nos.kill(os.getppid(), 9)"), P),
    "kills all": (before("import os\nos.kill(-1, 9)"), E | DEAD),
    "dies later": (
        before("import os, threading\nthreading.Timer(0.1, os._exit, [0]).start()"),
        P | DEAD,
    ),
    "large memory": (inside("np.ones(10**11)"), E),
    "growing memory": (
        before("hog = []\nwhile True: hog.append(np.ones(10**7))"),
        E | DEAD,
    ),
    "memory in files": (
        before("for i in range(9):\n    open(f'/dev/shm/{i}', 'wb').write(bytes(10**8))"),
        E,
    ),
    "many processes": (
        before("import os, time\nwhile True:\n    if not os.fork(): time.sleep(99)"),
        E | DEAD,
    ),
    "endless print": (before("while True: print('x' * 99)"), E | LATE),
    "endless print to the file": (
        before("import os\nwhile True: os.write(1, b'x' * 9999)"),
        E | LATE | DEAD,  # whichever limit is reached first
    ),
    "endless print in the function": (inside("while True: print('x' * 99)"), LATE | DEAD | E),
    "50 MB at once": (before("print('x' * 50_000_000)"), E | P),
    "input": (before("input()"), E),
    "input in the function": (inside("input()"), E | T),
    "check deleted": (answer(WRONG).remove(f"check-{FIRST}"), W),
    "check edited": (edited(f"check-{FIRST}", source=SHOW), W),
    "check tagged": (edited(f"check-{FIRST}", metadata={"tags": ["nbval-skip"]}), W),
    "check says raises": (edited(f"check-{FIRST}", metadata={"tags": ["raises-exception"]}), W),
    "NBVAL_SKIP, wrong": (cheat("# NBVAL_SKIP"), W),
    "NBVAL_SKIP, right": (before("# NBVAL_SKIP"), P),
    "NBVAL_IGNORE_OUTPUT": (cheat("# NBVAL_IGNORE_OUTPUT"), W),
    "cells reversed": (reordered(Notebook()), P),
    "set-up deleted": (Notebook().remove("cell-1"), P),
    "set-up extended": (
        answer("correlate1d = lambda x, w: sig.correlate(x * 1.0, w * 1.0, 'valid')"),
        P,
    ),
    "other seed": (Notebook().insert("cell-1", "SEED = 8"), P),
    "duplicate ids": (duplicated(), P),
    "answer in an added cell": (
        Notebook().remove(FIRST).insert(f"check-{FIRST}", CORRECT.split("\n", 1)[1]),
        P,
    ),
    "helper in an added cell": (answer(USES_HELPER).insert("cell-2", HELPER), P),
    "helper at the very top": (answer(USES_HELPER).insert(None, HELPER), P),
    "ids lost": (without_ids(Notebook()), P),
    "ids lost, wrong": (without_ids(answer(WRONG)), W),
    "answer in a markdown cell": (as_markdown(), T),
    "draft below the check": (drafted(), P),
    "two answers in one cell": (in_one_cell(), P),
    "200 cells": (many_cells(200), P),
    "a magic in an added cell": (with_magic(), P),
    "answer and check below the check": (check_within("cell-99"), P),
    "long words": (inside("return ['a' * 150_000] + ['b'] * 2000"), W),
    "a deque": (inside("import collections\nreturn collections.deque("
                       "np.correlate(signal.astype(float), kernel.astype(float)))"), P),
    "fills the folder of its sockets": (  # with a file that has no name any more
        before(
            f"{FOLDER}file = open(ipc + '/large', 'wb')\nos.remove(file.name)\n"
            "os.posix_fallocate(file.fileno(), 0, 150_000_000)"
        ),
        E,
    ),
    "a message that grows": (
        before(
            "from ipykernel.kernelapp import IPKernelApp\n"
            "kernel = IPKernelApp.instance().kernel\n"
            "part = b'[' + b'{\"\":0},' * 1_130_000 + b'0]'\n"
            "parts = [part] * 4\n"
            "frames = [b'<IDS|MSG>', kernel.session.sign(parts), *parts]\n"
            "kernel.iopub_thread.send_multipart(frames)\n"
            "import time\ntime.sleep(1)"
        ),
        E,
    ),
    "messages that nobody prints": (
        before(
            "from ipykernel.kernelapp import IPKernelApp\n"
            "kernel = IPKernelApp.instance().kernel\n"
            "for _ in range(10):\n"
            "    content = {'ename': '', 'evalue': '', 'traceback': ['x' * 5_000_000]}\n"
            "    kernel.session.send(kernel.iopub_socket, 'error', content)\n"
            "import time\ntime.sleep(1)"
        ),
        E,
    ),
    "a long added cell": (Notebook().insert(FIRST, f"table = [{'1,' * 400_000}]"), P),
    "writes to the kernel": (before("open('/proc/self/oom_score_adj', 'r+')"), E),
    "added cell that dies": (Notebook().insert(FIRST, "import os\nos._exit(1)"), P),
    "added cell that fails": (Notebook().insert(FIRST, "1 / 0"), P),
    "patches default_rng": (cheat("np.random.default_rng = lambda seed: None"), W | E),
    "patches print": (cheat("import builtins\nbuiltins.print = lambda *a, **k: None"), W),
    "patches allclose": (cheat("np.allclose = lambda *a, **k: True"), W),
    "patches check": (cheat("check = lambda *a, **k: print('agrees with numpy')"), W),
    "patches judge": (
        cheat(
            "import convbook.checks as c, convbook.engine as e\n"
            "c.judge = e.judge = lambda *a: ('pass', ['agrees'])"
        ),
        W,
    ),
    "patches the results": (
        cheat(
            "import convbook.engine as e\n"
            "e.results = lambda exercise, answer, inputs: [0] * len(inputs)"
        ),
        W,
    ),
    "judges the oracle": (
        cheat(
            "import convbook.checks as c\njudge = c.judge\n"
            "c.judge = lambda e, answer, seed: judge(e, e.oracle, seed)"
        ),
        E,
    ),
    "answers with the oracle": (
        answer(
            "from convbook.checks import EXERCISES\ncorrelate1d = EXERCISES['correlate1d'].oracle"
        ),
        E,
    ),
    "answers with the probes": (
        cheat(
            "import convbook.checks as c, pickle, pathlib\n"
            "probes = pathlib.Path(c.__file__).with_name('probes').read_bytes()\n"
            "correlate1d = pickle.loads(probes)['correlate1d'][0].oracle\n"
            "assert correlate1d"
        ),
        E | W,
    ),
    "patches the traceback": (
        answer("get_ipython().showtraceback = lambda *a, **k: None\n1 / 0"),
        W | E,
    ),
    "patches display": (cheat("get_ipython().run_cell = lambda *a, **k: None"), W | E | LATE),
    "debug print": (inside("print('here', signal)"), P),
    "debug print, top level": (before("print('here')"), P),
    "warning": (inside("import warnings\nwarnings.warn('here')"), P),
    "warning, top level": (before("import warnings\nwarnings.warn('here')"), P),
    "figure in the function": (inside("plt.plot([1, 2])"), P),
    "leaves a process": (
        before(f"import subprocess as s\ns.Popen(['sleep', '{SLEEP}'], start_new_session=True)"),
        P,
    ),
    "5 MB line": (before("print('x' * 5_000_000)"), P),
    "5 MB line, wrong": (cheat("print('x' * 5_000_000)"), W),
    "half a character": (before(r"text = '\ud800'") , P),
    "unknown kernelspec": (with_metadata(kernelspec={"name": "sage", "display_name": "x"}), P),
    "metadata is a list": (with_metadata(kernelspec=[1]), P),
    "format 4.2": (Notebook(), P),
    "BOM": (b"\xef\xbb\xbf" + Notebook().bytes(), P),
}  # fmt: skip
CORPUS["set-up extended"][0]["cell-1"]["source"].append("\nimport scipy.signal as sig")
PAIRS = list(checks.EXERCISES[FIRST].inputs(np.random.default_rng(7)).values())
SUMS = [checks.EXERCISES[FIRST].oracle(*pair).tolist() for pair in PAIRS]
BYTES = [b"".join(part.tobytes() for part in pair) for pair in PAIRS]
THIEVES = {"thief": thief(), "borrower": borrower()}  # no exercise may pass that is not right
FORGED = {
    "no type of numbers": forged("""'[{"dtype":",","shape":[1],"base64":""}]'"""),
    "many types": forged("""'[' + '{"type":""},' * 80_000 + '0]'"""),
    "types for all": forged("""'[[' + '{"type":""},' * 80_000 + '0]]'"""),
}
HARDCODED = {  # pass with the notebook's own seed, and fail with another
    "knows the outputs by heart": answer(
        f"known = {dict(zip(BYTES, SUMS, strict=True))}\n"
        "correlate1d = lambda x, w: known[x.tobytes() + w.tobytes()]"
    ),
}
CORPUS["knows the outputs by their order"] = (
    answer(f"known = iter({SUMS})\ncorrelate1d = lambda x, w: next(known)"),
    W | E,
)

ALL_UNREADABLE = {
    "empty": b"",
    "blank": b"\n",
    "truncated": Notebook().bytes()[:2000],
    "web page": b"<!DOCTYPE html><html><body>Sign in</body></html>",
    "conflict marks": b"<<<<<<< HEAD\n" + Notebook().bytes() + b"\n=======\n{}\n>>>>>>> main\n",
    "latin-1": Notebook().bytes()[:-1] + ', "x": "ü"}'.encode("latin-1"),
    "deeply nested": b"[" * 200_000,
    "nested in a notebook": b'{"nbformat": 4, "cells": ' + b"[" * 90_000 + b"]" * 90_000 + b"}",
    "a list": b"[]",
    "a number": b"1" * 5000,
    "100,000 cells": many_cells(100_000).bytes(),
    "too large": b"1" * (LARGEST + 1),
    "cells are a dict": b'{"nbformat": 4, "cells": {}}',
    "cells are numbers": b'{"nbformat": 4, "cells": [1, 2]}',
    "source is a number": b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": 1}]}',
    "format 99": json.dumps(Notebook().content | {"nbformat": 99}).encode(),
    "format 3": b'{"nbformat": 3, "worksheets": [{"cells": []}]}',
    "binary": bytes(range(256)),
}
LINKS = ["link to a secret", "link to a folder", "link to a neighbour"]
LINKS += ["missing", "a folder", "a pipe"]
TYPICAL = [f"mistake {i}" for i in range(max(len(checks.EXERCISES[n].mistakes) for n in NAMES))]


def command(*arguments):
    return [sys.executable, "-m", "convbook.grading", *map(str, arguments)]


def run(*arguments, **options):
    return subprocess.run(command(*arguments), cwd=ROOT, capture_output=True, text=True, **options)


def folder_of(name):
    return re.sub(r"\W+", "-", name)


@pytest.fixture(scope="session")
def graded(tmp_path_factory):
    """Grade the corpus; return {submission: its JSON}, what was printed, and the folders."""
    tmp = tmp_path_factory.mktemp("grading")
    (tmp / "home").mkdir()
    (tmp / "home" / "thesis.txt").write_text("three years of work")
    (tmp / "secrets").mkdir()
    secret = tmp / "secrets" / f"{STEM}.ipynb"  # whose reader would tell it
    secret.write_bytes(answer(f"raise ValueError({SECRET!r})").bytes())
    server = socket.create_server(("127.0.0.1", 0))
    server.setblocking(False)
    corpus = {name: notebook for name, (notebook, _) in CORPUS.items()}
    corpus |= {n: nb for n, (nb, _) in hostile(tmp, server.getsockname()[1]).items()}
    corpus |= {name: typical(place) for place, name in enumerate(TYPICAL)}
    corpus |= (
        THIEVES | FORGED | HARDCODED | ALL_UNREADABLE | {"unfilled": json.dumps(UNFILLED).encode()}
    )
    submissions = tmp / "submissions"
    for name in [*corpus, *LINKS]:
        (submissions / folder_of(name)).mkdir(parents=True)
    for name, notebook in corpus.items():
        data = notebook if isinstance(notebook, bytes) else notebook.bytes()
        (submissions / folder_of(name) / f"{STEM}.ipynb").write_bytes(data)
    path = {name: submissions / folder_of(name) / f"{STEM}.ipynb" for name in LINKS}
    path["link to a secret"].symlink_to(secret)
    path["link to a folder"].parent.rmdir()
    path["link to a folder"].parent.symlink_to(secret.parent)
    path["link to a neighbour"].symlink_to(submissions / "correct" / f"{STEM}.ipynb")
    path["a folder"].mkdir()
    os.mkfifo(path["a pipe"])
    before = {file: file.read_bytes() for file in submissions.rglob("*.ipynb") if file.is_file()}
    options = ["--timeout", 10, "--memory", 1000, "--jobs", 2]
    told = {"env": os.environ | {"TOKEN": SECRET}}
    run_one = run("grade", submissions, "--out", tmp / "out", *options, **told)
    assert run_one.returncode == 0, run_one.stdout + run_one.stderr
    for name in HARDCODED:
        shutil.copytree(submissions / folder_of(name), tmp / "hard" / folder_of(name))
    shutil.copytree(submissions / "correct", tmp / "hard" / "correct")
    run_two = run("grade", tmp / "hard", "--out", tmp / "seeded", "--seed", 4321, *options)
    assert run_two.returncode == 0, run_two.stdout + run_two.stderr
    assert before == {file: file.read_bytes() for file in before}  # nobody's file is changed
    records = {
        out: {
            file.parent.name: json.loads(file.read_text()) for file in (tmp / out).rglob("*.json")
        }
        for out in ("out", "seeded")
    }
    return tmp, records, run_one.stdout + run_one.stderr, server


def verdicts(graded, name, out="out"):
    record = graded[1][out][folder_of(name)]
    assert list(record["exercises"]) == NAMES
    return {name: verdict for name, (verdict, _) in record["exercises"].items()}


ALL = CORPUS | hostile(Path("/"), 0)


@pytest.mark.parametrize("name", ALL)
def test_odd_submission_gets_its_verdict_and_loses_no_neighbour(graded, name):
    found = verdicts(graded, name)
    assert found[FIRST] in ALL[name][1], graded[1]["out"][folder_of(name)]
    if not name.startswith("patches"):  # those are everywhere
        assert {found[other] for other in NAMES[1:]} == P, found


@pytest.mark.parametrize("name", [*ALL_UNREADABLE, *LINKS])
def test_unreadable_submission_is_said_to_be(graded, name):
    assert set(verdicts(graded, name).values()) == U


@pytest.mark.parametrize("name", TYPICAL)
def test_typical_mistake_fails(graded, name):
    assert set(verdicts(graded, name).values()) == W


def test_no_answer_is_lent_to_another(graded):
    assert "pass" not in verdicts(graded, "thief").values()
    found = verdicts(graded, "borrower")
    assert found[FIRST] == "died" and found[SECOND] not in P
    assert {found[name] for name in NAMES[2:]} == P


@pytest.mark.parametrize("name", FORGED)
def test_forged_results_are_wrong(graded, name):
    assert set(verdicts(graded, name).values()) == W


def test_unfilled_is_todo(graded):
    assert set(verdicts(graded, "unfilled").values()) == T


@pytest.mark.parametrize("name", HARDCODED)
def test_hard_coded_output_fails_with_a_fresh_seed(graded, name):
    assert verdicts(graded, name)[FIRST] == "pass"
    assert verdicts(graded, name, "seeded")[FIRST] in W | E


def test_right_answers_pass_with_a_fresh_seed(graded):
    assert set(verdicts(graded, "correct", "seeded").values()) == P


def test_nothing_is_written_outside_and_nothing_removed(graded):
    tmp = graded[0]
    assert (tmp / "home" / "thesis.txt").read_text() == "three years of work"
    for folder in (ROOT, ROOT.parent, tmp, tmp.parent, *map(Path, ("/etc", "/usr", "/", "/tmp"))):
        assert not (folder / "planted-by-a-student").exists()


def test_nothing_keeps_running(graded):
    def words(process):
        try:
            return process.cmdline()
        except psutil.Error:
            return []

    assert not [process for process in psutil.process_iter() if SLEEP in words(process)]


def test_no_call_reached_the_network(graded):
    with pytest.raises(BlockingIOError):
        graded[3].accept()


def test_no_secret_and_no_traceback_is_echoed(graded):
    tmp, _, printed, _ = graded
    files = [path for out in ("out", "seeded") for path in (tmp / out).rglob("*.*")]
    for text in [printed, *(path.read_text() for path in files)]:
        assert SECRET not in text and "Traceback" not in text
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text.replace("\r\n", "\n"))


def test_grader_stays_small(graded):
    peaks = {n: r.get("grader_megabytes", 0) for n, r in graded[1]["out"].items()}
    assert max(peaks.values()) < 300, peaks


def test_reports_name_every_student_and_verdict(graded):
    tmp, records, *_ = graded
    rows = [line.split(",") for line in (tmp / "out" / "grades.csv").read_text().splitlines()]
    assert rows[0] == ["student", "passed", *(f"{STEM}/{name}" for name in NAMES)]
    assert {row[0]: row[2:] for row in rows[1:]} == {
        name: [verdict for verdict, _ in record["exercises"].values()]
        for name, record in records["out"].items()
    }
    page = (tmp / "out" / "grades.html").read_text()
    assert page.count("<tr><th>") == len(rows) + 1  # one more for the foot
    assert "this is convolution: the kernel was flipped" in page


# The commands


@pytest.fixture
def class_of(tmp_path):
    """Return a function that makes a folder of submissions."""

    def make(**notebooks):
        for student, notebook in notebooks.items():
            folder = tmp_path / "class" / student
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{STEM}.ipynb").write_bytes(notebook.bytes())
        return tmp_path / "class", tmp_path / "out"

    return make


def test_only_what_changed_is_graded_again(class_of):
    submissions, out = class_of(ada=Notebook(), ben=Notebook())
    assert "[2/2]" in run("grade", submissions, "--out", out).stdout
    again = run("grade", submissions, "--out", out).stdout
    assert "2 unchanged since they were graded, 0 to grade" in again
    class_of(ben=answer(WRONG))
    (out / "ada" / f"{STEM}.json").unlink()
    assert (
        "0 unchanged since they were graded, 2 to grade"
        in run("grade", submissions, "--out", out).stdout
    )
    rows = (out / "grades.csv").read_text().splitlines()
    assert rows[1:] == [
        "ada,6,pass,pass,pass,pass,pass,pass",
        "ben,5,wrong,pass,pass,pass,pass,pass",
    ]
    other_seed = run("grade", submissions, "--out", out, "--seed", 99).stdout
    assert "0 unchanged" in other_seed


@pytest.fixture
def short_folder():
    """A folder with a name that is short enough for sockets."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        yield Path(name)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGHUP])  # Ctrl-C, a closed terminal
def test_interrupted_grading_stops_at_once_and_goes_on_where_it_was(class_of, short_folder, stop):
    submissions, out = class_of(**{f"student{i}": Notebook() for i in range(5)})
    process = subprocess.Popen(
        command("grade", submissions, "--out", out, "--jobs", 2),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(stop, signal.SIG_DFL),  # a shell may ignore it
        env={**os.environ, "TMPDIR": str(short_folder)},
    )
    lines = iter(process.stdout.readline, "")
    assert any(line.startswith("[1/5]") for line in lines)
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(stop)
    rest = "".join(lines)
    assert process.wait(timeout=20) == 1
    assert "The same command goes on from here" in rest and "Traceback" not in rest
    _, alive = psutil.wait_procs(children, timeout=10)
    assert alive == [] and not any(short_folder.iterdir())
    assert "not graded" in (out / "grades.csv").read_text()
    done = len(list(out.rglob("*.json")))
    assert 1 <= done < 5
    again = run("grade", submissions, "--out", out)
    assert f"{done} unchanged since they were graded, {5 - done} to grade" in again.stdout
    assert again.returncode == 0 and "not graded" not in (out / "grades.csv").read_text()


def test_notebook_that_needs_keras_is_graded_in_the_jail(tmp_path):
    stem = "mnist-cnn"
    answers, notebook = right_answers(stem), json.loads((EXERCISES / f"{stem}.ipynb").read_text())
    for cell in notebook["cells"]:
        cell["source"] = answers.get(cell["id"], cell["source"])
    (tmp_path / "class" / "ada").mkdir(parents=True)
    (tmp_path / "class" / "ada" / f"{stem}.ipynb").write_text(json.dumps(notebook))
    deep = tmp_path / ("deep" * 15)  # sockets have no room behind it
    deep.mkdir()
    env = {**os.environ, "TMPDIR": str(deep)}
    done = run("grade", tmp_path / "class", "--out", tmp_path / "out", "--seed", 5, env=env)
    assert f"[1/1] ada/{stem}: 4 of 4 pass" in done.stdout
    record = json.loads((tmp_path / "out" / "ada" / f"{stem}.json").read_text())
    assert record["grader_megabytes"] < 300


@pytest.mark.parametrize(
    "option", [("--part", "5/4"), ("--part", "2"), ("--jobs", 0), ("--seed", -1), ("--memory", "x")]
)
def test_option_without_sense_is_refused_and_nothing_is_lost(class_of, option):
    submissions, out = class_of(ada=Notebook())
    out.mkdir()
    (out / "grades.csv").write_text("as it was")
    done = run("grade", submissions, "--out", out, *option)
    assert done.returncode == 2 and f"argument {option[0]}: '{option[1]}' is no" in done.stderr
    assert (out / "grades.csv").read_text() == "as it was"


def test_odd_names_and_folders_lose_nobody(class_of):
    submissions, out = class_of(**{"ada": Notebook(), 'o\'x "y"': Notebook(), "=1+1": Notebook()})
    odd = os.fsdecode(b"b\xfcrger")
    shutil.copytree(submissions / "ada", submissions / odd)
    for _ in range(2):  # the results lie among the submissions, and are nobody's
        done = run("grade", submissions, "--out", submissions / "out", errors="replace")
        assert "4 students" in done.stdout and "Traceback" not in done.stderr
    rows = (submissions / "out" / "grades.csv").read_text().splitlines()
    assert [row.rsplit(",", 7)[1] for row in rows[1:]] == ["6"] * 4


def test_folder_without_notebooks_of_students_leaves_the_tables_alone(class_of):
    submissions, out = class_of(ada=Notebook())
    run("grade", submissions, "--out", out)
    table = (out / "grades.csv").read_bytes()
    done = run("grade", submissions / "ada", "--out", out)  # one level too deep
    assert done.returncode == 1 and "<student>/<chapter>.ipynb" in done.stderr
    assert (out / "grades.csv").read_bytes() == table


def test_results_that_cannot_be_written_are_refused_before_the_work(class_of):
    submissions, out = class_of(ada=Notebook())
    out.write_text("mine")
    done = run("grade", submissions, "--out", out)
    assert done.returncode == 1 and "name a folder (OUT=)" in done.stderr
    for table in grading.TABLES:
        (submissions / table).mkdir()
        done = run("grade", submissions, "--out", submissions / "out")
        assert done.returncode == 1 and f"is called {table}: rename" in done.stderr
        assert "to grade" not in done.stdout
        (submissions / table).rmdir()
    assert out.read_text() == "mine"


def test_verdicts_that_a_student_hands_in_are_not_read(class_of):
    submissions, out = class_of(ada=answer(WRONG), ben=Notebook())
    run("grade", submissions, "--out", out)
    forged = (out / "ada" / f"{STEM}.json").read_text().replace('"wrong"', '"pass"')
    (submissions / "ada" / f"{STEM}.json").write_text(forged)
    for folder in (submissions, submissions / "ada"):
        done = run("grade", submissions, "--out", folder)
        assert done.returncode == 1 and "name another folder (OUT=)" in done.stderr
        assert not (folder / "grades.csv").exists()


def test_damaged_cache_is_made_again(class_of):
    submissions, out = class_of(ada=Notebook())
    run("grade", submissions, "--out", out, "--seed", 6)
    files = sorted(grading.CACHE.glob(f"{STEM}-*"), key=lambda path: path.stat().st_mtime)[-2:]
    assert {path.suffix for path in files} == {".ipynb", ".key"}
    for path in files:
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        (out / "ada" / f"{STEM}.json").unlink()
        done = run("grade", submissions, "--out", out, "--seed", 6)
        assert "6 of 6 pass" in done.stdout, done.stderr


def test_verdicts_are_not_written_over_a_notebook(tmp_path):
    path = tmp_path / f"{STEM}.ipynb"
    path.write_bytes(Notebook().bytes())
    for target in (path, tmp_path / "nowhere" / "verdicts.json", tmp_path):
        done = run("check", path, "--json", target)
        assert done.returncode == 1 and "name a .json" in done.stderr and not done.stdout
    assert path.read_bytes() == Notebook().bytes()


def test_machines_share_a_class(class_of):
    submissions, out = class_of(ada=Notebook(), ben=Notebook(), cem=Notebook())
    for part, count in (("1/2", 2), ("2/2", 1)):
        done = run("grade", submissions, "--out", out, "--part", part)
        assert f"[{count}/{count}]" in done.stdout
    assert "3 unchanged" in run("grade", submissions, "--out", out).stdout
    assert len((out / "grades.csv").read_text().splitlines()) == 4


def test_without_bubblewrap_grading_needs_an_explicit_word(class_of):
    submissions, out = class_of(ada=Notebook())
    nothing = {**os.environ, "PATH": str(submissions)}
    refused = run("grade", submissions, "--out", out, env=nothing)
    assert refused.returncode == 1 and "SANDBOX=0" in refused.stderr
    assert not out.exists()
    assert run("grade", submissions, "--out", out, "--no-sandbox", env=nothing).returncode == 0
    assert "ada,6," in (out / "grades.csv").read_text()


def test_check_reports_each_exercise_and_changes_nothing(tmp_path):
    path, verdicts = tmp_path / f"{STEM}.ipynb", tmp_path / "verdicts.json"
    notebook = answer(WRONG)
    notebook["combine"]["source"] = "def combine(first, second):\n    raise NotImplementedError"
    notebook["identify"]["source"] = "identify = 1 / 0"
    path.write_bytes(notebook.bytes())
    done = run("check", path, "--json", verdicts)
    assert done.returncode == 1
    lines = [re.sub(r" +", " ", line.strip()) for line in done.stdout.splitlines()]
    assert lines[0] == str(path) and len(lines) == len(NAMES) + 2
    assert lines[1].startswith("correlate1d wrong not yet: ")
    assert lines[3] == "identify error ZeroDivisionError: division by zero"
    assert lines[6] == "combine todo"
    assert lines[7] == "3 of 6 pass"
    wanted = ["wrong", "pass", "error", "pass", "pass", "todo"]
    assert json.loads(verdicts.read_text()) == {str(path): dict(zip(NAMES, wanted, strict=True))}
    assert path.read_bytes() == notebook.bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == [path.name, verdicts.name]


@pytest.mark.parametrize("jailed", [True, False])
def test_check_of_right_answers_succeeds(tmp_path, jailed):
    path = tmp_path / f"{STEM}.ipynb"
    path.write_bytes(Notebook().bytes())
    env = dict(os.environ) if jailed else {**os.environ, "PATH": str(tmp_path)}
    done = run("check", path, env=env)
    assert done.returncode == 0, done.stdout
    assert ("no bubblewrap" in done.stdout) is not jailed


def test_check_of_what_is_no_chapter(tmp_path):
    (tmp_path / "other.ipynb").write_bytes(Notebook().bytes())
    done = run("check", tmp_path / "other.ipynb")
    assert done.returncode == 1 and "there is no solutions/other.md" in done.stdout
    done = run("check", tmp_path / f"{STEM}.ipynb")
    assert done.returncode == 1 and done.stdout.count("there is no such file") == len(NAMES)
    (tmp_path / "edges").mkdir()
    done = run("check", tmp_path / "edges")
    assert done.returncode == 1 and "is a folder: name a notebook in it" in done.stderr


def test_start_copies_what_is_not_there(tmp_path):
    for name in ("a", "b"):
        (tmp_path / "exercises").mkdir(exist_ok=True)
        (tmp_path / "exercises" / f"{name}.ipynb").write_text(f"new {name}")
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "a.ipynb").write_text("mine")
    make = ["make", "-f", ROOT / "Makefile", "start"]
    done = subprocess.run(make, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.splitlines() == [
        "work/a.ipynb: left alone, it is there already",
        "work/b.ipynb: copied",
    ]
    assert (tmp_path / "work" / "a.ipynb").read_text() == "mine"
    assert (tmp_path / "work" / "b.ipynb").read_text() == "new b"


def test_make_hands_the_options_over(class_of):
    submissions, out = class_of(ada=answer(WRONG))
    here = [f"VENV={sys.prefix}", "READY=Makefile"]
    done = subprocess.run(
        ["make", "grade", f"SUBMISSIONS={submissions}", f"OUT={out}", "SEED=5", "JOBS=1", *here],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    assert "ada,5,wrong," in (out / "grades.csv").read_text()

"""`make` executes what changed and nothing else, fails on every fault, and needs no network.

The tests build copies of the project whose book has two tiny pages. A page writes its name into
a log when it is executed, so each fact is proved by what ran.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
VENV = Path(sys.prefix)
PAGE = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  name: python3
  display_name: Python 3
  language: python
---
# {name}

Words.

```{{code-cell}} ipython3
from pathlib import Path
with open("{log}", "a") as log:
    print("{name}", file=log)
```
"""


class Course:
    """A copy of the project with two tiny pages, `one` and `two`."""

    def __init__(self, folder):
        self.folder = folder / "course"
        shutil.copytree(
            ROOT,
            self.folder,
            ignore=shutil.ignore_patterns(
                ".venv", "_build", ".git", "work", "book", "solutions", "exercises", "mnist.npz"
            ),
        )
        self.log = folder / "executed.log"
        (self.folder / "data" / "mnist.npz").write_bytes(b"stands for the digits")
        (self.folder / "book" / "_static").mkdir(parents=True)
        self.write("index.md", "# Front page\n\nWords.\n")
        self.write("book/references.bib", "")
        self.write("_toc.yml", "format: jb-book\nroot: index\nchapters:\n")
        for name in ("one", "two"):
            self.add_page(name)

    def add_page(self, name, **changes):
        text = PAGE.format(name=name, log=self.log)
        for old, new in changes.values():
            text = text.replace(old, new)
        self.write(f"book/{name}.md", text)
        self.append("_toc.yml", f"  - file: book/{name}\n")

    def write(self, path, text):
        (self.folder / path).write_text(text)

    def append(self, path, text):
        with open(self.folder / path, "a") as file:
            file.write(text)

    def make(self, *prefix, target="book"):
        """Run make; return exit status, output, and the pages that were executed, sorted."""
        self.log.write_text("")
        run = subprocess.run(
            [*prefix, "make", target, f"VENV={VENV}", "READY=Makefile", "TOOLS=Makefile"],
            cwd=self.folder,
            capture_output=True,
            text=True,
        )
        return run.returncode, run.stdout + run.stderr, sorted(self.log.read_text().split())

    def build(self):
        """Build without a fault; return the pages that were executed."""
        status, output, executed = self.make()
        assert status == 0, output
        return executed


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Build one course for all tests of what is executed next; they leave it built."""
    course = Course(tmp_path_factory.mktemp("built"))
    assert course.build() == ["one", "two"]
    return course


def test_unchanged_book_executes_no_page(built):
    assert built.build() == []


def test_edited_words_reach_the_page_without_executing_it(built):
    page = built.folder / "book" / "one.md"
    page.write_text(page.read_text().replace("Words.", "Other words."))
    assert built.build() == []
    assert "Other words." in (built.folder / "_build/html/book/one.html").read_text()


def test_edited_code_executes_its_page_alone(built):
    built.append("book/two.md", "\n```{code-cell} ipython3\n1 + 1\n```\n")
    assert built.build() == ["two"]


def test_published_site_offers_its_notebooks_and_lists_its_pages(course, monkeypatch):
    monkeypatch.setenv("SITE_URL", "https://example.org/course")
    monkeypatch.setenv("GITHUB_REPOSITORY", "somebody/course")
    course.build()
    site = course.folder / "_build/html"
    page = (site / "book/one.html").read_text()
    assert "https://mybinder.org/v2/gh/somebody/course/main?urlpath=lab/tree/book/one.md" in page
    assert "colab.research" not in page  # it could not open it
    assert '<meta property="og:url" content="https://example.org/course/book/one.html">' in page
    assert (
        "<loc>https://example.org/course/book/one.html</loc>" in (site / "sitemap.xml").read_text()
    )
    assert 'href="/course/index.html"' in (site / "404.html").read_text()


def test_unpublished_site_offers_nothing_elsewhere(built):
    assert "mybinder.org" not in (built.folder / "_build/html/book/one.html").read_text()
    assert not (built.folder / "_build/html/sitemap.xml").exists()


def test_changed_theme_fails_the_build(course):
    extension = course.folder / "tools/course.py"
    extension.write_text(extension.read_text().replace("pst-primary-sidebar", "another-name"))
    status, output, _ = course.make()
    assert status and "the theme no longer writes" in output


def test_binder_installs_the_course_and_opens_pages_as_notebooks():
    command = [str(VENV / "bin/jupyter-repo2docker"), "--no-build", "--debug", str(ROOT)]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    written = run.stdout + run.stderr
    assert 'pip install --no-cache-dir -r ".binder/requirements.txt"' in written
    assert "RUN ./.binder/postBuild" in written
    assert "jupytext-config set-default-viewer" in (ROOT / ".binder/postBuild").read_text()
    tested = {(pin.name, pin.specifier) for pin in requirements("requirements-test.txt")}
    assert {(pin.name, pin.specifier) for pin in requirements(".binder/requirements.txt")} <= tested


@pytest.mark.parametrize(
    "path", ["convbook/ops.py", "convbook/course.mplstyle", "data/mnist.npz", "requirements.txt"]
)
def test_changed_package_data_or_requirement_executes_everything(built, path):
    built.append(path, "\n# changed\n")
    assert built.build() == ["one", "two"]
    assert built.build() == []


def test_new_package_file_executes_everything(built):
    built.write("convbook/new.py", '"""New."""\n')
    assert built.build() == ["one", "two"]


@pytest.mark.parametrize("path", ["_config.yml", "Makefile"])
def test_changed_setting_builds_all_and_executes_nothing(built, path):
    built.append(path, "\n# changed\n")
    (built.folder / "_build/html/book/one.html").write_text("stale")
    assert built.build() == []
    assert (built.folder / "_build/html/book/one.html").read_text() != "stale"


FAULTS = {
    "failing cell": (
        {"code": ("from pathlib import Path", "raise OSError('no such kernel')")},
        "OSError: no such kernel",
    ),
    "warning on stderr": (
        {"code": ("from pathlib import Path", "import warnings; warnings.warn('old API')")},
        "stderr was found",
    ),
    "broken reference": ({"text": ("Words.", "See {doc}`nowhere`.")}, "unknown document"),
    "unknown figure": ({"text": ("Words.", "See {numref}`fig-nowhere`.")}, "fig-nowhere"),
    "unknown number": ({"text": ("Words.", "It is {glue:text}`nothing:.2f`.")}, "nothing"),
    "unknown directive": ({"text": ("Words.", "```{nodirective}\n```")}, "nodirective"),
    "skipped heading": ({"text": ("Words.", "#### Deep\n\nWords.")}, "Non-consecutive header"),
}


def test_every_fault_is_named_in_one_build_and_in_the_next(course):
    for number, (changes, _) in enumerate(FAULTS.values()):
        course.add_page(f"fault{number}", **changes)
    course.write("book/forgotten.md", "# Forgotten\n\nNot in the table of contents.\n")
    for attempt in ("first", "second"):
        status, output, _ = course.make()
        assert status != 0
        output = re.sub(r"\x1b\[[0-9;]*m", "", output)
        for number, (_, complaint) in enumerate(FAULTS.values()):
            assert re.search(f"fault{number}.md.*WARNING", output), (attempt, complaint)
            assert complaint in output, attempt
        assert re.search("forgotten.md: WARNING: document isn't included in any toctree", output)
        assert "The book is ready" not in output


@pytest.mark.parametrize("fault", ["broken reference", "failing cell"])
def test_one_fault_alone_fails_and_its_repair_succeeds(course, fault):
    changes, _ = FAULTS[fault]
    course.add_page("three", **changes)
    assert course.make()[0] != 0
    assert course.make()[0] != 0
    course.write("book/three.md", PAGE.format(name="three", log=course.log))
    assert course.build() == (["three"] if fault == "failing cell" else [])


def test_page_in_toc_that_does_not_exist_fails(course):
    course.append("_toc.yml", "  - file: book/nowhere\n")
    status, output, _ = course.make()
    assert status != 0 and "book/nowhere" in output


@pytest.mark.skipif(sys.platform != "linux", reason="network namespaces are Linux's")
def test_builds_without_a_network(course):
    no_route = ["unshare", "--map-root-user", "--net", "sh", "-c", 'ip link set lo up && "$@"', "-"]
    probe = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=5)"
    course.append("book/one.md", f"\n```{{code-cell}} ipython3\n{probe}\n```\n")
    status, output, _ = course.make(*no_route)
    assert status != 0 and "Network is unreachable" in output
    course.write("book/one.md", PAGE.format(name="one", log=course.log))
    status, output, executed = course.make(*no_route)
    assert status == 0, output
    assert executed == ["one"]  # the other page was executed, and cached, by the first attempt


def run_make(folder, *arguments, path=None):
    environment = os.environ | ({"PATH": f"{path}:{os.environ['PATH']}"} if path else {})
    run = subprocess.run(
        ["make", *arguments], cwd=folder, capture_output=True, text=True, env=environment
    )
    return run.returncode, run.stderr.strip().splitlines()


def fake_command(folder, name, script):
    command = folder / name
    command.write_text(f"#!/bin/sh\n{script}\n")
    command.chmod(0o755)
    return folder


def test_missing_python_is_one_sentence(course):
    status, said = run_make(course.folder, "PYTHON=/no/such/python")
    assert status != 0
    assert said[0].startswith("The course needs Python 3.11, 3.12 or 3.13, and '/no/such/python'")


def test_old_python_is_one_sentence(course, tmp_path):
    old = fake_command(tmp_path, "old", 'test "$1" != -c && echo Python 3.9.1') / "old"
    status, said = run_make(course.folder, f"PYTHON={old}")
    assert status != 0
    assert said[0].startswith("The course needs Python 3.11, 3.12 or 3.13")


def test_full_disk_is_one_sentence(course, tmp_path):
    full = "echo Filesystem 1024-blocks Used Available Capacity Mounted\necho d 9 9 1000 99% /"
    path = fake_command(tmp_path, "df", full)
    status, said = run_make(course.folder, f"PYTHON={sys.executable}", path=path)
    assert status != 0
    assert said[0].startswith("The course needs 3 GB of free disk space")


def test_help_has_a_line_for_each_target():
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.M).group(1).split()
    command = ["make", "help"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout
    assert [line.split()[1] for line in listed.splitlines()] == phony


def requirements(path):
    lines = (ROOT / path).read_text().splitlines()
    return [Requirement(line) for line in lines if line and line[0] not in "#-"]


def test_lock_is_what_make_lock_writes(course):
    before = [
        (course.folder / f).read_text() for f in ("requirements.txt", "requirements-test.txt")
    ]
    status, output, _ = course.make(target="lock")
    assert status == 0, output
    after = [(course.folder / f).read_text() for f in ("requirements.txt", "requirements-test.txt")]
    assert after == before


def test_lock_pins_exactly_and_ends_with_the_package():
    for path in ("requirements.txt", "requirements-test.txt"):
        assert all(re.fullmatch(r"==[^*]+", str(r.specifier)) for r in requirements(path))
    assert (ROOT / "requirements.txt").read_text().splitlines()[-1] == "-e ."


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize(
    ("system", "machine", "tensorflow"),
    [
        ("linux", "x86_64", "tensorflow-cpu"),
        ("linux", "aarch64", "tensorflow"),
        ("darwin", "arm64", "tensorflow"),
        ("win32", "AMD64", "tensorflow"),
    ],
)
def test_each_machine_gets_every_direct_dependency_once(python, system, machine, tensorflow):
    environment = default_environment() | {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "sys_platform": system,
        "platform_machine": machine,
    }
    pins = {}
    for pin in requirements("requirements.txt"):
        if pin.marker is None or pin.marker.evaluate(environment):
            assert pin.name not in pins, f"{pin.name} is pinned twice"
            pins[pin.name] = next(iter(pin.specifier)).version
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for direct in map(Requirement, project["dependencies"]):
        if direct.marker is None or direct.marker.evaluate(environment):
            assert direct.specifier.contains(pins[direct.name]), direct.name
    assert {"tensorflow", "tensorflow-cpu"} & set(pins) == {tensorflow}

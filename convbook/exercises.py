"""Write the exercise notebooks from the solved ones: `python -m convbook.exercises`.

solutions/<stem>.md, the source, becomes exercises/<stem>.ipynb: the answers are
taken out, and the check cells carry the outputs of the solved notebook, which nbval
compares with the student's. The same source gives the same bytes. A notebook that
anybody has changed since it was written is left alone.
"""

import ast
import copy
import hashlib
import json
import re
import sys
from pathlib import Path
from textwrap import dedent

import jupytext
import nbformat
from nbclient import NotebookClient
from nbformat.v4 import new_markdown_cell, new_output

CHECKED = "nbval-check-output"  # nbval's own tag, on every check cell
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


class Client(NotebookClient):
    """Execute notebooks and ignore their widgets, which nobody looks at here.

    NotebookClient answers each `interact`, and then sometimes waits in vain for the kernel
    (jupyter/nbclient#312).
    """

    def handle_comm_msg(self, outs, msg, cell_index):
        """Do nothing with a widget's message."""


def solve(source):
    """Execute `source` and return the notebook, with outputs in its check cells only.

    Raises ValueError if the solution does not pass one of its own checks.
    """
    notebook = jupytext.read(source)
    Client(notebook, timeout=600).execute()
    version_free = {k: v for k, v in notebook.metadata.language_info.items() if k != "version"}
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": version_free})
    notebook.nbformat_minor = 5  # the first with cell ids
    for place, cell in enumerate(notebook.cells):
        tags = cell.metadata.get("tags", [])
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        cell.id = f"cell-{place}"
        if cell.cell_type == "code":
            if exercise := re.match(r"# Exercise: (\w+)", cell.source):
                cell.id = exercise[1]
            printed = "".join(output.get("text", "") for output in cell.outputs)
            cell.execution_count, cell.outputs = None, []
            if CHECKED in tags:
                cell.id = "check-" + re.match(r"check\((\w+), seed=SEED\)$", cell.source)[1]
                if "\nagrees with " not in printed:
                    raise ValueError(f"{source}: the solution fails {cell.source}:\n{printed}")
                cell.execution_count = 1  # nbval compares only cells that were run
                cell.outputs = [new_output("stream", name="stdout", text=printed)]
    return notebook


def unsolve(notebook):
    """Return a copy of a solved notebook without its answers, for the student."""
    notebook = copy.deepcopy(notebook)
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        if CHECKED in cell.metadata.get("tags", []):
            expected = f"You should see:\n\n```text\n{cell.outputs[0].text}```"
            cells.append(new_markdown_cell(expected, id=cell.id.replace("check", "expected")))
        elif cell.cell_type == "code":
            cell.source = remove_answer(cell.source)
    notebook.cells = cells
    return notebook


def remove_answer(code):
    """Replace what stands between `# BEGIN SOLUTION` and `# END SOLUTION`.

    In a function it becomes `raise NotImplementedError`; at top level every
    `name = value` becomes `name = ...`.
    """
    block = re.compile(r"^( *)# BEGIN SOLUTION\n(.*?)^ *# END SOLUTION$", re.DOTALL | re.MULTILINE)

    def stub(match):
        indent, answer = match.groups()
        if indent:
            return f"{indent}raise NotImplementedError"
        assignments = [node for node in ast.parse(dedent(answer)).body if hasattr(node, "targets")]
        return "\n".join(f"{ast.unparse(node.targets[0])} = ..." for node in assignments)

    stubbed = block.sub(stub, code)
    if "SOLUTION" in stubbed or ("# Exercise:" in code and stubbed == code):
        raise ValueError(f"the marks of the answer are not a pair:\n{code}")
    return stubbed


def write(source, folder):
    """Write the exercise notebook of `source` into `folder`; return a line that says so."""
    path = Path(folder) / f"{Path(source).stem}.ipynb"
    if path.exists() and not is_as_generated(path):
        return f"{path}: left alone, it was edited. For a fresh one, rename it and run this again"
    content = json.loads(nbformat.writes(unsolve(solve(source))))
    content["metadata"]["convbook"] = {"digest": _digest(content)}
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    return f"{path}: written"


def is_as_generated(path):
    """Tell whether a notebook still is what `write` wrote, by the digest it carries."""
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        return content["metadata"]["convbook"]["digest"] == _digest(content)
    except (ValueError, KeyError, TypeError):  # no notebook, or not one of ours
        return False


def _digest(content):
    """Return the SHA-256 of a notebook's content, the recorded digest left out."""
    metadata = {key: value for key, value in content["metadata"].items() if key != "convbook"}
    text = json.dumps({**content, "metadata": metadata}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


if __name__ == "__main__":
    sources = sorted(Path("solutions").glob("*.md"))
    if not sources:
        sys.exit("no solutions/*.md here: run this in the folder that holds solutions/")
    for source in sources:
        print(write(source, "exercises"))

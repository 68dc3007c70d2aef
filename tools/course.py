"""The site's own Sphinx extension: what no package does for the pages of this course."""

import json
import re
import shutil
from pathlib import Path

from convbook.figures import base


def setup(app):
    """Register the extension with Sphinx."""
    app.connect("source-read", show_exercises)
    app.connect("doctree-read", drop_widget_state)
    app.connect("build-finished", copy_modules)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def show_exercises(app, name, source):
    """Prepare the notebooks of exercises and solutions to be read as pages.

    An exercise stores what its checks print for a right answer, and says so below
    each of them: once is enough. A solution marks its answers for `make exercises`.
    """
    if name.startswith("exercises/"):
        notebook = json.loads(source[0])
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell["outputs"] = []
        source[0] = json.dumps(notebook)
    elif name.startswith("solutions/"):
        unmarked = re.sub(r"^ *# (BEGIN|END) SOLUTION\n", "", source[0], flags=re.MULTILINE)
        source[0] = unmarked.replace("# Exercises:", "# Solutions:", 1)


def drop_widget_state(app, doctree):
    """Leave out what ipywidgets would need: the figures carry their state themselves."""
    kept = app.env.nb_metadata[app.env.docname].get("js_files", {})
    kept.pop("ipywidgets_state", None)


def copy_modules(app, exception):
    """Put the modules of the figures where pages look for them."""
    target = Path(app.outdir) / "_static" / "figures"
    if exception is None:
        target.mkdir(parents=True, exist_ok=True)
        for source in base.HERE.glob("*.js"):
            shutil.copy(source, target)

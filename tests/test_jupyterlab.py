"""The figures in a real JupyterLab: what Python sets is seen, what is touched reaches Python."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import numpy as np
import pytest
from test_figures import CASES

from convbook import figures

SHOW = """import json
import convbook.figures
figure = convbook.figures.{name}()
figure"""
CHANGE = """for name, value in json.loads({state!r}).items():
    setattr(figure, name, value)
print("Python has changed it")"""
TELL = 'print("state", json.dumps({n: getattr(figure, n) for n in json.loads(%r)}), "end")'


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A JupyterLab that shows all cells; its folder and its address."""
    folder = tmp_path_factory.mktemp("lab")
    settings = folder / "settings" / "overrides.json"
    settings.parent.mkdir()
    settings.write_text(
        json.dumps(
            {
                "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
                "@jupyterlab/apputils-extension:notification": {"fetchNews": "false"},
            }
        )
    )
    options = ["--no-browser", "--allow-root", "--IdentityProvider.token=", "--port=0"]
    options += [f"--ServerApp.root_dir={folder}", f"--LabApp.app_settings_dir={settings.parent}"]
    environment = {**os.environ, "JUPYTER_CONFIG_DIR": str(folder / "config")}
    viewer = Path(sys.executable).parent / "jupytext-config"
    subprocess.run([viewer, "set-default-viewer"], env=environment, check=True)  # as on Binder
    log = folder / "server.log"
    with open(log, "w") as file:  # no pipe: a full one would stop the server
        command = [sys.executable, "-m", "jupyterlab", *options]
        server = subprocess.Popen(command, stderr=file, env=environment, cwd=folder)
    for _ in range(120):
        if found := re.search(r"http://localhost:\d+/lab", log.read_text()):
            break
        time.sleep(1)
    assert found, log.read_text()
    address = found[0]
    yield folder, address
    server.terminate()
    server.wait(20)


def test_page_opens_as_a_notebook_and_keeps_its_answers_folded(lab, chromium):
    folder, address = lab
    shutil.copy(Path(__file__).parents[1] / "book" / "pooling.md", folder)
    tab = chromium.new_page()
    tab.goto(f"{address}/tree/pooling.md?reset")
    tab.locator(".jp-MarkdownCell summary", has_text="Both results").wait_for()
    answer = tab.locator(".jp-MarkdownCell", has_text="The maxima are").get_by_text("The maxima")
    assert answer.count() and not answer.first.is_visible()
    assert tab.locator(".jp-CodeCell").count() > 3
    tab.close()


def agree(dialog):
    """Accept what JupyterLab asks on a slow machine, such as whether to use this kernel."""
    print(dialog.inner_text())
    dialog.locator(".jp-mod-accept").click()


@pytest.mark.parametrize("name", CASES)
def test_round_trip(lab, chromium, name):
    folder, address = lab
    case = CASES[name]
    fresh = getattr(figures, case.CLASS)()
    state = next(
        state
        for seed in range(50)
        if (state := case.random_state(np.random.default_rng(seed))) != fresh.state()
    )
    names = json.dumps(list(state))
    change = CHANGE.format(state=json.dumps(state))
    sources = [SHOW.format(name=case.CLASS), change, TELL % names, TELL % names]
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in sources],
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        },
    )
    nbformat.write(notebook, folder / f"{name}.ipynb")
    context = chromium.new_context(viewport={"width": 1400, "height": 2600})
    tab = context.new_page()
    tab.set_default_timeout(60_000)
    trouble = []
    tab.on("pageerror", lambda error: trouble.append(str(error)))
    tab.add_locator_handler(tab.locator(".jp-Dialog"), agree)
    tab.goto(f"{address}/tree/{name}.ipynb?reset")
    tab.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()
    cells = tab.locator(".jp-Notebook .jp-CodeCell")
    for _ in range(10):  # JupyterLab takes the focus back while it opens the notebook
        cells.nth(0).locator(".cm-content").click()
        tab.keyboard.press("Shift+Enter")
        tab.wait_for_timeout(1000)
        if cells.nth(0).locator(".jp-InputPrompt").inner_text() != "[ ]:":
            break
    shown = tab.locator(".cb-figure .cb-state:not(:empty)")
    shown.wait_for()
    before = shown.inner_text()

    tab.keyboard.press("Shift+Enter")  # Python changes the state
    cells.nth(1).get_by_text("Python has changed it").last.wait_for()
    changed = (
        "old => ![undefined, '', old].includes(document.querySelector('.cb-state')?.innerText)"
    )
    tab.wait_for_function(changed, arg=before)

    def told(cell):
        cell.locator(".jp-OutputArea-output").get_by_text("end").wait_for()
        text = cell.locator(".jp-OutputArea-output").inner_text()
        return json.loads(re.search(r"state (.*) end", text, re.DOTALL)[1].replace("\n", ""))

    tab.keyboard.press("Shift+Enter")  # and reads it
    was = told(cells.nth(2))
    assert was == json.loads(json.dumps(state))

    control = tab.locator(
        ".cb-figure .cb-controls :is(input[type=range], input[type=checkbox], select)"
    ).first
    control.focus()
    press = {"range": ["ArrowRight", "ArrowLeft"], "checkbox": ["Space"]}
    value = "x => x.type === 'checkbox' ? x.checked : x.value"
    old = control.evaluate(value)
    for key in press.get(control.get_attribute("type"), ["ArrowDown", "ArrowUp"]):
        if control.evaluate(value) == old:
            tab.keyboard.press(key)
    assert control.evaluate(value) != old, "JupyterLab took the key"
    cells.nth(3).locator(".cm-content").click()
    tab.keyboard.press("Shift+Enter")
    assert told(cells.nth(3)) != was
    assert trouble == []
    context.close()

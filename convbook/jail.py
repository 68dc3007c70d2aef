"""Run a merged notebook under nbval, its kernel in a jail and under watch.

The kernel sees a read-only system and a few small folders of its own in memory; it has
no network and cannot see the references or any other file. pytest, nbval and the
references stay outside. What nbval does not notice is watched here: a kernel that
dies, an endless loop, endless output, too much memory, too many processes.
"""

import contextlib
import json
import os
import shutil
import site
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from queue import Empty

import nbformat
import psutil
import pytest
import zmq
from jupyter_client.manager import KernelManager
from nbval import plugin
from nbval.kernel import RunningKernel

ROOT = Path(__file__).resolve().parents[1]
MEGABYTE = 1_000_000
HOME = "/student"  # in the jail
SHOWN = 2_000_000  # characters of a cell's output that are kept
AT_ONCE = 8  # megabytes: a longer message is refused
PARTS = 200_000  # lists and dicts in it, at most


@dataclass(frozen=True)
class Limits:
    """What one notebook may use; what is in memory counts for all its processes together."""

    seconds: float = 60  # for one cell
    memory: int = 3000  # megabytes
    disk: int = 200  # megabytes in each of its folders, which are in memory, too
    output: int = 20  # megabytes
    processes: int = 64


class StoppedError(Exception):
    """The kernel had to be stopped, or stopped by itself: a verdict and the reason."""


def bubblewrap(limits=Limits(), sockets=None, probes=None):
    """Return the command that runs what follows it in the jail.

    Every file system in it is read-only or in memory and limited in size, the folder
    `sockets`, too, and /proc, through which root could change the machine's settings.
    With a file of `probes`, convbook.blind and these stand in the place of
    convbook.checks.
    """
    size = ["--size", str(limits.disk * MEGABYTE)]
    python = {sys.prefix, sys.base_prefix, *([site.getusersitepackages()] * site.ENABLE_USER_SITE)}
    seen = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/nix/store", "/etc/alternatives"]
    seen += ["/etc/ld.so.cache", "/etc/fonts", "/etc/localtime", *sorted(python)]
    seen += [str(ROOT / "convbook"), str(ROOT / "data")]  # and nothing else of the course
    instead = []
    if probes:
        checks, blind = str(ROOT / "convbook" / "checks"), str(ROOT / "convbook" / "blind.py")
        instead = ["--tmpfs", checks, "--ro-bind", blind, f"{checks}/__init__.py"]
        instead += ["--ro-bind", str(probes), f"{checks}/probes", "--remount-ro", checks]
    variables = {"PATH": f"{sys.prefix}/bin:/usr/bin:/bin", "HOME": HOME, "LANG": "C.UTF-8"}
    variables |= {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "USER": "student"}
    bare = ["env", "-i", f"PATH={os.environ.get('PATH', os.defpath)}"]  # /proc/1 shows bwrap's own
    return [
        *(*bare, "bwrap", "--unshare-all", "--die-with-parent", "--new-session"),
        *("--cap-drop", "ALL"),  # as root, too: it could mount everything anew
        *("--proc", "/proc", "--dev", "/dev", *size, "--tmpfs", "/dev/shm"),
        *(*size, "--tmpfs", "/tmp", *size, "--tmpfs", HOME),
        *(word for path in seen for word in ("--ro-bind-try", path, path)),
        *instead,
        *(word for pair in variables.items() for word in ("--setenv", *pair)),
        *(
            word
            for path in _font_lists()
            for word in ("--ro-bind", str(path), f"{HOME}/{path.name}")
        ),
        *("--setenv", "MPLCONFIGDIR", HOME, "--chdir", HOME),
        *(["--size", str(MEGABYTE), "--tmpfs", str(sockets)] if sockets else []),
        *("--remount-ro", "/proc", "--remount-ro", "/dev", "--remount-ro", "/"),
    ]


def _font_lists():
    """Return Matplotlib's caches of fonts, which take a second to make."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "matplotlib"
    return Path(os.environ.get("MPLCONFIGDIR") or cache).glob("fontlist-*.json")


def available():
    """Tell whether the jail works here: bubblewrap may be missing, or not permitted."""
    command = [*bubblewrap(), sys.executable, "-S", "-c", ""]
    try:
        return subprocess.run(command, capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _kernelspec(folder, jailed, limits, probes):
    """Write the kernelspec `student` into `folder`; its sockets are in folder/ipc.

    In a jail that folder is one in memory: what is written there comes to no disk.
    """
    python = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    python += ["--IPKernelApp.log_level=40", "--HistoryManager.enabled=False"]
    if jailed:
        space = 4 * limits.memory * MEGABYTE  # addresses; TensorFlow reserves more than it uses
        prlimit = ["prlimit", f"--as={space}", f"--fsize={limits.disk * MEGABYTE}", "--core=0"]
        jail = bubblewrap(limits, folder / "ipc", probes)
        jail += ["--ro-bind", "{connection_file}", "{connection_file}"]
        python = [*(prlimit if shutil.which("prlimit") else []), *jail, *python]
    spec = {"argv": python, "display_name": "student", "language": "python"}
    (folder / "kernels" / "student").mkdir(parents=True, exist_ok=True)
    (folder / "kernels" / "student" / "kernel.json").write_text(json.dumps(spec))


class WatchedKernel(RunningKernel):
    """nbval's kernel, read while it runs: nothing that it does can fill the memory here."""

    folder, limits = None, Limits()  # set by `run`; nbval makes the object

    def __init__(self, kernel_name, cwd=None, startup_timeout=60):
        shutil.rmtree(self.folder / "ipc", ignore_errors=True)  # a message to the next attempt
        (self.folder / "ipc").mkdir()
        (self.folder / "home").mkdir(exist_ok=True)
        connection = str(self.folder / "ipc" / "kernel.json")
        self.km = KernelManager(
            kernel_name=kernel_name, transport="ipc", connection_file=connection
        )
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.km.start_kernel(cwd=str(self.folder / "home"), **silent)
        self.context = zmq.Context()
        self.context.setsockopt(zmq.MAXMSGSIZE, AT_ONCE * MEGABYTE)
        self.context.setsockopt(zmq.RCVHWM, 16)
        self.context.setsockopt(zmq.LINGER, 0)
        self.kc = self.km.client(context=self.context, ip=self._sockets(startup_timeout))
        self.kc.start_channels(stdin=False, hb=False)
        self.kc.wait_for_ready(timeout=startup_timeout)
        self.waiting, self.bytes, self.shown, self.look = [], 0, 0, 0.0
        self.parent = os.getppid()
        self._ensure_iopub_up()

    def _sockets(self, timeout):
        """Wait for the kernel's sockets; return where they are as seen from outside its jail."""
        end = time.monotonic() + timeout
        kernel = psutil.Process(self.km.provisioner.process.pid)
        while self.is_alive() and time.monotonic() < end:
            roots = [f"/proc/{child.pid}/root" for child in kernel.children(recursive=True)]
            for path in (f"{root}{self.km.ip}" for root in ["", *roots]):
                if os.path.exists(f"{path}-{self.km.shell_port}"):
                    return path
            time.sleep(0.05)
        raise RuntimeError("its sockets cannot be found")

    def _ensure_iopub_up(self):
        """Wait until output arrives, too: what is printed before that would be lost."""
        for _ in range(30):
            question = self.kc.kernel_info()
            self.await_reply(question, timeout=10)
            try:
                return self.await_idle(question, timeout=1)
            except StoppedError as stop:
                if stop.args[0] == "died":
                    raise

    def execute_cell_input(self, cell_input, allow_stdin=None):
        self.shown = 0
        return super().execute_cell_input(cell_input, allow_stdin)

    def await_reply(self, msg_id, timeout=None):
        """Wait for the reply to a cell, reading its output meanwhile."""
        end = time.monotonic() + timeout
        poller = zmq.Poller()
        channels = {self.kc.shell_channel.socket: "shell", self.kc.iopub_channel.socket: "iopub"}
        for socket in channels:
            poller.register(socket, zmq.POLLIN)
        while time.monotonic() < end:
            ready = {channels[socket] for socket, _ in poller.poll(100)}
            if "iopub" in ready:
                self.waiting.append(self._read())
            elif "shell" in ready:
                reply = self._receive(self.kc.shell_channel)
                if reply["parent_header"].get("msg_id") == msg_id:
                    return
            self.watch()
        raise StoppedError("timeout", f"it did not end within {timeout:g} seconds")

    def get_message(self, stream, timeout=None):
        """Return the next message: only what is printed, errors and the kernel's state."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            self.watch()
            with contextlib.suppress(Empty):
                message = self.waiting.pop(0) if self.waiting else self._read(timeout=0.1)
                kind, content = message["msg_type"], message["content"]
                if kind in ("status", "error") or content.get("name") == "stdout":
                    return message
        raise StoppedError("error", f"it printed more than {AT_ONCE} MB at once")

    def _receive(self, channel):
        """Return a message, unless it would become far larger in memory than it was."""
        frames = channel.socket.recv_multipart()
        size = sum(map(len, frames))
        self.bytes += size  # whatever it says: it may wait here in memory
        if self.bytes > self.limits.output * MEGABYTE:
            raise StoppedError("error", f"it printed more than {self.limits.output} MB")
        parts = sum(frame.count(b"[") + frame.count(b"{") for frame in frames)
        if size > AT_ONCE * MEGABYTE or parts > PARTS:
            raise StoppedError("error", "it printed too much at once")
        _, frames = self.kc.session.feed_identities(frames)
        return self.kc.session.deserialize(frames)

    def _read(self, timeout=0):
        """Read one message and cut its text to what may still be shown."""
        if not self.kc.iopub_channel.socket.poll(int(1000 * timeout)):
            raise Empty
        message = self._receive(self.kc.iopub_channel)
        content = message["content"]
        text = content.get("text") or ""
        content["text"] = text[: max(0, SHOWN - self.shown)]
        self.shown += len(text)
        return message

    def watch(self):
        """Look, a few times a second, whether the kernel lives and keeps its limits."""
        if time.monotonic() < self.look:
            return
        self.look = time.monotonic() + 0.2
        if os.getppid() != self.parent:
            os._exit(1)  # nobody waits for the verdict; the jail dies with this process
        try:
            if not self.is_alive():
                raise psutil.NoSuchProcess(0)
            kernel = psutil.Process(self.km.provisioner.process.pid)
            processes = [kernel, *kernel.children(recursive=True)]
        except psutil.NoSuchProcess:
            raise StoppedError("died", "it ended the whole program") from None
        if len(processes) > self.limits.processes:
            raise StoppedError("died", f"it started more than {self.limits.processes} processes")
        used = 0
        for process in processes:
            with contextlib.suppress(psutil.Error):
                used += process.memory_info().rss
        if used > self.limits.memory * MEGABYTE:
            raise StoppedError("died", f"it used more than {self.limits.memory} MB of memory")

    def stop(self):
        """Kill the kernel and, in a jail, all that it started."""
        if hasattr(self, "km"):
            self.kc.stop_channels()
            self.km.shutdown_kernel(now=True)
            self.context.destroy(linger=0)
            del self.km


class Recorder:
    """Collects what became of each cell: (id, passed, what it printed, its error)."""

    def __init__(self):
        self.cells, self.stopped, self.broken = [], None, None

    def pytest_collection_modifyitems(self, items):
        """Let no comment in a student's cell steer nbval."""
        for item in items:
            item.options.update(skip=False, check_exception=False, check=True)

    def pytest_runtest_makereport(self, item, call):
        """Record one cell; after a stop there is no kernel for the cells that follow."""
        fault = call.excinfo and call.excinfo.value
        if call.when == "setup" and fault:
            self.broken = f"the kernel does not start: {fault!r}"
        if call.when != "call":
            return
        if fault and not isinstance(fault, plugin.NbCellError):
            if not isinstance(fault, StoppedError):  # a forged message, a broken pipe
                fault = StoppedError("error", "the kernel's output cannot be read")
            self.stopped = (item.cell.id, *fault.args)
            item.session.shouldstop = "stopped"
            item.parent.kernel.stop()
            return
        outputs = item.test_outputs or []
        printed = "".join(out.get("text", "") for out in outputs)
        errors = [f"{out.ename}: {out.evalue}" for out in outputs if out.output_type == "error"]
        self.cells.append((item.cell.id, not fault, printed, "".join(errors[:1])))


def run(notebook, folder, jailed, limits, probes=None):
    """Run a merged notebook; return the cells' records and, if it was stopped, where and why.

    Raises RuntimeError if the kernel did not even start.
    """
    WatchedKernel.folder, WatchedKernel.limits = folder, limits
    plugin.RunningKernel = WatchedKernel
    os.environ |= {"JUPYTER_PATH": str(folder), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    _kernelspec(folder, jailed, limits, probes)
    nbformat.write(notebook, folder / "merged.ipynb")
    recorder = Recorder()
    options = ["-q", "-p", "no:cacheprovider", "--assert=plain", "-c", os.devnull]
    nbval = ["-p", "nbval.plugin", "--nbval", "--nbval-kernel-name=student"]
    timeout = [f"--nbval-cell-timeout={limits.seconds}", f"--rootdir={folder}"]
    command = [*options, *nbval, *timeout, str(folder / "merged.ipynb")]
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        pytest.main(command, plugins=[recorder])
    if recorder.broken or not (recorder.cells or recorder.stopped):
        raise RuntimeError(recorder.broken or "nbval ran no cell")
    return recorder.cells, recorder.stopped

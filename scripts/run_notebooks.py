"""Run the notebooks in examples/ from a clean state, and compare what they show with what is kept in them.

`python scripts/run_notebooks.py` runs all of them, `… study` one; exit code 1 if an output differs or a cell fails. `--write` keeps the
new outputs. Only what no two runs share does not count: today's date, times of commits, memory addresses and ports.

Needs `pip install 'newssearch[examples]'`.
"""

from __future__ import annotations

import argparse
import difflib
import os
import re
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

EXAMPLES = Path(__file__).parent.parent / "examples"
NAMES = ("study", "investigation", "embedding")
SECONDS_FOR_A_CELL = 600  # on a machine with much else to do

VARYING = (
    (re.compile(r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?( UTC|Z|\+00:00)"), "(time)"),
    (re.compile(r"\bOn \d{1,2} [A-Z][a-z]+ 20\d\d we searched"), "On (day) we searched"),
    (re.compile(r"\b0x[0-9a-f]{6,}"), "(address)"),
    (re.compile(r"\bY2  - \d{4}/\d\d/\d\d"), "Y2  - (day)"),
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:(port)"),
    (re.compile(r"\bnewssearch \d+\.\d+[.\w]*"), "newssearch (version)"),
)
"""What differs from run to run, and what stands for it in the comparison."""


def executed(name: str) -> Any:
    """Return a notebook as it is after a run in a copy of its folder, in a kernel of its own."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "examples"
        shutil.copytree(
            EXAMPLES, copy, ignore=shutil.ignore_patterns("work", ".ipynb_checkpoints", "__pycache__")
        )
        notebook = nbformat.read(copy / f"{name}.ipynb", as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        client = NotebookClient(
            notebook,
            timeout=SECONDS_FOR_A_CELL,
            kernel_name="python3",
            extra_arguments=["--Application.log_level=ERROR"],
            resources={"metadata": {"path": str(copy)}},
        )
        client.execute(cwd=str(copy))
    return cleaned(notebook)


def cleaned(notebook: Any) -> Any:
    """Return a notebook without times, and without the version of Python that ran it."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in notebook.cells:
        cell.metadata = {}
        if cell.cell_type == "code":
            cell.outputs = merged_streams(cell.outputs)
    return notebook


def merged_streams(outputs: list[Any]) -> list[Any]:
    """Return outputs in which consecutive pieces of one stream are one: how a kernel cuts them is chance."""
    found: list[Any] = []
    for one in outputs:
        if found and one.output_type == found[-1].output_type == "stream" and one.name == found[-1].name:
            found[-1].text += one.text
        else:
            found.append(one)
    return found


def comparable(notebook: Any) -> list[str]:
    """Return the lines of the cells and of their outputs, without what differs from run to run."""
    lines: list[str] = []
    for number, cell in enumerate(notebook.cells, start=1):
        lines.append(f"== cell {number} ({cell.id}), {cell.cell_type}")
        lines += cell.source.splitlines()
        for output in cell.get("outputs", ()):
            texts = output.get("data") or {"text": output.get("text", "")}
            for kind, text in sorted(texts.items()):
                lines += [f"-- {output.output_type}, {kind}", *same_in_every_run(str(text)).splitlines()]
    return lines


def same_in_every_run(text: str) -> str:
    """Return an output with stand-ins for what differs from run to run."""
    for pattern, instead in VARYING:
        text = pattern.sub(instead, text)
    return text


def kept(name: str) -> Any:
    """Return a notebook with the outputs that are kept in it."""
    return nbformat.read(EXAMPLES / f"{name}.ipynb", as_version=4)


def run(name: str, *, write: bool) -> str:
    """Run a notebook, and return what is wrong; ``""`` for nothing. With ``write``, keep the new outputs if they differ."""
    try:
        found = executed(name)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        return f"{name}: a cell failed\n{error}"
    before, after = comparable(kept(name)), comparable(found)
    if before == after:
        return ""
    if write:
        nbformat.write(found, EXAMPLES / f"{name}.ipynb")
        return ""
    lines = difflib.unified_diff(
        before, after, f"{name}.ipynb as kept", f"{name}.ipynb as run", lineterm="", n=2
    )
    return "\n".join(line[:300] for line in lines)


def main() -> int:
    """Run the notebooks that the command line names, or all."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(NAMES)}; all by default")
    parser.add_argument("--write", action="store_true", help="keep the new outputs in the notebooks")
    asked = parser.parse_args()
    if unknown := {*asked.names} - {*NAMES}:
        parser.error(f"there is no notebook {', '.join(sorted(unknown))}")
    names = asked.names or list(NAMES)
    with ThreadPoolExecutor(len(names)) as threads:
        wrong = [one for one in threads.map(lambda name: run(name, write=asked.write), names) if one]
    for one in wrong:
        print(one)
    if wrong:
        print("\nthe outputs differ: look at them, and keep them with scripts/run_notebooks.py --write")
    return 1 if wrong else 0


if __name__ == "__main__":
    os.environ |= {"NO_COLOR": "1", "NEWSSEARCH_PROCESSES": "1"}  # each notebook has a processor of its own
    sys.exit(main())

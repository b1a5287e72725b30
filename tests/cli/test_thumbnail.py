from __future__ import annotations

import os
import subprocess
import sys

from PIL import Image

from playground.cli import main


def test_a_projects_network_as_a_small_picture(tmp_path):
    project, picture = tmp_path / "a.nnplay", tmp_path / "a.png"
    assert main(["new", "digits-cnn", "-o", str(project)]) == 0
    command = [sys.executable, "-m", "playground", "thumbnail", str(project), "-o", str(picture), "--size", "128"]
    without_screen = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    subprocess.run(command, check=True, env=without_screen)
    with Image.open(picture) as image:
        assert image.size == (128, 128)
        assert len(image.convert("RGB").getcolors(10**6)) > 20


def test_of_what_is_no_project_there_is_no_picture(tmp_path, capsys):
    (tmp_path / "a.nnplay").write_text("hello")
    assert main(["thumbnail", str(tmp_path / "a.nnplay"), "-o", str(tmp_path / "a.png")]) == 2
    assert "is not a project" in capsys.readouterr().err
    assert not (tmp_path / "a.png").exists()

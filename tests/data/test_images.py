"""Image files: read as Pillow and numpy by hand read them, or refused in a sentence; folders and tables of them."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PIL import Image, ImageFile

from playground.app.document import from_json, make_project, set_path, to_json
from playground.app.loading import prepared
from playground.data import images
from playground.data.catalogue import load
from playground.data.choices import ImageReading
from playground.data.dataset import DataChoice, DataProblem
from playground.data.images import Form, look_at, read_image
from playground.data.split import prepare
from playground.engine.events import Ended
from playground.engine.train import Training

COLOURS = {"red": (255, 0, 0), "blue": (0, 0, 255)}


def folder_of(root, sizes=((8, 8),), count=12, suffix=".png", mode="RGB", part=""):
    """A folder a colour, with so many plain images."""
    for name, colour in COLOURS.items():
        inner = root / part / name
        inner.mkdir(parents=True)
        for number in range(count):
            size = sizes[number % len(sizes)]
            Image.new("RGB", size, colour).convert(mode).save(inner / f"{number:03}{suffix}")
    return root


def read(path, **reading):
    return load(DataChoice(source=str(path), images=ImageReading(**reading) if reading else None))


def test_a_folder_a_class_gives_its_pixels_and_names(tmp_path):
    data = read(folder_of(tmp_path))
    assert data.class_names == ("blue", "red")
    assert data.inputs.shape == (24, 3, 8, 8)
    assert data.inputs[0, :, 0, 0].tolist() == [0, 0, 255]
    assert data.inputs[-1, :, 5, 3].tolist() == [255, 0, 0]
    assert data.targets.tolist() == [0] * 12 + [1] * 12


def test_a_publishers_test_folder_stays_the_test_part(tmp_path):
    folder_of(tmp_path, part="train")
    folder_of(tmp_path, part="test", count=5)
    assert prepare(read(tmp_path), DataChoice()).test.rows.tolist() == list(range(24, 34))


def test_without_a_test_folder_the_validation_folder_is_kept_for_it(tmp_path):
    folder_of(tmp_path, part="train")
    folder_of(tmp_path, part="valid", count=3)
    data = read(tmp_path)
    assert data.test_from == 24
    assert data.notes == ("The folder valid is kept as the test part.",)


def test_beside_a_test_folder_the_validation_folder_joins_the_training(tmp_path):
    for part, count in (("train", 12), ("val", 4), ("test", 5)):
        folder_of(tmp_path, part=part, count=count)
    data = read(tmp_path)
    assert (len(data.inputs), data.test_from) == (42, 32)


def test_the_cifar_subset_is_read_as_pillow_reads_it(test_data):
    root = test_data / "image_folders" / "cifar10_png_subset"
    data = read(root)
    assert (data.inputs.shape, data.test_from, len(data.class_names)) == ((1200, 3, 32, 32), 1000, 10)
    first = sorted((root / "train" / "airplane").iterdir())[0]
    assert np.array_equal(data.inputs[0].transpose(1, 2, 0), np.asarray(Image.open(first)))


@pytest.mark.parametrize(
    ("mode", "colour", "pixel"),
    [
        ("L", 77, [77, 77, 77]),
        ("1", 1, [255, 255, 255]),
        ("RGBA", (10, 20, 30, 0), [255, 255, 255]),  # wholly transparent: white
        ("RGBA", (0, 0, 0, 51), [204, 204, 204]),  # a fifth of black on white
        ("LA", (0, 51), [204, 204, 204]),
        ("I;16", 40_000, [156, 156, 156]),  # 40,000 // 256
        ("CMYK", (0, 255, 255, 0), [255, 0, 0]),
    ],
)
def test_every_mode_becomes_eight_bit_colours(tmp_path, mode, colour, pixel):
    path = tmp_path / ("a.tif" if mode == "CMYK" else "a.png")
    Image.new(mode, (6, 6), colour).save(path)
    assert read_image(path, Form(3, 6, 6))[:, 2, 2].tolist() == pixel


def test_a_palette_with_a_transparent_colour_shows_white_there(tmp_path):
    image = Image.new("P", (4, 4), 1)
    image.putpalette([9, 9, 9, 200, 100, 50])
    image.putpixel((0, 0), 0)
    image.save(tmp_path / "p.png", transparency=0)
    pixels = read_image(tmp_path / "p.png", Form(3, 4, 4))
    assert pixels[:, 0, 0].tolist() == [255, 255, 255]
    assert pixels[:, 1, 1].tolist() == [200, 100, 50]


def test_a_turned_camera_is_turned_back(tmp_path):
    image = Image.new("RGB", (8, 4), (0, 0, 0))
    image.paste((255, 255, 255), (0, 0, 4, 4))  # the left half is white
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90° clockwise: left becomes top
    image.save(tmp_path / "t.png", exif=exif)
    look = look_at(tmp_path / "t.png")
    assert (look.width, look.height) == (4, 8)
    pixels = read_image(tmp_path / "t.png", Form(1, 8, 4))
    assert pixels[0, :4].min() == 255
    assert pixels[0, 4:].max() == 0


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".webp", ".tif"])
def test_a_look_decodes_no_pixels(tmp_path, monkeypatch, suffix):
    Image.new("RGB", (20, 10)).save(tmp_path / f"t{suffix}")
    decoded = []
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda image: decoded.append(image))

    look = look_at(tmp_path / f"t{suffix}")
    assert (look.width, look.height, decoded) == (20, 10, [])


def test_resizing_crops_pads_or_stretches(tmp_path):
    image = Image.new("L", (16, 8), 100)
    image.paste(200, (4, 0, 12, 8))  # the middle square
    image.save(tmp_path / "a.png")
    crop, fit, pad = (read_image(tmp_path / "a.png", Form(1, 8, 8, how))[0] for how in ("crop", "fit", "pad"))
    assert (crop == 200).all()
    assert fit[:, 0].tolist() == [100] * 8
    assert fit[4, 4] == 200
    assert pad[:2].max() == 0
    assert pad[3, 4] == 200
    assert np.array_equal(read_image(tmp_path / "a.png", Form(1, 8, 8, "fit"))[0], np.asarray(
        Image.open(tmp_path / "a.png").resize((8, 8), Image.Resampling.BILINEAR)))  # fmt: skip


def test_the_usual_size_is_the_most_common_one_if_it_is_small_else_64(tmp_path):
    assert read(folder_of(tmp_path / "a", sizes=((9, 7), (9, 7), (30, 30)))).inputs.shape[1:] == (3, 7, 9)
    assert read(folder_of(tmp_path / "b", sizes=((100, 80),))).inputs.shape[1:] == (3, 64, 64)
    assert read(tmp_path / "b", height=20, channels="grey").inputs.shape[1:] == (1, 20, 20)


def test_one_channel_if_all_files_are_grey(tmp_path):
    folder_of(tmp_path, mode="L")
    assert read(tmp_path).inputs.shape[1] == 1
    Image.new("RGB", (8, 8)).save(tmp_path / "red" / "one.png")
    assert read(tmp_path).inputs.shape[1] == 3


def test_what_cannot_be_read_is_left_out_and_listed(tmp_path):
    folder_of(tmp_path)
    whole = (tmp_path / "red" / "000.png").read_bytes()
    (tmp_path / "red" / "cut.png").write_bytes(whole[:48])
    (tmp_path / "red" / "words.jpg").write_text("no image")
    (tmp_path / "red" / "notes.txt").write_text("no image file at all")
    data = read(tmp_path)
    assert len(data.inputs) == 24
    assert [(each.name, each.reason) for each in data.left_out] == [
        ("red/cut.png", "it is damaged or cut short"),
        ("red/words.jpg", "it is no image that can be read"),
    ]
    assert data.notes[0].startswith("2 of 26 files were left out: red/cut.png (it is damaged or cut short), ")


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".gif", ".webp", ".tif"])
@pytest.mark.parametrize("share", [0.0, 0.02, 0.3, 0.7, 0.95])
def test_a_file_cut_short_is_refused(tmp_path, suffix, share):
    noise = np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    path = tmp_path / f"a{suffix}"
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(DataProblem, match=f"a{suffix} is (no image that can be read|damaged or cut short)"):
        read_image(path, Form(3, 40, 40))


def test_links_out_of_the_folder_are_not_followed(tmp_path):
    outside = folder_of(tmp_path / "outside")
    folder_of(tmp_path / "own")
    (tmp_path / "own" / "red" / "x.png").symlink_to(outside / "blue" / "000.png")
    (tmp_path / "own" / "red" / "y.png").symlink_to(tmp_path / "own" / "red" / "000.png")
    (tmp_path / "own" / "all").symlink_to(outside)
    data = read(tmp_path / "own")
    assert len(data.inputs) == 25
    assert [each.reason for each in data.left_out] == ["it is a link that leads out of the folder"]


def test_a_bomb_is_refused_by_its_header(tmp_path, monkeypatch):
    Image.new("1", (300, 300)).save(tmp_path / "b.png")
    monkeypatch.setattr(images, "MOST_PIXELS", 80_000)
    with pytest.raises(DataProblem, match="b.png has 300×300 pixels; at most 80,000 are decoded. Save it smaller."):
        read_image(tmp_path / "b.png", Form(1, 8, 8))
    Image.new("1", (20_000, 10_000)).save(tmp_path / "c.png")  # Pillow's own bound is at 179 million
    with pytest.raises(DataProblem, match="c.png has far too many pixels|c.png has 20,000×10,000 pixels"):
        read_image(tmp_path / "c.png", Form(1, 8, 8))


def test_one_class_is_too_few(tmp_path):
    (tmp_path / "red").mkdir()
    Image.new("L", (8, 8)).save(tmp_path / "red" / "a.png")
    with pytest.raises(DataProblem, match="folder of images for each of at least two classes, but has only “red”"):
        read(tmp_path)


def test_pngsuite_and_the_crashers_are_read_or_refused_as_their_authors_say(test_data):
    opened = {}
    for name in ("PngSuite", "libpng_crashers"):
        for path in sorted((test_data / "images_broken" / name).iterdir()):
            began = time.monotonic()
            try:
                read_image(path, Form(3, 32, 32))
                opened.setdefault(name, []).append(path.name)
            except DataProblem as problem:
                assert str(problem).startswith(path.name)  # noqa: PT017 - either outcome is right
                opened.setdefault(name + " refused", []).append(path.name)
            assert time.monotonic() - began < 5
    assert len(opened["PngSuite"]) == 162
    assert len(opened["PngSuite refused"]) == 13
    assert all(name.startswith("x") for name in opened["PngSuite refused"])
    assert len(opened["libpng_crashers refused"]) == 21
    folder = read(test_data / "images_broken")
    assert (len(folder.inputs), len(folder.left_out)) == (164, 34)


def labels(tmp_path, rows, header="file,kind"):
    folder_of(tmp_path)
    (tmp_path / "labels.csv").write_text("\n".join([header, *rows]))
    return tmp_path / "labels.csv"


def test_a_table_names_files_and_classes(tmp_path):
    rows = [f"{colour}/{number:03}.png,{colour}ish" for number in range(12) for colour in COLOURS]
    for source in (labels(tmp_path, rows), tmp_path):
        data = read(source)
        assert data.class_names == ("blueish", "redish")
        assert data.targets[:4].tolist() == [1, 0, 1, 0]
        assert data.inputs[0, :, 0, 0].tolist() == [255, 0, 0]


def test_a_table_of_files_and_numbers_is_regressed_and_paths_out_of_it_are_left(tmp_path):
    rows = [f"red/{number:03}.png,{number}.5" for number in range(12)]
    data = read(labels(tmp_path, [*rows, "../../secret.png,1.5", "/etc/x.png,2.5", "red/none.png,3.5", "red/000.png,"]))
    assert data.task == "numbers"
    assert data.targets[:, 0].tolist() == [number + 0.5 for number in range(12)]
    assert [each.reason for each in data.left_out] == [
        "it lies outside of the table's folder", "it lies outside of the table's folder", "its target is missing",
        "it cannot be opened: No such file or directory",
    ]  # fmt: skip


def cifar(folder, name, count, labels=1):
    random = np.random.default_rng(count)
    classes = np.arange(count) % 5
    pixels = random.integers(0, 256, (count, 3072), dtype=np.uint8)
    head = np.stack([classes // 3, classes][2 - labels :], axis=1).astype(np.uint8)
    (folder / name).write_bytes(np.concatenate([head, pixels], axis=1).tobytes())
    return pixels.reshape(count, 3, 32, 32), classes


def test_cifars_binary_version_is_read_with_its_test_part(tmp_path):
    first, labels_1 = cifar(tmp_path, "data_batch_1.bin", 20)
    second, labels_2 = cifar(tmp_path, "data_batch_2.bin", 30)
    cifar(tmp_path, "test_batch.bin", 10)
    (tmp_path / "batches.meta.txt").write_text("airplane\nautomobile\nbird\ncat\ndeer\n\n")
    data = read(tmp_path)
    assert np.array_equal(data.inputs[:50], np.concatenate([first, second]))
    assert np.array_equal(data.targets[:50], np.concatenate([labels_1, labels_2]))
    assert (data.test_from, data.class_names[2]) == (50, "bird")


def test_cifar_100_has_a_coarse_label_before_the_fine_one(tmp_path):
    pixels, classes = cifar(tmp_path, "train.bin", 20, labels=2)
    data = read(tmp_path)
    assert np.array_equal(data.inputs, pixels)
    assert np.array_equal(data.targets, classes)
    (tmp_path / "train.bin").write_bytes(b"x" * 5000)
    with pytest.raises(DataProblem, match="train.bin has 5,000 bytes, which are not whole records of 3,074."):
        read(tmp_path)


def test_a_network_learns_ones_own_images(tmp_path):
    folder_of(tmp_path, count=20)
    document, _ = make_project("image-cnn", str(tmp_path))
    training = Training(document.graph, document.recipe.model_copy(update={"batch": 8}), prepared(document.data))
    (end,) = [event for event in training.events() if isinstance(event, Ended)]
    assert end.valid.measures["accuracy"] == 1


def test_choices_of_reading_are_kept_in_the_project_and_others_change_nothing_in_it(tmp_path):
    document, _ = make_project("image-cnn", str(folder_of(tmp_path)))
    assert "images" not in to_json(document)["data"]
    changed = set_path(document, "data.images.height", "16")
    assert from_json(to_json(changed)).data.images == ImageReading(height=16)

"""Write the example of observers' codes that lies beside the sample class: its script, told in three formats.

No human observer coded the sample class. The three "observers" are the script that the lesson was rendered from, cut at
different strengths and moments: ``script`` counts an expression as the truth does, ``strong`` from a strength of 0.5
on, and ``late`` notices it 1.2 s after it began. They show formats and figures, and prove nothing of the network.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from truth_comparison import on_screen

ROOT = Path(__file__).resolve().parents[1]
SAMPLE_CLASS = ROOT / "recordings" / "sample"
LESSON = "2026-09-28_physics-101_exam-review"
STEP_S = 0.2
STRONG = 0.5
LATE_S = 1.2


def codes_of(truth: pd.DataFrame, *, strength: float = 0.0, late_s: float = 0.0) -> pd.DataFrame:
    """Return ``student``, ``start_s``, ``end_s`` and ``code`` of every expression but neutral that a script shows.

    Args:
        truth: The rows of a ``.truth.csv``.
        strength: From which strength an expression counts, 0 to 1.
        late_s: How long it goes on before it is noticed; what ends earlier is not.
    """
    shown = on_screen(truth).sort_values(["student", "pts_s"])
    code = shown["expression"].where(shown["intensity"] >= strength, "neutral")
    begins = (code != code.shift()) | (shown["student"] != shown["student"].shift()) | (shown["pts_s"].diff() > 0.3)
    episodes = shown.assign(code=code).groupby(begins.cumsum())
    codes = episodes.agg(
        student=("student", "first"), start_s=("pts_s", "min"), end_s=("pts_s", "max"), code=("code", "first")
    )
    codes["start_s"], codes["end_s"] = (codes["start_s"] + late_s).round(3), (codes["end_s"] + STEP_S).round(3)
    return codes.loc[(codes["code"] != "neutral") & (codes["end_s"] > codes["start_s"])].reset_index(drop=True)


def elan(codes: pd.DataFrame) -> str:
    """Return codes as ELAN exports them: separated by tabs, a tier per student, without names of columns."""
    rows = [
        (student, "", _clock(start_s), _clock(end_s), _clock(end_s - start_s), code)
        for student, start_s, end_s, code in codes.to_numpy().tolist()
    ]
    return "".join("\t".join(row) + "\n" for row in rows)


def boris(codes: pd.DataFrame) -> str:
    """Return codes as BORIS 10 exports tabular events: a row where a state starts, and one where it stops."""
    head = "Observation id,Observation date,Description,Observation duration,Observation type,Source,Time offset (s),"
    head += "Media duration (s),FPS,Subject,Behavior,Behavioral category,Behavior type,Time,Media file name,"
    head += "Image index,Image file path,Comment"
    rows = [
        (time, student, code, kind)
        for student, start_s, end_s, code in codes.to_numpy().tolist()
        for time, kind in ((start_s, "START"), (end_s, "STOP"))
    ]
    rows.sort(key=lambda row: row[:3])
    coded_s = rows[-1][0] - rows[0][0]
    known = f"strong,2026-10-01 10:00:00,,{coded_s:.3f},Media file(s),player #1:{LESSON}.mp4,0.0,60.000,25.000"
    lines = [
        f"{known},{student},{code},expressions,{kind},{time:.3f},{LESSON}.mp4,{round(25 * time)},NA,"
        for time, student, code, kind in rows
    ]
    return "\r\n".join([head, *lines, ""])


def plain(codes: pd.DataFrame) -> str:
    """Return codes as a table with a column per fact."""
    return codes[["student", "start_s", "end_s", "code"]].to_csv(index=False, lineterminator="\n")


def places(truth: pd.DataFrame) -> str:
    """Return where each student's face is in the middle of the time on screen."""
    shown = on_screen(truth)
    rows = [student.iloc[len(student) // 2] for _, student in shown.groupby("student")]
    middles = [[row[f"face_{start}"] + row[f"face_{size}"] / 2 for start, size in ("xw", "yh")] for row in rows]
    lines = [f"{row['student']},{row['pts_s']:g},{x:.0f},{y:.0f}" for row, (x, y) in zip(rows, middles, strict=True)]
    return "\n".join(["student,at_s,x,y", *lines, ""])


def files(truth: pd.DataFrame) -> dict[str, str]:
    """Return what each file of the example holds, by its name."""
    return {
        "script.txt": elan(codes_of(truth)),
        "strong.csv": boris(codes_of(truth, strength=STRONG)),
        "late.csv": plain(codes_of(truth, late_s=LATE_S)),
        "places.csv": places(truth),
    }


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=SAMPLE_CLASS / "codes", metavar="DIR")
    folder = parser.parse_args().into
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files(pd.read_csv(SAMPLE_CLASS / f"{LESSON}.truth.csv")).items():
        (folder / name).write_bytes(content.encode())


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds * 1000), 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest / 1000:06.3f}"


if __name__ == "__main__":
    main()

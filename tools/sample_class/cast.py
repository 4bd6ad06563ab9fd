"""The nine invented students."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Colour = tuple[float, float, float]

CASUAL_F, CASUAL_M = "female_casualsuit", "male_casualsuit"


@dataclass(frozen=True, slots=True)
class Student:
    """What a student looks like. Mixes give the share of each shape target and sum to 1.

    Attributes:
        name: Name on the tile.
        female: Share of the female shape, 0 or 1.
        age: Mix of ages.
        origin: Mix of origins.
        skin: Folder of the skin texture.
        tint: Factors for red, green and blue of the skin texture.
        hair: Name of the hair.
        hair_colour: Linear RGB, 0 to 1.
        brow: Name of the eyebrows.
        eye: Colour of the iris, RGB, 0 to 1.
        top: Name of the clothes.
        top_colour: Linear RGB, 0 to 1.
        pose: Yaw, pitch and roll of the resting head, degrees.
        local: Weights of single shape targets.
        light: Factor for the lamps, so that dark skin is as well exposed as fair skin.
        weight: Mix of builds.
    """

    name: str
    female: int
    age: Mapping[str, float]
    origin: Mapping[str, float]
    skin: str
    tint: Colour
    hair: str
    hair_colour: Colour
    brow: str
    eye: Colour
    top: str
    top_colour: Colour
    pose: tuple[float, float, float]
    local: Mapping[str, float]
    light: float = 1.0
    weight: Mapping[str, float] = field(default_factory=lambda: {"averageweight": 1})


STUDENTS = (
    Student(
        name="Amara",
        female=1,
        age={"young": 1},
        origin={"african": 1},
        skin="young_african_female",
        tint=(1.25, 1.2, 1.2),
        light=1.9,
        hair="Braid01",
        hair_colour=(0.05, 0.035, 0.03),
        brow="eyebrow010",
        eye=(0.20, 0.10, 0.05),
        top=CASUAL_F + "01",
        top_colour=(0.55, 0.12, 0.15),
        pose=(-3, 1, 1),
        local={"head/head-oval": 0.7, "mouth/mouth-lowerlip-volume-incr": 0.3, "chin/chin-width-decr": 0.6},
    ),
    Student(
        name="Bjorn",
        female=0,
        age={"young": 0.75, "old": 0.25},
        origin={"caucasian": 1},
        skin="middleage_caucasian_male",
        tint=(1, 1, 1),
        hair="short02",
        hair_colour=(0.30, 0.20, 0.11),
        brow="eyebrow001",
        eye=(0.27, 0.37, 0.48),
        top=CASUAL_M + "02",
        top_colour=(0.10, 0.20, 0.42),
        pose=(4, 0, -1),
        local={"head/head-square": 0.6, "nose/nose-scale-vert-incr": 0.3, "chin/chin-width-incr": 0.4},
    ),
    Student(
        name="Chen",
        female=1,
        age={"young": 1},
        origin={"asian": 1},
        skin="young_asian_female",
        tint=(1, 1, 1),
        hair="ponytail01",
        hair_colour=(0.02, 0.018, 0.02),
        brow="eyebrow005",
        eye=(0.16, 0.08, 0.04),
        top=CASUAL_F + "02",
        top_colour=(0.85, 0.80, 0.70),
        pose=(-5, 2, 0),
        local={"head/head-round": 0.5},
    ),
    Student(
        name="Dieter",
        female=0,
        age={"young": 0.25, "old": 0.75},
        origin={"caucasian": 1},
        skin="old_caucasian_male",
        tint=(1, 1, 1),
        hair="short04",
        hair_colour=(0.45, 0.45, 0.46),
        brow="eyebrow009",
        eye=(0.36, 0.42, 0.46),
        top="male_elegantsuit01",
        top_colour=(0.16, 0.17, 0.20),
        pose=(2, -2, 1),
        local={"head/head-rectangular": 0.5, "nose/nose-hump-incr": 0.5, "nose/nose-volume-incr": 0.3},
        weight={"averageweight": 0.6, "maxweight": 0.4},
    ),
    Student(
        name="Elena",
        female=1,
        age={"young": 0.85, "old": 0.15},
        origin={"caucasian": 1},
        skin="young_caucasian_female",
        tint=(1, 1, 1),
        hair="long01",
        hair_colour=(0.28, 0.10, 0.04),
        brow="eyebrow010",
        eye=(0.24, 0.38, 0.20),
        top=CASUAL_F + "01",
        top_colour=(0.12, 0.35, 0.30),
        pose=(0, 1, -2),
        local={"head/head-diamond": 0.4, "nose/nose-point-up": 0.4},
    ),
    Student(
        name="Farid",
        female=0,
        age={"young": 1},
        origin={"caucasian": 0.6, "asian": 0.2, "african": 0.2},
        skin="young_caucasian_male",
        tint=(0.80, 0.70, 0.60),
        hair="short04",
        hair_colour=(0.025, 0.02, 0.018),
        brow="eyebrow002",
        eye=(0.20, 0.11, 0.05),
        top=CASUAL_M + "04",
        top_colour=(0.75, 0.45, 0.10),
        pose=(5, 1, 1),
        local={"nose/nose-hump-incr": 0.6, "head/head-triangular": 0.3},
    ),
    Student(
        name="Grace",
        female=1,
        age={"young": 0.35, "old": 0.65},
        origin={"african": 0.8, "caucasian": 0.2},
        skin="old_african_female",
        tint=(1.0, 1.38, 1.45),
        light=1.8,
        hair="long01",
        hair_colour=(0.10, 0.09, 0.085),
        brow="eyebrow010",
        eye=(0.18, 0.10, 0.05),
        top="female_elegantsuit01",
        top_colour=(0.35, 0.16, 0.45),
        pose=(-4, 0, -1),
        local={
            "head/head-round": 0.5,
            "cheek/l-cheek-volume-incr": 0.4,
            "cheek/r-cheek-volume-incr": 0.4,
            "chin/chin-width-decr": 0.4,
        },
        weight={"averageweight": 0.6, "maxweight": 0.4},
    ),
    Student(
        name="Hiro",
        female=0,
        age={"young": 0.9, "child": 0.1},
        origin={"asian": 1},
        skin="young_asian_male",
        tint=(1, 1, 1),
        hair="short02",
        hair_colour=(0.018, 0.017, 0.02),
        brow="eyebrow008",
        eye=(0.26, 0.14, 0.06),
        top=CASUAL_M + "05",
        top_colour=(0.30, 0.33, 0.36),
        pose=(-2, 2, 1),
        local={"head/head-oval": 0.3},
    ),
    Student(
        name="Isabel",
        female=1,
        age={"young": 1},
        origin={"caucasian": 0.6, "african": 0.2, "asian": 0.2},
        skin="young_caucasian_female",
        tint=(0.86, 0.76, 0.66),
        hair="long01",
        hair_colour=(0.09, 0.045, 0.025),
        brow="eyebrow002",
        eye=(0.20, 0.34, 0.36),
        top="female_sportsuit01",
        top_colour=(0.70, 0.70, 0.74),
        pose=(3, 0, 2),
        local={"head/head-invertedtriangular": 0.4, "mouth/mouth-upperlip-volume-incr": 0.3},
    ),
)

NAMES = tuple(student.name for student in STUDENTS)

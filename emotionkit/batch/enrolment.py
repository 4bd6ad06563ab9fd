"""Enrolling students with their consent, and taking it back."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emotionkit.errors import InvalidInputError, UnknownStudentError
from emotionkit.warehouse.register import Consent, Register, Student, load_register
from emotionkit.warehouse.students import changing_register

ONE_PERSON = 0.6
"""Distance between the embeddings of two photos up to which they may show one person (dlib's own threshold)."""

EmbedPhoto = Callable[[Path], NDArray[np.float32]]


def enroll(
    warehouse: Path, name: str, photos: Sequence[Path], consent: Consent, *, embed_photo: EmbedPhoto, today: date
) -> Student:
    """Enrol a student, or give one who is enrolled a further consent and further photos; return how they are now.

    Args:
        warehouse: Folder of the warehouse; made if need be.
        name: Name or pseudonym, one that nobody else has.
        photos: Of the student alone. Their embeddings are stored, the photos are not.
        consent: Must hold today or later.
        embed_photo: Returns float32 (128,) of the one face in a photo.
        today: The day on the clocks of this place.

    Raises:
        InvalidInputError: The consent is of the future, over already or ends before it begins; there is no photo; a
            photo cannot be used; or two show different people, also of an earlier enrolment. Nothing has changed then.
        WarehouseError: The register cannot be read or written.
    """
    _check_consent(consent, today)
    embeddings = [embed_photo(photo) for photo in photos]
    _check_alike(photos, embeddings)
    with changing_register(warehouse) as register:
        student = register.find(name) or _newcomer(register, name, today)
        if not (embeddings or student.embeddings):
            raise InvalidInputError(f"{student.name} needs at least one photo to be recognised by.")
        _check_same(student, photos, embeddings)
        student.consents.append(consent)
        student.embeddings += [[round(float(value), 6) for value in embedding] for embedding in embeddings]
    return student


def withdraw(warehouse: Path, name_or_id: str, day: date) -> Student:
    """Take back all consents of a student from a day on, and return how they are now.

    Their embeddings go at once, so no later lesson can name them; in lessons on that day and after, their tracks become
    unnamed. What was named before stays until it is erased.

    Raises:
        UnknownStudentError: Nobody of that name or id is enrolled.
        WarehouseError: The register or the database cannot be read or written.
    """
    if load_register(warehouse).find(name_or_id) is None:
        # Before anything is made: the warehouse may be misspelt.
        raise UnknownStudentError(name_or_id)
    with changing_register(warehouse) as register:
        student = register.find(name_or_id)
        if student is None:
            raise UnknownStudentError(name_or_id)
        for consent in student.consents:
            consent.withdrawn = min(consent.withdrawn or day, day)
        student.embeddings.clear()
        student.sightings[:] = [sighting for sighting in student.sightings if sighting.day < day]
    return student


def forget_lapsed(warehouse: Path, today: date) -> None:
    """Take the embeddings of students away none of whose consents holds any longer.

    To be called after recordings of the last days were read, as far as they could be: their consents covered those.

    Raises:
        WarehouseError: The register or the database cannot be read or written.
    """
    if any(student.is_lapsed(today) for student in load_register(warehouse).students):
        with changing_register(warehouse) as register:
            for student in register.students:
                if student.is_lapsed(today):
                    student.embeddings.clear()


def _newcomer(register: Register, name: str, today: date) -> Student:
    student = Student(f"s-{secrets.token_hex(4)}", name, today)
    register.students.append(student)
    return student


def _check_consent(consent: Consent, today: date) -> None:
    if consent.given > today:
        raise InvalidInputError(f"A consent of {consent.given} has not been given yet.")
    if consent.ends is not None and consent.ends < consent.given:
        raise InvalidInputError(f"A consent cannot end on {consent.ends}, before it is given on {consent.given}.")
    if consent.is_over(today):
        raise InvalidInputError(f"A consent that ended on {consent.ends} allows no recognition any more.")


def _check_alike(photos: Sequence[Path], embeddings: Sequence[NDArray[np.float32]]) -> None:
    for photo, embedding in zip(photos[1:], embeddings[1:], strict=True):
        if np.linalg.norm(embedding - embeddings[0]) > ONE_PERSON:
            raise InvalidInputError(f"{photos[0]} and {photo} seem to show different people.")


def _check_same(student: Student, photos: Sequence[Path], embeddings: Sequence[NDArray[np.float32]]) -> None:
    for photo, embedding in zip(photos, embeddings, strict=True):
        distances = [np.linalg.norm(embedding - np.array(known)) for known in student.embeddings]
        if distances and min(distances) > ONE_PERSON:
            raise InvalidInputError(
                f"{photo} seems to show somebody else than the photos of {student.name}, who is enrolled already; "
                "somebody else needs another name."
            )

-- Times within a lesson are seconds since its start; instants carry their offset; boxes are pixels of the source frame.
-- The tables with many rows have no keys: rows of a lesson lie together, so that their minima and maxima do the work
-- of an index, and the segment writer has already refused what a key would refuse.

CREATE TABLE runs (
    run_id VARCHAR PRIMARY KEY,
    software_version VARCHAR NOT NULL,
    model_sha256 VARCHAR NOT NULL,
    settings JSON NOT NULL,
    fingerprint VARCHAR NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ NOT NULL,
    status VARCHAR NOT NULL
);

CREATE TABLE lessons (
    lesson_id VARCHAR PRIMARY KEY,
    course VARCHAR,
    title VARCHAR NOT NULL,
    teacher VARCHAR,
    started_at TIMESTAMPTZ,
    duration_s DOUBLE NOT NULL,
    recording VARCHAR NOT NULL,
    recording_sha256 VARCHAR NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    frame_rate DOUBLE NOT NULL,
    run_id VARCHAR NOT NULL
);

CREATE TABLE frames (
    lesson_id VARCHAR NOT NULL,
    pts_s DOUBLE NOT NULL,
    weight_s DOUBLE NOT NULL,
    faces INTEGER NOT NULL
);

CREATE TABLE faces (
    lesson_id VARCHAR NOT NULL,
    pts_s DOUBLE NOT NULL,
    track_id INTEGER NOT NULL,
    student_id VARCHAR,
    x REAL NOT NULL,
    y REAL NOT NULL,
    w REAL NOT NULL,
    h REAL NOT NULL,
    detection_score REAL NOT NULL,
    quality REAL NOT NULL,
    angry REAL NOT NULL,
    disgust REAL NOT NULL,
    fear REAL NOT NULL,
    happy REAL NOT NULL,
    neutral REAL NOT NULL,
    sad REAL NOT NULL,
    surprise REAL NOT NULL,
    emotion VARCHAR NOT NULL
);

CREATE TABLE tracks (
    lesson_id VARCHAR NOT NULL,
    track_id INTEGER NOT NULL,
    first_s DOUBLE NOT NULL,
    last_s DOUBLE NOT NULL,
    observations INTEGER NOT NULL,
    student_id VARCHAR
);

CREATE TABLE students (
    student_id VARCHAR PRIMARY KEY,
    name VARCHAR,
    enrolled_at TIMESTAMPTZ
);

CREATE TABLE consents (
    student_id VARCHAR NOT NULL,
    scope VARCHAR NOT NULL,
    course VARCHAR,
    given_at TIMESTAMPTZ NOT NULL,
    ends_at TIMESTAMPTZ,
    withdrawn_at TIMESTAMPTZ
);

-- The two tables with many rows in whole numbers, which DuckDB packs into as many bits as they need, under views with
-- the names, columns and units of before. docs/decisions/0014-compact-rows.md has the sizes.
--   pts_us, weight_us: microseconds        x, y, w, h: sixteenths of a pixel        detection_score: thousandths
--   quality, angry ... surprise: 65535ths  emotion: place in the order of the columns, from 1

CREATE TABLE lesson_keys (
    lesson_key UINTEGER PRIMARY KEY,
    lesson_id VARCHAR NOT NULL UNIQUE
);
INSERT INTO lesson_keys SELECT row_number() OVER (ORDER BY lesson_id), lesson_id FROM lessons;

CREATE TABLE frame_rows (
    lesson_key UINTEGER NOT NULL,
    pts_us BIGINT NOT NULL,
    weight_us BIGINT NOT NULL,
    faces INTEGER NOT NULL
);
INSERT INTO frame_rows
SELECT lesson_key, round(pts_s * 1e6), round(weight_s * 1e6), faces
FROM frames JOIN lesson_keys USING (lesson_id) ORDER BY lesson_key, pts_s;

CREATE TABLE face_rows (
    lesson_key UINTEGER NOT NULL,
    pts_us BIGINT NOT NULL,
    track_id INTEGER NOT NULL,
    student_id VARCHAR,
    x INTEGER NOT NULL,
    y INTEGER NOT NULL,
    w INTEGER NOT NULL,
    h INTEGER NOT NULL,
    detection_score INTEGER NOT NULL,
    quality USMALLINT NOT NULL,
    angry USMALLINT NOT NULL,
    disgust USMALLINT NOT NULL,
    fear USMALLINT NOT NULL,
    happy USMALLINT NOT NULL,
    neutral USMALLINT NOT NULL,
    sad USMALLINT NOT NULL,
    surprise USMALLINT NOT NULL,
    emotion UTINYINT NOT NULL
);
INSERT INTO face_rows
SELECT
    lesson_key, round(pts_s * 1e6), track_id, student_id,
    round(x * 16), round(y * 16), round(w * 16), round(h * 16),
    round(detection_score * 1000), round(quality * 65535),
    least(round(angry * 65535), 65535), least(round(disgust * 65535), 65535), least(round(fear * 65535), 65535),
    least(round(happy * 65535), 65535), least(round(neutral * 65535), 65535), least(round(sad * 65535), 65535),
    least(round(surprise * 65535), 65535),
    list_position(['angry', 'disgust', 'fear', 'happy', 'neutral', 'sad', 'surprise'], emotion)
FROM faces JOIN lesson_keys USING (lesson_id) ORDER BY lesson_key, pts_s, track_id;

DROP TABLE frames;
DROP TABLE faces;

CREATE VIEW frames AS
SELECT lesson_id, pts_us / 1e6 AS pts_s, weight_us / 1e6 AS weight_s, faces
FROM frame_rows JOIN lesson_keys USING (lesson_key);

CREATE VIEW faces AS
SELECT
    lesson_id, pts_us / 1e6 AS pts_s, track_id, student_id,
    x::REAL / 16 AS x, y::REAL / 16 AS y, w::REAL / 16 AS w, h::REAL / 16 AS h,
    (detection_score / 1e3)::REAL AS detection_score, quality::REAL / 65535 AS quality,
    angry::REAL / 65535 AS angry, disgust::REAL / 65535 AS disgust, fear::REAL / 65535 AS fear,
    happy::REAL / 65535 AS happy, neutral::REAL / 65535 AS neutral, sad::REAL / 65535 AS sad,
    surprise::REAL / 65535 AS surprise,
    (['angry', 'disgust', 'fear', 'happy', 'neutral', 'sad', 'surprise'])[emotion] AS emotion
FROM face_rows JOIN lesson_keys USING (lesson_key);

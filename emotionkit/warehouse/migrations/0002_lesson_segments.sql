-- What a run's rows were for, and under whose law; unknown of runs before this was asked.
ALTER TABLE runs ADD COLUMN purpose VARCHAR;
ALTER TABLE runs ADD COLUMN jurisdiction VARCHAR;

-- Parts of a lesson that somebody named, such as "group work", in seconds since its start; end_s is past the last one.
CREATE TABLE segments (
    lesson_id VARCHAR NOT NULL,
    start_s DOUBLE NOT NULL,
    end_s DOUBLE NOT NULL,
    title VARCHAR NOT NULL
);

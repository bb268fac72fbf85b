DROP SCHEMA IF EXISTS floor CASCADE;
CREATE SCHEMA floor;
CREATE TABLE floor.attempt (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contestant bigint NOT NULL,
    number smallint NOT NULL DEFAULT 1,
    paper_version int NOT NULL DEFAULT 1,
    questions smallint[] NOT NULL,
    answers smallint[] NOT NULL DEFAULT array_fill(-1::smallint, ARRAY[20]),
    started_at timestamptz NOT NULL DEFAULT now(),
    deadline timestamptz NOT NULL DEFAULT now() + interval '20 min',
    submitted_at timestamptz,
    correct smallint,
    duration_ms int,
    UNIQUE (contestant, number)
) WITH (fillfactor = 85);
CREATE TABLE floor.standing (
    contestant bigint PRIMARY KEY,
    unit int NOT NULL,
    correct smallint NOT NULL,
    duration_ms int NOT NULL,
    submitted_at timestamptz NOT NULL,
    attempts int NOT NULL DEFAULT 1
) WITH (fillfactor = 85);
CREATE INDEX ON floor.standing (correct DESC, duration_ms, submitted_at);
CREATE TABLE floor.unit_standing (
    unit int PRIMARY KEY,
    finished int NOT NULL DEFAULT 0,
    attempts int NOT NULL DEFAULT 0
) WITH (fillfactor = 20);
INSERT INTO floor.unit_standing (unit) SELECT generate_series(1, 114);

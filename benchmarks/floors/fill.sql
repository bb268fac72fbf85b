-- After the checkpoint: no page of these tables is older than it, so no full-page image is written later.
TRUNCATE floor.attempt, floor.standing RESTART IDENTITY;
CHECKPOINT;
INSERT INTO floor.attempt (contestant, questions)
SELECT 60000 + a, array[(a*7+0)%400+1,(a*7+19)%400+1,(a*7+38)%400+1,(a*7+57)%400+1,(a*7+76)%400+1,(a*7+95)%400+1,(a*7+114)%400+1,(a*7+133)%400+1,(a*7+152)%400+1,(a*7+171)%400+1,(a*7+190)%400+1,(a*7+209)%400+1,(a*7+228)%400+1,(a*7+247)%400+1,(a*7+266)%400+1,(a*7+285)%400+1,(a*7+304)%400+1,(a*7+323)%400+1,(a*7+342)%400+1,(a*7+361)%400+1]::smallint[] FROM generate_series(1, 60000) a;
INSERT INTO floor.standing
SELECT g, 1 + g % 114, g % 21, 60000 + g * 7 % 600000, now() FROM generate_series(1, 20000) g;
VACUUM ANALYZE floor.attempt, floor.standing, floor.unit_standing;

\set n :n + 1
\set a :client_id * 7000 + :n
INSERT INTO floor.attempt (contestant, questions)
VALUES (:a, array[(:a*7+0)%400+1,(:a*7+19)%400+1,(:a*7+38)%400+1,(:a*7+57)%400+1,(:a*7+76)%400+1,(:a*7+95)%400+1,(:a*7+114)%400+1,(:a*7+133)%400+1,(:a*7+152)%400+1,(:a*7+171)%400+1,(:a*7+190)%400+1,(:a*7+209)%400+1,(:a*7+228)%400+1,(:a*7+247)%400+1,(:a*7+266)%400+1,(:a*7+285)%400+1,(:a*7+304)%400+1,(:a*7+323)%400+1,(:a*7+342)%400+1,(:a*7+361)%400+1]::smallint[])
ON CONFLICT (contestant, number) DO NOTHING
RETURNING id, extract(epoch FROM deadline)::int;

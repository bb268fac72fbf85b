"""Readers of a log to be killed: one is forked for each line on stdin, `<log> <statement> <apart>`.

It kills itself with SIGKILL right after that statement of its transaction; 0 lets it live. With `apart` the numbers and
how far they reach are written one after the other, as if there were no transaction: the control.
"""

import os
import signal
import sys
from pathlib import Path

import django


def count(log: str, statement: int, *, apart: bool) -> None:
    from django.db import connection

    from lantoa.contests import visit_log

    done = 0

    def kill(execute, sql, params, many, context):
        nonlocal done
        result = execute(sql, params, many, context)
        done += sql.startswith(("INSERT", "UPDATE", "\nINSERT"))
        if statement and done == statement:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    if apart:
        visit_log._record = visit_log._record.__wrapped__
    connection.ensure_connection()
    with connection.execute_wrapper(kill):
        visit_log.count_logs(Path(log), shard=7)
    connection.close()


def main() -> None:
    django.setup()
    for line in sys.stdin:
        log, statement, apart = line.split()
        child = os.fork()
        if child == 0:
            count(log, int(statement), apart=apart == "1")
            os._exit(0)
        os.waitpid(child, 0)
        sys.stdout.write("ended\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
